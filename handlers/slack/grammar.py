"""Reads what people type, in a command, a mention or a direct message, into one intent.

Pure: must not look anything up and must not know where the words came from, except whether
the person talks (then what is no command is a question) and stands in a thread.
"""

from collections.abc import Callable
from difflib import get_close_matches

from handlers.slack.answer_words import read_answers
from handlers.slack.bill_reading import read_bills
from handlers.slack.deeds import read_act, read_draft, read_explain, read_replay, read_split
from handlers.slack.document_words import read_documents, read_forget, read_learn
from handlers.slack.filters import NotUnderstood, read_filters
from handlers.slack.intents import (
    Ask,
    ExportAudit,
    Help,
    Incomplete,
    Intent,
    ListExceptions,
    ShowAudit,
    ShowBrief,
    ShowDigest,
    ShowException,
    ShowHandover,
    ShowInsight,
    ShowOrder,
    ShowStatus,
    Unknown,
)
from handlers.slack.invoice_words import read_finding, read_invoices
from handlers.slack.letter_words import read_dlq
from handlers.slack.policy_words import read_policy
from handlers.slack.resolution_words import read_resolution
from handlers.slack.role_words import read_role, read_roles
from handlers.slack.routing_words import (
    read_map,
    read_subscribe,
    read_subscriptions,
    read_unmap,
    read_unsubscribe,
)
from handlers.slack.times import read_since
from handlers.slack.words import VERBS, Said, read_id, tidy, usage

Reader = Callable[[Said], "Intent | None"]


def parse(text: str, *, talk: bool, thread: bool = False) -> Intent:
    """The one meaning of these words.

    Args:
        text: as Slack hands it over, with its entities and mentions.
        talk: a mention or a direct message, where anything else is a question.
        thread: said in a thread, where a missing id means the thread's exception.
    """
    whole = tidy(text, talk=talk)
    if not whole:
        return Help()
    words = whole.split(" ")
    first = words[0].lower().strip(",:.!?`\"'")
    said = Said(word=first, rest=tuple(words[1:]), whole=whole, talk=talk, thread=thread)
    number = read_id(words[0])
    if number is not None and not said.rest:
        return ShowException(exception_id=number)
    reader = READERS.get(first)
    if reader is None:
        return _not_a_word(said)
    return reader(said) or _question_or(said, usage(first))


def _question_or(said: Said, otherwise: Intent) -> Intent:
    return Ask(question=said.whole) if said.talk else otherwise


def _not_a_word(said: Said) -> Intent:
    """A question when talking; a slip of the pen gets a suggestion."""
    near = _nearest(said.word)
    slip = len(said.rest) == 1 and read_id(said.rest[0]) is not None
    if said.talk and not (near and slip):
        return Ask(question=said.whole)
    return Unknown(word=said.word, suggestion=near)


def _nearest(word: str) -> str | None:
    """Two letters swapped are likelier than a letter that is another."""
    near = get_close_matches(word, SUGGESTED, n=3, cutoff=0.6)
    swapped = [known for known in near if sorted(known) == sorted(word)]
    return next(iter([*swapped, *near]), None)


def _help(said: Said) -> Intent | None:
    return Help() if not said.rest or not said.talk else None


def _status(said: Said) -> Intent | None:
    if said.rest and said.talk:
        return None
    return ShowStatus()


def _exception(said: Said) -> Intent | None:
    found = read_id(said.rest[0].rstrip("?")) if len(said.rest) == 1 else None
    if found is not None:
        return ShowException(exception_id=found)
    one = said.word in ("exception", "show") and not said.rest
    if one and said.thread:
        return ShowException(exception_id=None)
    return usage(said.word) if one else _list(said)


def _list(said: Said) -> Intent | None:
    wanted = read_filters(said.rest)
    if not isinstance(wanted, NotUnderstood):
        return ListExceptions(wanted=wanted)
    if said.talk:
        return None
    return Incomplete(
        why=f"I don't know the filter {wanted.word[:40]}. Filters are a status, a severity, "
        "a reason, order X, client X, carrier X, site X, service X, wave X, tier X, mine, "
        "unowned, since 2h or today."
    )


def _order(said: Said) -> Intent | None:
    words = [word.strip("?,.\"'`") for word in said.rest]
    two = len(words) == 2 and words[1].isdigit()  # noqa: PLR2004 - `SO 1042`
    if len(words) == 1 or two:
        return ShowOrder(order_id=" ".join(words)[:128])
    return None


def _audit(said: Said) -> Intent | None:
    if said.rest and said.rest[0].lower() == "export":
        return _export([word for word in said.rest[1:] if word.lower() != "since"])
    found = read_id(said.rest[0]) if len(said.rest) == 1 else None
    here = not said.rest and said.thread
    return ShowAudit(exception_id=found) if found is not None or here else None


def _export(words: list[str]) -> Intent | None:
    since = read_since(words[0]) if len(words) == 1 else None
    return ExportAudit(since=since) if since or not words else None


def _ask(said: Said) -> Intent | None:
    if said.behind:
        return Ask(question=said.behind)
    return Incomplete(why="Ask something, for example: ask why is SO-1042 late?")


def _digest(said: Said) -> Intent | None:
    return None if said.rest else ShowDigest()


def _occasion(said: Said) -> Intent | None:
    """`brief`, `handover`, `insight`."""
    return None if said.rest else _OCCASIONS[said.word]


_OCCASIONS: dict[str, Intent] = {
    "brief": ShowBrief(),
    "handover": ShowHandover(),
    "insight": ShowInsight(),
    "insights": ShowInsight(),
}
READERS: dict[str, Reader] = {
    "help": _help,
    "status": _status,
    "exception": _exception,
    "exceptions": _exception,
    "show": _exception,
    "list": _exception,
    "order": _order,
    "audit": _audit,
    "ask": _ask,
    "replay": read_replay,
    "draft": read_draft,
    "explain": read_explain,
    "split": read_split,
    "dlq": read_dlq,
    "digest": _digest,
    "brief": _occasion,
    "handover": _occasion,
    "insight": _occasion,
    "insights": _occasion,
    "policy": read_policy,
    "resolution": read_resolution,
    "invoices": read_invoices,
    "finding": read_finding,
    "role": read_role,
    "roles": read_roles,
    "subscribe": read_subscribe,
    "unsubscribe": read_unsubscribe,
    "subscriptions": read_subscriptions,
    "map": read_map,
    "unmap": read_unmap,
    "learn": read_learn,
    "forget": read_forget,
    "documents": read_documents,
    "answers": read_answers,
    "bills": read_bills,
    **dict.fromkeys(VERBS, read_act),
}
SUGGESTED = tuple(word for word in READERS if word not in ("list", "show"))

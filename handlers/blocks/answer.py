"""Draws an answer with its numbered sources, or the reason why there is none.

Must not add a word to the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.blocks.answer_ids import encode_answer
from handlers.blocks.elements import Block, actions, context, message, plain_button, section
from handlers.blocks.flow import Flow, flow_of
from handlers.blocks.ids import Verb
from handlers.blocks.text import cut, data, escape, joined, moment
from jobs.ports.slack import Message
from jobs.views import Answer, Citation

_LONGEST, _MOST_CITED, _PARAGRAPH = 6000, 20, 2400
_EXCEPTION = "exception:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What stands around an answer: `links` lead to cards by exception, `id` is for its buttons.

    `aside` says that nobody but the asker sees it in a channel, so that it can be shared. `by`
    shared it.
    """

    links: Mapping[int, str]
    id: int = 0
    aside: bool = False
    by: str | None = None


BARE = Around(links={})


def answer(given: Answer, around: Around = BARE) -> Message:
    """The text, its citations, as of when it is true, and what can be done with it."""
    text = cut(given.text.strip(), _LONGEST) or "I don't know."
    parts = [section(escape(part)) for part in _paragraphs(text)]
    return message(escape(cut(text, 1500)), [*parts, *_below(given, around)])


def answer_flow(given: Answer, around: Around = BARE) -> Flow | None:
    """The same as something to be written; None where it is short."""
    rest = message("", _below(given, around))
    return flow_of(cut(given.text.strip(), _LONGEST), rest, answer(given, around))


def _below(given: Answer, around: Around) -> list[Block]:
    return [*_sources(given, around), context(_as_of(given, around)), *_buttons(around)]


def _sources(given: Answer, around: Around) -> list[Block]:
    shown = given.citations[:_MOST_CITED]
    return [context(" · ".join(_cited(one, around) for one in shown))] if shown else []


def _cited(citation: Citation, around: Around) -> str:
    """An exception's number leads to its card; Slack's own ids make that address."""
    number = citation.ref.removeprefix(_EXCEPTION)
    link = around.links.get(int(number)) if number.isdecimal() else None
    label = data(citation.label, 120)
    return f"[{citation.number}] <{link}|{label}>" if link else f"[{citation.number}] {label}"


def _as_of(given: Answer, around: Around) -> str:
    indexed = given.indexed_at
    return joined(
        f"as of {moment(given.now)}",
        f"documents as of {moment(indexed)}" if indexed else None,
        f"worded by {data(given.model, 40)}, each sentence checked" if given.model else None,
        "found by words alone" if given.degraded and not given.refused else None,
        f"shared by {data(around.by, 60)}" if around.by else None,
    )


def _buttons(around: Around) -> list[Block]:
    if not around.id:
        return []
    shown = [Verb.ANSWER_HELPED, Verb.ANSWER_NO_HELP]
    shown += [Verb.ANSWER_SHARE, Verb.ANSWER_KEEP] if around.aside else []
    value = encode_answer(around.id)
    return [actions([plain_button(verb, value) for verb in shown])]


def _paragraphs(text: str) -> list[str]:
    """The text in pieces that a section holds, divided at line ends where there are any."""
    pieces: list[str] = []
    while len(text) > _PARAGRAPH:
        at = text.rfind("\n", 1, _PARAGRAPH)
        at = at if at > 0 else _PARAGRAPH
        pieces.append(text[:at])
        text = text[at:].lstrip("\n")
    return [*pieces, text]

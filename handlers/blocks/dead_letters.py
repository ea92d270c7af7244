"""Draws dead letters: what failed and waits, what a replay would take, what became of it.

Must not look anything up, nor show a payload: reasons and order numbers only.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from handlers.blocks.elements import Block, actions, context, message, section, words
from handlers.blocks.ids import Letters, Verb, encode_letters
from handlers.blocks.text import clock_time, counted, data, joined
from jobs.discard_dead_letters import Discarded
from jobs.ports.slack import Message
from jobs.replay_dead_letters import NOT_FOUND, REJECTED, REPLAYED, Tried
from jobs.show_dead_letters import LettersView, ReplayView
from policies.durations import duration
from policies.letter_reasons import without_reference
from policies.queries import LetterCount
from policies.records import DeadLetter

_MOST_GROUPS, _MOST_REJECTED = 10, 5
_KIND: dict[str, tuple[str, str]] = {
    "event": ("rejected delivery", "rejected deliveries"),
    "evaluate": ("order that could not be judged", "orders that could not be judged"),
    "slack": ("message to Slack", "messages to Slack"),
}
_OTHER = ("other trouble", "other troubles")
_REFUSED: dict[str, str] = {
    "is_archived": "the channel is archived",
    "channel_not_found": "Slack knows no such channel, or E2A is not in it",
    "not_in_channel": "E2A is not in the channel",
    "restricted_action": "E2A may not post in the channel",
    "invalid_auth": "Slack does not take E2A's token",
    "token_revoked": "E2A's token was revoked",
    "account_inactive": "E2A's account in Slack is switched off",
    "missing_scope": "the Slack app lacks a permission",
    "msg_too_long": "the message is too long for Slack",
    "message_not_found": "the message is no longer there",
    "cant_update_message": "the message may not be changed any more",
}
"""What Slack answers, as a person would say it."""
_SLACK = re.compile(r"^Slack refused: ([a-z_]+)$")
_FAILED = re.compile(r"^(?:Evaluation|Delivery) failed (\d+) times$")


def dead_letters(view: LettersView, clients: Mapping[int, str] | None = None) -> Message:
    """What waits, by kind and reason, and the latest few; `clients` where there are several."""
    if not view.total:
        return message("No dead letters", [section("*No dead letters.* Nothing failed and waits.")])
    title = f"{counted(view.total, 'dead letter')} waiting"
    latest = [_line(letter, view, (clients or {}).get(letter.tenant_id)) for letter in view.latest]
    how = "`dlq replay` shows what would be tried again; `dlq discard 12 why` lays one aside"
    return message(
        title,
        [section(f"*{title}*", *_groups(view.counts)), section("*Latest*", *latest), context(how)],
    )


def nothing_fits() -> Message:
    """There is nothing to be tried again."""
    return message("Nothing waits", [section("No dead letter waits that fits. `dlq` lists them.")])


def preview(view: ReplayView, letters: Letters) -> Message:
    """What would be tried again, and the button that does it."""
    going = counted(view.going, "dead letter")
    all_of_them = view.going == view.total
    title = f"Replay {going}?" if all_of_them else f"Replay the oldest {view.going:,}?"
    rest = None if all_of_them else f"{view.total:,} fit; the others wait for another go."
    events = any(one.kind == "event" for one in view.counts)
    again = "A rejected delivery is read again as it would be today." if events else None
    seen = Letters(
        ids=letters.ids, kind=letters.kind, order_id=letters.order_id, newest=view.newest
    )
    return message(
        title,
        [
            section(f"*{title}*", *_groups(view.counts), rest),
            actions([_button(f"Replay {view.going:,}", seen)]),
            context(joined("Nothing is changed yet. Pressing twice is harmless.", again)),
        ],
    )


def replayed(tried: Sequence[Tried]) -> Message:
    """What became of the letters."""
    counts = Counter(one.result for one in tried)
    told = (
        (REPLAYED, "back at work"),
        (REJECTED, "still rejected"),
        (NOT_FOUND, "dealt with by somebody else meanwhile"),
    )
    parts = [f"{counts[result]} {said}" for result, said in told if counts[result]]
    title = f"{counted(len(tried), 'dead letter')} tried again: {', '.join(parts)}"
    still = [one for one in tried if one.result == REJECTED]
    lines = [_rejected(one) for one in still[:_MOST_REJECTED]]
    more = len(still) - len(lines)
    tail = f"• and {more} more; `dlq` lists them" if more else None
    return message(title, [section(f"*{title}*", *lines, tail)])


def discarded(done: Discarded) -> Message:
    """That a letter was laid aside, or how it stood already."""
    if done.laid_aside:
        letter = done.laid_aside[0]
        about = joined(f"Dead letter `{letter.id}`", data(letter.order_id or letter.subject, 60))
        said = f"{about} is laid aside. It stays on record with your reason."
    else:
        letter = done.earlier[0]
        said = f"Dead letter `{letter.id}` was {data(letter.state)} before. Nothing was changed."
    return message(said, [section(said)])


def reason_words(reason: str) -> str:
    """A reason as a colleague would say it; what a sender did wrong is told as it was found."""
    plain = without_reference(reason)
    if refused := _SLACK.match(plain):
        return _REFUSED.get(refused[1], f"Slack refused it ({refused[1]})")
    if failed := _FAILED.match(plain):
        return f"failed {failed[1]} times on our side"
    return data(plain, 160)


def _groups(counts: Sequence[LetterCount]) -> Iterable[str]:
    """One line a kind and reason."""
    for one in counts[:_MOST_GROUPS]:
        again = f"next try {clock_time(one.next_retry_at)}" if one.next_retry_at else None
        kinds = counted(one.count, *_KIND.get(one.kind, _OTHER))
        yield f"• {joined(f'{kinds}: {reason_words(one.reason)}', again)}"
    if len(counts) > _MOST_GROUPS:
        others = sum(one.count for one in counts[_MOST_GROUPS:])
        yield f"• {others:,} for other reasons"


def _line(letter: DeadLetter, view: LettersView, client: str | None) -> str:
    now = view.now if letter.kind == "event" else view.wall_now
    came = letter.created_at or now
    at = letter.next_retry_at
    return joined(
        f"`{letter.id}` {data(letter.order_id or letter.subject, 60)}",
        data(client, 40) if client else None,
        _KIND.get(letter.kind, _OTHER)[0],
        reason_words(letter.reason),
        f"{duration(max(0.0, (now - came).total_seconds() / 60))} old",
        f"next try {clock_time(at)}" if at else "waits for you",
    )


def _rejected(one: Tried) -> str:
    named = data(one.letter.order_id or one.letter.subject, 60)
    return f"• `{one.letter.id}` {joined(named, reason_words(one.why or one.letter.reason))}"


def _button(text: str, letters: Letters) -> Block:
    return {
        "type": "button",
        "action_id": Verb.DLQ_REPLAY.value,
        "text": words(text, 75),
        "value": encode_letters(letters),
        "style": "primary",
    }

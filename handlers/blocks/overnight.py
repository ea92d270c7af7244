"""Draws what quiet hours held back: one card in the morning, and everybody by name in its thread.

Must not look anything up, and must not leave anybody out of the lists.
"""

from handlers.blocks import storm
from handlers.blocks.elements import actions, context, message, section
from handlers.blocks.text import counted, data, joined, moment
from handlers.blocks.wording import COLORS, ENDED, QUIET, happened
from jobs.ports.slack import Message
from jobs.views.storms import InStorm, StormView
from policies.lifecycle import RESOLUTIONS
from policies.reasons import Severity
from policies.storms import Told

_NAMED, _SETTLED_NAMED = 5, 6
_BY_ITSELF = ENDED.keys() - RESOLUTIONS.keys()
"""How something ends that nobody resolved."""


def storm_card(view: StormView) -> Message:
    """The card of a storm, or of what a night left."""
    return overnight_card(view) if view.storm.overnight else storm.storm_card(view)


def storm_list(view: StormView) -> Message:
    """A page of the storm, or of the night."""
    return overnight_list(view) if view.storm.overnight else storm.storm_list(view)


def overnight_card(view: StormView) -> Message:
    """What is still open, worst first; what settled in one line; what can be done with all."""
    active = view.active
    color = COLORS[view.severity] if active else QUIET
    lines = [storm.clients(view) if len(view.clients) > 1 else None, _settled(view)]
    blocks = [section(*lines)]
    if active:
        blocks = [
            section(f"*Still open* {_by_severity(view)}", storm.times(view), storm.owners(active)),
            section(*_worst(view)),
            *([section(*lines)] if any(lines) else []),
        ]
    since = f"quiet since {moment(view.storm.opened_at)}"
    blocks.append(context(joined(since, "everybody is listed in the thread")))
    if active:
        blocks.append(actions(storm.buttons(view)))
    return message(storm.storm_headline(view), blocks, color)


def overnight_list(view: StormView) -> Message:
    """A page of the night, open ones by severity first."""
    numbers = [one.member.number for one in view.members]
    title = f"Held overnight, {numbers[0]} to {numbers[-1]} of {view.storm.members:,}"
    ordered = sorted(view.members, key=_rank)
    shares = (60, 40, True), (40, 16, True), (40, 0, False), (16, 0, False)
    lines: list[str] = []
    for order, client, whole in shares:
        lines = [_line(one, view, order, client, whole=whole) for one in ordered]
        if sum(map(len, lines)) <= storm.ROOM:
            break
    return message(title, [section(f"*{title}*"), *storm.paragraphs(lines)])


def _by_severity(view: StormView) -> str:
    counts = [
        (sum(record.severity is severity for record in view.active), severity.value)
        for severity in reversed(Severity)
    ]
    return ", ".join(f"{count:,} {name}" for count, name in counts if count)


def _worst(view: StormView) -> list[str]:
    """The few that come first, by name."""
    ordered = sorted((one for one in view.members if one.record.active), key=_rank)
    lines = [_line(one, view, 60, 40, whole=True) for one in ordered[:_NAMED]]
    more = len(ordered) - len(lines)
    return [*lines, *([f"and {more:,} more"] if more else [])]


def _settled(view: StormView) -> str | None:
    """What nobody has to do anything about any more."""
    over = [one for one in view.members if not one.record.active]
    alone = [one for one in over if one.record.resolution in _BY_ITSELF]
    by_hand = len(over) - len(alone)
    orders = list(dict.fromkeys(data(one.record.order_id, 40) for one in alone))
    names = orders[:_SETTLED_NAMED]
    more = f" and {len(orders) - len(names):,} more" if len(orders) > len(names) else ""
    told = counted(len(alone), "settled by itself", "settled by themselves")
    return joined(
        f"{told}: {', '.join(names)}{more}" if alone else None,
        f"{by_hand:,} resolved by hand" if by_hand else None,
    )


def _rank(one: InStorm) -> tuple[bool, int, object]:
    """Open before settled, worst first, longest over first."""
    record = one.record
    return (not record.active, -list(Severity).index(record.severity), record.deadline_at)


def _line(one: InStorm, view: StormView, order: int, client: int, *, whole: bool) -> str:
    record = one.record
    name, who = data(record.order_id, order), data(one.tenant.name, client) if client else None
    if not record.active:
        return f"~{joined(name, who)}~ settled"
    if not whole:
        return joined(f"{record.severity.value} {name}", who)
    own = "own card" if one.member.told is not Told.LISTED else None
    named = f"`#{record.id}` *{record.severity.value}* {name}"
    return joined(named, who, happened(record), storm.over(record, view), own)

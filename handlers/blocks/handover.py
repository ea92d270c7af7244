"""Draws the handover of a shift and the form in which somebody takes over what it leaves.

Must not look anything up. Nobody is called by it: owners are told by name.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers.blocks.elements import (
    Block,
    actions,
    context,
    header,
    message,
    plain_button,
    section,
    title,
    words,
)
from handlers.blocks.handover_ids import TakeOver, encode_take_over
from handlers.blocks.ids import Form, Verb
from handlers.blocks.lists import line
from handlers.blocks.silence import silences
from handlers.blocks.text import clock_time, counted, data, joined, moment
from handlers.blocks.wording import happened
from jobs.ports.slack import Message
from jobs.take_over import Taken, ToTake
from jobs.views.briefs import HandoverView, Owned
from policies.durations import duration
from policies.queries import ClockRow
from policies.records import ExceptionRecord

View = dict[str, Any]
_SOON = timedelta(hours=16)
_MOST_OWNERS, _MOST_CLIENTS, _MOST_WAKING, _MOST_LISTED = 8, 6, 5, 15


def handover(view: HandoverView) -> Message:
    """What a shift leaves, what comes, what it did; one button takes over what was its people's."""
    shift, follows = data(view.shift, 60), data(view.next, 60) if view.next else None
    begin = f"{shift} hands over to {follows}" if follows else f"{shift} ends, nobody follows"
    clients = ", ".join(data(tenant.name, 40) for tenant in view.tenants[:_MOST_CLIENTS])
    sites = ", ".join(data(site, 40) for site in view.sites)
    where = joined(f"ends {clock_time(view.ends_at)}", sites, clients)
    coming = follows or "the next 8 h"
    told = [
        section(*_open(view)),
        _button(view),
        section(*_coming(view, coming)),
        section(*_waking(view, coming)) if view.waking else None,
        section(f"*{shift} did* {_done(view)}"),
        silences(view.silent, view.now),
    ]
    blocks = [header(begin), context(where), *(block for block in told if block)]
    left = f"{view.to_take} of them to take over" if view.to_take else None
    return message(joined(begin, f"{_total(view)} open", left), blocks)


def nothing_to_hand_over() -> Message:
    """There are no shifts to ask about."""
    told = "No shifts are written down. An operator adds them to alerting.yaml, under shifts."
    return message(told, [section(told)])


def take_over_form(found: Sequence[ToTake], form: TakeOver) -> View:
    """Whose they are and what they are; submitting takes exactly these."""
    if not found:
        told = "Nothing is left that belongs to people of that shift."
        return _modal(Form.WAIT, [section(told)], form)
    named = [one for one in found if one.record.id in form.versions]
    owners = Counter(data(one.owner, 60) for one in named).most_common()
    counts = ", ".join(f"{owner} {count:,}" for owner, count in owners)
    rest = len(found) - len(named)
    listed = [_line(one) for one in named[:_MOST_LISTED]]
    more = len(named) - len(listed)
    small = joined(
        f"and {more:,} more" if more else None,
        f"the other {rest:,} need another go" if rest else None,
        "What changes before you submit is left as it is",
    )
    blocks = [
        section(f"*{counted(len(named), 'exception')} become yours*", f"Now with {counts}"),
        section(*listed),
        context(small),
    ]
    return {**_modal(Form.TAKE_OVER, blocks, form), "submit": words("Take over", 24)}


def taken_over(taken: Taken, names: Mapping[str, str]) -> Message:
    """What became of it, and who was faster."""
    told = f"{counted(taken.done, 'exception is', 'exceptions are')} yours now"
    lines = [
        f"`#{record.id}` {data(record.order_id, 60)}: {_who(record, names)}"
        for record in taken.left[:_MOST_LISTED]
    ]
    left = "These had changed meanwhile and were left alone:" if lines else None
    more = len(taken.left) - len(lines)
    return message(told, [section(told, left, *lines, f"and {more:,} more" if more else None)])


def _open(view: HandoverView) -> list[str]:
    if not view.open:
        return ["*Nothing is open*", *([_held(view)] if view.held else [])]
    counts = ", ".join(f"{count} {severity}" for severity, count in view.open)
    mine = [one for one in view.owners if one.ending]
    others = [one for one in view.owners if one.owner and not one.ending]
    nobody = sum(one.total for one in view.owners if one.owner is None)
    lines = [f"*Open {_total(view)}* {counts}"]
    if mine:
        lines.append(f"With {data(view.shift, 60)}: {_owners(mine, view)}")
    if others:
        lines.append(f"With others: {_owners(others, view)}")
    if nobody:
        lines.append(f"Without an owner: {nobody}")
    return [*lines, *([_held(view)] if view.held else [])]


def _owners(owned: Sequence[Owned], view: HandoverView) -> str:
    told = [
        f"{data(view.names.get(one.owner or '', one.owner), 60)} {one.total} ({_short(one)})"
        for one in owned[:_MOST_OWNERS]
    ]
    rest = sum(one.total for one in owned[_MOST_OWNERS:])
    return ", ".join([*told, *([f"{rest} of others"] if rest else [])])


def _short(one: Owned) -> str:
    return ", ".join(f"{count} {severity}" for severity, count in one.counts)


def _held(view: HandoverView) -> str:
    return f"{view.held} held in quiet hours"


def _total(view: HandoverView) -> int:
    return sum(count for _, count in view.open)


def _button(view: HandoverView) -> Block | None:
    if not view.to_take:
        return None
    return actions([plain_button(Verb.TAKE_OVER, encode_take_over(TakeOver(shift=view.key)))])


def _coming(view: HandoverView, coming: str) -> list[str]:
    until = _when(view.until, view)
    total = view.coming.total
    if not total:
        return [f"*Nothing is due in {coming}* (until {until})"]
    many = f"{total:,} or more" if view.coming.more else f"{total:,}"
    lines = [f"*Due in {coming}, until {until}: {many}*"]
    names = {tenant.id: tenant.name for tenant in view.tenants}
    named = names if len(names) > 1 else {}
    lines += [f"{_when(row.deadline_at, view)} {_due(row, named)}" for row in view.coming.soonest]
    rest = total - len(view.coming.soonest)
    return [*lines, *([f"and {rest:,} later"] if rest else [])]


def _when(at: datetime, view: HandoverView) -> str:
    """The time alone where nobody can mistake the day."""
    return clock_time(at) if at - view.now < _SOON else moment(at)


def _due(row: ClockRow, names: Mapping[int, str]) -> str:
    who = names.get(row.tenant_id)
    return joined(
        data(row.order_id, 60),
        data(row.sla_id.replace("_", " "), 64),
        data(who, 40) if who else None,
    )


def _waking(view: HandoverView, coming: str) -> list[str]:
    waking = view.waking[:_MOST_WAKING]
    rest = len(view.waking) - len(waking)
    return [
        f"*Snoozed, wakes in {coming}*",
        *(line(record, view.now, names=view.names) for record in waking),
        *([f"and {rest:,} more"] if rest else []),
    ]


def _done(view: HandoverView) -> str:
    done = view.done
    median = None
    if done.ack_minutes is not None:
        of = counted(done.acknowledged, "exception")
        median = f"acknowledged within {duration(done.ack_minutes)} (median of {of})"
    figures = f"{done.opened} opened, {done.settled} settled, {done.breached} breached"
    return joined(figures, median)


def _line(one: ToTake) -> str:
    record = one.record
    named = f"`#{record.id}` *{record.severity.value}* {data(record.order_id, 60)}"
    return joined(named, happened(record), data(one.owner, 60))


def _who(record: ExceptionRecord, names: Mapping[str, str]) -> str:
    if not record.active:
        return "it is over"
    if not record.assignee:
        return "nobody owns it any more"
    return f"{data(names.get(record.assignee, 'somebody else'), 60)} has it"


def _modal(callback: Form, blocks: list[Block], form: TakeOver) -> View:
    return {
        "type": "modal",
        "callback_id": callback.value,
        "title": title("Take over"),
        "close": title("Cancel" if callback is Form.TAKE_OVER else "Close"),
        "blocks": blocks,
        "private_metadata": encode_take_over(form),
    }

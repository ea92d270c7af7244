"""Draws who of a shift was given an exception, or why nobody could be. Must not choose anybody."""

from collections.abc import Sequence

from handlers.blocks.elements import message, section
from handlers.blocks.text import counted, data, moment
from jobs.ports.slack import Message
from policies.records import ExceptionRecord, Tenant
from policies.shifts import Turn


def given(record: ExceptionRecord, name: str, shift: str, held: int) -> Message:
    """`Maria owns #7 SO-1042: on shift (Days), with 2 others in hand, the fewest.`."""
    others = f"with {counted(held, 'other')} in hand, the fewest" if held else "with none in hand"
    who, whose = data(name, 60), data(shift, 120)
    said = f"{who} owns #{record.id} {data(record.order_id)}: on shift ({whose}), {others}."
    return message(said, [section(said)])


def nobody_on_shift(site: str | None, coming: Turn | None) -> Message:
    """Nobody is there now, and who is next."""
    where = f" for {data(site, 40)}" if site else ""
    begin = f"Nobody is on shift{where} now, so nothing was changed."
    if coming is None:
        after = "There are no shifts in alerting.yaml for it; say who: assign 7 @maria"
    else:
        after = f"Next: {data(coming.shift.name, 60)}, from {moment(coming.run.start)}."
    said = f"{begin} {after}"
    return message(said, [section(said)])


def nobody_may(turns: Sequence[Turn], tenant: Tenant) -> Message:
    """Whoever is there may not own an exception of that client."""
    names = ", ".join(data(turn.shift.name, 60) for turn in turns)
    said = (
        f"On shift now: {names}. Nobody of them may own an exception of {data(tenant.name, 60)}, "
        "so nothing was changed. Say who: assign 7 @maria"
    )
    return message(said, [section(said)])

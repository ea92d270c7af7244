"""Draws an order's clocks: whose each is, how it stands, its minutes as a bar, its ledger.

Must not judge: it words what a clock says. What comes from payloads is dead text.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from handlers.blocks.clock_words import flags, reason, standing
from handlers.blocks.elements import Block, context, section
from handlers.blocks.text import counted, data, dated, joined
from handlers.blocks.wording import BECAME, KIND, PARTY, rule_name
from jobs.views import OrderView
from policies.bar import CELLS, MARK, Paused, bar, sums
from policies.clock import Clock
from policies.durations import duration
from policies.ledger import Entry, LedgerKind, ledger
from policies.promise import Within
from policies.reasons import ClockState

WIDTH = 24
"""Characters of a bar: what a phone shows in one line."""
LEGEND = (
    f"`{CELLS['counted']}` counted `{CELLS['paused']}` paused `{CELLS['closed']}` closed "
    f"`{CELLS['to_come']}` to come `{MARK}` deadline"
)
_MOST, _MOST_ENTRIES, _FIRST_ENTRIES = 12, 8, 3
_ENDED = (ClockState.MET, ClockState.CANCELLED)


class ClockLines(NamedTuple):
    """A clock in marked-up lines: whose it is, how it stands, its bar, its sums, its ledger."""

    head: str
    state: str
    bar: str
    sums: str
    ledger: str


def clock_blocks(view: OrderView) -> list[Block]:
    """The clocks of an order, the client's first, and of each kind the worst first."""
    shown, left_out = _chosen(view.clocks)
    blocks: list[Block] = []
    for clock in shown:
        told = clock_lines(clock, view)
        bar_line = f"`{told.bar}`"
        blocks += [section(told.head, told.state, bar_line, told.sums), context(told.ledger)]
    if left_out:
        blocks.append(context(f"and {counted(left_out, 'clock')} more, all older or in time"))
    return blocks


def clock_lines(clock: Clock, view: OrderView, width: int = WIDTH) -> ClockLines:
    """One clock of the order as of the view's moment."""
    rule = clock.rule
    of = f" ({data(clock.subject, 40)})" if clock.subject and not rule.repeat else ""
    said, more = standing(clock, view)
    return ClockLines(
        head=f"*{KIND[rule.kind]}* · {data(rule.promise, 120)}{of}",
        state=joined(f"*{said}*{more}", *flags(clock)),
        bar=bar(clock, width).text,
        sums=_sums(clock),
        ledger=joined(*_ledger(clock), rule_name(rule.sla_id, rule.version)),
    )


def by_urgency(clocks: Iterable[Clock]) -> list[Clock]:
    """The client's clocks first; of a kind those first that are broken or about to be."""
    kinds = list(KIND)
    return sorted(
        clocks,
        key=lambda clock: (kinds.index(clock.rule.kind), _urgency(clock), clock.deadline_at),
    )


def _urgency(clock: Clock) -> int:
    if clock.state is ClockState.BREACHED:
        return 0 if clock.stop_event is None else 2
    if clock.state in _ENDED:
        return 4
    return 1 if clock.at_risk else 3


def _chosen(clocks: Sequence[Clock]) -> tuple[list[Clock], int]:
    """Of a clock that repeats only the latest, and any that is not in time; at most so many."""
    latest = {clock.rule.sla_id: clock for clock in clocks if clock.rule.repeat}
    kept = [
        clock
        for clock in clocks
        if clock.state not in _ENDED or not clock.rule.repeat or clock is latest[clock.rule.sla_id]
    ]
    if len(kept) > _MOST:
        kept = sorted(kept, key=_urgency)[:_MOST]
    return by_urgency(kept), len(clocks) - len(kept)


def _sums(clock: Clock) -> str:
    """`counted 3 h 05 min of 8 h (warehouse) · paused 45 min (client: ...) · closed 10 h`."""
    found = sums(clock)
    party = clock.fault
    whose = f" ({PARTY[party]})" if party else ""
    timed = isinstance(clock.rule.deadline, Within)
    of = f" of {duration(clock.target_minutes)}" if timed else ""
    return joined(
        f"counted {_minutes(found.counted)}{of}{whose}",
        *(_paused(one) for one in found.paused),
        f"closed {_minutes(found.closed)}" if found.closed >= 1 else None,
    )


def _paused(one: Paused) -> str:
    return f"paused {_minutes(one.minutes)} ({PARTY[one.fault]}: {reason(one.reason)})"


def _minutes(minutes: float) -> str:
    return duration(round(minutes, 3)) if minutes >= 1 else "0 min"


def _ledger(clock: Clock) -> list[str]:
    """The entries with their times; a long ledger loses its middle."""
    entries = [(entry.at, _entry(entry)) for entry in ledger(clock)]
    lines = dated(entries)
    if len(lines) > _MOST_ENTRIES:
        gap = len(lines) - _MOST_ENTRIES + 1
        last = dated(entries[-(_MOST_ENTRIES - _FIRST_ENTRIES - 1) :])
        return [*lines[:_FIRST_ENTRIES], f"… {gap} more …", *last]
    return lines


def _entry(entry: Entry) -> str:
    whose = entry.kind is LedgerKind.PAUSED and entry.fault is not None
    party = f" ({PARTY[entry.fault]})" if whose and entry.fault else ""
    event = f" [{data(entry.event.kind, 48)}]" if entry.event else ""
    return f"{BECAME[entry.kind]}{party}{event}"

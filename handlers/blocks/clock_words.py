"""Says in one line how a clock stands: what is bold first, then by when and why.

Must not judge or draw: clocks.py lays it out.
"""

from collections.abc import Callable
from datetime import timedelta

from handlers.blocks.text import data, moment
from handlers.blocks.wording import PARTY, VERDICT
from jobs.views import OrderView
from policies.clock import Clock
from policies.durations import duration
from policies.instants import us_of
from policies.promise import Within
from policies.reasons import ClockState, ClockVerdict

_SIGNS = (
    ("_at ", " "),
    ("<=", "no later than"),
    (">=", "no earlier than"),
    ("==", "is"),
    ("!=", "is not"),
)
Standing = tuple[str, str]
"""What is said first, and what may follow it."""


def standing(clock: Clock, view: OrderView) -> Standing:
    """How the clock stands as of the view's moment."""
    told = _BY_VERDICT.get(clock.verdict) if clock.verdict else None
    return (told or _BY_STATE[clock.state])(clock, view)


def flags(clock: Clock) -> tuple[str, ...]:
    """What else a person has to know of it."""
    known = (
        (not clock.enforced, "only watched, opens nothing"),
        (clock.excluded, "counts for no target and no credit"),
    )
    return tuple(words for holds, words in known if holds)


def reason(word: str) -> str:
    """A hold's reason, which a policy or a payload named."""
    return data(word.replace("_", " "), 60)


def condition(text: str) -> str:
    """A policy's condition in words: `delivered_at <= promised_delivery`."""
    for sign, words in _SIGNS:
        text = text.replace(sign, words)
    return data(text.replace("_", " "), 120)


def _running(clock: Clock, view: OrderView) -> Standing:
    due = f", due {moment(clock.deadline_at)}"
    if clock.started_at > view.now:
        return f"starts {moment(clock.started_at)}", due
    plain = _minutes(clock.deadline_at - view.now)
    if plain < 0:
        return "due", f" {moment(clock.deadline_at)}; we wait for late news"
    left = clock.left_minutes
    open_part = f", {duration(left)} of it open" if plain - left >= 1 else ""
    return f"{duration(plain)} left{', at risk' if clock.at_risk else ''}", open_part + due


def _paused(clock: Clock, _view: OrderView) -> Standing:
    at = us_of(clock.counted_until)
    hold = next((hold for hold in clock.course.holds if hold.covers(at)), None)
    left = "; its deadline is set anew when it goes on"
    if isinstance(clock.rule.deadline, Within):
        left = f"; {duration(clock.left_minutes)} left when it goes on"
    if hold is None:
        return "stands still", left
    why = f"{reason(hold.reason)} ({PARTY[hold.fault]})"
    return f"stands still: {why}", f", since {moment(hold.begun_by.occurred_at)}{left}"


def _breached(clock: Clock, view: OrderView) -> Standing:
    was = f"was due {moment(clock.deadline_at)}"
    late = duration(clock.delay_minutes)
    if clock.stop_event is not None:
        return f"{late} late", f", done {moment(clock.stop_event.occurred_at)}, {was}"
    return f"{late} over, {clock.severity}", f", {was}{_grows(clock, view)}"


def _grows(clock: Clock, view: OrderView) -> str:
    """When it gets worse by itself."""
    steps = (
        (clock.deadline_at + timedelta(minutes=after), severity)
        for after, severity in clock.rule.growth
    )
    following = next((step for step in steps if step[0] > view.now), None)
    return f"; {following[1]} from {moment(following[0])}" if following else ""


def _met(clock: Clock, _view: OrderView) -> Standing:
    spare = _minutes(clock.deadline_at - clock.counted_until)
    return "in time", f", {duration(spare)} to spare" if spare >= 1 else ""


def _cancelled(clock: Clock, _view: OrderView) -> Standing:
    end = clock.cancel_event
    if end is None:
        return "called off", ""
    return "called off", f" by {data(end.kind, 48)} {moment(end.occurred_at)}"


def _cured(clock: Clock, _view: OrderView) -> Standing:
    late = _minutes(clock.counted_until - clock.deadline_at)
    by = f" by {duration(late)}" if late >= 1 else ""
    cure = clock.rule.cure
    why = f": {condition(cure.text)}" if cure else ""
    return VERDICT[ClockVerdict.CURED], f"{why}; late{by}, was due {moment(clock.deadline_at)}"


def _late_evidence(clock: Clock, _view: OrderView) -> Standing:
    event = clock.stop_event
    heard = event.received_at if event else None
    told = ""
    if event is not None and heard is not None:
        told = f": done {moment(event.occurred_at)}, told {moment(heard)}"
    if clock.state is ClockState.BREACHED:
        return "done in time, but told too late, which counts as missed", told
    return VERDICT[ClockVerdict.LATE_EVIDENCE], told


def _no_data(clock: Clock, view: OrderView) -> Standing:
    silence = view.around.silence_of(clock.rule.stop)
    was = f", was due {moment(clock.deadline_at)}"
    no_data = VERDICT[ClockVerdict.NO_DATA]
    if silence is None:
        return no_data, f": the source is silent{was}"
    source = data(silence.source, 40)
    return f"{no_data}: {source} is silent", f" since {moment(silence.since)}{was}"


def _minutes(span: timedelta) -> float:
    return span.total_seconds() / 60


_BY_VERDICT: dict[ClockVerdict, Callable[[Clock, OrderView], Standing]] = {
    ClockVerdict.CURED: _cured,
    ClockVerdict.LATE_EVIDENCE: _late_evidence,
    ClockVerdict.NO_DATA: _no_data,
}
_BY_STATE: dict[ClockState, Callable[[Clock, OrderView], Standing]] = {
    ClockState.RUNNING: _running,
    ClockState.PAUSED: _paused,
    ClockState.BREACHED: _breached,
    ClockState.MET: _met,
    ClockState.CANCELLED: _cancelled,
}

"""Turns one rule as written into a rule that can be judged by. Must not judge."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from policies.book.calendars import AT_DESTINATION, Calendars
from policies.book.facts import Facts, stage_of
from policies.book.faults import Faults
from policies.book.model import Deadline as DeadlineModel
from policies.book.model import Event, Milestone, OnBreach, Pause, Rule, Warn
from policies.book.model import Remedy as RemedyModel
from policies.calendar import Calendar
from policies.durations import duration
from policies.matching import When
from policies.money.remedy import Cap, Credit, Remedy
from policies.order_facts import payload_key
from policies.promise import (
    CutOff,
    Deadline,
    Escalation,
    Exclusion,
    Multiplier,
    Part,
    PromiseDate,
    SlaRule,
    Within,
)
from policies.promise import Milestone as MilestoneValue
from policies.promise import Pause as PauseValue
from policies.reasons import ClockKind, Fault, ReasonCode, Severity, Stage

_DEFAULT_BREACH = {
    Stage.PICK: (ReasonCode.PICK_DELAY, Severity.MEDIUM),
    Stage.PACK: (ReasonCode.PACK_DELAY, Severity.MEDIUM),
    Stage.SHIP: (ReasonCode.SHIP_DELAY, Severity.HIGH),
    Stage.DELIVER: (ReasonCode.DELIVERY_DELAY, Severity.MEDIUM),
}
_SEVERITIES = {
    ReasonCode.CARRIER_ISSUE: Severity.HIGH,
    ReasonCode.SHIP_DELAY: Severity.HIGH,
    ReasonCode.STOCK_MISMATCH: Severity.HIGH,
    ReasonCode.SYSTEM_ERROR: Severity.CRITICAL,
}
"""What a reason is, where the rule does not say (original.md)."""


_SOME_DAY = datetime(2026, 1, 5, tzinfo=UTC)
"""From when a policy without a date is tried."""
_MARKS = str.maketrans("", "", "$?")


def compile_rule(
    rule: Rule,
    index: int,
    facts: Facts,
    calendars: Calendars,
    multipliers: tuple[Multiplier, ...],
    validity: Mapping[str, Any],
    forecast: int | None,
    faults: Faults,
) -> SlaRule | None:
    """The rule's value; None where a fault was noted."""
    here = ("slas", index)
    compiled: SlaRule | None = None
    with faults.at(*here):
        start = facts.types(rule.start, (*here, "start"))
        stop = facts.types(rule.stop, (*here, "stop")) or facts.named("delivered")
        calendar, choice = calendars.fixed["always"], None
        with faults.at(*here, "deadline", "calendar"):
            calendar, choice = calendars.named(rule.deadline.calendar)
        with faults.at(*here, "deadline"):
            deadline = _deadline(rule.deadline, calendar, calendars)
            _check_reachable(deadline, calendar, validity["valid_from"] or _SOME_DAY)
            stage = rule.stage or stage_of(stop)
            reason, severity = _breach(rule, stage)
            compiled = SlaRule(
                sla_id=rule.id,
                kind=rule.kind,
                stage=stage,
                promise=rule.promise or _in_words(rule),
                when=when_of(rule.when),
                group=rule.group,
                priority=rule.priority,
                start=start,
                start_if=rule.start.if_ if rule.start else None,
                not_before=_key(rule.start),
                stop=stop,
                stop_if=rule.stop.if_ if rule.stop else None,
                cancel=facts.types(rule.cancel, (*here, "cancel")),
                reset=facts.types(rule.reset, (*here, "reset")),
                reset_if=rule.reset.if_ if rule.reset else None,
                repeat=rule.repeat == "each",
                split=rule.split,
                pauses=tuple(
                    _pause(pause, facts, (*here, "pause", place))
                    for place, pause in enumerate(rule.pause)
                ),
                deadline=deadline,
                multipliers=multipliers,
                calendar=calendar,
                pick_calendar=choice,
                inclusive=rule.deadline.boundary == "inclusive",
                grace_minutes=rule.evidence.grace_for_ingest,
                late_evidence_counts=rule.evidence.late_arrival == "reopen",
                cure=rule.cure.if_ if rule.cure else None,
                warn=tuple(part for warn in rule.warn if (part := _warn(warn)))
                or (Part(share=0.75),),
                warn_risk=next((w.risk for w in rule.warn if w.risk is not None), None),
                post_warning=any(warn.post for warn in rule.warn),
                milestones=tuple(
                    _milestone(milestone, facts, (*here, "milestones", place))
                    for place, milestone in enumerate(rule.milestones)
                ),
                reason_code=reason,
                severity=severity,
                growth=_growth(rule.on_breach),
                escalate=tuple(
                    Escalation(after_minutes=step.after, to=step.to)
                    for step in (rule.on_breach.escalate if rule.on_breach else ())
                ),
                settle_auto=rule.on_breach is None or rule.on_breach.settle == "auto",
                fault=rule.fault or (Fault.CARRIER if rule.kind is ClockKind.CARRIER else None),
                remedy=_remedy(rule.remedy),
                exclude=_exclusions(rule, forecast),
                **validity,
            )
    return compiled


def _check_reachable(deadline: Deadline, calendar: Calendar, day: datetime) -> None:
    """Refuses a deadline that the calendar's open time never reaches."""
    if isinstance(deadline, Within):
        calendar.add_minutes(day, deadline.minutes)
    elif isinstance(deadline, CutOff):
        calendar.business_day(day.date(), max(deadline.before.days, deadline.after.days))


def _deadline(model: DeadlineModel, calendar: Calendar, calendars: Calendars) -> Deadline:
    given = [n for n in ("within", "cutoff", "by", "promise") if getattr(model, n) is not None]
    if len(given) != 1:
        message = "a deadline is one of within, cutoff, by or promise"
        raise ValueError(message)
    if model.cutoff is not None:
        return CutOff(
            at=model.cutoff.at,
            before=model.cutoff.before,
            after=model.cutoff.after,
            zone=calendars.zone(model.cutoff.tz, calendar),
        )
    if model.by is not None:
        zone = calendars.zone(model.tz, calendar)
        return CutOff(at=None, before=model.by, after=model.by, zone=zone)
    if model.promise is not None:
        return PromiseDate(
            key=payload_key(model.promise).replace("promised_delivery_date", "promised_delivery"),
            end_of_day=model.end_of == "local_day",
            zone=calendars.zone(model.tz or AT_DESTINATION, calendar),
        )
    if model.within is None:  # pragma: no cover - one of the four is there
        raise AssertionError
    return model.within


def _in_words(rule: Rule) -> str:
    """A promise in words, where its author wrote none."""
    stop = (", ".join(rule.stop.event) if rule.stop else "delivered").translate(_MARKS)
    if rule.deadline.promise:
        return f"{stop} by the promised date"
    if rule.deadline.cutoff:
        return f"{stop} the same day, or the next after the cut-off"
    start = ", ".join(rule.start.event) if rule.start else "the order came"
    time = duration(rule.deadline.within.minutes) if rule.deadline.within else "its time"
    return f"{stop} within {time} of {start.translate(_MARKS)}"[:120]


def when_of(given: Mapping[str, Any]) -> When | None:
    """What `when:` restricts a rule to; None where it restricts nothing."""
    values: list[tuple[str, frozenset[str]]] = []
    labels: dict[str, frozenset[str]] = {"tags": frozenset(), "tags_none": frozenset()}
    for key, value in given.items():
        wanted = value if isinstance(value, list) else [value]
        texts = frozenset(str(item).lower() for item in wanted)
        if key in ("tags", "flags", "tags_none", "flags_none"):
            name = "tags_none" if key.endswith("_none") else "tags"
            labels[name] |= texts
        elif "*" not in texts:
            values.append((payload_key(key), texts))
    when = When(values=tuple(values), having=labels["tags"], lacking=labels["tags_none"])
    return None if when == When() else when


def _key(start: Event | None) -> str | None:
    return payload_key(start.not_before) if start and start.not_before else None


def _pause(pause: Pause, facts: Facts, here: tuple[int | str, ...]) -> PauseValue:
    if bool(pause.hold) == bool(pause.event):
        message = f"pause {here[-1]} names either hold or event"
        raise ValueError(message)
    return PauseValue(
        holds=tuple(reason.lower() for reason in pause.hold),
        events=facts.listed(pause.event, (*here, "event")),
        until=facts.listed(pause.until, (*here, "until")),
        fault=pause.fault,
        only_if=pause.if_,
        max_minutes=pause.max,
    )


def _warn(warn: Warn) -> Part | None:
    return Part(share=warn.share) if warn.share is not None else warn.remaining


def _milestone(milestone: Milestone, facts: Facts, here: tuple[int | str, ...]) -> MilestoneValue:
    events = facts.listed(milestone.event, (*here, "event"))
    return MilestoneValue(events=events, within=milestone.within)


def _breach(rule: Rule, stage: Stage) -> tuple[ReasonCode, Severity]:
    given = rule.on_breach
    if given is None:
        watchdog = (ReasonCode.TRANSIT_STALL, Severity.MEDIUM)
        return watchdog if rule.repeat else _DEFAULT_BREACH[stage]
    return given.exception, given.severity or _SEVERITIES.get(given.exception, Severity.MEDIUM)


def _growth(given: OnBreach | None) -> tuple[tuple[int, Severity], ...]:
    steps = given.grows.items() if given else ()
    return tuple(sorted(steps))


def _remedy(given: RemedyModel | None) -> Remedy | None:
    if given is None:
        return None
    credit = cap = None
    if given.credit is not None:
        amount = given.credit.amount
        if (amount is None) == (given.credit.cents is None):
            message = "a credit is either cents or an amount {pct_of, value}"
            raise ValueError(message)
        credit = Credit(
            per=given.credit.per,
            cents=given.credit.cents,
            pct=amount.value if amount else None,
            pct_of=amount.pct_of if amount else None,
        )
    if given.cap is not None:
        cap = Cap(per=given.cap.per, cents=given.cap.cents, pct_of_invoice=given.cap.pct_of_invoice)
    return Remedy(credit=credit, cap=cap, code=given.code, allowance=given.allowance)


def _exclusions(rule: Rule, forecast: int | None) -> tuple[Exclusion, ...]:
    found = []
    for item in rule.exclude:
        over = item.volume_over_forecast_pct
        most = None
        if over is not None and forecast is not None:
            most = int(forecast * (1 + over / 100))
        found.append(Exclusion(fault=item.fault, over_orders_a_day=most))
    return tuple(found)


def validity(
    version: str, begin: datetime | None, until: datetime | None, enforce: datetime | None
) -> dict[str, Any]:
    """The fields that say when a rule is in force."""
    return {
        "version": version,
        "valid_from": begin,
        "valid_until": until,
        "enforce_from": enforce,
    }

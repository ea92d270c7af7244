"""Says a promise in plain words, as people who signed it would. Must not judge by it.

One line for each thing that it says: what, for whom, from when to when, by when, and so on.
"""

from collections.abc import Iterable, Iterator

from policies.deadline_words import deadline_in_words
from policies.durations import duration
from policies.matching import When
from policies.money.remedy import Cap, Credit
from policies.promise import Part, Pause, SlaRule
from policies.reasons import ClockKind

_KINDS = {
    ClockKind.SLA: "to the client",
    ClockKind.OLA: "in-house",
    ClockKind.CARRIER: "by the carrier",
    ClockKind.CHANNEL: "to the sales channel",
    ClockKind.PROBLEM: "by nobody: a problem",
}
FEES = {
    "pick_pack_fee": "the pick and pack fee",
    "fulfilment_fees": "the fulfilment fees",
    "order_value": "the value of the order",
}
_SPLITS = {"any": "", "all": ", until all its shipments have", "each": ", each shipment by itself"}


def rule_in_words(rule: SlaRule) -> tuple[str, ...]:
    """The promise line by line; the first one is its title."""
    lines = (
        ("For", for_whom(rule)),
        ("Runs", _runs(rule)),
        ("Due", deadline_in_words(rule)),
        ("Pauses", "; ".join(map(_pause, rule.pauses))),
        ("At risk", "; ".join(_warnings(rule))),
        ("If late", _breach(rule)),
        ("Credit", _remedy(rule)),
        ("In force", _force(rule)),
    )
    title = f"{rule.sla_id} ({rule.stage.value}, {_KINDS[rule.kind]}): {rule.promise}"
    return (title, *(f"{name}: {words}" for name, words in lines if words))


def for_whom(rule: SlaRule) -> str:
    """Which orders it is for."""
    when = rule.when or When()
    stated = ", ".join(f"{key.replace('_', ' ')} {_either(sorted(v))}" for key, v in when.values)
    parts = [f"with {stated}"] if stated else []
    parts += [f"tagged {_either(sorted(when.having))}"] if when.having else []
    parts += [f"not tagged {_either(sorted(when.lacking))}"] if when.lacking else []
    whom = f"orders {', '.join(parts)}" if parts else "every order"
    return f"{whom}; the first that fits in group {rule.group}" if rule.group else whom


def _runs(rule: SlaRule) -> str:
    """From what to what, and what ends it otherwise."""
    start = f"from {_either(rule.start)}" if rule.start else "from the first event"
    start += f" where {rule.start_if.text}" if rule.start_if else ""
    start += f", not before {rule.not_before}" if rule.not_before else ""
    stop = f" to {_either(rule.stop)}" + (f" where {rule.stop_if.text}" if rule.stop_if else "")
    stop += ", anew from each of them" if rule.repeat else _SPLITS[rule.split]
    anew = f"; anew at {_either(rule.reset)}" if rule.reset else ""
    anew += f" where {rule.reset_if.text}" if rule.reset_if else ""
    return f"{start}{stop}{anew}; called off by {_either(rule.cancel)}"


def _pause(pause: Pause) -> str:
    """What it stands still for, until when, and whose fault that is."""
    what = (
        f"while held for {_either(pause.holds)}" if pause.holds else f"at {_either(pause.events)}"
    )
    until = f" until {_either(pause.until)}" if pause.until else ""
    most = f", at most {duration(pause.max_minutes)}" if pause.max_minutes else ""
    where = f", where {pause.only_if.text}" if pause.only_if else ""
    return f"{what}{until}{most}{where} (fault: {pause.fault.value})"


def _warnings(rule: SlaRule) -> Iterator[str]:
    for part in rule.warn:
        yield _part(part)
    for milestone in rule.milestones:
        yield f"{_part(milestone.within)} without {_either(milestone.events)}"
    if rule.warn_risk is not None:
        yield f"when it is {rule.warn_risk:.0%} likely to be late"


def _part(part: Part) -> str:
    if part.share is not None:
        return f"after {part.share:.0%} of the time"
    return f"{duration(part.minutes_left or 0)} before it is due"


def _breach(rule: SlaRule) -> str:
    """What it is called, how bad it is, who hears of it, and how it comes to an end."""
    grace = duration(rule.grace_minutes) if rule.grace_minutes else ""
    waits = f" (waits {grace} for late evidence)" if grace else ""
    grows = "".join(f", {level.value} after {duration(late)}" for late, level in rule.growth)
    fault = f", fault: {rule.fault.value}" if rule.fault else ""
    settles = "settles when it happens" if rule.settle_auto else "a person settles it"
    cure = f"; made good where {rule.cure.text}" if rule.cure else ""
    told = "".join(f"; {step.to} hears {_after(step.after_minutes)}" for step in rule.escalate)
    severity = f"{rule.severity.value}{grows}"
    return f"{rule.reason_code.value}{waits}, {severity}{fault}; {settles}{cure}{told}"


def _after(minutes: int) -> str:
    return f"after {duration(minutes)}" if minutes else "at once"


def _remedy(rule: SlaRule) -> str:
    remedy = rule.remedy
    if remedy is None or remedy.credit is None:
        return ""
    free = f", the first {remedy.allowance} of a month are free" if remedy.allowance else ""
    but = [f"fault {one.fault.value}" for one in rule.exclude if one.fault is not None]
    over = (one.over_orders_a_day for one in rule.exclude)
    but += [f"more than {most} orders a day" for most in over if most is not None]
    excluded = f"; none for {_either(but)}" if but else ""
    return f"{_credit(remedy.credit)}{_cap(remedy.cap)}{free}{excluded}"


def _credit(credit: Credit) -> str:
    if credit.pct_of is not None:
        return f"{credit.pct} % of {FEES[credit.pct_of]}"
    return f"{credit.cents} cents for each {credit.per}"


def _cap(cap: Cap | None) -> str:
    if cap is None:
        return ""
    limits = [f"{cap.cents} cents"] if cap.cents is not None else []
    limits += [f"{cap.pct_of_invoice} % of the invoice"] if cap.pct_of_invoice is not None else []
    return f", at most {' or '.join(limits)} a {cap.per}"


def _force(rule: SlaRule) -> str:
    """From when to when, where that is not always."""
    dates = (
        ("from", rule.valid_from),
        ("until", rule.valid_until),
        ("opens exceptions from", rule.enforce_from),
        ("credits from", rule.remedies_from),
    )
    said = ", ".join(f"{name} {at:%Y-%m-%d %H:%M} UTC" for name, at in dates if at is not None)
    return f"version {rule.version}" + (f", {said}" if said else "")


def _either(words: Iterable[str]) -> str:
    *first, last = list(words) or ["nothing"]
    return f"{', '.join(first)} or {last}" if first else last

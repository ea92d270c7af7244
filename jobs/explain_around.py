"""Words what is around an exception: until when it can be saved, and how such cases ended.

Must not decide or gather either.
"""

from dataclasses import dataclass
from datetime import tzinfo

from jobs.explain_links import COUNTED, day_words, near_words
from policies.causes import Surroundings
from policies.clock import Clock
from policies.durations import duration
from policies.past_cases import LOOKED_BACK, Similar
from prompts import explanation

_DEPARTURES = {"pickup": "pick-up", "cut_off": "cut-off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A line with its one receipt: the name of the evidence, and what it is in words."""

    text: str
    evidence: str
    source: str


def until_line(around: Surroundings, clock: Clock, zone: tzinfo, ref: str) -> Cited | None:
    """The last moment and what else falls due by then; None where neither is known."""
    departure = around.departure
    due = _due(around, zone)
    if departure is None and due is None:
        return None
    then = departure.then if departure else None
    values = {
        "kind": departure.kind if departure else "",
        "at": near_words(departure.at, around.as_of, zone) if departure else "",
        "then": near_words(then, around.as_of, zone) if then else "",
        "due": due,
        "ref": ref,
        "policy": clock.rule.version,
        "promise": clock.rule.sla_id,
        "departure": _DEPARTURES[departure.kind] if departure else "",
    }
    source = explanation.source("until", clock.rule.reason_code.value, values)
    return Cited(text=explanation.until(values), evidence=f"{COUNTED}due", source=source)


def similar_line(around: Surroundings, clock: Clock, zone: tzinfo, ref: str) -> Cited | None:
    """One line; None where there are too few."""
    found = around.similar
    if found is None:
        return None
    whole = found.since <= around.as_of - LOOKED_BACK
    since = f"since {day_words(found.since.astimezone(zone))}"
    values = {
        "count": found.count,
        "since": f"in {LOOKED_BACK.days} days" if whole else since,
        "place": _place(found),
        "same_cause": found.same_cause,
        "ended_so": "all" if found.ended_so == found.count else found.ended_so,
        "ending": found.ending,
        "median": duration(found.median_minutes),
        "ref": ref,
        "reason": clock.rule.reason_code.value,
    }
    source = explanation.source("similar", clock.rule.reason_code.value, values)
    return Cited(text=explanation.similar(values), evidence=f"{COUNTED}past", source=source)


def _due(around: Surroundings, zone: tzinfo) -> dict[str, object] | None:
    due = around.due_next
    if due is None or not due.count:
        return None
    return {
        "count": f"{due.count} or more" if due.most else str(due.count),
        "one": due.count == 1,
        "by_then": due.by_departure,
        "until": near_words(due.until, around.as_of, zone),
        "first": near_words(due.first, around.as_of, zone),
    }


def _place(found: Similar) -> str:
    carrier, site = found.place.get("carrier"), found.place.get("warehouse")
    return " with ".join(name for name in (site, carrier) if name)

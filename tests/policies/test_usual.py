"""What is usual, until when an order can be saved, and how such cases ended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policies.book.read import read_sla_book
from policies.last_moment import due_until, last_moment
from policies.past_cases import PastCase, similar
from policies.reasons import ReasonCode, Stage, Status
from policies.usual import Rate, rate_of, rate_windows, usual_of
from tests.jobs.scene_parts import CARRIERS
from tests.policies.builders import at
from tests.storage.builders import a_record

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CUT_OFF = """
version: "cut-1"
slas:
  - id: pick
    stage: PICK
    promise: picked the same day
    start: [order_paid]
    stop: [pick_completed]
    deadline:
      cutoff: {at: "14:00", before: {day: 0, by: "24:00"}, after: {day: +1 business, by: "24:00"}}
    on_breach: {exception: PICK_DELAY, severity: HIGH}
"""


def test_what_is_usual_is_the_middle_and_nine_of_ten() -> None:
    """Of twenty orders or more; fewer are no usual."""
    usual = usual_of(float(minutes) for minutes in range(1, 22))
    assert usual is not None
    assert (usual.median_minutes, usual.p90_minutes, usual.count) == (11, 19, 21)
    assert usual_of([1.0] * 19) is None


def test_an_hour_is_compared_with_the_same_hour_of_other_days() -> None:
    """The hour up to now, and that hour on each of the seven days before."""
    windows = rate_windows(NOW)
    assert windows[0] == (NOW - timedelta(hours=1), NOW)
    assert windows[7] == (NOW - timedelta(days=7, hours=1), NOW - timedelta(days=7))
    assert len(windows) == 8


@pytest.mark.parametrize(
    ("counts", "usual", "days"),
    [
        ([4, 10, 12, 0, 0, 14, 11, 0], 11.5, 4),
        ([0, 10, 12, 14, 0, 0, 0, None], 12, 3),
    ],
)
def test_days_without_work_say_nothing(counts: list[int | None], usual: float, days: int) -> None:
    """Their median is of the days on which something was done in that hour."""
    rate = rate_of(counts, NOW)
    since = NOW - timedelta(hours=1)
    assert rate == Rate(done=counts[0] or 0, usual=usual, days=days, since=since, until=NOW)
    assert rate.part == (counts[0] or 0) / usual


@pytest.mark.parametrize("counts", [[None, 9, 9, 9], [4, 9, 9, 0], [4, None, None, None, 9, 9]])
def test_too_little_to_compare_is_no_rate(counts: list[int | None]) -> None:
    """Fewer than three days with work, or an hour that nobody counted."""
    assert rate_of(counts, NOW) is None


def late(**changes: Any) -> Any:  # noqa: ANN401
    """A late order that has not left ATL1."""
    usual: dict[str, Any] = {
        "sla_id": "pick",
        "stage": Stage.PICK,
        "status": Status.OPEN,
        "facts": {"warehouse": "ATL1", "carrier": "FedEx"},
    }
    return a_record(1, **{**usual, **changes})


def test_the_next_pickup_is_the_last_moment() -> None:
    """That of the order's carrier at its site, and the one after it; over a weekend on Monday."""
    rules = read_sla_book(CARRIERS).rules
    friday = datetime(2026, 3, 6, 12, tzinfo=UTC)
    found = last_moment(late(), rules, friday)
    assert found is not None
    assert (found.kind, found.at.isoformat()) == ("pickup", "2026-03-06T17:30:00+00:00")
    assert found.then is not None
    assert found.then.isoformat() == "2026-03-09T17:30:00+00:00"
    ups = last_moment(late(facts={"warehouse": "ATL1", "carrier": "UPS"}), rules, friday)
    assert ups is not None
    assert ups.at.hour == 19


def test_a_cut_off_is_it_where_no_pickup_is_known() -> None:
    """The next cut-off of the order's own promise."""
    found = last_moment(late(), read_sla_book(CUT_OFF).rules, NOW)
    assert found is not None
    assert (found.kind, found.at, found.then) == ("cut_off", NOW.replace(hour=14), None)


@pytest.mark.parametrize(
    "changes",
    [
        {"stage": Stage.DELIVER},
        {"status": Status.RESOLVED, "resolved_at": NOW},
        {"stopped_at": NOW},
    ],
)
def test_what_left_or_is_over_has_no_last_moment(changes: dict[str, Any]) -> None:
    """Nothing can be saved any more by a pick-up."""
    assert last_moment(late(**changes), read_sla_book(CUT_OFF).rules, NOW) is None


def test_what_else_is_due_is_counted_up_to_the_departure() -> None:
    """Or for an hour where none is known, or none within a day."""
    found = last_moment(late(), read_sla_book(CUT_OFF).rules, NOW)
    assert due_until(found, NOW) == (NOW.replace(hour=14), True)
    assert due_until(None, NOW) == (NOW + timedelta(hours=1), False)
    assert due_until(found, NOW - timedelta(days=2)) == (NOW - timedelta(days=2, hours=-1), False)


def case(resolution: str = "settled_late", minutes: float = 60, **changes: Any) -> PastCase:  # noqa: ANN401
    """A case that was open for that long."""
    usual: dict[str, Any] = {"facts": {"warehouse": "ATL1"}, "cause": None}
    return PastCase(
        **{**usual, **changes}, resolution=resolution, opened_at=at(0), resolved_at=at(minutes)
    )


def like(*cases: PastCase, cause: str | None = None, **place: str) -> Any:  # noqa: ANN401
    """Those that are like a late pick of ATL1."""
    return similar(ReasonCode.PICK_DELAY, place or {"warehouse": "ATL1"}, cause, cases, at(-100))


def test_three_of_the_same_place_are_told() -> None:
    """How many, how most of them ended, and within what time half of them."""
    found = like(case(), case(minutes=30), case("done", 90), case(facts={"warehouse": "RNO2"}))
    assert (found.count, found.ending, found.ended_so) == (3, "settled_late", 2)
    assert (found.median_minutes, found.place) == (60, {"warehouse": "ATL1"})
    assert like(case(), case()) is None


def test_those_of_the_same_cause_are_told_where_there_are_three() -> None:
    """Else all of the place."""
    short = [case("client", 600, cause="stock") for _ in range(3)]
    found = like(case(), *short, cause="stock")
    assert (found.count, found.ending, found.same_cause) == (3, "client", True)
    some = like(case(), *short[:2], cause="stock")
    assert (some.count, some.same_cause) == (3, False)


@pytest.mark.parametrize("ending", ["merged", "no_longer_applies"])
def test_what_was_no_case_is_not_counted(ending: str) -> None:
    """An order by another name, another promise, or what was over when we heard of it."""
    assert like(case(), case(), case(ending)) is None
    assert like(case(), case(), case(minutes=0)) is None


def test_carrier_cases_are_like_by_carrier() -> None:
    """A missed pick-up is like one of the same carrier at the same site."""
    ups = {"warehouse": "ATL1", "carrier": "UPS"}
    cases = [case(facts=ups), case(facts=ups), case(facts=ups), case()]
    found = similar(ReasonCode.CARRIER_ISSUE, ups, None, cases, at(-100))
    assert found is not None
    assert (found.count, found.place) == (3, ups)

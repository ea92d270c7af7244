"""What a question about figures asks, from the words of people in a hurry."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.questions.plain import Known
from policies.questions.read import read_figures
from policies.questions.shape import (
    ME,
    NOBODY,
    OPEN_ONES,
    SETTLED_ONES,
    Dated,
    Figures,
    Measure,
    Names,
    Split,
    Unclear,
)
from policies.reasons import ReasonCode, Severity, Stage, Status

KNOWN = Known(
    clients=("Acme Outdoors", "Globex"),
    sites=("ATL1", "DAL2"),
    carriers=("UPS", "FedEx", "DHL"),
    services=("ground",),
    waves=("W7",),
    people={"Maria": "U1", "Joe": "U2"},
)
NOW = datetime(2026, 3, 4, 17, 15, tzinfo=UTC)


def read(question: str) -> Figures:
    """The figures that are asked for."""
    found = read_figures(question, KNOWN, NOW, "America/New_York")
    assert isinstance(found, Figures), (question, found)
    return found


@pytest.mark.parametrize(
    ("question", "measure", "split"),
    [
        ("how many exceptions are open?", Measure.COUNT, None),
        ("number of late orders today", Measure.COUNT, None),
        ("which orders are late right now", Measure.LIST, None),
        ("list all critical ones at ATL1", Measure.LIST, None),
        ("exceptions in W7 stuck in transit", Measure.LIST, None),
        ("what happened overnight?", Measure.LIST, None),
        ("which client has the most exceptions this week", Measure.TOP, Split.CLIENT),
        ("worst warehouse this month", Measure.TOP, Split.SITE),
        ("exceptions by carrier", Measure.TOP, Split.CARRIER),
        ("top 3 reasons yesterday", Measure.TOP, Split.REASON),
        ("breakdown by severity", Measure.TOP, Split.SEVERITY),
        ("how many per status", Measure.TOP, Split.STATUS),
        ("who has the most open exceptions", Measure.TOP, Split.OWNER),
        ("exceptions by stage today", Measure.TOP, Split.STAGE),
        ("late orders per service this week", Measure.TOP, Split.SERVICE),
        ("which wave was worst yesterday", Measure.TOP, Split.WAVE),
        ("which hour of the day has most pick delays", Measure.TOP, Split.HOUR),
        ("which weekday is worst for missed pickups", Measure.TOP, Split.WEEKDAY),
        ("what is the oldest open exception", Measure.OLDEST, None),
        ("what has been waiting the longest", Measure.OLDEST, None),
        ("show me the worst 5", Measure.WORST, None),
        ("average delay of pack delays last week", Measure.DELAY, None),
        ("how late are we on average today", Measure.DELAY, None),
        ("how long does it take to resolve on average", Measure.SETTLING, None),
        ("median resolution time last month", Measure.SETTLING, None),
        ("how fast do we acknowledge critical ones", Measure.ANSWERING, None),
        ("response time this week", Measure.ANSWERING, None),
        ("how many per day this week", Measure.TREND, Split.DAY),
        ("trend of pick delays over the last 2 weeks", Measure.TREND, Split.DAY),
        ("weekly exceptions since january", Measure.TREND, Split.WEEK),
        ("what's our sla compliance for Globex this month", Measure.COMPLIANCE, None),
        ("what percentage was on time yesterday", Measure.COMPLIANCE, None),
        ("how much money is at risk", Measure.MONEY, None),
        ("how much do we owe Globex this month", Measure.MONEY, None),
        ("what is about to break", Measure.AT_RISK, None),
        ("which orders are due soon", Measure.AT_RISK, None),
        ("orders with more than one exception this month", Measure.REPEATED, None),
        ("which sources are silent", Measure.SILENT, None),
        ("any dead letters?", Measure.FAILED, None),
        ("compare UPS and FedEx this month", Measure.COUNT, Split.CARRIER),
        ("more exceptions this week than last week?", Measure.COUNT, None),
    ],
)
def test_what_is_measured(question: str, measure: Measure, split: Split | None) -> None:
    """Forty ways to ask are forty questions of the catalogue."""
    found = read(question)
    assert (found.measure, found.split) == (measure, split)


@pytest.mark.parametrize(
    ("question", "measure", "split"),
    [
        ("average delay by carrier this week", Measure.DELAY, Split.CARRIER),
        ("who resolves fastest", Measure.SETTLING, Split.OWNER),
        ("money at risk per client", Measure.MONEY, Split.CLIENT),
        ("compliance by promise", Measure.COMPLIANCE, Split.PROMISE),
        ("pick compliance last week", Measure.COMPLIANCE, None),
        ("where do most pick delays happen", Measure.TOP, Split.SITE),
        ("what is causing most delays at ATL1", Measure.TOP, Split.REASON),
        ("status breakdown for globex", Measure.TOP, Split.STATUS),
        ("how many invoice findings are open", Measure.FINDINGS, None),
        ("credits waiting for approval", Measure.NOTES, None),
        ("is it getting worse at ATL1", Measure.TREND, Split.DAY),
        ("how long do critical ones stay open", Measure.SETTLING, None),
        ("what do pick delays cost us", Measure.MONEY, None),
    ],
)
def test_more_is_measured(question: str, measure: Measure, split: Split | None) -> None:
    """Averages, money and promises by kind, causes, places, findings and notes are understood."""
    found = read(question)
    assert (found.measure, found.split) == (measure, split)


def test_words_between_those_of_a_measure_still_narrow() -> None:
    """`how long do CRITICAL ones stay open` and `what do PICK DELAYS cost us` keep their filter."""
    assert read("how long do critical ones stay open").only.severities == (Severity.CRITICAL,)
    assert read("what do pick delays cost us").only.reasons == (ReasonCode.PICK_DELAY,)
    assert read("what share of fedex promises were kept").only.carriers == ("FedEx",)


def test_names_are_called_by_their_first_word() -> None:
    """`acme` is Acme Outdoors while no other client is called so; two Acmes are asked about."""
    assert read("how many are open for acme").only.clients == ("Acme Outdoors",)
    two = replace(KNOWN, clients=("Acme Outdoors", "Acme Foods"))
    found = read_figures("how many are open for acme", two, NOW, "UTC")
    assert isinstance(found, Unclear)
    assert found.words == ("acme",)


@pytest.mark.parametrize(
    ("question", "but"),
    [
        ("how many are open except UPS", Names(carriers=("UPS",))),
        ("how many are not with ups or fedex", Names(carriers=("UPS", "FedEx"))),
        ("open exceptions by carrier excluding Globex", Names(clients=("Globex",))),
        ("late picks but not at ATL1", Names(sites=("ATL1",))),
    ],
)
def test_names_are_left_out(question: str, but: Names) -> None:
    """What the words leave out is left out, never counted instead."""
    only = read(question).only
    assert only.but == but
    assert (only.clients, only.sites, only.carriers) == ((), (), ())


@pytest.mark.parametrize(
    ("question", "minutes"),
    [
        ("orders more than an hour late", 60),
        ("how many are over by more than a day", 1440),
        ("orders 90 minutes late", 90),
        ("late by over half a day", 720),
    ],
)
def test_how_late_may_be_said_in_words(question: str, minutes: int) -> None:
    """`an hour`, `half a day` and `90 minutes` narrow to what is longer over."""
    assert read(question).only.over_minutes == minutes


def test_than_last_week_is_about_this_week() -> None:
    """What is compared with the last week is the present one, up to the same time of it."""
    found = read("fewer pick delays than last week?")
    assert found.window is not None
    assert found.against is not None
    assert "2 Mar" in found.window.words
    assert "23 Feb" in found.against.words


def test_a_slip_never_turns_a_word_around() -> None:
    """`unassigned` is not taken for a slip of `assigned`."""
    assert read("how many unassigned critical ones").only.owner == NOBODY


def test_filters_add_up() -> None:
    """Client, site, carrier, reason, severity, owner and delay all narrow the same count."""
    asked = (
        "how many high or worse pick delays more than 2 h late for acme outdoors at atl1 via UPS"
    )
    only = read(f"{asked} owned by Maria since Monday").only
    assert only.reasons == (ReasonCode.PICK_DELAY,)
    assert only.severities == (Severity.HIGH, Severity.CRITICAL)
    assert (only.clients, only.sites, only.carriers) == (("Acme Outdoors",), ("ATL1",), ("UPS",))
    assert (only.owner, only.over_minutes) == ("U1", 120)


@pytest.mark.parametrize(
    ("question", "statuses"),
    [
        ("how many are still open", OPEN_ONES),
        ("how many unacknowledged criticals", (Status.OPEN,)),
        ("what is being worked on", (Status.IN_PROGRESS,)),
        ("how many were resolved yesterday", SETTLED_ONES),
        ("how many have not been resolved", OPEN_ONES),
    ],
)
def test_statuses(question: str, statuses: tuple[Status, ...]) -> None:
    """Open is what is not settled; settled ones are dated by their end."""
    found = read(question)
    assert found.only.statuses == statuses
    assert (found.dated is Dated.SETTLED) is (statuses == SETTLED_ONES)


def test_owners_stages_and_snoozes() -> None:
    """Mine, nobody's, somebody's, a stage, and what sleeps."""
    assert read("how many do i own").only.owner == ME
    assert read("list exceptions nobody owns").only.owner == NOBODY
    assert read("what does maria own").only.owner == "U1"
    assert read("exceptions in picking today").only.stages == (Stage.PICK,)
    assert read("snoozed ones").only.snoozed


def test_windows_are_compared() -> None:
    """Two spans that are named are compared; one alone with the span before it."""
    two = read("this week vs last week")
    assert two.window is not None
    assert two.against is not None
    assert "2 Mar" in two.window.words
    assert "23 Feb" in two.against.words
    month = read("pick delays this month compared to before")
    assert month.against is not None
    assert month.against.words == "February 2026"


@pytest.mark.parametrize(
    "question",
    [
        "how mnay pick dealys since tuesday",
        "How many pick delays since Tuesday???",
        "pls tell me how many pick_delay there were since tue",
        "how many late picks have we got since tues",
    ],
)
def test_slips_and_other_words_ask_the_same(question: str) -> None:
    """Typos, slang, politeness and punctuation change nothing."""
    found = read_figures(question, KNOWN, NOW, "America/New_York")
    plain = read("how many pick delays since Tuesday")
    if isinstance(found, Unclear):
        assert found.words == ("tues",)
        return
    assert isinstance(found, Figures)
    assert (found.measure, found.only, found.window) == (plain.measure, plain.only, plain.window)


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("how many dragons are open", "dragons"),
        ("how many pick delays for initech", "initech"),
        ("how many are not purple and open", "not"),
        ("pick delays without dragons", "without"),
    ],
)
def test_a_filter_that_is_not_understood_is_asked_about(question: str, word: str) -> None:
    """A word that narrows nothing we know is never dropped."""
    found = read_figures(question, KNOWN, NOW, "UTC")
    assert isinstance(found, Unclear)
    assert found.words[0] == word


@pytest.mark.parametrize(
    "question",
    [
        "why is SO-1042 late",
        "what is our policy on damaged goods",
        "hello",
        "thanks!",
        "how do I resolve an exception",
        "is there something similar to #7",
        "",
        "what is the cut-off for UPS",
        "what counts as a damaged parcel",
        "how much do we credit for a lost parcel",
        "which service level does globex have",
        "who must be told of a late order",
        "tanks!",
        "who invented the telephone",
        "what's the weather in paris",
    ],
)
def test_other_questions_are_left_to_others(question: str) -> None:
    """Accounts, policies, greetings and empty words ask for no figure."""
    assert read_figures(question, KNOWN, NOW, "UTC") is None


@given(st.text(max_size=80))
def test_any_text_is_read_or_left(text: str) -> None:
    """Nothing that somebody types breaks it."""
    read_figures(text, KNOWN, NOW, "UTC")

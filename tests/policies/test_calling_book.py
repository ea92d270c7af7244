"""The sections of alerting.yaml that say who is on shift and who is called."""

from datetime import timedelta

import pytest

from bot.policy_files import load_alerting
from policies.book.alerting import read_alerting
from policies.callees import Kind
from policies.errors import PolicyError
from policies.reasons import ReasonCode, Severity
from policies.shifts import NO_SHIFTS, Shift

GOOD = """\
version: "1"
shifts:
  timezone: America/New_York
  rota:
    - {name: Nights, sites: ATL1, days: sun-thu, from: "22:00", until: "06:00", group: S1, lead: U1}
    - {name: Days, timezone: UTC, from: "06:00", until: "14:00", people: [U2, U3]}
escalation:
  ladders:
    picks: {severity: high, reasons: [pick_delay], silence: off, steps: [{after: 0m, to: "#x"}]}
    rest: {silence: 2h, steps: [{after: 10m, dm: [U1, S1]}, {after: 20m, channel: "#ops"}]}
"""


def test_shifts_are_as_written() -> None:
    """Sites, zone, days, times over midnight and ids; what is left out is for all."""
    nights, days = read_alerting(GOOD, "alerting.yaml").shifts.shifts
    assert nights == Shift(
        name="Nights",
        zone="America/New_York",
        days=(6, 0, 1, 2, 3),
        begins=1320,
        ends=1800,
        sites=("ATL1",),
        group="S1",
        leads=("U1",),
    )
    assert (days.zone, days.days, days.sites) == ("UTC", (0, 1, 2, 3, 4, 5, 6), ())
    assert (days.begins, days.ends, days.people) == (360, 840, ("U2", "U3"))


def test_ladders_are_as_written() -> None:
    """Severities, reasons, silence and levels in their order."""
    picks, rest = read_alerting(GOOD, "alerting.yaml").escalation
    assert picks.severities == {Severity.HIGH}
    assert picks.reasons == {ReasonCode.PICK_DELAY}
    assert picks.silence is None
    assert (picks.steps[0].whom.kind, picks.steps[0].whom.channel) == (Kind.POST, "#x")
    assert (rest.severities, rest.silence) == (frozenset(), timedelta(hours=2))
    direct, post = rest.steps
    assert (direct.whom.kind, direct.whom.people, direct.whom.groups) == (Kind.DM, ("U1",), ("S1",))
    assert (post.after, post.whom.channel) == (timedelta(minutes=20), "#ops")


def test_packaged_calls_only_whom_the_operator_names() -> None:
    """Without a file of one's own nobody is on shift, and no level names anybody."""
    packaged = load_alerting(None)
    assert packaged.shifts == NO_SHIFTS
    whom = [step.whom for ladder in packaged.escalation for step in ladder.steps]
    assert {one.kind for one in whom} == {Kind.ON_SHIFT, Kind.LEAD}
    critical, high = packaged.escalation
    assert [step.after for step in critical.steps] == [timedelta(minutes=m) for m in (10, 30)]
    assert critical.silence == timedelta(minutes=60)
    assert high.severities == {Severity.HIGH}
    assert high.silence is None


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("from:", "form:", "alerting.yaml:5: shifts.rota.0.form: there is no such field; did you"),
        ("group: S1", "group: nights", "alerting.yaml:5: shifts.rota.0.group: nights is no id of"),
        ("lead: U1", "lead: '@maria'", "alerting.yaml:5: shifts.rota.0.lead: @maria is no id of a"),
        (
            "group: S1, ",
            "",
            "alerting.yaml:5: shifts.rota.0: nobody is on this shift; name a group",
        ),
        ("sun-thu", "someday", "alerting.yaml:5: shifts.rota.0.days: someday are no days; write"),
        ('"06:00", group', '"22:00", group', "alerting.yaml:5: shifts.rota.0.until: the shift has"),
        ("Days", "nights ", "alerting.yaml:6: shifts.rota.1.name: another shift is called nights"),
        (
            "UTC",
            "GMT+1",
            "alerting.yaml:6: shifts.rota.1.timezone: no time zone named GMT+1; write",
        ),
        ("America", "Amerika", "alerting.yaml:3: shifts.timezone: no time zone named Amerika/New"),
        ('"#x"', "joe", "alerting.yaml:9: escalation.ladders.picks.steps.0: nobody is called joe;"),
        (
            '"#x"',
            "'<!here>'",
            "alerting.yaml:9: escalation.ladders.picks.steps.0: nobody is called",
        ),
        ("20m", "5m", "alerting.yaml:10: escalation.ladders.rest.steps.1: this level is no later"),
        ("dm: [", "to: lead, dm: [", "alerting.yaml:10: escalation.ladders.rest.steps.0: whom to"),
        (
            "[U1, S1]",
            "[Joe]",
            "alerting.yaml:10: escalation.ladders.rest.steps.0: nobody is called",
        ),
        ("2h", "soon", "alerting.yaml:10: escalation.ladders.rest.silence: soon is no duration"),
        ("severity: high", "severity: bad", "alerting.yaml:9: escalation.ladders.picks.severity.0"),
    ],
)
def test_faults_name_line_and_remedy(was: str, now: str, told: str) -> None:
    """Every fault says where it is and what to write instead."""
    assert was in GOOD
    with pytest.raises(PolicyError) as refused:
        read_alerting(GOOD.replace(was, now, 1), "alerting.yaml")
    assert any(str(fault).startswith(told) for fault in refused.value.faults), refused.value

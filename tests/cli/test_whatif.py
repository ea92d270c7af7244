"""`e2a sla whatif`: by when all is due that an event starts, at one moment or another."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.files import write
from tests.policies.test_simulate import CUT_OFF

AT = ["--at", "2026-03-06T13:59", "--at", "2026-03-06T14:01", "--timezone", "America/New_York"]
ACME = ["--event", "order_released", "--order", "client=acme,tags=a+b"]


@pytest.fixture
def policy(tmp_path: Path) -> list[str]:
    """Released before 14:00 in Atlanta: scanned the same day."""
    return ["--policy", str(write(tmp_path / "p.yaml", CUT_OFF))]


def test_two_moments_stand_side_by_side(e2a: Run, policy: list[str]) -> None:
    """For people each moment is followed by what would be due when, on the wall there."""
    ran = e2a("sla", "whatif", *policy, *ACME, *AT)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "Fri 2026-03-06 13:59 America/New_York:",
        "  same_day  due Fri 2026-03-06 23:59 America/New_York",
        "Fri 2026-03-06 14:01 America/New_York:",
        "  same_day  due Mon 2026-03-09 23:59 America/New_York",
    ]


def test_the_policys_zone_is_the_wall(e2a: Run, tmp_path: Path) -> None:
    """Unless --timezone says otherwise, times are read and shown in the policy's zone."""
    text = CUT_OFF.replace("calendars:", "timezone: America/New_York\ncalendars:", 1)
    file = write(tmp_path / "p.yaml", text)
    same = e2a("sla", "whatif", "--policy", file, *ACME, *AT[:4]).out
    assert same == e2a("sla", "whatif", "--policy", file, *ACME, *AT).out
    assert "Fri 2026-03-06 13:59 America/New_York:" in same


def test_json_has_instants(e2a: Run, policy: list[str]) -> None:
    """With --json there is one object with the clocks of each moment, in UTC."""
    (found,) = e2a("sla", "whatif", *policy, *ACME, *AT, "--json").json
    assert found["event"] == "order_released"
    assert [moment["at"] for moment in found["moments"]] == [
        "2026-03-06T18:59:00Z",
        "2026-03-06T19:01:00Z",
    ]
    due = [moment["clocks"][0]["deadline"] for moment in found["moments"]]
    assert due == ["2026-03-07T04:59:00Z", "2026-03-10T03:59:00Z"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--event", "order_paid"], "starts with order_paid; they start with order_released"),
        (["--event", "order_released"], "give its facts with --order"),
    ],
)
def test_an_event_that_starts_nothing_is_told(
    e2a: Run, policy: list[str], words: list[str], said: str
) -> None:
    """Where nothing would be due, it is said why."""
    assert said in e2a("sla", "whatif", *policy, *words, *AT).complaint


@pytest.mark.parametrize(
    "words",
    [
        ["--at", "soon"],
        ["--at", "2026-03-06T13:59", "--timezone", "Atlanta"],
        ["--at", "2026-03-06T13:59", "--order", "acme"],
        [],
    ],
)
def test_wrong_use_is_exit_2(e2a: Run, policy: list[str], words: list[str]) -> None:
    """A time, a zone or facts that cannot be read are wrong use."""
    ran = e2a("sla", "whatif", *policy, "--event", "order_released", *words)
    assert (ran.code, ran.out) == (2, "")

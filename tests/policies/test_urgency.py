"""What saves most comes first: the figures, and that nothing worse ever comes later."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.reasons import Severity
from policies.urgency import TIERS, Stake, urgency

LEFT = st.floats(-20_000, 20_000)
CENTS = st.integers(0, 10_000_000)
TIER = st.sampled_from([None, "", "standard", *TIERS])
SEVERITY = st.sampled_from(Severity)
STAKES = st.builds(Stake, minutes_left=LEFT, cents=CENTS, tier=TIER, severity=SEVERITY)


@pytest.mark.parametrize(
    ("left", "cents", "tier", "severity", "points"),
    [
        pytest.param(0, 0, None, Severity.LOW, 40.0, id="at the deadline, nothing known"),
        pytest.param(60, 0, None, Severity.LOW, 20.0, id="an hour before it"),
        pytest.param(540, 0, None, Severity.LOW, 4.0, id="nine hours before it"),
        pytest.param(-480, 0, None, Severity.LOW, 45.0, id="eight hours over"),
        pytest.param(0, 50_000, None, Severity.LOW, 52.5, id="500.00 is half of what money weighs"),
        pytest.param(0, 0, "Gold ", Severity.LOW, 48.0, id="a tier, however it is written"),
        pytest.param(0, 0, "beige", Severity.LOW, 40.0, id="a tier that we do not know"),
        pytest.param(0, 0, None, Severity.CRITICAL, 55.0, id="critical"),
        pytest.param(60, 50_000, "vip", Severity.HIGH, 52.5, id="all four"),
        pytest.param(0, -500, None, Severity.LOW, 40.0, id="less than nothing is nothing"),
    ],
)
def test_points(
    left: float, cents: int, tier: str | None, severity: Severity, points: float
) -> None:
    """The formula as it is documented."""
    stake = Stake(minutes_left=left, cents=cents, tier=tier, severity=severity)
    assert urgency(stake) == pytest.approx(points)


@given(stake=STAKES, less=st.floats(0, 20_000))
def test_less_time_never_comes_later(stake: Stake, less: float) -> None:
    """All else equal, whoever has less time left, or is further over, is not behind."""
    sooner = Stake(
        minutes_left=stake.minutes_left - less,
        cents=stake.cents,
        tier=stake.tier,
        severity=stake.severity,
    )
    assert urgency(sooner) >= urgency(stake) - 1e-9


@given(stake=STAKES, more=CENTS)
def test_more_money_never_comes_later(stake: Stake, more: int) -> None:
    """All else equal."""
    richer = Stake(
        minutes_left=stake.minutes_left,
        cents=stake.cents + more,
        tier=stake.tier,
        severity=stake.severity,
    )
    assert urgency(richer) >= urgency(stake) - 1e-9


@given(left=LEFT, cents=CENTS, tier=TIER)
def test_worse_severity_and_better_tier_never_come_later(
    left: float, cents: int, tier: str | None
) -> None:
    """All else equal; the order of severities is that of the enum."""
    grades = [
        urgency(Stake(minutes_left=left, cents=cents, tier=tier, severity=one)) for one in Severity
    ]
    assert grades == sorted(grades)
    plain = Stake(minutes_left=left, cents=cents, severity=Severity.LOW)
    better = Stake(minutes_left=left, cents=cents, tier=tier, severity=Severity.LOW)
    assert urgency(better) >= urgency(plain)

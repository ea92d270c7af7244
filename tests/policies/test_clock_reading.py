"""A stored clock shows what it would show now."""

from dataclasses import replace

import pytest

from policies.clock_reading import as_of
from policies.queries import ClockRow
from policies.reasons import Stage
from tests.policies.builders import at

ROW = ClockRow(
    tenant_id=1,
    order_id="SO-1",
    sla_id="pick",
    instance=1,
    stage=Stage.PICK,
    state="breached",
    started_at=at(0),
    deadline_at=at(120),
    at_risk_at=at(90),
    stopped_at=None,
    breached_at=at(120),
    check_at=None,
    target_minutes=120,
    elapsed_minutes=121,
    delay_minutes=1,
    reason_code="PICK_DELAY",
    severity="MEDIUM",
    rule_version="1",
    calendar_version="always@1",
    subject="",
)


@pytest.mark.parametrize(
    ("row", "minutes"),
    [
        (ROW, (200, 80)),
        (replace(ROW, state="running", deadline_at=at(300)), (200, 0)),
        (replace(ROW, stopped_at=at(121)), (121, 1)),
        (replace(ROW, state="cancelled"), (121, 1)),
    ],
    ids=["breached counts on", "running counts on", "stopped stands", "cancelled stands"],
)
def test_minutes_count_on_while_the_stop_is_missing(
    row: ClockRow, minutes: tuple[float, float]
) -> None:
    """Elapsed and delay go on to the present until the stop event or the calling off."""
    shown = as_of(row, at(200))
    assert (shown.elapsed_minutes, shown.delay_minutes) == minutes

"""A late parcel is refunded by a dated guarantee of the contract, and by nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from policies.money.audit.shipment import Shipment
from policies.money.audit.verdict import Cause
from tests.policies.billed import LINE, SENT, judged, of_line

NEXT_DAY = of_line(service="Next Day Air", cents=3000)
LATE = replace(SENT, service="Next Day Air", timezone="America/New_York")


@pytest.mark.parametrize(
    ("shipment", "received", "cause"),
    [
        pytest.param(
            replace(LATE, delivered_at=datetime(2026, 1, 14, 15, 31, tzinfo=UTC)),
            *(date(2026, 1, 20), Cause.LATE),
            id="a minute late",
        ),
        pytest.param(
            replace(LATE, delivered_at=datetime(2026, 1, 15, 4, tzinfo=UTC)),
            *(date(2026, 1, 20), Cause.LATE),
            id="late in the evening, the next day in UTC",
        ),
        pytest.param(
            replace(LATE, delivered_at=datetime(2026, 1, 14, 15, 30, 30, tzinfo=UTC)),
            *(date(2026, 1, 20), None),
            id="within the minute",
        ),
        pytest.param(
            replace(LATE, delivered_at=datetime(2026, 1, 14, 15, 31, tzinfo=UTC), timezone=""),
            *(date(2026, 1, 20), None),
            id="late in some zones only",
        ),
        pytest.param(
            replace(
                LATE,
                delivered_at=datetime(2026, 1, 16, 15, tzinfo=UTC),
                kinds=frozenset({"delivery_attempted"}),
            ),
            *(date(2026, 1, 20), None),
            id="somebody was not there",
        ),
        pytest.param(
            replace(LATE, delivered_at=datetime(2026, 1, 16, 15, tzinfo=UTC)),
            *(date(2026, 2, 20), None),
            id="claimed too late",
        ),
        pytest.param(
            replace(SENT, delivered_at=datetime(2026, 1, 30, 15, tzinfo=UTC)),
            *(date(2026, 2, 1), None),
            id="nobody guaranteed ground",
        ),
        pytest.param(
            replace(
                LATE,
                shipped_on=date(2026, 2, 3),
                delivered_at=datetime(2026, 2, 9, 15, tzinfo=UTC),
            ),
            *(date(2026, 2, 10), None),
            id="after the guarantee ended",
        ),
    ],
)
def test_late_is_a_refund_only_where_a_dated_guarantee_says_so(
    shipment: Shipment, received: date, cause: Cause | None
) -> None:
    """Being late alone is never a refund."""
    line = LINE if shipment.service == "UPS Ground" else NEXT_DAY
    line = replace(line, ship_date=shipment.shipped_on)
    (found,) = judged(line, shipment=shipment, known={"received": received})
    assert found.cause is cause
    if cause is Cause.LATE:
        assert (found.expected_cents, found.claim_by) == (0, date(2026, 1, 29))

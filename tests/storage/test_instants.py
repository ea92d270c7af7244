"""Times are kept to the microsecond, whatever zone they were written in."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.instants import EPOCH
from policies.records import OrderKey
from storage.instants import instant, micros
from tests.storage.builders import an_event, received
from tests.storage.conftest import World

ODD_ZONES = st.builds(
    timezone, st.timedeltas(timedelta(hours=-23, minutes=-59), timedelta(hours=23, minutes=59))
)
MOMENTS = st.datetimes(
    datetime(1902, 1, 3),  # noqa: DTZ001 - the zone is added by the strategy
    datetime(9998, 12, 30),  # noqa: DTZ001 - the zone is added by the strategy
    timezones=st.one_of(ODD_ZONES, st.timezones()),
)


@given(MOMENTS)
def test_round_trip(moment: datetime) -> None:
    """A time comes back as the same instant, aware and in UTC."""
    back = instant(micros(moment))
    assert back == moment.astimezone(UTC)
    assert back.tzinfo is UTC


@given(MOMENTS, MOMENTS)
def test_order_is_kept(one: datetime, other: datetime) -> None:
    """Stored times sort as the instants do."""
    same_order = (micros(one) < micros(other)) == (one.astimezone(UTC) < other.astimezone(UTC))
    assert same_order


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (EPOCH, 0),
        (EPOCH - timedelta(microseconds=1), -1),
        (datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")), 1792891800000000),
        (datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=ZoneInfo("Europe/Berlin")), 1792888200000000),
    ],
    ids=["epoch", "before", "second 02:30", "first 02:30"],
)
def test_known_instants(moment: datetime, expected: int) -> None:
    """The hour that comes twice in autumn is two instants."""
    assert micros(moment) == expected


def test_naive_times_are_refused() -> None:
    """A time without an offset is refused."""
    with pytest.raises(ValueError, match="offset"):
        micros(datetime(2026, 1, 5))  # noqa: DTZ001 - that is the point


async def test_through_the_database(world: World) -> None:
    """The same microsecond comes out of every database."""
    odd = datetime(2026, 1, 5, 8, 0, 0, 123457, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    await world.log.record([received(world.tenant.id, an_event(at=odd))])
    key = OrderKey(tenant_id=world.tenant.id, order_id="SO-1")
    async with world.storage.read() as transaction:
        [event] = (await transaction.events.of_orders([key]))[key]
    assert event.occurred_at == odd

"""Says whether a late parcel is refunded: by a dated guarantee of the contract, and by no other.

Must not take being late for a refund: what is excluded, and what nobody guaranteed, is paid.
"""

from datetime import date, datetime, timedelta

from policies.local_time import at_local, local_date
from policies.money.audit.carried import Carried
from policies.money.audit.contract import Guarantee
from policies.money.audit.surcharges import inside

_DAY = timedelta(days=1)
_WORKDAYS = 5
_DAY_MINUTES = 24 * 60
_LAST_ZONE = timedelta(hours=12)
"""A day ends last at UTC-12: where no zone is known only what is late there too is late."""


def guarantee_of(one: Carried, service_id: str) -> Guarantee | None:
    """The guarantee under which the parcel was shipped; None where there is none."""
    if one.day is None:
        return None
    known = (each for version in one.versions for each in version.guarantees)
    return next((each for each in known if each.holds(service_id, one.day)), None)


def late_by(one: Carried, guarantee: Guarantee) -> str | None:
    """How late it was delivered, in words; None where it was not, or is not refunded."""
    shipment = one.shipment
    if shipment is None or shipment.delivered_at is None or shipment.shipped_on is None:
        return None
    if guarantee.excluded & shipment.kinds or inside(shipment.shipped_on, guarantee.blackouts):
        return None
    due = _after(shipment.shipped_on, guarantee.business_days)
    if inside(due, guarantee.blackouts):
        return None
    limit = _limit(due, guarantee.by_minute, shipment.timezone)
    if shipment.delivered_at < limit:
        return None
    delivered = local_date(shipment.delivered_at, shipment.timezone or "UTC")
    return f"guaranteed for {due}, delivered {delivered}"


def _after(day: date, business_days: int) -> date:
    """So many working days later; Saturdays and Sundays are none."""
    found = day
    while business_days or found.weekday() >= _WORKDAYS:
        found += _DAY
        if found.weekday() < _WORKDAYS and business_days:
            business_days -= 1
    return found


def _limit(due: date, by_minute: int | None, timezone: str) -> datetime:
    """From when on it is late."""
    minute = _DAY_MINUTES if by_minute is None else by_minute + 1
    day, minute = due + _DAY * (minute // _DAY_MINUTES), minute % _DAY_MINUTES
    if timezone:
        return at_local(day, minute, timezone)
    return at_local(day, minute, "UTC") + _LAST_ZONE

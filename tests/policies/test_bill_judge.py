"""Each kind of line of a carrier's bill gets its verdict, its cause and its price."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from policies.money.audit.contract import Contracts
from policies.money.audit.lines import BilledLine
from policies.money.audit.shipment import Shipment
from policies.money.audit.verdict import Cause, Verdict
from policies.money.parcels import Parcel
from tests.policies.billed import LINE, SENT, a_parcel, judged, of_line

CASES: dict[str, tuple[BilledLine, Shipment | None, Verdict, Cause | None, int | None]] = {
    "as agreed": (LINE, SENT, Verdict.OK, None, 990),
    "within the tolerance": (of_line(cents=992), SENT, Verdict.OK, None, 990),
    "weight": (
        of_line(cents=1260, billed_weight=Decimal(9)),
        a_parcel(size_in=(Decimal(4), Decimal(4), Decimal(4))),
        *(Verdict.OVERCHARGED, Cause.WEIGHT, 990),
    ),
    "divisor": (
        of_line(cents=1260, billed_weight=Decimal(6)),
        a_parcel(size_in=(Decimal(12), Decimal(11), Decimal(6))),
        *(Verdict.OVERCHARGED, Cause.DIM_DIVISOR, 990),
    ),
    "zone": (of_line(cents=1080, zone="7"), SENT, Verdict.OVERCHARGED, Cause.ZONE, 990),
    "service": (
        of_line(cents=3000, service="Next Day Air"),
        *(SENT, Verdict.OVERCHARGED, Cause.SERVICE, 990),
    ),
    "discount": (of_line(cents=1100), SENT, Verdict.OVERCHARGED, Cause.DISCOUNT, 990),
    "last year's price": (of_line(cents=1060), SENT, Verdict.OVERCHARGED, Cause.RATE, 990),
    "no reason but the price": (of_line(cents=1234), SENT, Verdict.OVERCHARGED, Cause.RATE, 990),
    "less than agreed": (of_line(cents=500), SENT, Verdict.UNDERCHARGED, Cause.RATE, 990),
    "a lane with two prices": (
        of_line(cents=1350),
        *(a_parcel(zone="8"), Verdict.AMBIGUOUS, None, None),
    ),
    "no lane": (of_line(zone="9"), a_parcel(zone="9"), Verdict.NO_RATE, None, None),
    "above every band": (
        of_line(zone="7", billed_weight=Decimal(30)),
        *(a_parcel(zone="7", weight_lb=Decimal(30)), Verdict.NO_RATE, None, None),
    ),
    "no such service": (
        of_line(service="Rocket"),
        *(replace(SENT, service=""), Verdict.NO_RATE, None, None),
    ),
    "before any version": (
        of_line(ship_date=date(2020, 1, 1)),
        *(replace(SENT, shipped_on=None), Verdict.NO_RATE, None, None),
    ),
    "another currency": (of_line(currency="EUR"), SENT, Verdict.NO_RATE, None, None),
    "somebody else pays": (
        of_line(payer="Third Party"),
        *(SENT, Verdict.NOT_OURS, Cause.PAYER, 0),
    ),
    "nobody says who pays": (of_line(payer="other"), SENT, Verdict.AMBIGUOUS, Cause.PAYER, None),
    "an account of others": (of_line(account="B7"), SENT, Verdict.NOT_OURS, Cause.ACCOUNT, 0),
    "freight that others pay": (
        of_line(service="CRF"),
        *(SENT, Verdict.NOT_OURS, Cause.CUSTOMER_FREIGHT, 0),
    ),
    "no shipment of ours": (
        of_line(tracking="1Z7"),
        *(SENT, Verdict.NOT_OURS, Cause.UNKNOWN_SHIPMENT, 0),
    ),
    "a voided label": (
        LINE,
        *(replace(SENT, carried=False, voided=True), Verdict.OVERCHARGED, Cause.VOID_LABEL, 0),
    ),
    "never scanned": (
        LINE,
        *(replace(SENT, carried=False), Verdict.OVERCHARGED, Cause.NOT_SHIPPED, 0),
    ),
    "a credit": (of_line(cents=-990), SENT, Verdict.OK, None, -990),
    "residential is not proved": (
        of_line(cents=605, charge="Residential Surcharge"),
        *(replace(SENT, residential=None), Verdict.OK, None, 605),
    ),
    "a business address": (
        of_line(cents=605, charge="Residential Surcharge"),
        *(SENT, Verdict.OVERCHARGED, Cause.RESIDENTIAL, 0),
    ),
    "outside the area": (
        of_line(cents=405, charge="Delivery Area Surcharge"),
        *(SENT, Verdict.OVERCHARGED, Cause.AREA, 0),
    ),
    "no address was corrected": (
        of_line(cents=1900, charge="Address Correction"),
        *(SENT, Verdict.OVERCHARGED, Cause.ADDRESS_CORRECTION, 0),
    ),
    "an address was corrected": (
        of_line(cents=1900, charge="Address Correction"),
        *(replace(SENT, kinds=frozenset({"address_corrected"})), Verdict.OK, None, 1900),
    ),
    "outside the peak": (
        of_line(cents=150, charge="Peak Surcharge"),
        *(SENT, Verdict.OVERCHARGED, Cause.PEAK, 0),
    ),
    "not on a Saturday": (
        of_line(cents=1600, charge="Saturday Delivery"),
        replace(
            SENT, delivered_at=datetime(2026, 1, 15, 18, tzinfo=UTC), timezone="America/New_York"
        ),
        *(Verdict.OVERCHARGED, Cause.WEEKDAY, 0),
    ),
    "a charge that nobody agreed": (
        of_line(cents=10, charge="Handling"),
        *(SENT, Verdict.NO_RATE, None, None),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_line_gets_its_verdict(name: str) -> None:
    """One line, what we know of its parcel, and what is to be said of it."""
    line, shipment, verdict, cause, expected = CASES[name]
    (found,) = judged(line, shipment=shipment)
    assert (found.verdict, found.cause, found.expected_cents) == (verdict, cause, expected)
    assert found.why


def test_several_prices_are_all_named() -> None:
    """Where two prices fit both are told, and none of them is taken, not even the billed one."""
    (found,) = judged(of_line(cents=1485), shipment=a_parcel(zone="8"))
    assert found.prices == (1350, 1485)
    assert found.disputed_cents == 0


def test_what_is_billed_twice_is_owed_once() -> None:
    """The second line of a tracking number names the first; a credit of it ends the dispute."""
    again, credit = of_line(row=3), of_line(row=4, cents=-990)
    first, second = judged(LINE, again)
    assert (first.verdict, second.cause) == (Verdict.OK, Cause.DUPLICATE)
    assert "row 2" in second.why
    assert [one.verdict for one in judged(LINE, again, credit)] == [Verdict.OK] * 3


def test_what_an_earlier_file_billed_is_billed_twice() -> None:
    """A charge that an audited file has already is disputed, and says where it was."""
    earlier = {("1Z1", "freight"): "january.csv, row 9"}
    (found,) = judged(LINE, known={"earlier": earlier})
    assert (found.cause, found.disputed_cents) == (Cause.DUPLICATE, 990)
    assert "january.csv, row 9" in found.why


@pytest.mark.parametrize(
    ("cents", "verdict", "cause"),
    [
        pytest.param(198, Verdict.OK, None, id="20 % of its week"),
        pytest.param(178, Verdict.UNDERCHARGED, Cause.FUEL_WEEK, id="18 % of the week before"),
        pytest.param(300, Verdict.OVERCHARGED, Cause.RATE, id="of no week"),
    ],
)
def test_fuel_is_a_share_of_its_week(cents: int, verdict: Verdict, cause: Cause | None) -> None:
    """The percentage of the day of shipping counts, of what freight should have cost."""
    fuel = of_line(row=3, cents=cents, charge="Fuel Surcharge")
    _, found = judged(LINE, fuel)
    assert (found.verdict, found.cause, found.expected_cents) == (verdict, cause, 198)


def test_fuel_on_too_much_freight_follows_its_cause() -> None:
    """A right percentage of a wrong freight is wrong for the reason of the freight."""
    freight = of_line(cents=1080, zone="7")
    _, found = judged(freight, of_line(row=3, cents=216, charge="Fuel Surcharge"))
    assert (found.verdict, found.cause, found.difference_cents) == (
        *(Verdict.OVERCHARGED, Cause.ZONE),
        18,
    )


def test_a_share_of_something_unsure_is_unsure() -> None:
    """Where freight has two prices, nobody can say what fuel on it costs."""
    fuel = of_line(row=3, cents=200, charge="Fuel Surcharge")
    freight, found = judged(LINE, fuel, shipment=a_parcel(zone="8"))
    assert (freight.verdict, found.verdict) == (Verdict.AMBIGUOUS, Verdict.AMBIGUOUS)


def test_a_dispute_has_a_last_day() -> None:
    """So many days after the invoice's date as the contract says."""
    (found,) = judged(of_line(cents=2000, invoice_date=date(2026, 1, 20)))
    assert found.claim_by == date(2026, 7, 19)


def test_a_scale_in_grams_takes_nobody_over_the_edge() -> None:
    """2,268 g are 5 lb and a seven-hundredth of an ounce: a bill of 5 lb is right, and so is 6."""
    weighed = replace(SENT, parcel=Parcel(zone="5"), weight_grams=2268)
    size = (Decimal(4), Decimal(4), Decimal(4))
    (five,) = judged(of_line(size=size, size_unit="in"), shipment=weighed)
    assert five.verdict is Verdict.OK


def test_without_a_size_the_billed_weight_is_not_doubted() -> None:
    """Where size may count and nobody measured it, a greater weight may be right."""
    small = a_parcel(size_in=())
    (found,) = judged(of_line(cents=1260, billed_weight=Decimal(9)), shipment=small)
    assert (found.verdict, found.unproven) == (Verdict.OK, ("weight",))


def test_nothing_is_not_shipped_where_carriers_tell_us_nothing() -> None:
    """A missing scan says something only where scans are told at all."""
    silent = replace(SENT, carried=False)
    (found,) = judged(LINE, known={"shipments": {"1Z1": silent}})
    assert found.verdict is Verdict.OK


def test_a_label_of_today_may_still_be_scanned() -> None:
    """A bill that comes within five days of the label says nothing of a missing scan."""
    waiting = replace(SENT, carried=False)
    for received, verdict in ((17, Verdict.OK), (18, Verdict.OVERCHARGED)):
        known = {"received": date(2026, 1, received)}
        (found,) = judged(LINE, shipment=waiting, known=known)
        assert found.verdict is verdict


def test_without_a_contract_nothing_has_a_price() -> None:
    """A bill of a carrier whose contract nobody wrote down is not guessed at."""
    (found,) = judged(LINE, known={"contracts": Contracts()})
    assert (found.verdict, found.expected_cents) == (Verdict.NO_RATE, None)

"""What the columns of a bill are: what each may be called, and a guess that people confirm.

Must not read amounts: lines.py does, once the columns are known.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from policies.money.audit.cells import UNITS, Mark, currency_in

MOST_HEAD = 50
"""How many rows may stand above the headings."""


class Column(StrEnum):
    """What a column tells of a line."""

    LINE = "line"
    TRACKING = "tracking"
    ORDER = "order"
    REFERENCE = "reference"
    CARRIER = "carrier"
    SERVICE = "service"
    ORIGIN = "origin"
    ZONE = "zone"
    ZIP = "zip"
    BILLED_WEIGHT = "billed_weight"
    WEIGHT = "weight"
    SIZE = "size"
    LENGTH = "length"
    WIDTH = "width"
    HEIGHT = "height"
    CHARGE = "charge"
    AMOUNT = "amount"
    CURRENCY = "currency"
    SHIP_DATE = "ship_date"
    INVOICE = "invoice"
    INVOICE_DATE = "invoice_date"
    PAYER = "payer"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where what stands: places count from 0.

    `decimal` and `day_first` are how amounts and days of the file are written where the cells
    leave it open; `measured` is the same for weights and sizes, which may be written otherwise.
    `unit` is that of weights which name none.
    """

    places: Mapping[Column, int] = field(default_factory=dict)
    decimal: Mark | None = None
    measured: Mark | None = None
    day_first: bool | None = None
    unit: str = ""

    @property
    def missing(self) -> str | None:
        """What has to be known before anything can be proved."""
        return None if Column.AMOUNT in self.places else "which column has the amounts"


CALLED: Mapping[Column, tuple[str, ...]] = {
    Column.LINE: ("line id", "line number", "line no", "line", "id", "row", "item no"),
    Column.TRACKING: (
        *("tracking number", "tracking no", "tracking id", "tracking", "airway bill", "awb"),
        *("waybill", "pro number", "consignment number", "parcel number", "shipment number"),
    ),
    Column.ORDER: (
        *("order id", "order number", "order no", "order", "po so", "po number"),
        *("customer reference", "shipper reference", "reference 1"),
    ),
    Column.REFERENCE: ("reference", "asn dn", "delivery note", "shipment reference", "ref"),
    Column.CARRIER: ("carrier name", "carrier"),
    Column.SERVICE: (
        *("service level", "service type", "service description", "service", "product"),
        *("shipment mode", "mode"),
    ),
    Column.ORIGIN: ("origin port", "origin", "ship from", "from", "sender site"),
    Column.ZONE: ("zone", "lane", "destination port", "destination zone", "destination", "to"),
    Column.ZIP: (
        *("destination zip", "receiver zip", "recipient zip", "destination postal code"),
        *("postal code", "postcode", "zip code", "zip"),
    ),
    Column.BILLED_WEIGHT: (
        *("billed weight", "billable weight", "rated weight", "chargeable weight"),
        *("charged weight", "bill weight"),
    ),
    Column.WEIGHT: ("actual weight", "scale weight", "entered weight", "gross weight", "weight"),
    Column.SIZE: ("dimensions", "dims", "size", "lxwxh", "l x w x h"),
    Column.LENGTH: ("length",),
    Column.WIDTH: ("width",),
    Column.HEIGHT: ("height",),
    Column.CHARGE: (
        *("charge description", "charge code", "charge type", "charge category", "charge"),
        *("fee type", "surcharge", "description"),
    ),
    Column.AMOUNT: (
        *("net amount", "net charge", "charge amount", "invoice amount", "billed amount"),
        *("freight cost", "freight charge", "total amount", "amount", "total charge", "net price"),
        *("total cost", "cost", "price", "total"),
    ),
    Column.CURRENCY: ("currency code", "currency", "curr"),
    Column.SHIP_DATE: (
        *("ship date", "shipment date", "shipped", "pickup date", "pick up date"),
        *("service date", "transaction date", "order date", "date"),
    ),
    Column.INVOICE: ("invoice number", "invoice no", "invoice id", "invoice"),
    Column.INVOICE_DATE: ("invoice date", "bill date", "billing date"),
    Column.PAYER: (
        *("bill to", "billed to", "payor", "payer", "payment terms", "freight terms"),
        *("billing option",),
    ),
    Column.ACCOUNT: ("account number", "account no", "account", "shipper number"),
}
"""How headings are worded, the surest first."""
Fits = Callable[[str, str], bool]
_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Where the headings stand (rows count from 0), and what they say."""

    row: int
    titles: tuple[str, ...]

    def fingerprint(self, carrier: str) -> str:
        """What files of one sender have in common: the headings, and the carrier."""
        told = "\x1f".join([carrier.lower(), *(plain(title) for title in self.titles)])
        return hashlib.sha256(told.encode()).hexdigest()[:32]


def heading_of(rows: Sequence[Sequence[str]]) -> Heading | None:
    """The row that names the most columns, the first of those; None where no row names two."""
    best, most = None, 1
    for place, row in enumerate(rows[:MOST_HEAD]):
        known = len(guess(row))
        if known > most:
            best, most = place, known
    if best is None:
        return None
    return Heading(row=best, titles=tuple(cell.strip() for cell in rows[best]))


def guess(titles: Sequence[str]) -> dict[Column, int]:
    """What each heading probably means; exact wordings first, each heading once."""
    words = [plain(title) for title in titles]
    found: dict[Column, int] = {}
    taken: set[int] = set()
    for fits in (_same, _begins, _holds):
        for column, called in CALLED.items():
            if column in found:
                continue
            place = _first(words, called, taken, fits)
            if place is not None:
                found[column] = place
                taken.add(place)
    return found


def unit_in(titles: Sequence[str], places: Mapping[Column, int]) -> str:
    """The unit of weight that the heading of the weights names: `Weight (Kilograms)`."""
    for column in (Column.BILLED_WEIGHT, Column.WEIGHT):
        words = plain(titles[places[column]]).split() if column in places else ()
        unit = next((UNITS[word] for word in words if word in UNITS), "")
        if unit:
            return unit
    return ""


def currency_of(titles: Sequence[str], places: Mapping[Column, int]) -> str:
    """The currency that the heading of the amounts names."""
    place = places.get(Column.AMOUNT)
    return "" if place is None else currency_in(titles[place])


def plain(title: str) -> str:
    """Small letters, and one blank for everything between words."""
    return _WORDS.sub(" ", title.lower()).strip()


def _first(words: Sequence[str], called: Sequence[str], taken: set[int], fits: Fits) -> int | None:
    for name in called:
        for place, word in enumerate(words):
            if place not in taken and word and fits(word, name):
                return place
    return None


def _same(word: str, name: str) -> bool:
    return word == name


def _begins(word: str, name: str) -> bool:
    return word.startswith(f"{name} ")


def _holds(word: str, name: str) -> bool:
    """Within others words, for names that are clear by themselves."""
    return " " in name and f" {name} " in f" {word} "

"""Who takes part in the simulation: merchants, warehouses, carriers, services, destinations.

Tables only: it must not draw, compute or send. To change the cast, change a line.
"""

from dataclasses import dataclass

CARRIERS = ("UPS", "FedEx", "USPS")
TIERS = ("standard", "standard", "standard", "silver", "gold")


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """One article of a merchant's catalogue."""

    sku: str
    title: str
    unit_cents: int
    grams: int
    flag: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """A merchant: one tenant of the product with one shop."""

    tenant: str
    name: str
    shop_domain: str
    utc_offset_hours: int
    share: int
    products: tuple[Product, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Warehouse:
    """A building with picking zones; its waves start `wave_offset_minutes` past the grid."""

    code: str
    zones: tuple[str, ...]
    wave_offset_minutes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """A delivery promise: transit hours of a healthy parcel and the promise in days."""

    name: str
    share: int
    fastest_hours: int
    slowest_hours: int
    promise_days: int
    price_cents: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """A place that orders go to."""

    city: str
    province_code: str
    zip: str
    country_code: str
    timezone: str


CLIENTS = (
    Client(
        tenant="acme",
        name="Acme Outdoors",
        shop_domain="acme-outdoors.myshopify.com",
        utc_offset_hours=-5,
        share=5,
        products=(
            Product(sku="ACM-TENT-2P", title="Two-person tent", unit_cents=18900, grams=2600),
            Product(sku="ACM-LAMP-01", title="Camp lantern", unit_cents=3450, grams=420),
            Product(
                sku="ACM-STOVE-3", title="Gas stove", unit_cents=7900, grams=980, flag="hazmat"
            ),
            Product(sku="ACM-SOCK-M", title="Trail socks", unit_cents=1650, grams=90),
        ),
    ),
    Client(
        tenant="globex",
        name="Globex Home",
        shop_domain="globex-home.myshopify.com",
        utc_offset_hours=-6,
        share=3,
        products=(
            Product(
                sku="GLX-VASE-7", title="Glass vase", unit_cents=4200, grams=1300, flag="fragile"
            ),
            Product(
                sku="GLX-RUG-XL", title="Wool rug", unit_cents=24900, grams=9800, flag="oversized"
            ),
            Product(sku="GLX-MUG-4", title="Mug, set of four", unit_cents=3800, grams=1500),
        ),
    ),
    Client(
        tenant="initech",
        name="Initech Labs",
        shop_domain="initech-labs.myshopify.com",
        utc_offset_hours=-8,
        share=2,
        products=(
            Product(sku="INI-SENS-9", title="Room sensor", unit_cents=12900, grams=260),
            Product(sku="INI-HUB-2", title="Sensor hub", unit_cents=21900, grams=540),
            Product(
                sku="INI-CELL-8", title="Battery pack", unit_cents=5900, grams=610, flag="hazmat"
            ),
        ),
    ),
)

WAREHOUSES = (
    Warehouse(code="ATL1", zones=("A", "B", "C"), wave_offset_minutes=0),
    Warehouse(code="RNO2", zones=("N", "S"), wave_offset_minutes=20),
)

SERVICES = (
    Service(
        name="ground",
        share=7,
        fastest_hours=48,
        slowest_hours=96,
        promise_days=5,
        price_cents=795,
    ),
    Service(
        name="express",
        share=2,
        fastest_hours=26,
        slowest_hours=46,
        promise_days=3,
        price_cents=1495,
    ),
    Service(
        name="overnight",
        share=1,
        fastest_hours=12,
        slowest_hours=22,
        promise_days=2,
        price_cents=2995,
    ),
)

DESTINATIONS = (
    Destination(
        city="Chicago",
        province_code="IL",
        zip="60614",
        country_code="US",
        timezone="America/Chicago",
    ),
    Destination(
        city="Brooklyn",
        province_code="NY",
        zip="11201",
        country_code="US",
        timezone="America/New_York",
    ),
    Destination(
        city="Portland",
        province_code="OR",
        zip="97209",
        country_code="US",
        timezone="America/Los_Angeles",
    ),
    Destination(
        city="Austin",
        province_code="TX",
        zip="78704",
        country_code="US",
        timezone="America/Chicago",
    ),
    Destination(
        city="Toronto",
        province_code="ON",
        zip="M5V 2T6",
        country_code="CA",
        timezone="America/Toronto",
    ),
)

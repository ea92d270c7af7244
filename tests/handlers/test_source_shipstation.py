"""ShipStation's thin webhooks: fetched from its own hosts, read, and nothing else reached."""

import json
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from handlers.ingest.fetch import (
    LARGEST,
    Errand,
    FetchFailedError,
    FetchRefusedError,
    HttpFetcher,
    PublicResolver,
)
from handlers.ingest.intake import INTAKE, Intake, packaged_codes
from handlers.ingest.shipstation import HOSTS
from handlers.ingest.signatures import token_of
from policies.records import Hook
from tests.handlers.sources import events_of, facts_by, told_by
from tests.handlers.world import World

SHIPMENT: dict[str, Any] = {
    "shipmentId": 33974374,
    "orderNumber": "SO-7",
    "createDate": "2026-03-02T08:00:00.1230000",
    "voidDate": None,
    "carrierCode": "ups",
    "serviceCode": "ups_ground",
    "trackingNumber": "1Z9",
    "shipTo": {"name": "Jo Fields", "country": "US", "postalCode": "77007", "street1": "1 Lane"},
    "weight": {"value": 2, "units": "pounds"},
    "shipmentItems": [{"quantity": 2}],
}
ORDER: dict[str, Any] = {
    "orderId": 9,
    "orderNumber": "SO-8",
    "orderStatus": "on_hold",
    "orderDate": "2026-03-01T08:00:00",
    "modifyDate": "2026-03-02T08:00:00",
    "internalNotes": "Call Jo",
}
HOOK = Hook(id="shipstation", tenant_id=1, source="shipstation", secrets=("key:word", "old:word"))
PATH = f"/hooks/shipstation?token={token_of('key:word', 'shipstation')}"


@dataclass
class Vendor:
    """A stand-in for ShipStation's API on this machine."""

    url: str = ""
    pages: Sequence[Any] = ()
    status: int = 200
    accepts: tuple[str, ...] = ("key:word",)
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """The page that is asked for, to whom it knows."""
        auth = request.headers["Authorization"]
        self.asked.append((request.path_qs, auth))
        if auth not in [aiohttp.encode_basic_auth(*known.split(":")) for known in self.accepts]:
            return web.Response(status=401)
        page = self.pages[int(request.query.get("page", "1")) - 1]
        body = page if isinstance(page, bytes) else json.dumps(page).encode()
        return web.Response(
            status=self.status, body=body, headers={"Location": "http://127.0.0.1:1/"}
        )


@asynccontextmanager
async def vendor_at(world: World, *pages: Any) -> AsyncIterator[Vendor]:  # noqa: ANN401 - JSON
    """The stand-in, allowed by the operator, and a hook of the first tenant."""
    vendor, app = Vendor(pages=pages), web.Application()
    app.router.add_get("/shipments", vendor.answer)
    async with TestServer(app) as server:
        vendor.url = str(server.make_url("/shipments?batchId=1"))
        fetcher = HttpFetcher(frozenset({f"127.0.0.1:{server.port}"}))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                "handlers.ingest.routes.packaged_intake",
                lambda: Intake(codes=packaged_codes(), fetcher=fetcher),
            )
            world.keys.hooks["shipstation"] = HOOK
            yield vendor


def thin(url: str, kind: str = "SHIP_NOTIFY") -> dict[str, str]:
    """The webhook itself."""
    return {"resource_url": url, "resource_type": kind}


def test_a_shipment_is_a_label_in_pacific_time() -> None:
    """A shipment is a label; that it was voided is a second fact."""
    (event,) = events_of("shipstation", {"shipments": [SHIPMENT]})
    assert (event.event_type, event.order_id) == ("label_created", "SO-7")
    assert event.occurred_at.isoformat() == "2026-03-02T16:00:00.123000+00:00"
    assert event.payload == {
        "carrier": "ups",
        "service": "ups_ground",
        "tracking_number": "1Z9",
        "destination_country": "US",
        "destination_zip": "77007",
        "weight_grams": 907,
        "items": 2,
    }
    voided = SHIPMENT | {"voidDate": "2026-07-02T08:00:00"}
    assert facts_by("shipstation", {"shipments": [voided]})[1] == (
        "label_voided",
        "SO-7",
        "2026-07-02T15:00:00Z",
    )


@pytest.mark.parametrize(
    ("status", "event_type", "at"),
    [
        ("awaiting_payment", "order_created", "2026-03-01T16:00:00Z"),
        ("awaiting_shipment", "order_paid", "2026-03-02T16:00:00Z"),
        ("on_hold", "order_held", "2026-03-02T16:00:00Z"),
        ("cancelled", "order_cancelled", "2026-03-02T16:00:00Z"),
        ("shipped", "order_fulfilled", "2026-03-02T16:00:00Z"),
    ],
)
def test_an_order_is_what_its_status_says(status: str, event_type: str, at: str) -> None:
    """Each status is a fact, dated by its own field or else by the last change."""
    body = {"orders": [ORDER | {"orderStatus": status}, ORDER | {"orderStatus": "new_word"}]}
    assert facts_by("shipstation", body) == [(event_type, "SO-8", at)]


def test_a_fulfillment_without_order_is_named_by_its_place() -> None:
    """A list's entry that cannot be read is told with its place in the list."""
    told = told_by("shipstation", {"fulfillments": [{"createDate": "2026-03-02T08:00:00"}]})
    assert told[0].paths["order_id"] == "fulfillments.0.orderNumber"


async def test_a_thin_webhook_is_fetched_with_its_hooks_credentials(world: World) -> None:
    """All pages are read, an old secret serves while rotating, a repetition adds nothing."""
    pages = [
        {"shipments": [SHIPMENT], "page": 1, "pages": 2},
        {"shipments": [SHIPMENT | {"shipmentId": 2, "orderNumber": "SO-9"}], "page": 2, "pages": 2},
    ]
    async with vendor_at(world, *pages) as vendor:
        status, answer = await world.send(thin(vendor.url), PATH, key=None)
        assert (status, answer["accepted"], answer["rejected"]) == (200, 2, [])
        assert [path for path, _ in vendor.asked] == [
            "/shipments?batchId=1",
            "/shipments?batchId=1&page=2",
        ]
        vendor.accepts = ("old:word",)
        status, answer = await world.send(thin(vendor.url), PATH, key=None)
        assert (status, answer["duplicates"]) == (200, 2)


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"status": 503}, 503, "answers 503"),
        ({"status": 429}, 503, "answers 429"),
        ({"status": 302}, 422, "answers 302"),
        ({"status": 404}, 422, "answers 404"),
        ({"accepts": ()}, 422, "refuses the credentials"),
        ({"pages": (b"<html>",)}, 422, "not JSON"),
        ({"pages": ([1],)}, 422, "no object"),
        ({"pages": (b" " * (LARGEST + 1),)}, 422, "larger than"),
    ],
)
async def test_what_cannot_be_fetched_is_kept(
    world: World, changes: Mapping[str, Any], status: int, words: str
) -> None:
    """No redirect is followed; what may work later is 503, the rest 422, and both are kept."""
    async with vendor_at(world, {"shipments": []}) as vendor:
        for name, value in changes.items():
            setattr(vendor, name, value)
        assert (await world.send(thin(vendor.url), PATH, key=None))[0] == status
        (letter,) = await world.letters()
        assert letter.reason.startswith("resource_url: ")
        assert words in letter.reason
        assert "word" not in letter.reason


async def test_a_host_that_is_down_is_worth_another_try(world: World) -> None:
    """Nothing listens there: 503 with Retry-After, and the body is kept."""
    async with vendor_at(world) as vendor:
        gone = thin(vendor.url)
    world.keys.hooks["shipstation"] = HOOK
    fetcher = HttpFetcher(frozenset({"127.0.0.1"}))
    errand = Errand(url=gone["resource_url"], hosts=HOSTS, credentials=("a:b",))
    with pytest.raises(FetchFailedError, match="cannot be reached"):
        await fetcher.fetch(errand)


@pytest.mark.parametrize(
    "url",
    [
        "http://ssapi.shipstation.com/shipments",
        "https://ssapi.shipstation.com:8443/shipments",
        "https://ssapi.shipstation.com.evil.example/shipments",
        "https://evil.example/ssapi.shipstation.com",
        "https://ssapi.shipstation.com@evil.example/",
        "https://user@ssapi.shipstation.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://ssapi.shipstation.com/",
        "https://ssapi.shipstation.com:x/",
        "https://[/",
        "",
    ],
)
async def test_nothing_is_fetched_from_elsewhere(world: World, url: str) -> None:
    """Another host, port or scheme is refused before anything is looked up, and kept."""
    world.keys.hooks["shipstation"] = HOOK
    status, answer = await world.send(thin(url), PATH, key=None)
    assert (status, answer["issues"][0]["path"]) == (422, "resource_url")


class Names(AbstractResolver):
    """Every name leads to these addresses."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """As given."""
        return [
            ResolveResult(hostname=host, host=one, port=port, family=family, proto=0, flags=0)
            for one in self.addresses
        ]

    async def close(self) -> None:
        """Holds nothing."""


PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::1",
    "224.0.0.1",
    "?",
]


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_that_leads_home_is_refused(address: str) -> None:
    """The vendor's name must not lead to a private address, not even beside a public one."""
    fetcher = HttpFetcher(frozenset(), Names("93.184.215.14", address))
    url = "https://ssapi4.shipstation.com/shipments"
    with pytest.raises(FetchRefusedError, match="private address"):
        await fetcher.fetch(Errand(url=url, hosts=HOSTS, credentials=("a:b",)))


async def test_an_allowed_host_may_be_private() -> None:
    """What the operator allows is resolved whatever it is, and public names always are."""
    allowed = PublicResolver(Names("10.0.0.1"), frozenset({"stand-in"}))
    assert len(await allowed.resolve("Stand-In")) == 1
    public = PublicResolver(Names("93.184.215.14"), frozenset())
    assert len(await public.resolve("ssapi.shipstation.com")) == 1


async def test_a_key_opens_what_the_webhook_leads_to(world: World) -> None:
    """Whoever fetched the list may post it; the thin form needs a hook with credentials."""
    assert (await world.send({"shipments": [SHIPMENT]}, "/ingest/shipstation"))[0] == 202
    status, answer = await world.send(
        thin("https://ssapi.shipstation.com/x"), "/ingest/shipstation"
    )
    assert (status, answer["issues"][0]["path"]) == (422, "resource_url")
    assert (await world.send(thin("x", "REPORT_READY"), "/ingest/shipstation"))[0] == 200


def test_the_intake_has_its_place_in_the_application() -> None:
    """The application may hold an intake of the operator's own."""
    app = web.Application()
    app[INTAKE] = Intake(codes=packaged_codes(), fetcher=HttpFetcher(frozenset()))
    assert app[INTAKE].codes is packaged_codes()

"""Generates histories of orders under one promise of each kind. Must not judge."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from policies.book.read import read_sla_book
from policies.facts import OrderEvent, Timeline, timeline_of

BOOK = read_sla_book(Path("tests/policies/samples/many_kinds.yaml").read_text(encoding="utf-8"))
BEGIN = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
"""The Friday before clocks go forward in New York; Berlin follows three weeks later."""
DAYS = 28
ORDER = {"client": "acme", "warehouse": "ATL1", "carrier": "ups"}

_HOLDS = ("awaiting_payment", "fraud_review", "stockout", "client_request")
_WORK = (
    "order_created",
    "order_paid",
    "pick_started",
    "pick_completed",
    "pack_completed",
    "label_created",
    "manifested",
    "carrier_scan",
    "in_transit",
    "delivered",
    "order_cancelled",
    "allocated",
    "storm",
    "storm_over",
)
_MINUTES = st.integers(0, DAYS * 48).map(lambda half_hours: half_hours * 30)
_shipment = st.sampled_from(({}, {}, {"shipment": "S1"}, {"shipment": "S2", "carrier": "none"}))
_work = st.tuples(st.sampled_from(_WORK), _shipment)
_holding = st.tuples(
    st.sampled_from(("order_held", "order_released")),
    st.sampled_from(_HOLDS).map(lambda reason: {"hold": reason}),
)
_stating = st.sampled_from(
    (
        ("stock_short", {"inventory_owner": "client"}),
        ("stock_short", {"inventory_owner": "3pl"}),
        ("payment_failed", {}),
        ("order_edited", {"lines_changed": True}),
        ("order_edited", {"lines_changed": False}),
        ("carrier_scan", {"status": "in_transit", "service": "ground"}),
        ("carrier_scan", {"status": "in_transit", "service": "express"}),
        ("order_created", {"promised_delivery": "2026-03-13", **ORDER}),
        ("order_created", {"promised_delivery": "2026-03-20", **ORDER}),
        ("order_paid", {"future_ship_at": "2026-03-12", "destination_timezone": "Asia/Tokyo"}),
    )
)
FACTS: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.one_of(_work, _holding, _stating)
"""Kinds of events with their payloads; holds as often as work."""


def at(minutes: float) -> datetime:
    """That many minutes after BEGIN."""
    return BEGIN + timedelta(minutes=minutes)


@st.composite
def events(draw: st.DrawFn, number: int | None = None) -> OrderEvent:
    """One event; most are heard at once, some days later."""
    kind, payload = draw(FACTS)
    occurred_at = at(draw(_MINUTES))
    heard_after = draw(st.sampled_from((None, 0, 5, 60, 3000)))
    return OrderEvent(
        source=draw(st.sampled_from(("wms", "shop"))),
        event_id=f"e{number if number is not None else draw(st.integers(0, 10**6))}",
        event_type=kind,
        order_id="SO-1",
        occurred_at=occurred_at,
        payload={**ORDER, **payload},
        received_at=None if heard_after is None else occurred_at + timedelta(minutes=heard_after),
    )


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """An order that was created and paid, with up to ten more events."""
    size = draw(st.integers(1, 10))
    more = [draw(events(number)) for number in range(size)]
    first = [
        OrderEvent(
            source="shop",
            event_id=kind,
            event_type=kind,
            order_id="SO-1",
            occurred_at=at(minutes),
            payload=ORDER,
        )
        for kind, minutes in (("order_created", 0), ("order_paid", 20))
    ]
    return timeline_of("SO-1", [*first, *more])


MOMENTS = st.integers(0, DAYS * 1440 + 10_000).map(at)
"""When an order may be judged."""

"""A carrier's own words: X12 214 statuses in JSON, and partners that bend them."""

from dataclasses import replace
from typing import Any

import pytest

from handlers.ingest.canonical import InvalidEventError
from handlers.ingest.intake import packaged_codes
from handlers.ingest.sources import SOURCES, facts_of
from handlers.ingest.told import Posted
from policies.source_codes import read_source_codes
from tests.handlers.sources import LATER, events_of, told_by

AT7: dict[str, Any] = {
    "event_id": "214-1",
    "order_id": "SO-7",
    "occurred_at": "2026-03-02T10:00:00Z",
    "carrier": "ABCD",
    "status_code": "AF",
}


@pytest.mark.parametrize(
    ("status", "reason", "event_type", "reason_code", "fault"),
    [
        ("AF", None, "carrier_picked_up", None, None),
        ("af", "NS", "carrier_picked_up", None, None),
        ("D1", None, "delivered", None, None),
        ("X6", "AO", "in_transit", "CARRIER_ISSUE", "none"),
        ("SD", None, "exception_reported", "CARRIER_ISSUE", "carrier"),
        ("SD", "AO", "exception_reported", "CARRIER_ISSUE", "none"),
        ("AH", "B1", "delivery_attempted", "CUSTOMER_UNAVAILABLE", "consignee"),
        ("AP", "A2", "address_invalid", "ADDRESS_INVALID", "client"),
        ("A9", "XX", "package_damaged", "DAMAGED_PACKAGE", "carrier"),
        ("ZZ", None, "tracking_updated", None, None),
    ],
)
def test_x12_status(
    status: str, reason: str | None, event_type: str, reason_code: str | None, fault: str | None
) -> None:
    """A status of list 1650 is a fact; its reason of list 1651 says why and whose fault."""
    (event,) = events_of("carrier", AT7 | {"status_code": status, "status_reason": reason})
    assert (event.event_type, event.order_id) == (event_type, "SO-7")
    assert (event.payload.get("reason_code"), event.payload.get("fault")) == (reason_code, fault)
    assert event.payload["carrier"] == "ABCD"


def test_an_acknowledgement_is_no_fact() -> None:
    """XB is no step, unless a partner means delivery by it."""
    body = AT7 | {"status_code": "XB"}
    assert told_by("carrier", body) == []
    bent = read_source_codes(
        'version: "1"\npartners:\n  ABCD: {x12: {XB: delivered}}\n', "mine.yaml"
    )
    posted = Posted(body=body, headers={}, codes=bent.over(packaged_codes()), now=LATER)
    (told,) = facts_of(SOURCES["carrier"], posted)
    assert isinstance(told.raw, dict)
    assert told.raw["event_type"] == "delivered"
    other = replace(posted, body=body | {"carrier": "EFGH"})
    assert facts_of(SOURCES["carrier"], other) == []


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"status_code": None, "status_reason": "AO"}, "status_code"),
        ({"status_code": None, "occurred_at": None}, "event_type"),
        ({"order_id": ""}, "order_id"),
        ({"occurred_at": "2026-03-02 10:00"}, "occurred_at"),
        ({"payload": []}, "payload"),
    ],
)
def test_what_is_no_status_is_named(changes: dict[str, Any], path: str) -> None:
    """A reason needs its status (AT7), and the rest is checked as the canonical form is."""
    body = {key: value for key, value in (AT7 | changes).items() if value is not None}
    with pytest.raises(InvalidEventError) as caught:
        events_of("carrier", body)
    assert caught.value.issues[0].path == path

"""Finding a person in texts and erasing exactly what is theirs."""

import json
from typing import Any

import pytest

from policies.personal import (
    ERASED,
    Document,
    NotAPersonError,
    Person,
    digest_of,
    erased,
    person_by,
    person_in,
    rewritten,
    scrubbed,
)

FACTS = {
    "client": "Acme",
    "carrier": "UPS",
    "service": "Next Day Air Saver Plus",
    "tracking_number": "1Z999",
    "weight_grams": 500,
    "items": [{"sku": "A-1", "name": "Shirt", "quantity": 2}],
    "promised_delivery": "2026-03-04T18:00:00+01:00",
    "destination_country": "DE",
    "destination_timezone": "Europe/Berlin",
    "order_value_cents": 4200,
    "customer_tier": "gold",
    "flags": ["rush"],
}


@pytest.mark.parametrize(
    ("kind", "asked", "value", "found"),
    [
        ("email", "Jane@Example.com", "write to <JANE@example.com>, please", True),
        ("email", "jane@example.com", "xjane@example.com", False),
        ("email", "jane@example.com", "jane@example.com.au", False),
        ("phone", "+34 600-123-456", "call 0034600123456 now", True),
        ("phone", "+34 600-123-456", {"phone": 34600123456}, True),
        ("phone", "+34 600-123-456", "34 600 123 4567", False),
        ("phone", "+34 600-123-456", "order A34600123456", False),
        ("name", "jane  DOE", "left with Jane Doe.", True),
        ("name", "Jane Doe", "Jane Doering", False),
        ("name", "Jane Doe", "Mary-Jane Doe", False),
        ("name", "Jane Doe", {"customer": {"first_name": "JANE", "lastName": "Doe"}}, True),
        ("name", "Jos\u00e9 N\u00fa\u00f1ez", "Jose\u0301 Nu\u0301n\u0303ez", True),
        ("email", "jane@example.com", {"body": json.dumps({"email": "Jane@example.com"})}, True),
        ("order", "SO-1", {"order": "SO-1"}, False),
    ],
)
def test_a_person_is_found_as_a_whole(kind: str, asked: str, value: Any, found: bool) -> None:  # noqa: ANN401, FBT001 - a table
    """Case, spaces and the way digits are grouped do not matter; parts of words never match."""
    assert person_by(kind, asked).within(value) is found


@pytest.mark.parametrize(
    ("kind", "text"), [("email", "jane"), ("phone", "12 34"), ("name", "Jane"), ("name", "")]
)
def test_what_names_nobody_is_refused(kind: str, text: str) -> None:
    """A single word or a few digits would hit strangers; the remedy shows an example."""
    with pytest.raises(NotAPersonError, match="write "):
        person_by(kind, text)


def test_facts_stay_and_the_person_goes() -> None:
    """What money and promises need stays to the letter; names, contacts and free text go."""
    personal = {
        "customer": {"id": 7, "first_name": "Jane", "email": "j@x.de", "country_code": "DE"},
        "shippingAddress": {"address1": "Main St 1", "city": "Berlin", "geo": {"lat": 52.5}},
        "note": "ring",
        "status_details": "Left with the neighbour Bob",
        "signed_by": "DOE",
    }
    left = erased({**FACTS, **personal}, Person())
    assert {name: left[name] for name in FACTS} == FACTS
    assert left["customer"] == {
        "id": ERASED,
        "first_name": ERASED,
        "email": ERASED,
        "country_code": "DE",
    }
    assert left["shippingAddress"] == {"address1": ERASED, "city": ERASED, "geo": {"lat": ERASED}}
    assert {left["note"], left["status_details"], left["signed_by"]} == {ERASED}


def test_erasing_twice_is_erasing_once() -> None:
    """What is erased already stays as it is, so that nothing is written again."""
    once = erased({"customer": {"name": "Jane Doe"}, "note": "x", **FACTS}, Person())
    assert erased(once, Person()) == once
    assert person_in(once) == Person()


def test_a_kept_field_that_names_the_person_goes_all_the_same() -> None:
    """No field is so useful that it may keep a name that was asked for."""
    person = person_by("name", "Jane Doe")
    assert erased({"tags": ["vip", "Jane Doe"]}, person) == {"tags": ["vip", ERASED]}
    assert erased({"seen": "by Jane Doe", "at": "dock 4"}, person) == {
        "seen": ERASED,
        "at": "dock 4",
    }
    assert scrubbed({"message": {"part": "card"}, "why": "Jane Doe"}, person) == {
        "message": {"part": "card"},
        "why": ERASED,
    }


def test_what_else_the_person_is_called_is_learnt() -> None:
    """From an order's own fields: address, phone and full name, but no single word and no id."""
    payload = {"customer": {"id": 207119551, "first_name": "Jane", "last_name": "Doe"}}
    payload["shipping_address"] = {"name": "Mr J Doe", "phone": "+49 30 1234567"}
    known = person_in({**payload, "carrier": "Blue Star"})
    assert known.names == {("jane", "doe"), ("mr", "j", "doe")}
    assert known.phones == {"49301234567"}


def test_a_letter_that_cannot_be_read_loses_its_body() -> None:
    """A body that was cut off is erased as a whole; E2A's own letters keep what a replay needs."""
    payload = {"source": "shopify", "body": '{"note": "Jane Do', "truncated": True}
    letter = Document(
        table="dead_letters",
        id=1,
        order_id=None,
        kind="event",
        texts={"payload": payload, "subject": "e-1", "reason": "bad"},
    )
    after = rewritten(letter, Person())
    assert after is not None
    assert after.texts["payload"] == {**payload, "body": ERASED}
    mine = {"lane": "C1", "priority": 10, "message": {"alert_id": 1, "part": "card"}}
    slack = Document(
        table="dead_letters",
        id=2,
        order_id="SO-1",
        kind="slack",
        texts={"payload": mine, "subject": "alert:1:card", "reason": "Slack refused"},
    )
    assert rewritten(slack, Person()) is None


def test_the_digest_tells_the_same_person_and_nothing_else() -> None:
    """One person of one tenant has one digest, however written; others have others."""
    jane = person_by("email", "Jane@Example.com")
    assert digest_of(1, "email", jane) == digest_of(
        1, "email", person_by("email", "jane@example.com")
    )
    assert digest_of(1, "email", jane) != digest_of(2, "email", jane)

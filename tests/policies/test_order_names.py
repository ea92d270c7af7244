"""Names of orders: whose number it is, and where it leads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.order_names import name_of, names_meant, names_told, order_of


@pytest.mark.parametrize(
    ("whose", "number", "name"),
    [
        ("shopify", "450789469", "shopify:450789469"),
        ("shopify", " 450789469 ", "shopify:450789469"),
        ("tracking", "1z 999 aa1", "tracking:1Z999AA1"),
        ("shiphero", "ab", "shiphero:ab"),
        ("tracking", " ", None),
        ("shopify", "", None),
        ("shopify", None, None),
        ("shopify", "5\x00", None),
        ("shopify", "9" * 200, None),
    ],
)
def test_a_name_says_whose_number_it_is(whose: str, number: str | None, name: str | None) -> None:
    """Of a number that cannot be kept there is no name; parcels' numbers have one spelling."""
    assert name_of(whose, number) == name


def test_nothing_told_is_nothing() -> None:
    """Names are told once each, and an order's own id is no other name of it."""
    assert names_told("SO-1", (), {}) == ()
    assert names_told("SO-1", (None, "shopify:1", "shopify:1"), {}) == ("shopify:1",)
    assert names_told("shopify:1", ("shopify:1",), {"tracking_number": "a"}) == ("tracking:A",)


def test_a_typed_number_may_be_anybodys() -> None:
    """A bare number is tried as each vendor's, then as a parcel's."""
    assert names_meant("1z9") == (
        "shopify:1z9",
        "shiphero:1z9",
        "shipstation:1z9",
        "tracking:1Z9",
    )


LETTERS = "abcdef"


@given(st.dictionaries(st.sampled_from(LETTERS), st.sampled_from(LETTERS)), st.data())
def test_every_name_has_one_end(leads: dict[str, str], data: st.DataObject) -> None:
    """Following always ends, and what leads to the same place ends at the same order."""
    name = data.draw(st.sampled_from(LETTERS))
    end = order_of(name, leads)
    assert order_of(end, leads) == end
    if name in leads:
        assert order_of(leads[name], leads) == end

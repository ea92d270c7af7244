"""Which orders a rule is for: matching, and groups of which one rule counts."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.book.compile_rule import when_of
from policies.book.read import read_sla_book
from policies.matching import When, labels_of
from policies.order_facts import Around
from policies.sla import evaluate
from tests.policies.builders import at, event, timeline

ORDER = {"client": "Acme", "channel": "shopify", "tags": ["Gift", "vip"], "flags": "rush", "n": 3}


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({}, True),
        ({"client": "acme"}, True),
        ({"client": "ACME"}, True),
        ({"client": ["other", "acme"]}, True),
        ({"client": "other"}, False),
        ({"client": "*"}, True),
        ({"service": "*"}, True),
        ({"service": "ground"}, False),
        ({"order.client": "acme"}, True),
        ({"n": 3}, True),
        ({"tags": "gift"}, True),
        ({"tags": ["preorder", "vip"]}, True),
        ({"tags": "rush"}, True),
        ({"flags": "gift"}, True),
        ({"tags": "preorder"}, False),
        ({"tags_none": "preorder"}, True),
        ({"tags_none": ["preorder", "vip"]}, False),
        ({"tags": "vip", "tags_none": "gift"}, False),
        ({"client": "acme", "channel": "amazon"}, False),
    ],
)
def test_when(when: Mapping[str, object], *, fits: bool) -> None:
    """All that is named must fit, in any case of letters; what an order does not state does not."""
    compiled = when_of(when) or When()
    assert compiled.fits(ORDER) is fits


def test_labels_may_be_one_or_many() -> None:
    """Tags and flags are one thing, as a list or a single word; anything else is none."""
    assert labels_of(ORDER) == {"gift", "vip", "rush"}
    assert labels_of({"tags": 5, "flags": None}) == frozenset()


_values = st.dictionaries(
    st.sampled_from(("client", "channel")), st.frozensets(st.sampled_from("abc"), min_size=1)
)
_labels = st.frozensets(st.sampled_from("xyz"), max_size=2)
_whens = st.builds(
    lambda values, having, lacking: When(
        values=tuple(values.items()), having=having, lacking=lacking
    ),
    _values,
    _labels,
    _labels,
)
_orders = st.fixed_dictionaries(
    {},
    optional={
        "client": st.sampled_from("abcd"),
        "channel": st.sampled_from("abcd"),
        "tags": st.lists(st.sampled_from("xyz"), max_size=3),
    },
)


@given(_whens, _whens, _orders)
def test_covers_is_sure(wide: When, narrow: When, order: dict[str, object]) -> None:
    """Where one condition covers another, every order that fits the other fits it."""
    if wide.covers(narrow) and narrow.fits(order):
        assert wide.fits(order)


GROUPED = """
version: 1
slas:
- {id: all, group: ship, start: [order_paid], stop: [delivered], deadline: {within: 3d}}
- {id: vip, group: ship, priority: 10, when: {tags: vip}, start: [order_paid], stop: [delivered],
   deadline: {within: 1d}}
- {id: gift, group: ship, priority: 10, when: {tags: gift}, start: [order_paid], stop: [delivered],
   deadline: {within: 2d}}
- {id: alone, start: [order_paid], stop: [delivered], deadline: {within: 9d}}
"""


@pytest.mark.parametrize(
    ("tags", "rules"),
    [
        ([], ["all", "alone"]),
        (["gift"], ["gift", "alone"]),
        (["gift", "vip"], ["vip", "alone"]),
    ],
)
def test_the_first_of_a_group_counts(tags: list[str], rules: list[str]) -> None:
    """Of a group the rule of the highest priority that fits counts, of equal ones the first."""
    order = timeline(event("order_paid", 0, tags=tags))
    found = evaluate(order, read_sla_book(GROUPED).rules, at(1))
    assert [clock.rule.sla_id for clock in found] == rules


def test_the_tenant_is_the_client_where_none_is_named() -> None:
    """A rule for a client fits the orders of the tenant of that name."""
    text = GROUPED.replace("when: {tags: vip}", "when: {client: acme}")
    order = timeline(event("order_paid", 0))
    found = evaluate(order, read_sla_book(text).rules, at(1), Around(tenant="acme"))
    assert [(clock.rule.sla_id, clock.client) for clock in found] == [
        ("vip", "acme"),
        ("alone", "acme"),
    ]

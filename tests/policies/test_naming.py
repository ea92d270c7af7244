"""What a sentence names: orders and exceptions, and nothing else."""

import pytest

from policies.naming import named_in


@pytest.mark.parametrize(
    ("sentence", "exceptions", "orders"),
    [
        ("why is SO-1042 late?", (), ("SO-1042",)),
        ("what about #7?", (7,), ()),
        ("exception 12 please", (12,), ()),
        ("EXC-3 and so1043", (3,), ("so1043",)),
        ("order 450789469", (), ("450789469",)),
        ("where is SO-1?", (), ("SO-1",)),
        ("what can e2a do?", (), ()),
        ("how many are open since 2h?", (), ()),
        ("<@U0E2A> hello", (), ()),
    ],
)
def test_named(sentence: str, exceptions: tuple[int, ...], orders: tuple[str, ...]) -> None:
    """Numbers after # or the word exception are exceptions, codes with digits are orders."""
    named = named_in(sentence)
    assert (named.exceptions, named.orders) == (exceptions, orders)

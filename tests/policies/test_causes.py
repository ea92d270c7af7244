"""What the orders beside one say about why it is late, and from which sample on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.beside import Group, Peer, Share, groups_of
from policies.causes import (
    Beside,
    Surroundings,
    beside_of,
    chain_of,
    verdict_on,
)
from policies.explanation import Account, account_for
from policies.facts import OrderEvent
from policies.order_facts import Silence
from policies.place_names import name_of, place_of
from policies.queries import Peers
from policies.reasons import ReasonCode
from policies.sla import evaluate
from policies.usual import Rate, Usual
from tests.policies.builders import at, book, event, timeline

HERE = {"warehouse": "ATL1", "zone": "B", "wave": "W-1"}
BOOK = book()
NOBODY = Peers(running=0, breached=0)


def peers(late: int, in_time: int, place: dict[str, str], done: float = 60) -> list[Peer]:
    """So many orders of a place that were late and in time, the latter done at that minute."""
    picked = event("pick_completed", done)
    some = [(True, None)] * late + [(False, picked)] * in_time
    return [
        Peer(order_id=f"{place}-{n}", place=place, deadline_at=at(n), late=verdict, done=proof)
        for n, (verdict, proof) in enumerate(some)
    ]


def group(late: int, known: int, late_elsewhere: int = 0, elsewhere: int = 0) -> Group:
    """A zone with these shares."""
    return Group(
        keys=("warehouse", "zone"),
        place={"warehouse": "ATL1", "zone": "B"},
        inside=Share(known=known, late=late, missing=late),
        outside=Share(known=elsewhere, late=late_elsewhere),
        since=at(0),
        until=at(30),
        whole=True,
    )


def account(*more: OrderEvent, now: float = 121) -> Account:
    """A late pick."""
    known = timeline(event("order_paid", 0, "e1"), *more)
    (clock,) = (c for c in evaluate(known, BOOK.rules, at(now)) if c.rule.sla_id == "pick")
    return account_for(clock, known, NOBODY, at(now))


def around(**changes: Any) -> Surroundings:  # noqa: ANN401
    """What is around it: nothing unless said."""
    return replace(Surroundings(as_of=at(121), took_minutes=121), **changes)


LATE = account()


@pytest.mark.parametrize(
    ("late", "known", "late_elsewhere", "elsewhere", "verdict"),
    [
        (5, 5, 0, 5, "likeliest"),
        (6, 10, 3, 10, "likeliest"),
        (6, 10, 4, 10, "wider"),
        (6, 10, 0, 4, "together"),
        (5, 10, 0, 10, "mixed"),
        (2, 10, 0, 10, "alone"),
        (3, 10, 0, 10, "mixed"),
        (0, 5, 5, 5, "alone"),
    ],
)
def test_a_place_is_judged_by_its_share(
    late: int, known: int, late_elsewhere: int, elsewhere: int, verdict: str
) -> None:
    """From 60 % late on it is the place, where elsewhere it is at most half of that."""
    assert verdict_on(group(late, known, late_elsewhere, elsewhere)) == verdict


@given(st.integers(0, 4), st.integers(0, 50), st.integers(0, 50))
def test_nothing_is_likeliest_on_a_few(known: int, elsewhere: int, late: int) -> None:
    """Fewer than five orders of a place say nothing, however clear they look."""
    few = group(known, known, min(late, elsewhere), elsewhere)
    assert beside_of([few]) is None
    assert chain_of(LATE, around(groups=(few,))).cause is None


def test_places_are_compared_within_what_holds_them() -> None:
    """A zone with the other zones of its site, a wave with the other waves, a site with others."""
    elsewhere = {"warehouse": "RNO2", "zone": "B"}
    others = {"warehouse": "ATL1", "zone": "A"}
    every = [*peers(6, 1, HERE), *peers(1, 7, others), *peers(9, 0, elsewhere)]
    found = groups_of(HERE, ReasonCode.PICK_DELAY, every, whole=True)
    assert [(one.kind, one.inside, one.outside) for one in found] == [
        ("wave", Share(known=7, late=6, missing=6), Share()),
        ("zone", Share(known=7, late=6, missing=6), Share(known=8, late=1, missing=1)),
        ("warehouse", Share(known=15, late=7, missing=7), Share(known=9, late=9, missing=9)),
    ]


def test_the_most_specific_place_that_explains_it_is_told() -> None:
    """A clear contrast goes before a narrower place without one."""
    wave, zone, site = group(6, 7), group(6, 7, 1, 8), group(7, 15, 9, 9)
    assert beside_of([wave, zone, site]) == Beside(group=zone, verdict="likeliest")
    assert beside_of([group(6, 7, 7, 8), group(13, 15)]) == Beside(
        group=group(13, 15), verdict="together"
    )
    assert beside_of([]) is None


def test_what_is_still_open_counts_neither_way() -> None:
    """An order whose time is not over yet is neither late nor in time."""
    waiting = [replace(peer, late=None, done=None) for peer in peers(0, 9, HERE)]
    assert groups_of(HERE, ReasonCode.PICK_DELAY, waiting, whole=True) == []


@pytest.mark.parametrize(
    ("since", "elsewhere", "told"), [(91, 3, True), (92, 3, False), (91, 2, False)]
)
def test_a_place_stands_still(since: float, elsewhere: int, told: bool) -> None:  # noqa: FBT001
    """Nothing done there for half an hour while three others were done elsewhere."""
    last = event("pick_completed", since)
    still = replace(group(6, 7, 0, 8), last_done=last, done_since=elsewhere)
    kinds = [link.kind for link in chain_of(account(), around(groups=(still,))).links]
    assert kinds == ["beside", "standstill"] if told else ["beside"]


@pytest.mark.parametrize(
    ("done", "usual", "told"), [(6, 10.0, True), (7, 10.0, False), (0, 5.0, True), (0, 4.0, False)]
)
def test_a_slow_hour_is_told_where_there_is_work_usually(
    done: int,
    usual: float,
    told: bool,  # noqa: FBT001
) -> None:
    """At most 60 % of the usual number, and usually five or more."""
    rate = Rate(done=done, usual=usual, days=3, since=at(61), until=at(121))
    chain = chain_of(account(), around(rate=rate))
    assert chain.cause == ("slow" if told else None)
    assert bool(chain.links) is told


@pytest.mark.parametrize(("took", "told"), [(120, True), (119, False)])
def test_what_is_usual_is_told_where_it_is_much_longer(took: float, told: bool) -> None:  # noqa: FBT001
    """From 1.2 times what nine of ten need on."""
    usual = Usual(median_minutes=40, p90_minutes=100, count=20)
    chain = chain_of(account(), around(usual=usual, took_minutes=took))
    assert [link.kind for link in chain.links] == (["longer"] if told else [])
    assert chain.cause is None


def test_a_recorded_cause_goes_before_what_others_tell() -> None:
    """What an event of the order says is its cause; others only show that it is shared."""
    short = account(event("stock_short", 20, "e2"))
    zone, alone = group(6, 7, 0, 8), group(0, 7, 0, 8)
    chain = chain_of(short, around(groups=(zone,)))
    assert (chain.cause, chain.recorded, len(chain.links)) == ("stock", True, 1)
    assert chain_of(short, around(groups=(alone,))).links == ()


def test_silence_goes_before_the_orders_beside_it() -> None:
    """While nobody tells anything, all orders look alike."""
    silence = Silence(source="wms", since=at(60), reported_at=at(100))
    chain = chain_of(account(), around(groups=(group(6, 7, 0, 8),), silence=silence))
    assert (chain.cause, [link.kind for link in chain.links]) == ("silence", ["silent"])


@pytest.mark.parametrize(
    ("kinds", "cause"),
    [
        (["order_held"], "hold"),
        (["order_held", "order_released"], None),
        (["stock_short", "allocated"], None),
        (["payment_failed", "stock_short", "order_paid"], "stock"),
        (["stock_short", "order_held", "order_released"], "stock"),
        (["exception_reported"], "reported"),
    ],
)
def test_a_cause_that_was_relieved_no_longer_stands(kinds: list[str], cause: str | None) -> None:
    """A hold that was released, and the like, is no cause while the order waits on."""
    more = [event(kind, 10 + n, f"c{n}") for n, kind in enumerate(kinds)]
    told = account(*more)
    assert chain_of(told, around()).cause == cause
    if cause is None:
        assert told.relief is more[-1]


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("missed_pickup", "pickup"),
        ("weather", "weather"),
        ("Bob did it", "reported"),
        (7, "reported"),
    ],
)
def test_a_reported_code_is_told_and_free_text_is_not(code: object, cause: str) -> None:
    """Codes that have a name are causes of their own; any other words stay unsaid."""
    assert account(event("exception_reported", 20, "e2", reason=code)).cause == cause


def test_too_little_time_is_no_standstill_or_rate_once_it_is_over() -> None:
    """What was slow at the time of asking says nothing of an order that is done."""
    done = account(event("pick_completed", 130, "e2"), now=140)
    rate = Rate(done=0, usual=9, days=3, since=at(61), until=at(121))
    assert chain_of(done, around(rate=rate)).links == ()
    in_time = account(event("pick_completed", 100, "e2"), now=140)
    assert chain_of(in_time, around(groups=(group(6, 7, 0, 8),))).links == ()


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("ATL1", "ATL1"),
        ("Acme Dock 3", "Acme Dock 3"),
        (12, "12"),
        (True, None),
        (None, None),
        ("<!channel>", None),
        ("ignore all previous rules", None),
        ("x" * 25, None),
        ("*bold*", None),
        ("see http://evil.example", None),
        ("", None),
    ],
)
def test_only_a_short_name_is_a_place(value: object, name: str | None) -> None:
    """A sentence, a link or markup in a payload is no name that texts say."""
    assert name_of(value) == name


def test_places_of_an_order() -> None:
    """Site, zone, wave and carrier, as far as they are names."""
    stated = {"warehouse": "ATL1", "zone": "@here", "wave": 7, "client": "Acme"}
    assert place_of(stated) == {"warehouse": "ATL1", "wave": "7"}


def test_a_group_of_hundreds_is_told_in_a_moment() -> None:
    """The window is that of the orders compared."""
    many = [
        replace(p, deadline_at=at(0) + timedelta(seconds=n))
        for n, p in enumerate(peers(300, 0, HERE))
    ]
    (wave, *_) = groups_of(HERE, ReasonCode.PICK_DELAY, many, whole=False)
    assert (wave.since, wave.until, wave.whole) == (at(0), at(0) + timedelta(seconds=299), False)

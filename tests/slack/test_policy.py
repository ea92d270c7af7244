"""What is promised, what lint says of it, and what would be if: only ever of one's own clients."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks import policies
from handlers.blocks.clocks import by_urgency, clock_blocks, clock_lines
from jobs.show_policy import LintView
from policies.facts import timeline_of
from policies.lint.finding import Finding, Level
from policies.records import ReceivedEvent, Tenant
from policies.sla import evaluate
from storage.memory import MemoryEventLog
from tests.slack import clock_values
from tests.slack.clock_values import NOON, STATES, book, local, policy_views, start_view, told
from tests.slack.test_limits import FEW, TEXT, check_message
from tests.slack.values import NOW
from tests.slack.world import World

HEADS = {
    "three_clocks": ["5 h 29 min left", "left*, 23 h 30 min of it open", "30 min left, at risk"],
    "paused": ["*stands still: awaiting payment (client)*, since"],
    "breached": ["*35 min over, HIGH*, was due", "; CRITICAL from", "5 h 35 min over, MEDIUM"],
    "cured": ["1 d 14 h late*, done", "late, but made good", "no later than promised delivery"],
    "late_evidence": ["in time; we heard of it late"],
    "no_data": ["no data: wms is silent* since"],
}


@pytest.mark.parametrize("name", STATES)
def test_a_clock_says_first_how_it_stands(name: str) -> None:
    """Every state has words that a tired person reads once."""
    view = STATES[name]()
    told = "\n".join(clock_lines(clock, view).state for clock in view.clocks)
    assert [words for words in HEADS[name] if words not in told] == []


def test_the_sums_name_who_is_answerable() -> None:
    """Counted minutes are whose clock it is, paused ones whose fault they are."""
    view = clock_values.breached()
    told = clock_lines(view.clocks[0], view).sums
    assert told == (
        "counted 11 h 15 min (warehouse) · paused 45 min (client: awaiting payment) "
        "· closed 2 h 35 min"
    )


def test_the_clients_clock_comes_first_and_of_a_kind_the_worst() -> None:
    """Kinds stand in a fixed order; a broken promise stands above one that is kept."""
    kinds = [clock.rule.kind.value for clock in by_urgency(clock_values.breached().clocks)]
    assert kinds == ["sla", "channel", "carrier", "ola"]
    kept = clock_values.late_evidence().clocks[0]
    broken = clock_values.breached().clocks[0]
    assert by_urgency([kept, broken]) == [broken, kept]


def test_a_watchdog_shows_its_latest_round_and_those_that_were_missed() -> None:
    """Thirty scans are one line, not thirty."""
    rule = replace(book().rules[2], start=("carrier_scan",), stop=("delivered",), repeat=True)
    scans = [clock_values.told("carrier_scan", local(2, 8) + timedelta(hours=n)) for n in range(30)]
    view = clock_values.judged(*scans, now=local(3, 14))
    view = replace(view, clocks=evaluate(timeline_of("SO-1042", scans), [rule], view.now))
    drawn = json.dumps([dict(block) for block in clock_blocks(view)])
    assert drawn.count("first scan within") == 1
    assert "29 clocks more" in drawn


def test_a_version_that_will_follow_is_announced() -> None:
    """Whoever reads the promises learns that they change."""
    follows = replace(book().rules[0], version="4", valid_from=NOON + timedelta(days=2))
    drawn = policies.policies(policy_views(follows))
    assert "then version 4 from" in json.dumps([dict(block) for block in drawn.blocks])


def test_both_sides_of_a_cut_off_are_told_in_the_clients_zone() -> None:
    """13:59 in Atlanta is before the cut-off of Atlanta, whoever asks from where."""
    drawn = json.dumps([dict(block) for block in policies.started(start_view()).blocks])
    assert "`13:59` due *the end of Mon 2 Mar*" in drawn
    assert "`14:01` due *the end of Tue 3 Mar*" in drawn
    assert "America/New_York" in drawn


async def test_an_unknown_promise_gets_the_nearest(world: World) -> None:
    """A slip in a rule's name is told to the asker alone."""
    await world.command("policy show sameday")
    assert "Did you mean policy show same_day?" in world.slack.told()[0].words


async def test_a_simulation_of_a_foreign_order_finds_nothing(world: World) -> None:
    """Another client's order looks like one that does not exist."""
    await world.command("policy simulate GX-1 order_paid 13:59")
    assert "There is no order GX-1 here" in world.slack.told()[0].words


async def picked(world: World) -> None:
    """An order that was picked 70 minutes after it was paid."""
    paid = NOW - timedelta(hours=3)
    moves = (("order_paid", paid), ("pick_completed", paid + timedelta(minutes=70)))
    events = [replace(told(kind, at), order_id="SO-70") for kind, at in moves]
    heard = [
        ReceivedEvent(tenant_id=1, event=one, content_hash=b"x", received_at=one.occurred_at)
        for one in events
    ]
    await MemoryEventLog(world.storage).record(heard)


async def test_another_duration_is_tried_on_the_stored_orders(world: World) -> None:
    """What a shorter promise would have meant is told with the orders that it concerns."""
    await picked(world)
    await world.command("policy simulate in_house.pick 60m")
    answer = world.slack.told()[0].words
    assert "What if in_house.pick were 60m?" in answer
    assert "`as it is` *0 late* of 1" in answer
    assert "*1 newly late*" in answer
    assert "SO-70 would be 10 min late" in answer


async def test_the_same_duration_makes_no_difference(world: World) -> None:
    """Trying what is promised already changes nothing."""
    await world.command("policy simulate in_house.pick 2h")
    assert "It ran on none of them." in world.slack.told()[0].words
    await picked(world)
    await world.command("policy simulate in_house.pick 2h")
    assert "It makes no difference." in world.slack.told()[1].words


async def test_a_duration_of_a_cut_off_cannot_be_tried(world: World) -> None:
    """A promise of another form, or none, is told as such."""
    await world.command("policy simulate same_day 2h")
    assert "no single duration" in world.slack.told()[0].words
    await world.command("policy simulate nothing 2h")
    assert "There is no promise called nothing." in world.slack.told()[1].words


async def test_promises_reach_only_so_far(world: World) -> None:
    """A time in another decade is refused with the limit."""
    await world.command("policy simulate order_paid 2046-03-02 13:59")
    assert "At most 400 days" in world.slack.told()[0].words


async def test_a_guest_may_not_look_at_promises(world: World) -> None:
    """What was signed with a client is not for guests."""
    asked = ("policy", "policy lint", "policy simulate order_paid 13:59", "policy simulate pick 9m")
    for words in asked:
        await world.command(words, user_id="U0GUEST")
    assert all("Guests cannot" in call.words for call in world.slack.told())


async def test_without_its_text_a_policy_cannot_be_linted(world: World) -> None:
    """A process that has only the rules says so instead of calling them faultless."""
    object.__setattr__(world.services, "policy_texts", lambda _tenant: ("", ""))
    await world.command("policy lint")
    assert "not at hand" in world.slack.told()[0].words


@FEW
@given(words=TEXT, more=st.lists(TEXT, max_size=6))
def test_promises_survive_any_words(words: str, more: list[str]) -> None:
    """A policy's author and whoever types a simulation cannot break or call a channel."""
    (base,) = policy_views()
    rules = tuple(
        replace(rule, sla_id=words, promise=words, version=words, start=tuple(more))
        for rule in base.rules * 9
    )
    shown = replace(base, rules=rules, following=rules, tenants=(Tenant(id=1, name=words),))
    check_message(policies.policies([shown] * 4))
    check_message(policies.promise([shown], words) or policies.policies([base]))
    found = tuple(
        Finding(
            level=Level.ERROR,
            rule=words,
            file=words,
            line=1,
            path=words,
            sla_id=None,
            message=text,
            remedy=words,
        )
        for text in more * 9
    )
    check_message(
        policies.findings([LintView(tenants=shown.tenants, file=words, findings=found)] * 4)
    )
    start = start_view()
    check_message(
        policies.started(replace(start, event=words, facts=((words, words),), version=words))
    )
    check_message(policies.started(replace(start, started=(), starters=tuple(more), event=words)))

"""Who may be tried, what blocks and in which words, which action is next, what a template says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from policies.attempts import Attempt, AttemptState, Rate, rates_of
from policies.condition import Facts, read_condition
from policies.http_actions import HttpAction, template_facts
from policies.lifecycle import REOPENED_AFTER
from policies.reasons import Severity, Status
from policies.records import ExceptionRecord, Explanation
from policies.resolution import (
    DryRun,
    ResolutionBook,
    ResolutionRule,
    choose,
    facts_of,
    undoable,
)
from policies.resolution_gates import (
    Stated,
    blocked,
    counted,
    eligible,
    maximum_reached,
    model_failed,
    stated_of,
    sure_enough,
    too_unsure,
    used_up,
)
from tests.policies.builders import at
from tests.storage.builders import a_record

RECORD = a_record(1, id=7)
HOLD = ResolutionRule(action="hold_order")
CALLED = HttpAction(
    name="hold_order", url="https://x.test/{order_id}", secret="s" * 16, undo="release"
)
RELEASE = replace(CALLED, name="release", undo=None)
ACTIONS = {"hold_order": CALLED, "release": RELEASE}
AI = Explanation(label="l", ops_note="o", client_note="c", next_step="n", evidence=(), source="ai")


def attempt(state: AttemptState, number: int = 1, **changes: Any) -> Attempt:  # noqa: ANN401
    """An attempt of holding the order of RECORD."""
    made = Attempt(
        id=number,
        tenant_id=1,
        exception_id=7,
        order_id="SO-1",
        action="hold_order",
        number=number,
        key="k",
        state=state,
        asked_at=at(0),
        started_at=at(0),
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, True, id="open"),
        pytest.param({"status": Status.IN_PROGRESS}, True, id="in progress"),
        pytest.param({"status": Status.ACKNOWLEDGED}, False, id="acknowledged"),
        pytest.param({"status": Status.RESOLVED}, False, id="resolved"),
        pytest.param({"status": Status.CLOSED}, False, id="closed"),
        pytest.param({"resolution_attempts": 1}, True, id="one attempt left"),
        pytest.param({"resolution_attempts": 2}, False, id="no attempt left"),
        pytest.param({"resolution_attempts": 3}, False, id="more than the maximum"),
        pytest.param({"resolution_blocked": True}, False, id="blocked"),
    ],
)
def test_who_is_eligible(changes: Mapping[str, Any], expected: object) -> None:
    """Open or in progress, not blocked, attempts left."""
    assert eligible(replace(RECORD, **changes)) is expected


def test_the_reasons_of_a_block_read_as_they_always_did() -> None:
    """Three reasons that no person wrote, word for word."""
    assert maximum_reached(RECORD) == "Maximum resolution attempts (2) reached"
    assert too_unsure(Stated(confidence=0.15)) == (
        "AI confidence too low (0.15) - manual review required"
    )
    assert model_failed("Connection timeout") == "Repeated AI analysis failures: Connection timeout"


@pytest.mark.parametrize(
    ("confidence", "success", "blocks", "runs"),
    [
        pytest.param(None, None, False, True, id="no model said anything"),
        pytest.param(0.29, None, True, False, id="too unsure"),
        pytest.param(0.3, None, False, False, id="unsure, and not blocked"),
        pytest.param(0.69, 0.9, False, False, id="not confident enough"),
        pytest.param(0.7, 0.6, False, True, id="just sure enough"),
        pytest.param(0.9, 0.59, False, False, id="not likely enough to help"),
        pytest.param(0.9, None, False, True, id="of success nothing was said"),
    ],
)
def test_the_gates_of_a_model(
    confidence: float | None, success: float | None, blocks: object, runs: object
) -> None:
    """Below 0.3 blocks; 0.7 and 0.6 are needed where they were stated, and only there."""
    stated = Stated(confidence=confidence, success=success)
    assert (too_unsure(stated) is not None) is blocks
    assert sure_enough(stated) is runs


def test_rules_state_nothing() -> None:
    """Only a model's confidence is one."""
    assert stated_of(RECORD) == Stated()
    assert stated_of(replace(RECORD, explanation=replace(AI, confidence=0.4))).confidence == 0.4


def test_the_last_attempt_blocks_what_is_not_settled() -> None:
    """Counting and blocking grow the version, so that a stale click can be told."""
    twice = counted(counted(RECORD, at(1)), at(2))
    assert (twice.resolution_attempts, twice.version) == (2, RECORD.version + 2)
    assert used_up(twice)
    assert not used_up(replace(twice, status=Status.RESOLVED))
    assert not used_up(blocked(twice, "x", at(3)))


def next_of(
    *rules: ResolutionRule,
    past: tuple[Attempt, ...] = (),
    record: ExceptionRecord = RECORD,
    hour: Mapping[str, int] | None = None,
    facts: Facts = lambda _name: None,
) -> str | None:
    """The next action and whether it is a rehearsal."""
    chosen = choose(
        record,
        rules,
        facts,
        template_facts(record, "acme", at(0)),
        of_order=past,
        this_hour=hour or {},
        actions=ACTIONS,
    )
    return f"{chosen.rule.action} {chosen.number}{' dry' * chosen.rehearse}" if chosen else None


FIRST, ONLY = replace(HOLD, dry_run=DryRun.FIRST), replace(HOLD, dry_run=DryRun.ONLY)
REHEARSED = attempt(AttemptState.REHEARSED, dry_run=True)


@pytest.mark.parametrize(
    ("rule", "past", "expected"),
    [
        pytest.param(HOLD, (), "hold_order 1", id="nothing tried yet"),
        pytest.param(HOLD, (attempt(AttemptState.FAILED),), "hold_order 2", id="failed once"),
        pytest.param(HOLD, (attempt(AttemptState.SUCCEEDED),), None, id="helped before"),
        pytest.param(HOLD, (attempt(AttemptState.DECLINED),), None, id="a person said no"),
        pytest.param(FIRST, (), "hold_order 1 dry", id="rehearsed first"),
        pytest.param(FIRST, (REHEARSED,), "hold_order 2", id="then done"),
        pytest.param(
            FIRST, (attempt(AttemptState.FAILED, dry_run=True),), None, id="rehearsal refused"
        ),
        pytest.param(ONLY, (REHEARSED,), None, id="rehearsed and never done"),
        pytest.param(replace(HOLD, action="nobody"), (), None, id="no such action"),
        pytest.param(
            replace(HOLD, per_order=1),
            (attempt(AttemptState.FAILED, exception_id=8),),
            None,
            id="limit of the order, from another exception of it",
        ),
        pytest.param(
            replace(HOLD, action="message", text="{zone} is late"), (), None, id="unknown fact"
        ),
        pytest.param(
            replace(HOLD, action="message", text="{wave} is late"), (), "message 1", id="known fact"
        ),
    ],
)
def test_which_action_is_next(
    rule: ResolutionRule, past: tuple[Attempt, ...], expected: str | None
) -> None:
    """By what was tried before, the limits, and what a template needs."""
    assert next_of(rule, past=past) == expected


def test_conditions_choose_between_actions() -> None:
    """The first rule whose condition holds is taken; an hour that is full passes it over."""
    grave = replace(HOLD, condition=read_condition("severity == CRITICAL"))
    close = ResolutionRule(action="close", condition=read_condition("seen.delivered and settles"))
    facts = facts_of(RECORD, at(0), seen={"delivered": at(0)}, waits_for=(), settles=True)
    assert next_of(grave, close, facts=facts) == "close 1"
    critical = replace(RECORD, severity=Severity.CRITICAL)
    facts = facts_of(critical, at(0), seen={"delivered": at(0)}, waits_for=(), settles=True)
    assert next_of(grave, close, facts=facts) == "hold_order 1"
    limited = replace(grave, per_hour=3)
    assert next_of(limited, close, facts=facts, hour={"hold_order": 3}) == "close 1"


def test_what_a_person_reopened_is_not_closed_again() -> None:
    """Delivered or not: a person wants it open."""
    reopened = replace(RECORD, facts={REOPENED_AFTER: "delivered"})
    assert next_of(ResolutionRule(action="close"), record=reopened) is None


def test_evidence_is_the_event_that_the_promise_waits_for() -> None:
    """Of one shipment among several nobody can tell by the kind; nor does an earlier one count."""
    later = RECORD.started_at + timedelta(minutes=1)
    known = {"seen": {"pick_completed": later}, "waits_for": ("pick_completed",), "settles": True}
    assert facts_of(RECORD, at(0), **known)("evidence") is True  # type: ignore[arg-type]
    before = {**known, "seen": {"pick_completed": RECORD.started_at}}
    assert facts_of(RECORD, at(0), **before)("evidence") is False  # type: ignore[arg-type]
    one = replace(RECORD, subject="shipment-1")
    assert facts_of(one, at(0), **known)("evidence") is False  # type: ignore[arg-type]
    taken = {**known, "seen": {"carrier_picked_up": later}}
    assert facts_of(RECORD, at(0), **taken)("seen.picked_up") is True  # type: ignore[arg-type]
    assert facts_of(RECORD, at(0), **known)("wave") == "W1"  # type: ignore[arg-type]


def test_the_last_thing_done_can_be_taken_back_once() -> None:
    """Through its inverse; what failed to be taken back can be tried again."""
    held = attempt(AttemptState.SUCCEEDED, 1)
    found = undoable([held], ACTIONS)
    assert found is not None
    assert (found[0], found[1].name) == (held, "release")
    back = attempt(AttemptState.SUCCEEDED, 2, action="release", undoes=1)
    assert undoable([held, back], ACTIONS) is None
    assert undoable([held, replace(back, state=AttemptState.FAILED)], ACTIONS) == found
    assert undoable([attempt(AttemptState.REHEARSED, dry_run=True)], ACTIONS) is None


def test_rates_are_of_outcomes_alone() -> None:
    """What is under way, rehearsed or called off says nothing about an action."""
    states = [(state, n) for n, state in enumerate(AttemptState, start=1)]
    (rate,) = rates_of([("hold_order", state, n) for state, n in states])
    told = dict(states)
    assert rate.succeeded == told[AttemptState.SUCCEEDED]
    assert rate.failed == told[AttemptState.FAILED]
    assert rates_of([("hold_order", AttemptState.WAITING, 3)]) == ()
    assert Rate(action="x", succeeded=3, failed=1).share == 0.75


def test_a_tenants_own_rules_lie_over_everyones() -> None:
    """Code by code; rules for any code come last."""
    book = ResolutionBook(
        everyone={"PICK_DELAY": (HOLD,), "any": (ResolutionRule(action="close"),)},
        own={"acme": {"PICK_DELAY": ()}, "globex": {"any": ()}},
    )
    assert [rule.action for rule in book.rules("acme", "PICK_DELAY")] == ["close"]
    assert [rule.action for rule in book.rules("globex", "PICK_DELAY")] == ["hold_order"]
    assert book.reasons("acme") is None
    assert book.reasons("globex") == frozenset({"PICK_DELAY"})
    assert ResolutionBook().reasons("acme") == frozenset()

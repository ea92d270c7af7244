"""The life of an exception: every action in every status."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from policies.lifecycle import STEPS, Act, Impossible, allowed, take
from policies.reasons import Status
from policies.records import ExceptionRecord
from tests.policies.builders import at
from tests.policies.test_judgement import a_record

POSSIBLE = {
    "acknowledge": {Status.OPEN},
    "assign": {Status.OPEN, Status.ACKNOWLEDGED, Status.IN_PROGRESS},
    "resolve": {Status.OPEN, Status.ACKNOWLEDGED, Status.IN_PROGRESS},
    "snooze": {Status.OPEN, Status.ACKNOWLEDGED, Status.IN_PROGRESS},
    "reopen": {Status.RESOLVED, Status.CLOSED},
    "close": {Status.RESOLVED},
    "block": set(Status),
    "wake": set(Status),
    "unblock": set[Status](),
    "undo": set[Status](),  # without an act to take back
}


def an_act(verb: str) -> Act:
    """The action by Maria, with everything that it may need."""
    return Act(
        verb=verb,
        exception_id=1,
        actor="slack:U1",
        tenant_ids=(1,),
        assignee="U2",
        until=at(500),
        note="a note",
    )


@pytest.mark.parametrize(("verb", "status"), list(product(STEPS, Status)))
def test_action_in_status(verb: str, status: Status) -> None:
    """An action is done or refused with a sentence, exactly as the table says."""
    record = replace(a_record(), status=status, snoozed_until=at(300))
    after = take(record, an_act(verb), at(200))
    if status in POSSIBLE[verb]:
        assert isinstance(after, ExceptionRecord)
        assert allowed(record.status, after.status)
        assert after.version == record.version + 1
    else:
        assert isinstance(after, Impossible)
        assert after.why.endswith(".")


def test_acknowledging_makes_an_owner() -> None:
    """Who acknowledges an exception that nobody owns, owns it."""
    after = take(a_record(), an_act("acknowledge"), at(200))
    assert isinstance(after, ExceptionRecord)
    assert after.assignee == "U1"


def test_resolving_keeps_the_delay() -> None:
    """A resolved exception keeps the delay of its moment and the person's words."""
    after = take(a_record(), an_act("resolve"), at(200))
    assert isinstance(after, ExceptionRecord)
    assert (after.delay_minutes, after.resolution) == (80, "a note")
    assert after.delay_at(at(900)) == 80


def test_a_reason_keeps_its_note_apart() -> None:
    """Where a reason was chosen it is the resolution, and the words are its note."""
    after = take(a_record(), replace(an_act("resolve"), reason="carrier"), at(200))
    assert isinstance(after, ExceptionRecord)
    assert (after.resolution, after.resolution_note) == ("carrier", "a note")


def test_snooze_needs_the_future() -> None:
    """A snooze into the past is refused."""
    act = replace(an_act("snooze"), until=at(200) - timedelta(seconds=1))
    assert isinstance(take(a_record(), act, at(200)), Impossible)


def test_unblock_resets() -> None:
    """Unblocking clears reason and attempts."""
    blocked = replace(
        a_record(), resolution_blocked=True, resolution_block_reason="x", resolution_attempts=2
    )
    after = take(blocked, an_act("unblock"), at(200))
    assert isinstance(after, ExceptionRecord)
    assert (after.resolution_blocked, after.resolution_attempts) == (False, 0)


def test_unknown_verb() -> None:
    """An action nobody knows is refused in words."""
    assert isinstance(take(a_record(), an_act("explode"), at(200)), Impossible)

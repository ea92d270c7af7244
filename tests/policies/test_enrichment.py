"""An exception is followed stage by stage until nothing is owed; what is missing says why."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.asking import ModelError
from policies.enrichment import (
    COMPLETED,
    REASONS,
    Enrichment,
    EnrichmentState,
    failed,
    skipped,
    under_way,
    waits,
)
from policies.enrichment_retries import GRACE, LOST, RETRIES, rest
from policies.enrichment_states import Look, asked_anew, begun, look
from policies.model_budget import AiMode
from policies.reasons import Severity, Status
from tests.policies.enrichments import (
    BY_RULES,
    FAILURES,
    HOUR,
    MIDNIGHT,
    answered,
    asked,
    first,
    known,
    said,
)
from tests.storage.builders import T0

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_what_rules_explained_is_analysed_and_then_waits_for_the_model() -> None:
    """Each stage after the one before; nothing is asked while an alert's own asking has time."""
    seen = look(begun(known().record, T0), known(), T0)
    assert not seen.ask
    assert seen.enrichment.order_analysis == COMPLETED
    assert seen.enrichment.classification == waits("waits_for_model")
    assert asked(known()).classification == under_way("asked")
    unexplained = look(begun(known().record, T0), known(None), T0)
    assert unexplained.evaluate
    assert unexplained.enrichment.classification == waits("waits_for_order_analysis")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"mode": None}, "no_model"),
        ({"mode": AiMode.FALLBACK}, "ai_mode"),
        ({"severity": Severity.LOW}, "ai_mode"),
        ({"in_storm": True}, "storm"),
        ({"status": Status.CLOSED}, "settled"),
    ],
)
def test_what_no_model_is_asked_about_is_complete_with_the_reason(
    changes: dict[str, Any], reason: str
) -> None:
    """Without a model nothing looks broken: it is left out, counts as done and says why."""
    row = first(known(**changes))
    assert row.classification == skipped(reason)
    assert row.complete
    assert row.completed_at == T0
    assert row.confidence is None


def test_a_failed_order_analysis_is_said() -> None:
    """An order that could not be judged is no complete record, and no model is asked about it."""
    now = T0 + HOUR
    row = first(known(unjudged=True), now)
    assert row.order_analysis == failed("evaluation_failed")
    assert row.classification == waits("waits_for_order_analysis")
    assert not row.complete
    assert row.next_at
    assert row.next_at > now


@pytest.mark.parametrize("reason", FAILURES)
def test_a_model_that_fails_is_asked_after_1_5_15_60_and_240_minutes(reason: str) -> None:
    """Five retries, each a little later than the number says; then nobody asks, and it is said."""
    about, now = known(), T0 + GRACE
    row = asked(about, now)
    for minutes in (1, 5, 15, 60, 240):
        row = answered(row, reason, now)
        assert row.classification == failed(reason)
        assert row.confidence is None
        assert row.ask_at is not None
        assert MINUTE * minutes <= row.ask_at - now <= MINUTE * minutes * 1.2
        assert not look(row, about, row.ask_at - timedelta(seconds=1)).ask
        now = row.ask_at
        seen = look(row, about, now)
        assert seen.ask
        row = seen.enrichment
    row = look(answered(row, reason, now), about, now).enrichment
    assert (row.classification, row.ask_at) == (failed(reason), None)
    assert not look(row, about, now + 30 * DAY).ask
    assert not row.complete
    assert look(asked_anew(row, now), about, now).ask


def test_retries_of_many_do_not_come_together() -> None:
    """The rest follows from the number: always the same for one, spread over all."""
    rests = {rest(5, number) for number in range(200)}
    assert len(rests) > 100
    assert rest(5, 7) == rest(5, 7)
    assert rest(0, 7) is None
    assert rest(len(RETRIES) + 1, 7) is None


def test_a_spent_budget_comes_back_at_midnight() -> None:
    """It is left out until the client's day ends, counts as done, and is then asked about."""
    about, now = known(), T0 + GRACE
    row = look(answered(asked(about), "budget", now), about, now).enrichment
    assert row.classification == skipped("budget")
    assert row.complete == (row.automation.state is not EnrichmentState.PENDING)
    assert not look(row, about, MIDNIGHT - MINUTE).ask
    assert look(row, about, MIDNIGHT + 2 * MINUTE).ask


def test_an_open_breaker_uses_up_no_try() -> None:
    """However long the model is left alone, it is asked when it is well again."""
    about, now = known(), T0 + GRACE
    row = asked(about)
    for _ in range(50):
        row = answered(row, "circuit_open", now)
        assert row.classification == waits("circuit_open")
        now += 2 * MINUTE
        seen = look(row, about, now)
        assert seen.ask
        row = seen.enrichment
    assert row.tries == 0


def test_what_is_lost_counts_as_a_try() -> None:
    """An answer that never comes back, as after a crash, is missed after half an hour."""
    row = asked(known())
    assert not look(row, known(), T0 + LOST).ask
    later = look(row, known(), T0 + GRACE + LOST)
    assert later.enrichment.classification == failed("no_outcome")
    assert later.enrichment.tries == 1


def test_an_answer_that_is_sure_ends_it() -> None:
    """The confidence is the model's own, the record complete, and nobody asks again."""
    row = look(asked(known()), known(said(0.9)), T0 + 2 * MINUTE).enrichment
    assert (row.classification, row.confidence, row.ask_at) == (COMPLETED, 0.9, None)
    assert row.complete
    assert row.quality == 90


def test_an_unsure_answer_is_asked_for_again_after_a_day() -> None:
    """It stands meanwhile; five times at most, and only while the exception is open."""
    about = known(said(0.6))
    row = look(asked(known()), about, T0 + 2 * MINUTE).enrichment
    assert (row.classification, row.confidence) == (COMPLETED, 0.6)
    asks, now = 0, T0
    for _ in range(24 * 14):
        now += HOUR
        seen = look(row, about, now)
        assert seen.enrichment.classification == COMPLETED
        asks += seen.ask
        assert not seen.ask or now - T0 >= DAY * asks
        row = answered(seen.enrichment, "refused_answer", now) if seen.ask else seen.enrichment
    assert asks == len(RETRIES)
    fresh = look(asked(known()), about, T0 + 2 * MINUTE).enrichment
    settled = known(said(0.6), status=Status.RESOLVED)
    assert not look(fresh, settled, T0 + 2 * DAY).ask
    better = look(fresh, known(said(0.8)), T0 + 2 * DAY)
    assert (better.ask, better.enrichment.confidence) == (False, 0.8)


def test_when_rules_explain_it_anew_the_models_words_are_gone() -> None:
    """What a model said of an older state is not kept as an answer: confidence is null again."""
    row = look(asked(known()), known(said(0.9)), T0 + 2 * MINUTE).enrichment
    again = look(row, known(), T0 + HOUR).enrichment
    assert (again.classification, again.confidence) == (waits("waits_for_model"), None)
    assert look(again, known(), T0 + HOUR + GRACE).ask


def test_every_reason_of_a_model_has_words() -> None:
    """Whatever a model's failure is called, people read a sentence."""
    kinds: list[type[ModelError]] = [ModelError, *ModelError.__subclasses__()]
    reasons = {one.reason for one in kinds}
    assert reasons <= set(REASONS)


class Day:
    """A model that answers by script, over any day of looks."""

    def __init__(self, script: list[str]) -> None:
        self.script = script
        self.explanation = BY_RULES

    def step(self, row: Enrichment, now: datetime) -> Enrichment:
        """A look, and at once what came of it."""
        seen: Look = look(row, known(self.explanation, policy=True), now)
        if not seen.ask:
            return seen.enrichment
        outcome = self.script.pop(0) if self.script else "improved"
        if outcome == "lost":
            return seen.enrichment
        if outcome == "improved":
            self.explanation = said(0.95)
            return look(seen.enrichment, known(self.explanation, policy=True), now).enrichment
        told = answered(seen.enrichment, outcome, now)
        return look(told, known(self.explanation, policy=True), now).enrichment


@settings(max_examples=20)
@given(
    st.lists(st.sampled_from([*FAILURES, "budget", "circuit_open", "changed", "lost"]), max_size=9)
)
def test_nothing_is_forgotten_and_nothing_is_incomplete_without_a_reason(script: list[str]) -> None:
    """However a model fails: each state has a reason, someone looks again, or it was given up."""
    day, row, now = Day(list(script)), begun(known().record, T0), T0
    for _ in range(220):
        row = day.step(row, now)
        assert row.next_at is None or row.next_at > now
        now += HOUR
        for note in row.stages.values():
            assert note == COMPLETED or note.reason in REASONS
        assert row.complete == (row.completed_at is not None)
        assert row.complete or row.next_at is not None
        assert (row.confidence is not None) == (row.classification == COMPLETED)
        assert row.next_at is None or row.next_at <= now + DAY
    real = [one for one in script if one not in ("budget", "circuit_open", "changed")]
    assert row.given_up == (len(real) > len(RETRIES))
    assert row.given_up or row.complete

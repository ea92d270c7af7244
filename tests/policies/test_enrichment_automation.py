"""What became of attempts is what automation is; quality is made of fields and confidence."""

from dataclasses import replace
from typing import Any

import pytest

from policies.attempts import AttemptState
from policies.enrichment import COMPLETED, failed, skipped, under_way, waits
from policies.reasons import Status
from tests.policies.enrichments import BY_RULES, HOUR, an_attempt, first, known, said
from tests.storage.builders import T0


@pytest.mark.parametrize(
    ("state", "note"),
    [
        (AttemptState.ASKED, waits("approval")),
        (AttemptState.STARTED, under_way("attempt")),
        (AttemptState.WAITING, under_way("attempt")),
        (AttemptState.SUCCEEDED, COMPLETED),
        (AttemptState.FAILED, failed("attempt_failed")),
        (AttemptState.REHEARSED, skipped("dry_run")),
        (AttemptState.DECLINED, skipped("declined")),
        (AttemptState.DROPPED, skipped("conditions")),
    ],
)
def test_automation_is_what_became_of_the_last_attempt(state: AttemptState, note: Any) -> None:  # noqa: ANN401
    """Nothing is made up: it follows the attempts of the resolution policy."""
    tried = [an_attempt(state=AttemptState.FAILED), an_attempt(state=state)]
    assert first(known(policy=True, attempts=tried), T0 + HOUR).automation == note


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"policy": False}, skipped("no_policy")),
        ({"status": Status.ACKNOWLEDGED}, skipped("in_hand")),
        ({"resolution_blocked": True}, skipped("blocked")),
        ({"status": Status.RESOLVED}, skipped("settled")),
        ({}, skipped("conditions")),
    ],
)
def test_automation_without_an_attempt_says_why(changes: dict[str, Any], note: Any) -> None:  # noqa: ANN401
    """No policy, a person's hand, a block, an end, or conditions that are not met."""
    assert first(known(**{"policy": True, **changes}), T0 + HOUR).automation == note
    used_up = known(
        policy=True, attempts=[an_attempt(state=AttemptState.FAILED)], resolution_attempts=2
    )
    assert first(used_up, T0 + HOUR).automation == failed("attempts_used_up")


def test_quality_is_the_fields_times_the_confidence() -> None:
    """Six fields by rules, eight with a model; a missing one and a doubt both lower it."""
    assert first(known(mode=None)).quality == 100
    assert first(known(replace(BY_RULES, cause=None), mode=None)).quality == 83
    assert first(known()).quality == 75
    assert first(known(said(0.8))).quality == 80
    assert first(known(None)).quality == 0

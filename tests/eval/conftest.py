"""The evaluation's questions, asked once for all tests: by words alone, and with the index down."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.asking.asked import never_tune_set, scene, searching, tune_set, verdicts_on
from bench.asking.judge import Verdict
from bench.asking.models import LyingModel, NoModel, with_model
from bench.asking.shelf import opened_shelf
from bench.asking.template import Kind
from policies.records import AuditEntry

_TEXTS = (Kind.POLICY, Kind.NEAR_MISS, Kind.INJECTION)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What was said of the questions, and the audit trail before and after they were asked."""

    tune: Sequence[Verdict]
    never: Sequence[Verdict]
    lied_to: Sequence[Verdict]
    both_down: Sequence[Verdict]
    trail: tuple[Sequence[AuditEntry], Sequence[AuditEntry]]


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """Asked in a loop of its own, so that it is done once."""
    return asyncio.run(_measure(tmp_path_factory.mktemp("shelf")))


async def _measure(folder: Path) -> Measured:
    empty = await scene()
    state = empty.storage.state
    before = [held.entry for held in state.audit.values()]
    tune, never = tune_set(empty.workspace), never_tune_set(empty.workspace)
    active = [one for one in state.exceptions.values() if one.active]
    async with opened_shelf(folder, None, active) as shelf:
        found = searching(empty, shelf)
        alone = with_model(found, LyingModel(), tenants=(1,))
        return Measured(
            tune=await verdicts_on(found, tune),
            never=await verdicts_on(found, never),
            lied_to=await verdicts_on(alone, [one for one in never if one.kind in _TEXTS]),
            both_down=await verdicts_on(with_model(empty, NoModel()), never),
            trail=(before, [held.entry for held in empty.storage.state.audit.values()]),
        )

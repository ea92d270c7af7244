"""A warehouse whose exceptions are enriched, for tests of jobs.

Must not stand in for a rule or a job: it calls the real ones, and a model that is scripted.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.explaining import explainer
from bot.improving import Improver
from jobs.enriching import Enriching
from jobs.follow_enrichment import Followed, follow_enrichment
from jobs.improve_explanation import Improving
from jobs.note_enrichment import note_answer
from policies.enrichment import Enrichment
from policies.model_budget import AiMode
from policies.resolution import NO_RESOLUTION, ResolutionBook
from tests.jobs.asking import ScriptedModel, an_asking
from tests.jobs.world import World, packaged_steps
from tests.policies.builders import at


def good(confidence: float = 0.9) -> str:
    """An answer that the events of a late order bear out."""
    told = {
        "label": "Not picked",
        "confidence": confidence,
        "ops_note": "SO-1 was paid Mon 10:00 [1] and is not picked.",
        "client_note": "Your order SO-1 is being worked on.",
        "root_cause": "unknown",
        "next_actions": [],
        "reasoning": "Paid, and no pick since [1].",
        "evidence": [1],
    }
    return json.dumps(told)


@dataclass
class Pipeline:
    """The pipeline over a world, with a model that says what is scripted (None: no model)."""

    world: World
    says: list[str | Exception] | None = None
    book: ResolutionBook = NO_RESOLUTION
    limits: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.model = ScriptedModel(says=list(self.says or []))

    @property
    def enriching(self) -> Enriching:
        """The bundle as it is wired."""
        world = self.world
        return Enriching(
            storage=world.storage,
            telling=world.telling,
            mode=None if self.says is None else AiMode.FULL,
            book=self.book,
            explain=explainer(world.storage, world.promises, packaged_steps()),
            observe=self.failures.append,
        )

    async def follow(self, minute: float) -> Followed:
        """A run of the job, and whatever a model is asked then."""
        went = await follow_enrichment(self.enriching, now=at(minute), wall_now=at(minute))
        if self.says is not None:
            await self.improver(minute).step()
        return went

    def improver(self, minute: float) -> Improver:
        """Who asks the model."""

        async def noted(exception_id: int, outcome: str) -> None:
            await note_answer(exception_id, outcome, self.enriching, wall_now=at(minute))

        improving = Improving(
            asking=an_asking(
                self.world.storage, self.model, **{"mode": AiMode.FULL, **self.limits}
            ),
            storage=self.world.storage,
            promises=self.world.promises,
            least_confidence=0.55,
        )
        return Improver(
            improving=improving,
            business_now=lambda: at(minute),
            wall_now=lambda: at(minute),
            noted=noted,
        )

    def row(self, number: int = 1) -> Enrichment:
        """How far that exception is enriched."""
        return self.world.storage.state.enrichments[number]


DAY = timedelta(days=1).total_seconds() / 60

"""Who replays dead letters in tests, and a reader of deliveries that knows what they are told."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jobs.replay_dead_letters import NotKept, Replaying, Retell, Retold, nothing_kept
from policies.records import DeadLetter
from storage.memory import MemoryEventLog
from tests.jobs.world import World
from tests.policies.builders import at


@dataclass
class Reader:
    """Tells of each delivery what a test says by its subject; of others that nothing was kept."""

    told: dict[str, Retold] = field(default_factory=dict)

    async def __call__(self, letter: DeadLetter, _now: datetime) -> Retold | NotKept:
        """What it tells."""
        return self.told.get(letter.subject, NotKept())


def replaying(world: World, retell: Retell = nothing_kept, minute: float = 9) -> Replaying:
    """Maria, nine minutes after the beginning."""
    return Replaying(
        actor="slack:U0MARIA",
        storage=world.storage,
        log=MemoryEventLog(world.storage, settle=timedelta()),
        retell=retell,
        business_now=lambda: at(minute),
        wall_now=lambda: at(minute),
    )

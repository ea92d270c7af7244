"""Late orders of one cause for tests of jobs. Must not stand in for a rule or a job."""

from dataclasses import dataclass, field, replace

from handlers.blocks import renderer
from jobs.deliver_alert import Delivery, deliver_alert
from jobs.deliver_storm import deliver_storm
from jobs.keep_time import refresh_storms
from jobs.put_on_record import Telling
from policies.grouping import Grouping, Level
from policies.records import OutboxMessage
from policies.storms import Member, Storm
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.world import World, of
from tests.policies.builders import at, event

GROUPING = Grouping(levels=(Level(by=("warehouse",), above=3),))
SHARED = Telling(default_channel="#e2a-alerts", grouping=GROUPING)


@dataclass
class Desk:
    """A world that groups, and the Slack that it tells."""

    world: World
    slack: FakeMessenger = field(default_factory=FakeMessenger)

    def __post_init__(self) -> None:
        self.world.telling = SHARED

    async def late(
        self, *order_ids: str, minute: float = 121, warehouse: str = "ATL1", tenant_id: int = 1
    ) -> list[int]:
        """Orders that were paid two hours before that minute and are not picked; judged at once."""
        for order_id in order_ids:
            paid = event("order_paid", minute - 121, f"paid-{order_id}", warehouse=warehouse)
            await self.world.hear(of(order_id, paid), minute=minute - 121, tenant_id=tenant_id)
        return [record.id for record in (await self.world.judge(minute)).opened]

    def storm(self, number: int = 1) -> Storm:
        """The storm of that number."""
        return self.world.storage.state.storms[number]

    def members(self) -> dict[int, Member]:
        """Who is in storms of Acme's channel, by number as exceptions."""
        kept = self.world.storage.state.storm_members.items()
        return {number: one for (number, place), one in kept if place == "#acme-ops"}

    async def deliver(self, key: str, *, minute: float = 122, uncertain: bool = False) -> str:
        """Delivers what is in the outbox under that key."""
        return await self.send(replace(self.world.outbox()[key], uncertain=uncertain), minute)

    async def send(self, message: OutboxMessage, minute: float) -> str:
        """Delivers a message."""
        delivery = Delivery(
            storage=self.world.storage,
            promises=self.world.promises,
            renderer=renderer,
            messenger=self.slack,
        )
        send = deliver_storm if "storm_id" in message.payload else deliver_alert
        return await send(message, delivery=delivery, now=at(minute))

    async def post_all(self, minute: float = 122) -> None:
        """Posts the storm's card and what stands below it."""
        for part in ("card", "list:0", "explanation"):
            assert await self.deliver(f"storm:1:{part}", minute=minute) == "posted"

    async def refresh(self, minute: float) -> int:
        """What the sweep does at that minute; returns how many storms are brought up to date."""
        return await refresh_storms(storage=self.world.storage, wall_now=at(minute))


def numbered(first: int, last: int) -> list[str]:
    """Order ids."""
    return [f"SO-{number:03}" for number in range(first, last + 1)]

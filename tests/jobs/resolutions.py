"""A warehouse whose exceptions may be settled by themselves, for tests of resolution.

Must not stand in for a rule or a job: it calls the real ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.policy_files import load_resolution
from jobs.act_on_exception import act_on_exception
from jobs.ports import Storage
from jobs.ports.resolution import Answered, Caller
from jobs.resolve_exceptions import Resolved, resolve_exceptions
from jobs.resolving import Resolving
from policies.attempts import Attempt
from policies.book.resolution import read_resolution
from policies.http_actions import HttpAction
from policies.lifecycle import Act
from policies.promises import Promises
from policies.records import ExceptionRecord, JsonObject, OrderKey
from policies.resolution import ResolutionBook
from tests.jobs.world import World
from tests.policies.builders import at

HOLD = HttpAction(
    name="hold_order",
    url="https://wms.example.com/hold/{order_id}",
    secret="sixteen characters or more",
    body={"order": "{order_id}", "over": "{minutes_over}"},
    undo="release_order",
)
RELEASE = replace(HOLD, name="release_order", url="https://wms.example.com/release", undo=None)


@dataclass
class Calls:
    """A system that is called: what it was told, and what it answers, the last answer for ever."""

    answers: list[Answered] = field(
        default_factory=lambda: [Answered(status=202, words="taken", done=True)]
    )
    told: list[tuple[str, str, JsonObject]] = field(default_factory=list)

    def refusal(self, url: str) -> str | None:
        """Only public looking hosts."""
        return "10.0.0.1 is a private address" if "10.0.0.1" in url else None

    async def call(
        self, action: HttpAction, request: JsonObject, key: str, wall_now: datetime
    ) -> Answered:
        """Notes the call and answers."""
        del wall_now
        self.told.append((action.name, key, request))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def rules(text: str, tenant: str = "Acme") -> ResolutionBook:
    """A tenant's rules under `resolution:`, as its file would have them, and two actions."""
    actions = {"hold_order": HOLD, "release_order": RELEASE}
    read = read_resolution(f'version: "1"\nresolution: {text}', "resolution.yaml", actions=actions)
    return ResolutionBook(own={tenant: read}, actions={tenant: actions})


def resolving_of(
    storage: Storage, promises: Promises, book: ResolutionBook, caller: Caller | None = None
) -> Resolving:
    """The bundle, with outcomes counted in `observed` of the caller where it is Calls."""
    return Resolving(
        storage=storage,
        promises=promises,
        caller=caller or Calls(),
        default_channel="#e2a-alerts",
        book=book,
    )


PACKAGED = load_resolution(None)


async def run(resolving: Resolving, minute: float) -> Resolved:
    """One run of the job as of that minute, wall time alike."""
    return await resolve_exceptions(resolving, now=at(minute), wall_now=lambda: at(minute))


def attempts(world: World) -> Sequence[Attempt]:
    """Every attempt, oldest first."""
    return list(world.storage.state.attempts.values())


async def of_order(storage: Storage, tenant_id: int, order_id: str) -> Sequence[Attempt]:
    """Every attempt of an order, in whatever store."""
    key = OrderKey(tenant_id=tenant_id, order_id=order_id)
    async with storage.read() as tx:
        found: Mapping[OrderKey, Sequence[Attempt]] = await tx.attempts.of_orders([key])
    return found[key]


async def acted(world: World, verb: str, record: ExceptionRecord, minute: float) -> None:
    """Somebody does something to an exception."""
    act = Act(
        verb=verb,
        exception_id=record.id,
        actor="slack:U1",
        tenant_ids=(record.tenant_id,),
        note="client said wait" if verb == "block" else None,
        assignee="U1",
    )
    await act_on_exception(act, storage=world.storage, now=at(minute), wall_now=at(minute))

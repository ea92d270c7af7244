"""What every handler may ask for, in one bundle that bot/wiring.py fills.

Must not be filled anywhere else, and holds no state of its own.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from prometheus_client import CollectorRegistry

from handlers.observers import Observer, SilentObserver, SilentSlackObserver, SlackObserver
from jobs.ask_model import Asking
from jobs.ports import EventLog, Storage
from jobs.ports.bills import ContractsOf, ReadWorkbook, no_contracts
from jobs.ports.documents import NoReader, Reader
from jobs.ports.files import Downloads, NoDownloads
from jobs.ports.model import Circuits, NoCircuits
from jobs.ports.search import NoSearch, Search
from jobs.ports.slack import Directory
from jobs.replay_dead_letters import Retell, nothing_kept
from policies.briefs import NO_OCCASIONS, Occasions
from policies.grouping import ALONE, Grouping
from policies.money.audit.table import read_text
from policies.money.tariff import Tariff
from policies.money.versions import Tariffs
from policies.personal_settings import PersonalSettings
from policies.promises import Promises
from policies.reactions import Reactions
from policies.records import ApiKey, Hook
from policies.resolution import NO_RESOLUTION, ResolutionBook
from policies.roles import RoleGrant
from policies.shifts import NO_SHIFTS, ShiftBook


class KeyRing(Protocol):
    """Looks up who a caller is."""

    async def authenticate(self, secret: str) -> ApiKey | None:
        """The key's record, or None when it is unknown or revoked."""
        ...

    async def hook(self, hook_id: str) -> Hook | None:
        """The webhook of that address."""
        ...


class Authority(Protocol):
    """Who was given which role; changes are put on every trail that they concern."""

    async def grants(self) -> Sequence[RoleGrant]:
        """Every grant, in the order of being given."""
        ...

    async def give(self, grant: RoleGrant, *, trail: Sequence[int], now: datetime) -> bool:
        """Gives a role; False where it was given before. `trail` are the tenants concerned."""
        ...

    async def take(
        self,
        principal: str,
        tenant_id: int | None,
        *,
        actor: str,
        trail: Sequence[int],
        now: datetime,
    ) -> int:
        """Takes back all that a principal was given for a client; returns how many those were."""
        ...


class Installer(Protocol):
    """Installs E2A in further Slack workspaces, and forgets those that took it out."""

    @property
    def secret(self) -> str:
        """What the browser's state is signed with."""
        ...

    def address(self, state: str) -> str:
        """Slack's page on which somebody approves it."""
        ...

    async def install(self, code: str) -> str:
        """Exchanges an approval's code; the workspace's name. Raises InstallFailedError."""
        ...

    async def removed(self, workspace_id: str, reason: str, told_at: datetime) -> None:
        """E2A was taken out of a workspace or organisation."""
        ...

    async def check(self, workspace_id: str, reason: str) -> None:
        """Forgets the workspace where its token opens nothing any more."""
        ...


class NoGrants:
    """Nobody was given anything."""

    async def grants(self) -> Sequence[RoleGrant]:
        """None."""
        return ()

    async def give(self, grant: RoleGrant, *, trail: Sequence[int], now: datetime) -> bool:
        """Nothing can be given."""
        del grant, trail, now
        return False

    async def take(
        self,
        principal: str,
        tenant_id: int | None,
        *,
        actor: str,
        trail: Sequence[int],
        now: datetime,
    ) -> int:
        """Nothing can be taken."""
        del principal, tenant_id, actor, trail, now
        return 0


class Personal(Protocol):
    """What people set for themselves."""

    async def of(self, user_id: str) -> PersonalSettings:
        """Theirs, or the usual ones."""
        ...

    async def keep(self, settings: PersonalSettings, now: datetime) -> None:
        """Keeps them in the place of any before."""
        ...


class NothingSet:
    """Nobody set anything."""

    async def of(self, user_id: str) -> PersonalSettings:
        """The usual ones."""
        return PersonalSettings(user_id=user_id)

    async def keep(self, settings: PersonalSettings, now: datetime) -> None:
        """Nothing can be set."""
        del settings, now


class Limits(Protocol):
    """How many events a second a caller may send."""

    async def admit(self, caller: str, now: datetime) -> float:
        """Takes one event's worth and returns 0, or returns the seconds to wait."""
        ...

    async def charge(self, caller: str, events: int, now: datetime) -> None:
        """Takes what a request turned out to hold beyond its first event."""
        ...


class NoLimits:
    """Everybody may send as fast as they can."""

    async def admit(self, caller: str, now: datetime) -> float:
        """At once."""
        del caller, now
        return 0.0

    async def charge(self, caller: str, events: int, now: datetime) -> None:
        """Nothing is owed."""


async def always_ready() -> Mapping[str, Any]:
    """The readiness of a process that depends on nothing."""
    return {"status": "ready", "checks": {}}


async def no_stats(_tenant_ids: Sequence[int]) -> Mapping[str, Any]:
    """The figures of a process that counts nothing."""
    return {}


def no_policy_texts(_tenant: str) -> tuple[str, str]:
    """The policy of a process that knows its promises without their text."""
    return "", ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The doors a handler may knock at.

    `business_now` can be sped up and is what events, clocks and displays use;
    `wall_now` is for signatures, leases and limits. `ready` answers
    {"status": "ready" | "degraded" | "unavailable", "checks": {name: words}};
    `policy_texts` gives the file's name and the text of a tenant's latest policy;
    `stats` answers the figures of the tenants; `registry` is what /metrics shows; `retell` reads
    a rejected delivery again; `installer` is there where several workspaces may install E2A;
    `asking` where there is a model. `search` finds passages, `downloads` fetches what people share,
    `reader` reads it.
    """

    storage: Storage
    event_log: EventLog
    keys: KeyRing
    directory: Directory
    promises: Promises
    business_now: Callable[[], datetime]
    wall_now: Callable[[], datetime]
    default_channel: str
    notifications: bool = True
    grouping: Grouping = ALONE
    limits: Limits = field(default_factory=NoLimits)
    authority: Authority = field(default_factory=NoGrants)
    personal: Personal = field(default_factory=NothingSet)
    observe: Observer = field(default_factory=SilentObserver)
    observe_slack: SlackObserver = field(default_factory=SilentSlackObserver)
    ready: Callable[[], Awaitable[Mapping[str, Any]]] = always_ready
    stats: Callable[[Sequence[int]], Awaitable[Mapping[str, Any]]] = no_stats
    policy_texts: Callable[[str], tuple[str, str]] = no_policy_texts
    reactions: Reactions = field(default_factory=dict)
    shifts: ShiftBook = NO_SHIFTS
    occasions: Occasions = NO_OCCASIONS
    resolution: ResolutionBook = NO_RESOLUTION
    tariff: Tariff | None = None
    tariffs: Tariffs | None = None
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    retell: Retell = nothing_kept
    installer: Installer | None = None
    asking: Asking | None = None
    circuits: Circuits = field(default_factory=NoCircuits)
    search: Search = field(default_factory=NoSearch)
    downloads: Downloads = field(default_factory=NoDownloads)
    reader: Reader = field(default_factory=NoReader)
    bill_reader: ReadWorkbook = read_text
    contracts_of: ContractsOf = no_contracts

    def of(self, tenant_ids: Collection[int]) -> "Services":
        """The same, with a storage that reaches these tenants only."""
        asking = self.asking
        if asking is not None:
            asking = replace(asking, storage=asking.storage.of(tenant_ids))
        return replace(self, storage=self.storage.of(tenant_ids), asking=asking)

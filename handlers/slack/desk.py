"""What a person has before them: who they are, which tenants they may see, which exception.

Must not trust the text: authority and sight come from Slack's directory and the channel.
"""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from handlers.blocks import notices
from handlers.services import Services
from handlers.slack.asker import Asker
from handlers.slack.authority import Rights, rights_of
from jobs.ports.slack import Message, Person
from jobs.see_tenants import tenants_of_channel, tenants_of_person
from jobs.show_storm import show_storm
from jobs.views.storms import StormView
from policies.permissions import READ, Allowed, Refused, may
from policies.records import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A person who may, and the tenants they may see, as of `now` (business time).

    `services` reach these tenants and no others.
    """

    asker: Asker
    person: Person
    tenants: tuple[Tenant, ...]
    rights: Rights
    services: Services
    now: datetime

    def verdict(self, verb: str, tenant_id: int) -> Allowed | Refused:
        """Whether they may do that for this client."""
        roles = self.rights.roles(tenant_id)
        return may(self.person, verb, team_id=self.asker.team_id, roles=roles)

    def allowing(self, verb: str) -> "Desk":
        """The same with those clients only for whom they may do that."""
        free = [one for one in self.tenants if isinstance(self.verdict(verb, one.id), Allowed)]
        services = self.services.of([tenant.id for tenant in free])
        return replace(self, tenants=tuple(free), services=services)

    @property
    def tenant_ids(self) -> tuple[int, ...]:
        """Ids of the tenants, for jobs."""
        return tuple(tenant.id for tenant in self.tenants)

    @property
    def zone(self) -> tzinfo:
        """The person's time zone, UTC where Slack names none that we know."""
        try:
            return ZoneInfo(self.person.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Why there is nothing before them."""

    notice: Message
    result: str


async def desk_for(asker: Asker, services: Services) -> Desk | Nothing:
    """Looks up the person, whether they may be here at all, and what they may see."""
    person = await services.directory.person(asker.user_id)
    verdict = may(person, READ, team_id=asker.team_id)
    if isinstance(verdict, Refused) or person is None:
        why = verdict.why if isinstance(verdict, Refused) else ""
        return Nothing(notice=notices.refused(why), result="refused")
    tenants = await _tenants(asker, services)
    if not tenants:
        notice = notices.nowhere() if asker.alone else notices.unmapped()
        return Nothing(notice=notice, result="unmapped")
    return Desk(
        asker=asker,
        person=person,
        tenants=tenants,
        rights=await rights_of(person, services),
        services=services.of([tenant.id for tenant in tenants]),
        now=services.business_now(),
    )


async def exceptions_of_thread(asker: Asker, services: Services) -> tuple[int, ...]:
    """The exceptions of the alert in whose thread they stand; empty elsewhere."""
    if asker.channel_id is None or asker.thread_ts is None:
        return ()
    async with services.storage.read() as tx:
        alert = await tx.alerts.by_message(asker.channel_id, asker.thread_ts)
    return alert.exception_ids if alert else ()


async def exceptions_beside(asker: Asker, services: Services) -> tuple[int, ...]:
    """The exceptions of the alert that they look at next to a conversation with E2A.

    Good enough to ask about; nothing is done to what somebody only looks at.
    """
    beside = asker.beside
    if not asker.alone or beside is None or beside.message_ts is None:
        return ()
    async with services.storage.read() as tx:
        alert = await tx.alerts.of_message(beside.channel_id, beside.message_ts)
    return alert.exception_ids if alert else ()


async def storm_here(desk: Desk) -> StormView | None:
    """The storm in whose thread they stand, as far as they may see it."""
    asker, storage = desk.asker, desk.services.storage
    if asker.channel_id is None or asker.thread_ts is None:
        return None
    async with storage.read() as tx:
        storm = await tx.storms.by_message(asker.channel_id, asker.thread_ts)
    if storm is None:
        return None
    return await show_storm(storm.id, desk.tenant_ids, storage=storage, now=desk.now)


async def _tenants(asker: Asker, services: Services) -> tuple[Tenant, ...]:
    if asker.channel_id is None or asker.alone:
        return await tenants_of_person(
            asker.user_id,
            storage=services.storage,
            directory=services.directory,
            default_channel=services.default_channel,
        )
    return await tenants_of_channel(
        asker.channel_id,
        storage=services.storage,
        directory=services.directory,
        default_channel=services.default_channel,
    )

"""What a person has before them: who they are, which tenants they may see, which exception.

Must not trust the text: authority and sight come from Slack's directory and the channel.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from handlers.blocks import notices
from handlers.services import Services
from handlers.slack.asker import Asker
from jobs.ports_slack import Message, Person
from jobs.see_tenants import tenants_of_channel, tenants_of_person
from policies.permissions import Refused, may
from policies.records import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A person who may, and the tenants they may see, as of `now` (business time)."""

    asker: Asker
    person: Person
    tenants: tuple[Tenant, ...]
    services: Services
    now: datetime

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


async def desk_for(asker: Asker, verb: str, services: Services) -> Desk | Nothing:
    """Looks up the person, checks that they may, and finds what they may see."""
    person = await services.directory.person(asker.user_id)
    verdict = may(person, verb, team_id=asker.team_id)
    if isinstance(verdict, Refused) or person is None:
        why = verdict.why if isinstance(verdict, Refused) else ""
        return Nothing(notice=notices.refused(why), result="refused")
    tenants = await _tenants(asker, services)
    if not tenants:
        notice = notices.nowhere() if asker.alone else notices.unmapped()
        return Nothing(notice=notice, result="unmapped")
    now = services.business_now()
    return Desk(asker=asker, person=person, tenants=tenants, services=services, now=now)


async def exceptions_of_thread(asker: Asker, services: Services) -> tuple[int, ...]:
    """The exceptions of the alert in whose thread they stand; empty elsewhere."""
    if asker.channel_id is None or asker.thread_ts is None:
        return ()
    async with services.storage.read() as tx:
        alert = await tx.alerts.by_message(asker.channel_id, asker.thread_ts)
    return alert.exception_ids if alert else ()


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

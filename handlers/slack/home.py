"""Draws and publishes people's Homes: when they come, and anew while they are there.

Must not lay anything out. Who opened their Home within the hour is in the table of open Homes, and
not in memory, so that replicas keep one pace and a restart forgets nobody.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.home import empty_home, home
from handlers.services import Services
from handlers.slack.answering import no_help_of
from handlers.slack.asker import Asker
from handlers.slack.budgets import budgets_of
from handlers.slack.desk import Nothing, desk_for
from handlers.slack.enriched import enrichment_of
from handlers.slack.handing import new_correlation_id
from jobs.show_enrichment import enrichment_tiles
from jobs.show_home import show_home as gather
from policies.personal_settings import OpenHome

log = structlog.stdlib.get_logger(__name__)
View = dict[str, Any]
PAUSE = timedelta(seconds=30)
"""Between two drawings of one person's Home that nobody asked for."""
STAYS = timedelta(hours=1)
"""After that without a visit a Home is left alone."""
MOST = 25
"""Homes drawn in a PAUSE over all replicas: 50 a minute, half of what Slack takes."""
_STEP_SECONDS = 300
"""Times on it may be as old as that while nothing else changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A Home and the digest of what is on it, with times taken roughly."""

    view: View
    digest: str


async def show_home(asker: Asker, services: Services, client: AsyncWebClient) -> None:
    """Draws a person's Home anew, and has it kept up to date from here on."""
    drawn = await draw_home(asker, services)
    async with services.storage.write() as tx:
        await tx.people.home_opened(asker.user_id, asker.team_id, drawn.digest, services.wall_now())
    await client.views_publish(user_id=asker.user_id, view=drawn.view)


async def claim_homes(services: Services) -> list[OpenHome]:
    """The Homes whose turn it is to be drawn anew, for the caller alone."""
    now = services.wall_now()
    async with services.storage.write() as tx:
        return await tx.people.claim_homes(
            opened_after=now - STAYS, drawn_before=now - PAUSE, now=now, most=MOST
        )


async def refresh_home(opened: OpenHome, services: Services, client: AsyncWebClient) -> bool:
    """Publishes a Home anew where something on it changed; False where there was no need.

    What Slack does not take is tried again at its next turn.
    """
    asker = Asker(
        user_id=opened.user_id, team_id=opened.workspace_id, correlation_id=new_correlation_id()
    )
    drawn = await draw_home(asker, services)
    if drawn.digest == opened.digest or not await _note(opened, drawn.digest, services):
        return False
    try:
        await client.views_publish(user_id=opened.user_id, view=drawn.view)
    except (SlackClientError, OSError, TimeoutError) as error:
        log.warning("home_not_published", reason=str(error))
        await _note(opened, "", services)
        return False
    return True


async def draw_home(asker: Asker, services: Services) -> Drawn:
    """The person's Home as it is now, or the reason why there is nothing on it."""
    desk = await desk_for(asker, services)
    if isinstance(desk, Nothing):
        view = empty_home(desk.notice)
        return Drawn(view=view, digest=_digest(view))
    found = await gather(
        asker.user_id,
        desk.tenant_ids,
        await services.directory.channels_of(asker.user_id),
        storage=desk.services.storage,
        promises=desk.services.promises,
        default_channel=services.default_channel,
        now=desk.now,
        zone=str(desk.zone),
    )
    found = replace(
        found,
        budgets=await budgets_of(desk),
        no_help=await no_help_of(desk),
        tiles=(*found.tiles, *enrichment_tiles(await enrichment_of(desk))),
    )
    settings = await services.personal.of(asker.user_id)
    roughly = home(replace(found, now=_step(desk.now)), settings)
    return Drawn(view=home(found, settings), digest=_digest(roughly))


async def _note(opened: OpenHome, digest: str, services: Services) -> bool:
    async with services.storage.write() as tx:
        return await tx.people.home_drawn(opened, digest)


def _step(now: datetime) -> datetime:
    seconds = int(now.timestamp())
    return datetime.fromtimestamp(seconds - seconds % _STEP_SECONDS, UTC)


def _digest(view: View) -> str:
    drawn = json.dumps(view, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(drawn.encode()).hexdigest()

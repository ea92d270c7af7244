"""The tokens of the Slack workspaces that installed E2A: found, replaced in time, forgotten.

Must not keep one longer than a few seconds: another replica may have replaced or lost it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Now
from bot.seams import NamedStorage
from jobs.errors import SlackRefusedError, SlackRetryError
from policies.installations import Installation, Pair
from storage.transaction import SqlStorage

_REMEMBER_SECONDS = 3.0
_LEASE = timedelta(seconds=30)
"""Longer than Slack takes to replace a token: nobody else tries meanwhile."""

TAKEN_AWAY = frozenset({"account_inactive", "token_revoked", "invalid_auth"})
"""What Slack says of a token that opens nothing any more."""
_FOR_GOOD = frozenset(
    {"invalid_refresh_token", "invalid_grant", "token_revoked", "account_inactive"}
)
"""What Slack says of a refresh token that is spent or taken away; the rest passes."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackApp:
    """By what Slack knows the app when it comes for tokens."""

    client_id: str
    client_secret: str = field(repr=False)


class Tokens:
    """Installations with tokens that work.

    Args:
        storage: where they are kept, for all replicas.
        client: asks Slack for new ones; carries no token itself.
        app: the app's id and secret.
        wall_now: says when a token is due.
        clock: monotonic seconds, for how long an installation is remembered.
    """

    def __init__(
        self,
        *,
        storage: SqlStorage,
        client: AsyncWebClient,
        app: SlackApp,
        wall_now: Now,
        clock: Callable[[], float],
    ) -> None:
        self._storage = NamedStorage(storage)
        self._client = client
        self._app = app
        self._wall_now = wall_now
        self._clock = clock
        self._known: dict[str, tuple[float, Installation | None]] = {}
        self._replacing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def find(self, workspace_ids: Sequence[str]) -> Installation | None:
        """The first of these that is known, live ones before removed ones.

        Raises:
            SlackRetryError: its token is being replaced and the old one is over.
            SlackRefusedError: Slack does not replace it any more.
        """
        found = [one for one in [await self._get(name) for name in workspace_ids] if one]
        live = [one for one in found if one.live]
        if live:
            return await self._fresh(live[0])
        return found[0] if found else None

    async def all(self) -> list[Installation]:
        """Every one, the first installed first."""
        async with self._storage.read() as tx:
            return await tx.installations.all()

    async def known(self, workspace_id: str) -> Installation | None:
        """That workspace's as it is in the database now."""
        async with self._storage.read() as tx:
            return await tx.installations.get(workspace_id)

    async def save(self, installed: Installation) -> None:
        """Keeps a new one."""
        async with self._storage.write() as tx:
            await tx.installations.save(installed)
        self._known.clear()

    async def remove(self, workspace_id: str, reason: str, told_at: datetime) -> None:
        """Forgets a workspace's tokens, unless it was installed again since."""
        async with self._storage.write() as tx:
            gone = await tx.installations.remove(workspace_id, reason, told_at)
        self._known.clear()
        if gone:
            log.warning("slack_workspace_removed", workspace=workspace_id, reason=reason)

    async def refused(self, workspace_id: str, token: str, code: str) -> None:
        """Slack knows a token no longer: forgets it, unless it was replaced meanwhile."""
        known = await self.known(workspace_id)
        self._known.clear()
        if known is not None and known.live and known.bot_token == token:
            await self.remove(workspace_id, code, self._wall_now())

    async def replace_due(self) -> int:
        """Replaces what is due, so that no request has to wait for it; says how many were."""
        now = self._wall_now()
        due = [one for one in await self.all() if one.due(now)]
        for one in due:
            try:
                await self._fresh(one)
            except (SlackRetryError, SlackRefusedError) as error:
                log.warning("slack_token_due", workspace=one.workspace_id, reason=str(error))
        return 0

    async def _get(self, workspace_id: str) -> Installation | None:
        at, known = self._known.get(workspace_id, (float("-inf"), None))
        if self._clock() - at < _REMEMBER_SECONDS:
            return known
        async with self._storage.read() as tx:
            known = await tx.installations.get(workspace_id)
        self._known[workspace_id] = (self._clock(), known)
        return known

    async def _fresh(self, known: Installation) -> Installation:
        """One replacement at a time, here and over replicas; the old token serves meanwhile."""
        now = self._wall_now()
        if not known.due(now) or not known.refresh_token:
            return known
        async with self._replacing[known.workspace_id]:
            async with self._storage.write() as tx:
                mine = await tx.installations.claim_refresh(
                    known.workspace_id, known.refresh_token, now, _LEASE
                )
                latest = await tx.installations.get(known.workspace_id) or known
            if mine:
                latest = await self._replaced(latest)
        self._known.pop(known.workspace_id, None)
        if latest.live and latest.over(now):
            reason = f"the token for {latest.name} is being replaced"
            raise SlackRetryError(reason, after=1.0)
        return latest

    async def _replaced(self, known: Installation) -> Installation:
        try:
            pair = await self._exchange(known)
        except SlackApiError as error:
            return await self._not_replaced(known, error_code(error))
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, KeyError) as error:
            log.warning("slack_token_not_replaced", reason=type(error).__name__)
            return known
        async with self._storage.write() as tx:
            await tx.installations.refreshed(known.workspace_id, str(known.refresh_token), pair)
            latest = await tx.installations.get(known.workspace_id)
        log.info("slack_token_replaced", workspace=known.workspace_id)
        return latest or known

    async def _exchange(self, known: Installation) -> Pair:
        """As the SDK's rotator does, but the end is dated by our own clock."""
        given = await self._client.oauth_v2_access(
            client_id=self._app.client_id,
            client_secret=self._app.client_secret,
            grant_type="refresh_token",
            refresh_token=known.refresh_token,
        )
        return Pair(
            bot_token=str(given["access_token"]),
            refresh_token=given.get("refresh_token"),
            expires_at=self._wall_now() + timedelta(seconds=int(given["expires_in"])),
        )

    async def _not_replaced(self, known: Installation, code: str) -> Installation:
        """As long as the old token lasts it serves; afterwards somebody has to install again."""
        log.error("slack_token_not_replaced", workspace=known.workspace_id, reason=code)
        now = self._wall_now()
        if not known.over(now) or code not in _FOR_GOOD:
            return known
        await self.remove(known.workspace_id, f"token not replaced: {code}", now)
        raise SlackRefusedError(removed_words(known.name, code))


def removed_words(name: str, how: str | None) -> str:
    """Why nothing can be sent to a workspace any more, and what helps."""
    return (
        f"E2A was taken out of {name} ({how or 'uninstalled'}); "
        "install it again at /slack/install, then replay"
    )


def error_code(error: SlackApiError) -> str:
    """Slack's word for what went wrong, or the status of an answer that holds none."""
    data = getattr(error.response, "data", None)
    status = getattr(error.response, "status_code", 0)
    return str(data.get("error")) if isinstance(data, dict) else f"status {status}"

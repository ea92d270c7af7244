"""Several Slack workspaces at once: whose token answers a request, and whose sends an alert.

Must not install or store anything: bot/oauth.py and bot/tokens.py do.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.directory import SlackDirectory
from bot.rates import Pace
from bot.seams import NamedStorage
from bot.slack import SlackMessenger
from bot.telemetry import Metrics
from bot.tokens import TAKEN_AWAY, Tokens, removed_words
from jobs.errors import SlackRefusedError, SlackRetryError
from jobs.ports.slack import Directory
from policies.installations import Installation
from storage.transaction import SqlStorage

_NOBODY_SECONDS = 15.0
Own = Callable[[], Awaitable[AuthorizeResult]]
NewClient = Callable[[str | None], AsyncWebClient]
"""A client with that token, on the shared session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to speak: a workspace and its token. `installed` is False for SLACK_BOT_TOKEN's."""

    workspace_id: str
    token: str
    installed: bool = True


class Workspaces:
    """Who speaks in which workspace.

    The first one is that of SLACK_BOT_TOKEN where there is one, else the first that was ever
    installed, also after its removal: what nobody assigned must not go to whoever comes next.

    Args:
        storage: says in which workspace a tenant's channel is.
        tokens: of what was installed.
        own: asks Slack whose SLACK_BOT_TOKEN is; None without one.
        new_client: makes clients.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        *,
        storage: SqlStorage,
        tokens: Tokens,
        own: Own | None,
        new_client: NewClient,
        clock: Callable[[], float],
    ) -> None:
        self._storage = NamedStorage(storage)
        self._tokens = tokens
        self._own = own
        self._new_client = new_client
        self._clock = clock
        self._directories: dict[tuple[str, str], SlackDirectory] = {}
        self._first: str | None = None

    async def authorize(
        self, enterprise_id: str | None, team_id: str | None
    ) -> AuthorizeResult | None:
        """With whose token a request is answered; None where E2A is not installed."""
        try:
            known = await self._tokens.find([one for one in (team_id, enterprise_id) if one])
        except SlackRefusedError:
            return None
        if known is not None and known.live:
            return AuthorizeResult(
                enterprise_id=enterprise_id,
                team_id=team_id,
                bot_user_id=known.bot_user_id,
                bot_id=known.bot_id,
                bot_token=known.bot_token,
            )
        own = await self._own() if self._own else None
        return own if own is not None and own.team_id == team_id else None

    async def directory_of(self, context: AsyncBoltContext) -> Directory:
        """The people and channels of the workspace that a request comes from."""
        token = context.authorize_result.bot_token if context.authorize_result else None
        team, organisation = context.team_id or "", context.enterprise_id or ""
        first = await self.first()
        places = {one for one in (team, organisation) if one}
        mine: frozenset[str | None] = frozenset({*places, *((None,) if first in places else ())})
        known = self._directories.get((team, organisation))
        if known is None or known.token != token or known.places != mine:
            known = SlackDirectory(self._new_client(token), self._clock, mine)
            self._directories[team, organisation] = known
        return known

    async def place_of(self, tenant_id: int) -> Place:
        """Where a tenant's messages go.

        Raises:
            SlackRetryError: nobody installed E2A yet, or the token is being replaced.
            SlackRefusedError: E2A is not in that workspace, or not any more.
        """
        async with self._storage.read() as tx:
            tenant = await tx.tenants.get(tenant_id)
        wanted = (tenant.workspace_id if tenant else None) or await self.first()
        if wanted is None:
            reason = "no workspace installed E2A yet; open /slack/install"
            raise SlackRetryError(reason, after=_NOBODY_SECONDS)
        known = await self._tokens.find([wanted])
        if known is not None and known.live:
            return Place(workspace_id=wanted, token=known.bot_token)
        own = await self._own() if self._own else None
        if own is not None and own.bot_token and own.team_id == wanted:
            return Place(workspace_id=wanted, token=own.bot_token, installed=False)
        raise SlackRefusedError(_absent(wanted, known))

    async def first(self) -> str | None:
        """The workspace of whatever was assigned to none."""
        if self._first is None:
            if self._own:
                self._first = (await self._own()).team_id
            else:
                known = await self._tokens.all()
                self._first = known[0].workspace_id if known else None
        return self._first


class Messengers:
    """One messenger a workspace, each with the token of the moment.

    Args:
        workspaces: where a tenant's messages go.
        tokens: are told of a token that Slack knows no longer.
        new_client: makes clients that do not wait by themselves.
        metrics: where calls are counted.
        pace: how fast posts to one channel may follow each other.
    """

    def __init__(
        self,
        *,
        workspaces: Workspaces,
        tokens: Tokens,
        new_client: NewClient,
        metrics: Metrics,
        pace: Pace,
    ) -> None:
        self._workspaces = workspaces
        self._tokens = tokens
        self._new_client = new_client
        self._metrics = metrics
        self._pace = pace
        self._known: dict[str, tuple[str, SlackMessenger]] = {}

    async def of(self, tenant_id: int) -> SlackMessenger:
        """The one that speaks where that tenant's channel is; raises as `place_of` does."""
        place = await self._workspaces.place_of(tenant_id)
        token, messenger = self._known.get(place.workspace_id, ("", None))
        if messenger is None or token != place.token:
            client = self._new_client(place.token)
            messenger = (
                InstalledMessenger(client, self._metrics, self._pace, place, self._tokens)
                if place.installed
                else SlackMessenger(client, self._metrics, self._pace)
            )
            self._known[place.workspace_id] = (place.token, messenger)
        return messenger


class InstalledMessenger(SlackMessenger):
    """Says so when Slack knows its token no longer: its workspace took E2A out."""

    def __init__(
        self, client: AsyncWebClient, metrics: Metrics, pace: Pace, place: Place, tokens: Tokens
    ) -> None:
        super().__init__(client, metrics, pace)
        self._place = place
        self._tokens = tokens

    async def _call(self, method: str, arguments: Mapping[str, Any]) -> AsyncSlackResponse:
        try:
            return await super()._call(method, arguments)
        except SlackRetryError as error:
            code = str(error)
            if code not in TAKEN_AWAY:
                raise
            await self._tokens.refused(self._place.workspace_id, self._place.token, code)
            raise SlackRefusedError(removed_words(self._place.workspace_id, code)) from error


def _absent(workspace_id: str, known: Installation | None) -> str:
    if known is None:
        return f"E2A is not installed in {workspace_id}; open /slack/install there, then replay"
    return removed_words(known.name, known.removal)

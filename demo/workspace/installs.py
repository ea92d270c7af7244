"""Who installed the app: one token a workspace, the config's own and those given out by OAuth.

It must not show anybody a page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from demo.workspace.people import APP_ID, BOT_USER, TEAM_ID, TEAM_NAME
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.config import WorkspaceConfig
    from demo.workspace.ids import Ids

ORGANISATION = "E"
"""The first letter of an organisation's id; the app is then installed in all its workspaces."""


@dataclass(frozen=True, kw_only=True)
class Install:
    """The app in one workspace, or in one organisation."""

    place: str
    token: str
    refresh_token: str | None = None
    expires_at: float | None = None
    revoked: bool = False

    @property
    def name(self) -> str:
        """What people call the place."""
        return TEAM_NAME if self.place == TEAM_ID else f"Workspace {self.place}"

    @property
    def everywhere(self) -> bool:
        """Whether it is installed in a whole organisation."""
        return self.place.startswith(ORGANISATION)


class Installs:
    """The tokens that Slack gave out, by what they are."""

    def __init__(self, config: WorkspaceConfig, ids: Ids) -> None:
        """Begin with the config's token."""
        self._config = config
        self._ids = ids
        self._codes: dict[str, str] = {}
        self._known = {config.bot_token: Install(place=TEAM_ID, token=config.bot_token)}

    def check(self, token: str | None, *, app_level: bool) -> None:
        """Raise Slack's error unless the token opens methods of that level."""
        if not token:
            raise ApiError(code="not_authed")
        if app_level or token == self._config.app_token:
            if not app_level:
                raise ApiError(code="not_allowed_token_type")
            if token != self._config.app_token:
                raise ApiError(code="invalid_auth")
            return
        known = self._known.get(token)
        if known is None:
            raise ApiError(code="invalid_auth")
        if known.revoked:
            raise ApiError(code="account_inactive")
        if known.expires_at is not None and known.expires_at <= self._config.clock.now():
            raise ApiError(code="token_expired")

    def of(self, token: str | None) -> Install:
        """Return whose token it is."""
        return self._known[token or self._config.bot_token]

    def approve(self, place: str) -> str:
        """Return the code that a person's approval gives to the app, good once."""
        code = self._ids.word("code", 20)
        self._codes[code] = place
        return code

    def exchange(self, code: str) -> Install:
        """Return the new token for a code."""
        place = self._codes.pop(code, None)
        if place is None:
            raise ApiError(code="invalid_code")
        return self._give(place)

    def refresh(self, refresh_token: str) -> Install:
        """Return a new pair for a refresh token, which is good once."""
        for known in self._known.values():
            if known.refresh_token == refresh_token and not known.revoked:
                self._known[known.token] = replace(known, refresh_token=None)
                return self._give(known.place)
        raise ApiError(code="invalid_refresh_token")

    def revoke(self, place: str) -> None:
        """Take the app out of a workspace: none of its tokens opens anything any more."""
        for token, known in self._known.items():
            if known.place == place:
                self._known[token] = replace(known, revoked=True)

    def _give(self, place: str) -> Install:
        seconds = self._config.token_seconds
        word = self._ids.word("token", 24)
        made = Install(
            place=place,
            token=f"xoxe.xoxb-{word}" if seconds else f"xoxb-{word}",
            refresh_token=f"xoxe-{self._ids.word('refresh', 24)}" if seconds else None,
            expires_at=self._config.clock.now() + seconds if seconds else None,
        )
        self._known[made.token] = made
        return made

    def to_json(self, made: Install, scopes: str) -> Json:
        """Return the answer of oauth.v2.access."""
        answer: Json = {
            "ok": True,
            "app_id": APP_ID,
            "authed_user": {"id": "U0MARIA"},
            "scope": scopes,
            "token_type": "bot",
            "access_token": made.token,
            "bot_user_id": BOT_USER,
            "team": None if made.everywhere else {"id": made.place, "name": made.name},
            "enterprise": {"id": made.place, "name": made.name} if made.everywhere else None,
            "is_enterprise_install": made.everywhere,
        }
        if made.refresh_token:
            rotating = {
                "refresh_token": made.refresh_token,
                "expires_in": self._config.token_seconds,
            }
            answer |= rotating
        return answer

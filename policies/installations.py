"""What E2A knows of a Slack workspace that it is installed in, and when its token is due.

Must not hold a token where it could be printed.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

AHEAD = timedelta(hours=2)
"""How long before its end a token is replaced; Slack's tokens last twelve hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """E2A in one workspace, or in every one of an organisation (Enterprise Grid).

    `workspace_id` is the team's id (`T...`) or the organisation's (`E...`). `removed_at` set means
    that it was taken out, `removal` how that was told; there is no token then. `expires_at` and
    `refresh_token` are there where tokens rotate.
    """

    workspace_id: str
    name: str
    bot_token: str = field(repr=False)
    bot_user_id: str
    bot_id: str
    scopes: frozenset[str]
    installed_by: str
    installed_at: datetime
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    removed_at: datetime | None = None
    removal: str | None = None

    @property
    def live(self) -> bool:
        """Whether its token may be used."""
        return self.removed_at is None

    def due(self, now: datetime) -> bool:
        """Whether its token is to be replaced."""
        ends = self.expires_at
        return self.live and bool(self.refresh_token) and ends is not None and ends - now <= AHEAD

    def over(self, now: datetime) -> bool:
        """Whether its token opens nothing any more."""
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A token with the one that replaces it."""

    bot_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime

"""What the jobs ask of Slack and of the people in it, as small Protocols.

Must not name a Slack library: bot/slack.py speaks to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jobs.views import ApprovalView, DigestView, ExceptionView, RiskView, SilenceView, TargetView
from jobs.views_storms import StormView


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message ready to send: `text` is the fallback for notifications.

    `color` (hex) puts the blocks behind a coloured bar.
    """

    text: str
    blocks: tuple[Mapping[str, Any], ...]
    color: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Where a message landed. `thread_ts` is None when it landed at top level."""

    channel_id: str
    ts: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in Slack, as far as authority needs it. `admin` runs the workspace."""

    id: str
    name: str
    team_id: str
    guest: bool = False
    deleted: bool = False
    bot: bool = False
    admin: bool = False
    timezone: str = "UTC"


class AlertRenderer(Protocol):
    """Draws the parts of an alert, and notices, from views."""

    def card(self, view: ExceptionView) -> Message: ...

    def explanation(self, view: ExceptionView) -> Message: ...

    def history(self, view: ExceptionView) -> Message: ...

    def storm_card(self, view: StormView) -> Message: ...

    def storm_list(self, view: StormView) -> Message:
        """A page of who is in it."""
        ...

    def storm_explanation(self, view: StormView) -> Message: ...

    def digest(self, views: Sequence[DigestView]) -> Message: ...

    def risk(self, view: RiskView) -> Message: ...

    def silence(self, view: SilenceView) -> Message: ...

    def target_alarm(self, view: TargetView) -> Message: ...

    def request(self, view: ApprovalView, may: Sequence[str]) -> Message: ...


class Messenger(Protocol):
    """Slack's outgoing side; raises SlackRetryError or SlackRefusedError (jobs/errors.py)."""

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        metadata: Mapping[str, Any],
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Posted: ...

    async def update(
        self, channel_id: str, ts: str, message: Message, *, metadata: Mapping[str, Any]
    ) -> None: ...

    async def find(
        self, channel: str, *, metadata: Mapping[str, Any], thread_ts: str | None = None
    ) -> Posted | None:
        """Looks in the recent history for our message that carries this metadata."""
        ...


class Directory(Protocol):
    """Who and what there is in the workspace."""

    def serves(self, workspace_id: str | None) -> bool:
        """Whether channels of that workspace are looked up here; None is the first one."""
        ...

    async def person(self, user_id: str) -> Person | None: ...

    async def channel_id(self, name_or_id: str) -> str | None: ...

    async def groups_of(self, user_id: str) -> frozenset[str]:
        """Ids of the user groups that the person is in."""
        ...

    async def channels_of(self, user_id: str) -> frozenset[str]:
        """Ids of the person's channels; of private ones those that the bot is in too."""
        ...

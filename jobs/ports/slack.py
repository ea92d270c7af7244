"""What the jobs ask of Slack and of the people in it, as small Protocols.

Must not name a Slack library: bot/slack.py speaks to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from jobs.views import (
    ApprovalView,
    DigestView,
    ExceptionView,
    PersonalView,
    SilenceView,
    TargetView,
)
from jobs.views.bills import ClaimsView
from jobs.views.briefs import BriefView, HandoverView
from jobs.views.enrichment import EnrichmentAlarmView
from jobs.views.escalation import CallView
from jobs.views.findings import ClientFindings
from jobs.views.models import ModelBudgetView
from jobs.views.patterns import InsightView
from jobs.views.routing import TrialView, UnreachedView
from jobs.views.storms import StormView
from jobs.views.warnings import WarningView
from policies.briefs import ChartAs

CHART = "data_visualization"
"""The type of the block in which Slack draws a chart itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars, a value for each label; `words` say the same as far as words do (mrkdwn)."""

    title: str
    words: str
    labels: tuple[str, ...]
    values: tuple[int, ...]
    x_label: str = ""
    y_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message ready to send: `text` is the fallback for notifications.

    `color` (hex) puts the blocks behind a coloured bar. `chart` is what a block of the type CHART
    shows; where there is no such block, or Slack refuses it, it goes into the thread as a picture.
    `plain` are blocks that say the same where Slack refuses the others or has no room for them.
    """

    text: str
    blocks: tuple[Mapping[str, Any], ...]
    color: str | None = None
    chart: Chart | None = None
    plain: tuple[Mapping[str, Any], ...] | None = None

    @property
    def draws_itself(self) -> bool:
        """Whether Slack is to draw the chart."""
        return any(block.get("type") == CHART for block in self.blocks)

    def simpler(self) -> "Message":
        """The next best thing where Slack refuses these blocks; the text alone at last."""
        if self.draws_itself:
            return self.in_words()
        if self.plain is not None:
            return replace(self, blocks=self.plain, plain=None)
        return replace(self, blocks=())

    def in_words(self) -> "Message":
        """The same with the chart's words in its place."""
        told = {"type": "mrkdwn", "text": self.chart.words if self.chart else "", "verbatim": True}
        words = {"type": "section", "text": told}
        blocks = (words if block.get("type") == CHART else block for block in self.blocks)
        return replace(self, blocks=tuple(blocks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text that goes to Slack as a file; `words` stand beside it."""

    name: str
    text: str
    words: str


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

    def risen(self, view: ExceptionView, since: datetime) -> Message: ...

    def reopened(self, view: ExceptionView) -> Message: ...

    def storm_risen(self, view: StormView, since: datetime) -> Message: ...

    def digest(self, views: Sequence[DigestView]) -> Message: ...

    def handover(self, view: HandoverView) -> Message: ...

    def brief(self, view: BriefView) -> Message: ...

    def invoice_digest(self, view: ClientFindings, chart: ChartAs) -> Message: ...

    def insight(self, views: Sequence[InsightView]) -> Message: ...

    def warning(self, view: WarningView) -> Message: ...

    def silence(self, view: SilenceView) -> Message: ...

    def target_alarm(self, view: TargetView) -> Message: ...

    def model_budget(self, view: ModelBudgetView) -> Message: ...

    def enrichment_alarm(self, view: EnrichmentAlarmView) -> Message: ...

    def personal(self, view: PersonalView) -> Message: ...

    def trial(self, view: TrialView) -> Message: ...

    def said(self, text: str) -> Message: ...

    def claim(self, exception_id: int) -> Message: ...

    def unreached(self, view: UnreachedView) -> Message: ...

    def request(self, view: ApprovalView, may: Sequence[str]) -> Message: ...

    def call(self, view: CallView) -> Message: ...

    def claims_due(self, view: ClaimsView) -> Message: ...


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

    async def bring(
        self, channel: str, document: Document, *, thread_ts: str | None = None
    ) -> None: ...

    async def has_file(self, channel: str, name: str, *, thread_ts: str | None = None) -> bool:
        """Looks in the recent history for a file of ours of that name."""
        ...

    async def link(self, channel_id: str, ts: str) -> str:
        """Where a message can be opened in a browser."""
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

    async def members_of(self, group_id: str) -> frozenset[str]:
        """Ids of the people in a user group; none where Slack does not say."""
        ...

    async def shared_outside(self, channel_id: str) -> bool | None:
        """Whether people of another company see the channel; None where Slack does not say."""
        ...

    async def channels_of(self, user_id: str) -> frozenset[str]:
        """Ids of the person's channels; of private ones those that the bot is in too."""
        ...

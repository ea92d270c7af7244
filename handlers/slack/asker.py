"""Who asks, from where, and what they are told: the values that pass between listeners and run.

Must not know Slack's payloads or send anything.
"""

from dataclasses import dataclass

from handlers.blocks.flow import Flow
from handlers.blocks.sheets import Sheet
from jobs.ports.slack import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What somebody has open next to the conversation: a channel, perhaps a message in it."""

    channel_id: str
    message_ts: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Somebody in a place. `channel_id` is None where there is none (Home).

    `team_id` is the workspace in which E2A is installed. `message_ts` is the root
    message of the thread that they stand in, `asked_ts` the message in which they ask.
    `beside` is what they look at next to a conversation with E2A.
    """

    user_id: str
    team_id: str
    correlation_id: str
    channel_id: str | None = None
    thread_ts: str | None = None
    asked_ts: str | None = None
    beside: Beside | None = None

    @property
    def alone(self) -> bool:
        """Whether they are with E2A alone: a direct message, or Home."""
        return self.channel_id is None or self.channel_id.startswith("D")

    @property
    def actor(self) -> str:
        """Their name in the audit trail."""
        return f"slack:{self.user_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is told. `private` is for the asker's eyes; `visible` is seen elsewhere already.

    `aside` says the same where nobody but the asker sees it. `sheet` is a file that comes with it.
    `flow` is a long answer that may be written before their eyes instead of `message`.
    """

    message: Message
    private: bool = False
    visible: bool = False
    aside: Message | None = None
    sheet: Sheet | None = None
    flow: Flow | None = None

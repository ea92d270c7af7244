"""What can go wrong in a job, by name; the docstring is what people are told.

Must not catch anything.
"""


class E2AError(Exception):
    """Something went wrong in E2A."""

    def __str__(self) -> str:
        """The given words, else the docstring."""
        return super().__str__() or (self.__doc__ or "").strip()


class SlackRetryError(E2AError):
    """Slack did not take the call; it is worth trying again."""

    def __init__(self, reason: str, *, after: float | None = None, uncertain: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.uncertain = uncertain


class PacedError(SlackRetryError):
    """It is too early for another message in this channel."""

    def __init__(self, wait: float) -> None:
        super().__init__("paced", after=wait)


class SlackRefusedError(E2AError):
    """Slack refuses the call, and will again."""


class MessageGoneError(SlackRefusedError):
    """The message to be changed is no longer in Slack."""


class LeaseLostError(E2AError):
    """Somebody else took over this work, so nothing was changed."""


class TemporarilyUnavailableError(E2AError):
    """E2A cannot take this just now; try again shortly."""

    def __init__(self, after: float, reason: str = "") -> None:
        super().__init__(reason)
        self.after = after


class StaleRecordError(E2AError):
    """The record was changed by somebody else in the meantime."""

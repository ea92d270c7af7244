"""What somebody can want of what is done by itself. Must not hold words or rules."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowResolution:
    """What may run by itself for an exception and what was tried; None: how it goes as a whole.

    `here` means the exception of the thread.
    """

    exception_id: int | None = None
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoResolution:
    """Take back what was done by itself; None means the exception of the thread."""

    exception_id: int | None

"""Decides which Web API calls go wrong on purpose, and how.

It must not write to the wire itself.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.clock import Clock

FaultKind = Literal[
    "rate_limited",
    "server_error",
    "html",
    "redirect",
    "truncated",
    "hang",
    "reset_before",
    "reset_after",
    "error",
]


@dataclass(kw_only=True)
class PlannedFault:
    """A fault for a method (or `*`), for some calls, some seconds, or until cleared."""

    method: str
    kind: FaultKind
    calls_left: int | None = None
    until: float | None = None
    error: str = "fatal_error"
    retry_after: int = 1
    hang_seconds: float = 3600.0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def to_json(self) -> Json:
        """Return what the control API shows."""
        return {
            "method": self.method,
            "kind": self.kind,
            "calls_left": self.calls_left,
            "error": self.error,
        }


class FaultSwitch:
    """The faults that are switched on, first come first served."""

    def __init__(self, clock: Clock) -> None:
        """Start with nothing wrong."""
        self._clock = clock
        self._planned: list[PlannedFault] = []

    def plan(self, request: Json) -> PlannedFault:
        """Switch a fault on; `request` has its fields by name, `kind` at least."""
        known: tuple[FaultKind, ...] = get_args(FaultKind)
        kind = next((item for item in known if item == request.get("kind")), None)
        if kind is None:
            raise ApiError(code="unknown_fault_kind", allowed=list(known))
        seconds = request.get("seconds")
        calls = request.get("calls", None if seconds else 1)
        fault = PlannedFault(
            method=str(request.get("method", "*")),
            kind=kind,
            calls_left=None if calls is None else int(calls),
            until=None if seconds is None else self._clock.ticks() + float(seconds),
            error=str(request.get("error", "fatal_error")),
            retry_after=int(request.get("retry_after", 1)),
            hang_seconds=float(request.get("hang_seconds", 3600.0)),
        )
        self._planned.append(fault)
        return fault

    def clear(self) -> None:
        """Switch every fault off and let hanging calls end."""
        for fault in self._planned:
            fault.released.set()
        self._planned.clear()

    def active(self) -> list[PlannedFault]:
        """Return the faults that still wait for calls."""
        now = self._clock.ticks()
        return [
            fault
            for fault in self._planned
            if (fault.until is None or now < fault.until)
            and (fault.calls_left is None or fault.calls_left > 0)
        ]

    def take(self, method: str) -> PlannedFault | None:
        """Return the fault for this call, counted down, or None."""
        for fault in self.active():
            if fault.method in {"*", method}:
                if fault.calls_left is not None:
                    fault.calls_left -= 1
                return fault
        return None

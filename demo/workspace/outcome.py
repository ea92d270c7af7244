"""What a person learns after acting, and how the workspace refuses.

It must not ask the workspace for anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demo.workspace.shapes import Json


class WorkspaceError(Exception):
    """The workspace refused what was asked; `code` says why, `answer` has the details."""

    def __init__(self, answer: Json) -> None:
        """Keep the whole answer."""
        super().__init__(f"{answer.get('error')}: {answer}")
        self.code = str(answer.get("error"))
        self.answer = answer


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a person learns after pressing, submitting or typing a command.

    Attributes:
        ok: whether the bot acknowledged in time and with 2xx.
        error: operation_timeout, dispatch_failed, http_service_error, or what a modal refused.
        status: the bot's HTTP status, None where there was none.
        answer: the bot's raw body.
        errors: messages by block id that a modal shows.
    """

    ok: bool
    error: str | None = None
    status: int | None = None
    answer: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, answer: Json) -> Self:
        """Read the control API's answer."""
        return cls(
            ok=answer["ok"],
            error=answer.get("error"),
            status=answer.get("status"),
            answer=answer.get("answer", ""),
            errors=answer.get("errors") or {},
        )

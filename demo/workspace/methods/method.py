"""What the server has to know about a method, and paging.

It must not know a single method.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.arguments import Arguments
    from demo.workspace.world import World

Call = Callable[["World", "Arguments"], Awaitable[Json]]
_MOST = 1000


@dataclass(frozen=True)
class Method:
    """A method: what it does, its tier (0 is special), the scopes of which one is needed.

    `app_level` methods want the app's own token; what `hidden` ones answer is not logged.
    """

    call: Call
    tier: int
    scopes: tuple[str, ...] = ()
    needs_token: bool = True
    app_level: bool = False
    hidden: bool = False


def page(items: Sequence[object], args: Arguments, name: str, default: int = 100) -> Json:
    """Return one page of `items` under `name` with the cursor of the next one."""
    limit = max(1, min(_MOST, args.number("limit", default)))
    start = _offset(args.text("cursor"))
    more = start + limit < len(items)
    cursor = base64.b64encode(f"next:{start + limit}".encode()).decode() if more else ""
    return {
        "ok": True,
        name: list(items[start : start + limit]),
        "response_metadata": {"next_cursor": cursor},
    }


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except (ValueError, binascii.Error) as error:
        raise ApiError(code="invalid_cursor") from error

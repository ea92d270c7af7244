"""Reads a Web API call however the SDK sent it: query, form or JSON.

It must not know any method.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING

from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from aiohttp import web

_BEARER, _BASIC = "bearer ", "basic "
_HIDDEN = ("code", "refresh_token", "grant_type")
"""What opens doors is kept out of the log of calls."""
_TRUE = {"1", "true", "True"}


class Arguments:
    """The arguments of one call, whatever they were wrapped in."""

    def __init__(self, values: Json) -> None:
        """Keep the raw values: strings from forms, anything from JSON."""
        self.hidden = {name: str(values.pop(name)) for name in _HIDDEN if name in values}
        self.values = values
        self.token: str | None = None
        self.client: tuple[str, ...] | None = None

    def text(self, name: str, default: str = "") -> str:
        """Return a string, or the default where it is missing."""
        value = self.values.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        """Return a string, or raise `invalid_arguments` where it is missing or empty."""
        value = self.text(name)
        if not value:
            messages = [f"[ERROR] missing required field: {name}"]
            raise ApiError(code="invalid_arguments", response_metadata={"messages": messages})
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean; forms write it as 1 or true."""
        value = self.values.get(name)
        return value in _TRUE if isinstance(value, str) else bool(value)

    def number(self, name: str, default: int) -> int:
        """Return a whole number, or raise `invalid_arguments`."""
        try:
            return int(self.text(name) or default)
        except ValueError as error:
            raise ApiError(code="invalid_arguments") from error

    def parsed(self, name: str, *, error: str = "invalid_arguments") -> object:
        """Return a structure; forms carry it as JSON text. None where it is missing."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError as fault:
            raise ApiError(code=error) from fault

    def words(self, name: str) -> list[str]:
        """Return a list that was sent as such or separated by commas."""
        value = self.values.get(name)
        if isinstance(value, list):
            return [str(item) for item in value]
        return [item.strip() for item in self.text(name).split(",") if item.strip()]


async def read_call(request: web.Request) -> tuple[str | None, Arguments]:
    """Return the token and the arguments of a request; raise ApiError for an unreadable body."""
    values: Json = dict(request.query)
    if request.method == "POST":
        values |= await _body(request)
    header = request.headers.get("Authorization", "")
    token = header[len(_BEARER) :] if header.lower().startswith(_BEARER) else None
    named = values.pop("token", None)
    args = Arguments(values)
    args.token = token or (None if named is None else str(named))
    args.client = _client(header)
    return args.token, args


def _client(header: str) -> tuple[str, ...] | None:
    """The app's id and secret, as HTTP's basic authentication has them."""
    if not header.lower().startswith(_BASIC):
        return None
    try:
        return tuple(base64.b64decode(header[len(_BASIC) :]).decode().split(":", 1))
    except (ValueError, binascii.Error):
        return None


async def _body(request: web.Request) -> Json:
    if request.content_type == "application/json":
        try:
            value = json.loads(await request.text() or "{}")
        except ValueError as error:
            raise ApiError(code="invalid_json") from error
        if not isinstance(value, dict):
            raise ApiError(code="json_not_object")
        return value
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}

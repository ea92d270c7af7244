"""How the model's server behaves: well, or badly in one of the ways that servers do.

It must not know what is asked: `good` leaves the words to answers.py.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from demo.model.answers import explained, obeyed, told_by

Json = dict[str, Any]
Behave = Callable[[web.Request, Json], Awaitable[web.StreamResponse]]

_HUGE_BYTES = 10 * 1024 * 1024
_DRIP_SECONDS = 0.02
_HANG_SECONDS = 3600.0
_TOKEN_BYTES = 4


def completion(asked: Json, text: str) -> Json:
    """The body of an answer, with tokens counted by length."""
    words = json.dumps(asked.get("messages", []), ensure_ascii=False)
    count = {"prompt_tokens": _tokens(words), "completion_tokens": _tokens(text)}
    choice = {
        "index": 0,
        "finish_reason": "stop",
        "message": {"role": "assistant", "content": text},
    }
    return {
        "id": "chatcmpl-demo",
        "object": "chat.completion",
        "created": 0,
        "model": str(asked.get("model", "demo")),
        "choices": [choice],
        "usage": {**count, "total_tokens": sum(count.values())},
    }


def _tokens(text: str) -> int:
    return len(text.encode()) // _TOKEN_BYTES + 1


def _json(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, headers=headers, content_type="application/json")


def _refusal(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    return _json({"error": {"message": message, "type": "demo", "param": None}}, status, headers)


async def _good(_request: web.Request, asked: Json) -> web.StreamResponse:
    return _json(completion(asked, explained(told_by(asked))))


async def _hang(_request: web.Request, _asked: Json) -> web.StreamResponse:
    await asyncio.sleep(_HANG_SECONDS)
    return web.Response()


async def _failed(_request: web.Request, _asked: Json) -> web.StreamResponse:
    return _refusal(500, "the demo fails on purpose")


async def _busy(_request: web.Request, _asked: Json) -> web.StreamResponse:
    return _refusal(429, "too many requests", {"Retry-After": "20"})


async def _junk(_request: web.Request, asked: Json) -> web.StreamResponse:
    return _json(completion(asked, "The order is late because of reasons. I am sure of it."))


async def _html(_request: web.Request, _asked: Json) -> web.StreamResponse:
    return web.Response(text="<html><body>Welcome</body></html>", content_type="text/html")


async def _redirect(_request: web.Request, _asked: Json) -> web.StreamResponse:
    """Sends the request with all that is in it to another address."""
    raise web.HTTPTemporaryRedirect(location="/v1/models")


async def _half(_request: web.Request, asked: Json) -> web.StreamResponse:
    text = explained(told_by(asked))
    return _json(completion(asked, text[: len(text) // 2]))


async def _fenced(_request: web.Request, asked: Json) -> web.StreamResponse:
    text = f"Here is what I found:\n```json\n{explained(told_by(asked))}\n```\nI hope it helps."
    return _json(completion(asked, text))


async def _huge(request: web.Request, asked: Json) -> web.StreamResponse:
    """Ten megabytes whose length is not told before."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    begin, end = json.dumps(completion(asked, "@")).encode().split(b"@")
    await response.write(begin)
    for _ in range(_HUGE_BYTES // (64 * 1024)):
        await response.write(b"x" * 64 * 1024)
    await response.write(end)
    return response


async def _drip(request: web.Request, asked: Json) -> web.StreamResponse:
    """A right answer, a byte at a time: it would take minutes."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for byte in json.dumps(completion(asked, explained(told_by(asked)))).encode():
        await response.write(bytes([byte]))
        await asyncio.sleep(_DRIP_SECONDS)
    return response


async def _disconnect(request: web.Request, _asked: Json) -> web.StreamResponse:
    """Ends the connection in the middle of the answer."""
    response = web.StreamResponse(headers={"Content-Length": "10000"})
    await response.prepare(request)
    await response.write(b'{"choices": [')
    if request.transport is not None:
        request.transport.close()
    return response


async def _invent(_request: web.Request, asked: Json) -> web.StreamResponse:
    """Well-formed, with a figure, an event and a placeholder that nobody gave."""
    return _json(completion(asked, explained(told_by(asked), inventing=True)))


async def _obey(_request: web.Request, asked: Json) -> web.StreamResponse:
    """Does what a text among the facts tells it to do."""
    return _json(completion(asked, obeyed(told_by(asked))))


MODES: dict[str, Behave] = {
    "good": _good,
    "hang": _hang,
    "500": _failed,
    "429": _busy,
    "junk": _junk,
    "html": _html,
    "redirect": _redirect,
    "half": _half,
    "fenced": _fenced,
    "huge": _huge,
    "drip": _drip,
    "disconnect": _disconnect,
    "invent": _invent,
    "obey": _obey,
}

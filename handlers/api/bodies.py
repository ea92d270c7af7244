"""Takes a request's body off the wire, never more of it than was agreed.

Must not parse it.
"""

import asyncio

from aiohttp import web

from handlers.api.errors import RefusalError

KIB = 1024
_READ_SECONDS = 30.0


async def read_body(request: web.Request, limit: int) -> bytes:
    """The whole body; refuses one that is compressed, too large or too slow."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise RefusalError(415, "unsupported_encoding", "Send the body uncompressed.")
    if (request.content_length or 0) > limit:
        raise too_large(limit)
    try:
        async with asyncio.timeout(_READ_SECONDS):
            return await _read(request, limit)
    except TimeoutError as error:
        raise RefusalError(408, "request_timeout", "The body did not arrive in time.") from error
    except (web.RequestPayloadError, ConnectionError) as error:
        raise RefusalError(400, "unreadable_body", "The body could not be read.") from error


def too_large(limit: int) -> RefusalError:
    """More than was agreed."""
    return RefusalError(413, "payload_too_large", f"The limit is {limit // KIB} KiB.")


async def _read(request: web.Request, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        chunks.append(chunk)
    return b"".join(chunks)

"""Stops reading an HTTP answer at so many bytes, while it comes in and whatever its status.

Must not decode anything: answers are asked for uncompressed, and compressed ones are refused,
because a few bytes of them can be gigabytes.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2

from policies.asking import AnswerTooLargeError, NoAnswerError


class _CappedStream(httpx2.AsyncByteStream):
    """A body of which no more than `most` bytes are read."""

    def __init__(self, stream: httpx2.AsyncByteStream, most: int) -> None:
        self._stream = stream
        self._left = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._left -= len(chunk)
            if self._left < 0:
                raise AnswerTooLargeError
            yield chunk

    async def aclose(self) -> None:
        """Closes the connection's stream."""
        await self._stream.aclose()


def capped_at(most: int) -> Callable[[httpx2.Response], Awaitable[None]]:
    """A response hook of httpx2, which is called before the body is read.

    The hook raises NoAnswerError for a compressed answer and AnswerTooLargeError for one that
    says itself that it is too long; reading one that does not say it raises when it is.
    """

    async def hook(response: httpx2.Response) -> None:
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("", "identity"):
            message = "the answer is compressed"
            raise NoAnswerError(message)
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > most:
            raise AnswerTooLargeError
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _CappedStream(response.stream, most)

    return hook

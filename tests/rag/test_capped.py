"""Answers are read up to a limit, whatever they say of themselves."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from policies.asking import AnswerTooLargeError, NoAnswerError
from rag.capped import capped_at

LIMIT = 1000


class Chunks(httpx2.AsyncByteStream):
    """A body of unknown length that counts how much of it was taken."""

    def __init__(self, chunks: int) -> None:
        self.chunks, self.taken = chunks, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.chunks):
            self.taken += 1
            yield b"x" * 100


async def fetched(response: httpx2.Response) -> bytes:
    """The body through a client with the hook."""
    transport = httpx2.MockTransport(lambda _request: response)
    hooks = {"response": [capped_at(LIMIT)]}
    async with httpx2.AsyncClient(transport=transport, event_hooks=hooks) as client:
        return (await client.get("http://model.example/")).content


@pytest.mark.parametrize("status", [200, 500])
async def test_reading_stops_at_the_limit(status: int) -> None:
    """A body that does not say how long it is is left as soon as it is too long, errors too."""
    body = Chunks(100_000)
    with pytest.raises(AnswerTooLargeError):
        await fetched(httpx2.Response(status, stream=body))
    assert body.taken == 11
    assert len(await fetched(httpx2.Response(200, stream=Chunks(10)))) == LIMIT


async def test_a_length_that_is_too_long_is_believed() -> None:
    """Nothing of it is read."""
    body = Chunks(1)
    headers = {"Content-Length": str(LIMIT + 1)}
    with pytest.raises(AnswerTooLargeError):
        await fetched(httpx2.Response(200, headers=headers, stream=body))
    assert body.taken == 0


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, gzip"])
async def test_compressed_answers_are_refused(encoding: str) -> None:
    """A few bytes of them can be gigabytes, and they were not asked for."""
    response = httpx2.Response(200, headers={"Content-Encoding": encoding}, stream=Chunks(1))
    with pytest.raises(NoAnswerError, match="compressed"):
        await fetched(response)

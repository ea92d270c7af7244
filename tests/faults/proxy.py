"""A TCP proxy that holds, delays, swallows and cuts what passes through it, either way.

Must not understand what passes.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

_CHUNK = 1 << 16
Side = tuple[StreamReader, StreamWriter]


@dataclass(kw_only=True)
class Way:
    """One direction. What is held passes when it is let go, what is swallowed never does."""

    delay_seconds: float = 0.0
    swallows: bool = False
    passed: int = 0
    """How many bytes came in, whatever became of them."""
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._open.set()

    def hold(self) -> None:
        """Lets nothing pass from now on."""
        self._open.clear()

    def let_go(self) -> None:
        """Lets everything pass, also what was held."""
        self._open.set()

    async def carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Carries what one side says to the other until it ends."""
        while data := await reader.read(_CHUNK):
            self.passed += len(data)
            await asyncio.sleep(self.delay_seconds)
            await self._open.wait()
            if not self.swallows:
                writer.write(data)
                await writer.drain()


@dataclass(kw_only=True)
class Proxy:
    """Listens on a port of its own and passes on to `to_port` of this machine."""

    to_port: int
    port: int = 0
    there: Way = field(default_factory=Way)
    back: Way = field(default_factory=Way)
    refuses: bool = False
    """Whether new connections are broken at once."""
    _writers: set[StreamWriter] = field(default_factory=set)
    _busy: int = 0

    def cut(self) -> None:
        """Breaks every connection, as a pulled plug does."""
        for writer in self._writers:
            writer.transport.abort()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nobody gets through within the block: connections are cut and new ones refused."""
        self.refuses = True
        self.cut()
        try:
            yield
        finally:
            self.refuses = False

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One connection, from its beginning to the end of either side."""
        if self.refuses:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        except OSError:
            writer.transport.abort()
            return
        mine = {writer, far_writer}
        self._writers |= mine
        with self._counted():
            await self._both_ways((reader, writer), (far_reader, far_writer))
        self._writers -= mine

    async def _both_ways(self, near: Side, far: Side) -> None:
        with suppress(ConnectionError):
            async with asyncio.TaskGroup() as both:
                both.create_task(self._one(self.there, near[0], far[1]))
                both.create_task(self._one(self.back, far[0], near[1]))

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1

    async def end(self) -> None:
        """Lets go, cuts, and waits until no connection is left."""
        self.refuses = True
        while self._busy:
            self.there.let_go()
            self.back.let_go()
            self.cut()
            await asyncio.sleep(0.01)

    async def _one(self, way: Way, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(ConnectionError):
            await way.carry(reader, writer)
        writer.close()


@asynccontextmanager
async def a_proxy(to_port: int) -> AsyncIterator[Proxy]:
    """A proxy at work before that port."""
    proxy = Proxy(to_port=to_port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.end()

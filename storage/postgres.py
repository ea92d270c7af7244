"""PostgreSQL's connections: how long each side waits for the other before it hangs up.

Must not know any table. A network that swallows packets, a proxy that answers for a dead server and
a replica that is paused all look like silence; without an end to it they would hold us for ever.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import URL

from storage.errors import StorageUrlError

Result = TypeVar("Result")
_NEVER_PREPARED = ("none", "0")
_OURS = {
    "connect_timeout": "5",
    "tcp_user_timeout": "10000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}
_THEIRS = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
"""The same for the server, which otherwise keeps the locks of who vanished for two hours."""


def address(url: URL, lock_seconds: float, silence_seconds: float | None) -> URL:
    """The address with our time-outs, but for those that it states itself.

    Args:
        url: DATABASE_URL.
        lock_seconds: how long to wait for somebody else's lock.
        silence_seconds: how long a transaction may rest; for ever when None.
    """
    theirs = {**_THEIRS, "lock_timeout": str(int(lock_seconds * 1000))}
    if silence_seconds:
        theirs["idle_in_transaction_session_timeout"] = str(int(silence_seconds * 1000))
    options = " ".join(f"-c {name}={value}" for name, value in theirs.items())
    given = {name: value for name, value in url.query.items() if name != "prepare_threshold"}
    return url.set(query={}).update_query_dict({**_OURS, "options": options, **given})


def arguments(url: URL, silence_seconds: float | None) -> dict[str, Any]:
    """What psycopg is told beyond the address.

    Args:
        url: DATABASE_URL; `prepare_threshold=none` suits poolers that cannot prepare statements.
        silence_seconds: after how long without an answer we hang up; never when None.

    Raises:
        StorageUrlError: `prepare_threshold` is neither a number nor `none`.
    """
    chosen: dict[str, Any] = {}
    threshold = str(url.query.get("prepare_threshold", ""))
    if threshold in _NEVER_PREPARED:
        chosen["prepare_threshold"] = None
    elif threshold:
        if not threshold.isascii() or not threshold.isdigit():
            raise StorageUrlError
        chosen["prepare_threshold"] = int(threshold)
    if silence_seconds:
        chosen["async_creator_fn"] = _impatient(silence_seconds).connect
    return chosen


def _impatient(seconds: float) -> type[psycopg.AsyncConnection[Any]]:
    class Impatient(psycopg.AsyncConnection[Any]):
        """A connection that hangs up when an answer takes too long."""

        async def wait(self, gen: PQGen[Result], *given: Any, **named: Any) -> Result:  # noqa: ANN401 - psycopg's own
            """As psycopg waits, but not for ever: what then fails is a lost connection."""
            timer = asyncio.get_running_loop().call_later(seconds, _hang_up(self.pgconn))
            try:
                return await super().wait(gen, *given, **named)
            finally:
                timer.cancel()

    return Impatient


def _hang_up(connection: psycopg.pq.abc.PGconn) -> Callable[[], None]:
    """Ends the line and leaves it to the driver to notice: it cleans up as after any loss."""

    def hang_up() -> None:
        line = socket.socket(fileno=os.dup(connection.socket))
        line.shutdown(socket.SHUT_RDWR)
        line.close()

    return hang_up

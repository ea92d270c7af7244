"""Tells how long each statement took. Must not know what a statement is for."""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, event

from storage.engine import Engines

KINDS = ("select", "insert", "update", "delete")
"""What a statement does, by its first word; all else is `other`."""
_BEGAN = "e2a_statement_began"


def tell_statements(engines: Engines, told: Callable[[str, float], None]) -> None:
    """Calls `told` with a kind of `KINDS` or `other`, and seconds, after each statement.

    What a commit takes is not in it, nor what the event writer of SQLite puts in by itself.
    """

    def begin(connection: Connection, *_: Any) -> None:  # noqa: ANN401 - a driver's
        connection.info[_BEGAN] = time.perf_counter()

    def end(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:  # noqa: ANN401
        began = connection.info.pop(_BEGAN, None)
        if began is not None:
            told(_kind(statement), time.perf_counter() - began)

    for engine in _distinct(engines):
        event.listen(engine, "before_cursor_execute", begin)
        event.listen(engine, "after_cursor_execute", end)


def _distinct(engines: Engines) -> list[Engine]:
    """On PostgreSQL the reading one is the writing one with other options, and hears with it."""
    ours = [engines.writing.sync_engine]
    return [*ours, engines.reading.sync_engine] if engines.on_sqlite else ours


def _kind(statement: str) -> str:
    first = statement.lstrip("( \n")[:6].lower()
    kind = "select" if first.startswith("with ") else first
    return kind if kind in KINDS else "other"

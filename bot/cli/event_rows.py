"""Reads files to be loaded, by the thousand: canonical JSON lines, or a table by a column map.

Must not store anything. The first line that is no event is told with file, line and field.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from bot.cli.app import CommandError
from handlers.ingest.canonical import Arrival, InvalidEventError, read_event
from handlers.ingest.columns import ColumnMap, read_column_map, row_told
from handlers.ingest.told import Told
from policies.records import ReceivedEvent

_ROWS = 1000
Batch = tuple[list[ReceivedEvent], int]
"""Events, and the bytes that were read so far."""


@dataclass(slots=True)
class _Read:
    """How far a file is read."""

    lines: int = 0
    size: int = 0


def read_map(file: Path | None) -> ColumnMap | None:
    """The map of that file, if there is one; raises PolicyError with its faults."""
    return read_column_map(file.read_text(encoding="utf-8"), str(file)) if file else None


def batches(file: Path, arrival: Arrival, columns: ColumnMap | None) -> Iterator[Batch]:
    """Events by the thousand rows.

    Raises:
        CommandError: naming file, line and field of the first row that is no event.
    """
    table = file.suffix.lower() in (".csv", ".tsv")
    if table and columns is None:
        message = f"{file} is a table; say with --map which column is what"
        raise CommandError(message)
    at = _Read()
    with file.open(encoding="utf-8-sig", newline="" if table else None) as lines:
        counted = _counted(lines, at)
        rows = _table(file, counted, columns) if table and columns else _objects(counted)
        told = (one for row in rows for one in _told(row, columns))
        while True:
            try:
                events = [_event(one, arrival) for one in islice(told, _ROWS)]
            except (InvalidEventError, ValueError, RecursionError, csv.Error) as error:
                message = f"{file}:{at.lines}: {error}; nothing from this thousand was loaded"
                raise CommandError(message) from error
            if not events:
                return
            yield events, at.size


def _counted(lines: Iterator[str], at: _Read) -> Iterator[str]:
    for line in lines:
        at.lines, at.size = at.lines + 1, at.size + len(line.encode("utf-8", "replace"))
        yield line


def _objects(lines: Iterator[str]) -> Iterator[Any]:
    return (json.loads(line) for line in lines if line.strip())


def _table(file: Path, lines: Iterator[str], columns: ColumnMap) -> Iterator[Any]:
    delimiter = "\t" if file.suffix.lower() == ".tsv" else columns.delimiter
    rows = csv.DictReader(lines, delimiter=delimiter, strict=True)
    missing = columns.columns - set(rows.fieldnames or ())
    if missing:
        message = f"{file}:1: there is no column {', '.join(sorted(missing))}"
        raise CommandError(message)
    return iter(rows)


def _told(row: Any, columns: ColumnMap | None) -> Iterator[Told]:  # noqa: ANN401 - JSON
    if columns is None:
        return iter([Told(raw=row)])
    if not isinstance(row, dict):
        message = "a row is a JSON object"
        raise ValueError(message)  # noqa: TRY004 - told like every other bad row
    return row_told(row, columns)


def _event(told: Told, arrival: Arrival) -> ReceivedEvent:
    try:
        return read_event(told.raw, arrival, by_id=told.by_id)
    except InvalidEventError as error:
        raise InvalidEventError(*told.in_its_words(error.issues)) from error

"""Reads what is to be loaded, row by row: canonical JSON lines, or a table by a column map.

A row that is no event is handed on with what is wrong with it, and harms no other. Must not
store anything.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from bot.cli.app import CommandError
from bot.cli.event_lines import Lines
from handlers.api.errors import Issue
from handlers.api.strict_json import MalformedError, Reading, read_json
from handlers.ingest.canonical import Arrival, InvalidEventError
from handlers.ingest.columns import ColumnMap, read_column_map, row_told
from handlers.ingest.receive import read_told
from handlers.ingest.told import Told
from policies.records import ReceivedEvent

ROWS = 1000
_TABLES = {".csv": None, ".tsv": "\t"}
"""How the cells are divided; None where the map says it."""
Raw = TypeVar("Raw")
_Read = tuple[object, Iterable[Told], Arrival]
"""The object that a row is, what it tells, and how that is to be checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row with the events that it tells, or with what is wrong with it.

    `line` is the last one of the row, `text` how it is written, `raw` the object where it is one.
    """

    line: int
    text: bytes
    raw: object
    events: tuple[ReceivedEvent, ...] = ()
    issues: tuple[Issue, ...] = ()


def read_map(file: Path | None) -> ColumnMap | None:
    """The map of that file, if there is one; raises PolicyError with its faults."""
    return read_column_map(file.read_text(encoding="utf-8"), str(file)) if file else None


def rows_of(
    lines: Lines, arrival: Arrival, columns: ColumnMap | None, start: int = 1
) -> Iterator[Row]:
    """The rows from that line on, of JSON lines or of a table whose first line names the columns.

    Raises:
        CommandError: it is a table without a map, or a column of the map is missing.
    """
    suffixes = Path(lines.name.lower().removesuffix(".gz")).suffix
    table = suffixes in _TABLES or (columns is not None and not lines.are_objects)
    if not table:
        return _json_rows(lines, arrival, columns, start)
    if columns is None:
        message = f"{lines.name} is a table; say with --map which column is what"
        raise CommandError(message)
    return _table_rows(lines, arrival, columns, _TABLES.get(suffixes) or columns.delimiter, start)


def thousands(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows by the thousand; what was read before a failure is handed on before it is raised."""
    some: list[Row] = []
    try:
        for row in rows:
            some.append(row)
            if len(some) == ROWS:
                yield some
                some = []
    except CommandError:
        yield some
        raise
    if some:
        yield some


def _json_rows(
    lines: Lines, arrival: Arrival, columns: ColumnMap | None, start: int
) -> Iterator[Row]:
    _skip_to(lines, start)
    trusting = replace(arrival, suspect=False)

    def read(reading: Reading) -> _Read:
        if columns is None:
            one = Told(raw=reading.value)
            return reading.value, (one,), arrival if reading.suspect else trusting
        if not isinstance(reading.value, dict):
            raise InvalidEventError(Issue(path="body", message="a row is a JSON object"))
        return reading.value, row_told(reading.value, columns), arrival

    return _rows(map(read_json, filter(bytes.strip, lines)), lines, read)


def _table_rows(
    lines: Lines, arrival: Arrival, columns: ColumnMap, delimiter: str, start: int
) -> Iterator[Row]:
    head = next(csv.reader(map(bytes.decode, lines), delimiter=delimiter), [])
    lines.head = b"".join(lines.taken)
    missing = columns.columns - set(head)
    if missing:
        message = f"{lines.name}:1: there is no column {', '.join(sorted(missing))}"
        raise CommandError(message)
    _skip_to(lines, start)
    cells = csv.DictReader(map(bytes.decode, lines), head, delimiter=delimiter, strict=True)
    return _rows(cells, lines, lambda row: (None, row_told(row, columns), arrival))


def _skip_to(lines: Lines, start: int) -> None:
    while lines.number < start - 1:
        with suppress(InvalidEventError):  # whether it can be read is of no interest
            if next(lines, None) is None:
                return


def _rows(raws: Iterator[Raw], lines: Lines, read: Callable[[Raw], _Read]) -> Iterator[Row]:
    """Whatever a row raises, the next one is read; a generator in `raws` would end by it."""
    while True:
        lines.taken.clear()
        raw: object = None
        events: list[ReceivedEvent] = []
        issues: tuple[Issue, ...] = ()
        try:
            raw, told, arrival = read(next(raws))
            for one in told:
                found = read_told(one, arrival)
                if isinstance(found, tuple):
                    issues = (*issues, *found)
                else:
                    events.append(found)
        except StopIteration:
            return
        except (InvalidEventError, MalformedError) as error:
            issues = error.issues
        except (ValueError, RecursionError, csv.Error) as error:
            issues = (Issue(path="row", message=str(error)),)
        yield Row(
            line=lines.number,
            text=b"".join(lines.taken).strip(),
            raw=raw,
            events=() if issues else tuple(events),
            issues=issues,
        )

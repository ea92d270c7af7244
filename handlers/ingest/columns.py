"""Makes canonical events of a table's rows by a map of its columns. Must not read files."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from handlers.ingest.moments import dated
from handlers.ingest.told import Told, no_fact, text
from handlers.ingest.tracking import digest
from policies.errors import PolicyError
from policies.yaml_text import parse_yaml, schema_faults

Row = Mapping[str, Any]
EventType = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{1,63}$")]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = "is no time zone; write one such as Europe/Madrid"
        raise ValueError(message) from error
    return name


class Cell(BaseModel):
    """A column of the payload, and how its text is read."""

    model_config = ConfigDict(extra="forbid")

    column: str
    read: Annotated[Literal["text", "number", "list"], Field(alias="as")] = "text"


class ColumnMap(BaseModel):
    """Which column is what.

    A row is one event, of the type in column `event_type` at `occurred_at`; or `events` names a
    column of times for each type, and a row is as many events as it has times.
    """

    model_config = ConfigDict(extra="forbid")

    version: Literal["1"]
    source: Annotated[str, Field(min_length=1, max_length=64)]
    order_id: str
    event_id: str | None = None
    event_type: str | None = None
    event_types: dict[str, EventType | None] = Field(default_factory=dict)
    occurred_at: str | None = None
    events: dict[EventType, str] = Field(default_factory=dict)
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    time_format: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    payload: dict[str, str | Cell] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        single = self.event_type is not None and self.occurred_at is not None
        if single == bool(self.events):
            message = "name the columns event_type and occurred_at, or events with one for each"
            raise ValueError(message)
        return self

    @property
    def columns(self) -> set[str]:
        """The columns that a table must have."""
        cells = [one if isinstance(one, str) else one.column for one in self.payload.values()]
        single = [self.order_id, self.event_id, self.event_type, self.occurred_at]
        return {name for name in [*single, *self.events.values(), *cells] if name}


def read_column_map(content: str, file: str) -> ColumnMap:
    """Reads a map; raises PolicyError with every fault, its file and line."""
    document = parse_yaml(content, file)
    try:
        return ColumnMap.model_validate(document)
    except ValidationError as error:
        raise PolicyError(schema_faults(error, document, file)) from error


def row_told(row: Row, columns: ColumnMap) -> Iterator[Told]:
    """The events of a row; raises InvalidEventError naming the column that cannot be read."""
    payload = {name: value for name, value in _payload(row, columns) if value is not None}
    order_id = text(row.get(columns.order_id)) or ""
    for event_type, column in _happened(row, columns):
        at = _moment(row.get(column), columns)
        given = text(row.get(columns.event_id)) if columns.event_id else None
        raw = {
            "event_id": _event_id(given, event_type, order_id, at, columns),
            "source": columns.source,
            "event_type": event_type,
            "order_id": order_id,
            "occurred_at": at,
            "payload": payload,
        }
        names = {"order_id": columns.order_id, "occurred_at": column}
        yield Told(raw=raw, by_id=given is None, paths=names)


def _happened(row: Row, columns: ColumnMap) -> Iterator[tuple[str, str]]:
    """Each event type of the row, and the column that dates it."""
    for event_type, column in columns.events.items():
        if text(row.get(column)) is not None:
            yield event_type, column
    if columns.event_type is None or columns.occurred_at is None:
        return
    said = text(row.get(columns.event_type)) or ""
    if columns.event_types and said not in columns.event_types:
        raise no_fact(path=columns.event_type, message=f"event_types does not say what {said} is")
    meant = columns.event_types.get(said, said)
    if meant is not None:
        yield meant, columns.occurred_at


def _moment(value: object, columns: ColumnMap) -> object:
    written = text(value) or ""
    if columns.time_format is None:
        return dated(written, columns.timezone)
    try:
        moment = datetime.strptime(written, columns.time_format)  # noqa: DTZ007 - set below
    except ValueError:
        return written
    return (
        moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(columns.timezone))
    ).isoformat()


def _event_id(
    given: str | None, event_type: str, order_id: str, at: object, columns: ColumnMap
) -> str:
    """The row's own id, told apart by type where a row is several events; else made of the fact."""
    if given is None:
        return digest(order_id, event_type, text(at))
    return f"{given}:{event_type}" if columns.events else given


def _payload(row: Row, columns: ColumnMap) -> Iterator[tuple[str, Any]]:
    for key, cell in columns.payload.items():
        if isinstance(cell, str):
            yield key, text(row.get(cell))
        else:
            yield key, _read(row.get(cell.column), cell)


def _read(value: object, cell: Cell) -> object:
    written = text(value)
    if written is None or cell.read == "text":
        return written
    if cell.read == "list":
        return [part.strip() for part in written.split(",") if part.strip()]
    try:
        return int(written) if written.lstrip("+-").isdecimal() else float(written)
    except ValueError as error:
        raise no_fact(path=cell.column, message=f"{written[:40]} is no number") from error

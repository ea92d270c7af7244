"""What the tables are made of: the metadata, and column types that both databases keep alike.

Must not name a table.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
)

from storage.instants import instant, micros

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit row number; SQLite counts up only what is called INTEGER."""


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as microseconds since 1970 UTC: exact, sortable, the same everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuses naive times."""
        del dialect
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        del dialect
        return None if value is None else instant(value)


class Json(TypeDecorator[Any]):
    """A JSON value as compact ASCII text, which holds NUL and lone surrogates on every database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401 - JSON
        """None stays NULL."""
        del dialect
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401 - JSON
        """NULL stays None."""
        del dialect
        return None if value is None else from_json(value)


class FreeText(TypeDecorator[str]):
    """Text from outside; what no database holds (NUL, lone surrogates) becomes a question mark."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Leaves well-formed text as it is."""
        del dialect
        return storable_or_none(value)


def storable(text: str) -> str:
    """The text without characters that a database refuses."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "?").encode("utf-8", "replace").decode("utf-8")


def storable_or_none(text: str | None) -> str | None:
    """As `storable`, and None stays None."""
    return None if text is None else storable(text)


def to_json(value: Any) -> str:  # noqa: ANN401 - JSON
    """Compact ASCII JSON; tuples and other mappings are written as arrays and objects."""
    if value == {}:
        return "{}"
    return _ENCODER.encode(value)


def stated_as(fact: str, value: str) -> str:
    """How a stated fact stands in JSON, in small letters; a value of text only."""
    return f"{to_json(fact)}:{to_json(value)}".lower()


def from_json(text: str) -> Any:  # noqa: ANN401 - JSON
    """The value that `to_json` wrote."""
    return {} if text == "{}" else json.loads(text)


def tenant_column() -> Column[int]:
    """The tenant whose row it is."""
    return Column("tenant_id", BigInteger, ForeignKey("tenants.id"), nullable=False)


def tenant_key_column() -> Column[int]:
    """The tenant as the first part of the primary key."""
    return Column("tenant_id", BigInteger, ForeignKey("tenants.id"), primary_key=True)


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """Only these words may stand in that column."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """What json does not know by itself: mappings that are no dict, sets, times."""
    if isinstance(value, datetime):
        return value.isoformat()
    if hasattr(value, "keys"):
        return dict(value)
    return sorted(value)


_ENCODER = json.JSONEncoder(separators=(",", ":"), default=_plain)

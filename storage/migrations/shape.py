"""What every step builds with: how constraints are called, and row numbers.

Must not change after a release: the steps would build something else than they did.
"""

from collections.abc import Iterable

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
)

Id = BigInteger().with_variant(Integer, "sqlite")
_NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


def new_metadata() -> MetaData:
    """Where a step declares its tables."""
    return MetaData(naming_convention=_NAMES)


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


def create(metadata: MetaData, *, known: Iterable[Table] = ()) -> None:
    """Creates the step's tables; `known` ones are from earlier steps."""
    metadata.create_all(op.get_bind(), tables=_own(metadata, known), checkfirst=False)


def drop(metadata: MetaData, *, known: Iterable[Table] = ()) -> None:
    """Takes the step's tables away."""
    metadata.drop_all(op.get_bind(), tables=_own(metadata, known), checkfirst=False)


def _own(metadata: MetaData, known: Iterable[Table]) -> list[Table]:
    earlier = set(known)
    return [table for table in metadata.sorted_tables if table not in earlier]

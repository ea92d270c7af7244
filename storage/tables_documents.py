"""The table of documents that people gave E2A to answer from.

Must not hold queries; those are in documents.py.
"""

from sqlalchemy import Column, Integer, Table, Text, UniqueConstraint

from policies.documents import VISIBILITIES
from storage.columns import FreeText, Id, Instant, Json, metadata, one_of, tenant_column

documents = Table(
    "documents",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("name", FreeText, nullable=False),
    Column("number", Integer, nullable=False),
    Column("form", Text, nullable=False),
    Column("pages", Json, nullable=False),
    Column("digest", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("effective_from", Instant),
    Column("effective_until", Instant),
    Column("ends_at", Instant),
    UniqueConstraint("tenant_id", "name", "number"),
    one_of("visibility", VISIBILITIES),
    sqlite_autoincrement=True,
)
"""One row a version; `ends_at` is when the next one took its place. Forgetting deletes them all."""

"""The tables of who may: roles that were given, and acts that wait for somebody's approval.

Must not hold queries; those are in the store of each noun.
"""

from sqlalchemy import BigInteger, Column, Table, Text, UniqueConstraint

from policies.roles import Role
from storage.columns import FreeText, Id, Instant, Json, metadata, one_of, tenant_column

role_grants = Table(
    "role_grants",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("principal", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("scope_id", BigInteger, nullable=False),
    Column("granted_by", FreeText, nullable=False),
    Column("granted_at", Instant, nullable=False),
    UniqueConstraint("principal", "role", "scope_id"),
    one_of("role", Role),
    sqlite_autoincrement=True,
)
"""`scope_id`: the client for whom, 0 for every one."""

approvals = Table(
    "approvals",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("exception_id", BigInteger, nullable=False),
    Column("verb", Text, nullable=False),
    Column("act", Json, nullable=False),
    Column("asked_by", FreeText, nullable=False),
    Column("asked_name", FreeText, nullable=False),
    Column("channel_id", FreeText),
    Column("asked_at", Instant, nullable=False),
    Column("decided_by", FreeText),
    Column("decided_at", Instant),
    Column("outcome", Text),
    sqlite_autoincrement=True,
)
"""`act` is what was asked for; `outcome` approved or declined, once."""

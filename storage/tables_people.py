"""The tables of people in Slack: what they set for themselves, and whose Home is open.

Must not hold queries; those are in the store of each noun.
"""

from sqlalchemy import Boolean, Column, Index, Table, Text

from policies.personal_settings import LANGUAGES
from storage.columns import Instant, Json, metadata, one_of

personal_settings = Table(
    "personal_settings",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("quiet", Json),
    Column("tell_assigned", Boolean, nullable=False),
    Column("tell_worse", Boolean, nullable=False),
    Column("language", Text, nullable=False),
    Column("updated_at", Instant, nullable=False),
    one_of("language", LANGUAGES),
)
"""`quiet` is `{"begins":1140,"days":[0,4],"ends":420,"zone":"Europe/Berlin"}` or NULL."""

homes = Table(
    "homes",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("drawn_at", Instant, nullable=False),
    Column("digest", Text, nullable=False),
    Index("ix_homes_opened_at", "opened_at"),
)
"""In wall time. `digest` is of what was last published; empty where that is not known."""

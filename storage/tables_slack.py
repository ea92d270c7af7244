"""The table of Slack workspaces that E2A is installed in.

Must not hold queries; those are in installations.py.
"""

from sqlalchemy import Column, Table, Text

from storage.columns import FreeText, Instant, Json, metadata

installations = Table(
    "installations",
    metadata,
    Column("workspace_id", Text, primary_key=True),
    Column("name", FreeText, nullable=False),
    Column("bot_token", Text, nullable=False),
    Column("bot_user_id", Text, nullable=False),
    Column("bot_id", Text, nullable=False),
    Column("scopes", Json, nullable=False),
    Column("installed_by", Text, nullable=False),
    Column("first_installed_at", Instant, nullable=False),
    Column("installed_at", Instant, nullable=False),
    Column("refresh_token", Text),
    Column("expires_at", Instant),
    Column("refreshing_until", Instant),
    Column("removed_at", Instant),
    Column("removal", FreeText),
)
"""`workspace_id` is a team's id, or an organisation's where it is installed for all its teams.

A removed one keeps its row without tokens, so that the first of all stays the first.
"""

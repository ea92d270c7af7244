"""Installations in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from policies.installations import Installation, Pair
from storage.memory.state import MemoryState


class MemoryInstallations:
    """Installations in memory; the order in which they came is that of the dictionary."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._refreshing = state.installations, state.refreshing

    async def save(self, installed: Installation) -> None:
        """Adds it, or replaces what was known of that workspace but when it was first installed."""
        fresh = replace(installed, removed_at=None, removal=None)
        self._rows[installed.workspace_id] = fresh
        self._refreshing.pop(installed.workspace_id, None)

    async def get(self, workspace_id: str) -> Installation | None:
        """That workspace's, also when it was removed."""
        return self._rows.get(workspace_id)

    async def all(self) -> list[Installation]:
        """Every one, the first installed first; removed ones too."""
        return list(self._rows.values())

    async def remove(self, workspace_id: str, reason: str, told_at: datetime) -> bool:
        """Forgets its tokens; False where it is gone, or was installed again after `told_at`."""
        known = self._rows.get(workspace_id)
        if known is None or not known.live or known.installed_at > told_at:
            return False
        self._rows[workspace_id] = replace(
            known,
            bot_token="",
            refresh_token=None,
            expires_at=None,
            removed_at=told_at,
            removal=reason,
        )
        self._refreshing.pop(workspace_id, None)
        return True

    async def claim_refresh(
        self, workspace_id: str, refresh_token: str, now: datetime, lease: timedelta
    ) -> bool:
        """Whether the caller alone may now replace the token, for so long."""
        known = self._rows.get(workspace_id)
        until = self._refreshing.get(workspace_id)
        if known is None or known.refresh_token != refresh_token or (until and until > now):
            return False
        self._refreshing[workspace_id] = now + lease
        return True

    async def refreshed(self, workspace_id: str, spent: str, pair: Pair) -> bool:
        """Puts the new pair in place of the one whose refresh token was spent."""
        known = self._rows.get(workspace_id)
        if known is None or known.refresh_token != spent:
            return False
        self._rows[workspace_id] = replace(
            known,
            bot_token=pair.bot_token,
            refresh_token=pair.refresh_token,
            expires_at=pair.expires_at,
        )
        self._refreshing.pop(workspace_id, None)
        return True

"""People's settings and open Homes in memory. Must not be used where data must survive."""

from dataclasses import replace
from datetime import datetime

from policies.personal_settings import OpenHome, PersonalSettings
from storage.memory.state import MemoryState


class MemoryPeople:
    """Settings and open Homes in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._settings, self._homes = state.personal_settings, state.homes

    async def settings(self, user_id: str) -> PersonalSettings:
        """Theirs, or those of somebody who set nothing."""
        return self._settings.get(user_id) or PersonalSettings(user_id=user_id)

    async def set_settings(self, settings: PersonalSettings, now: datetime) -> None:
        """Keeps them in the place of any before."""
        del now
        self._settings[settings.user_id] = settings

    async def home_opened(
        self, user_id: str, workspace_id: str, digest: str, now: datetime
    ) -> None:
        """Somebody looks at their Home, which was drawn just now."""
        home = OpenHome(user_id=user_id, workspace_id=workspace_id, drawn_at=now, digest=digest)
        self._homes[user_id] = (now, home)

    async def claim_homes(
        self, *, opened_after: datetime, drawn_before: datetime, now: datetime, most: int
    ) -> list[OpenHome]:
        """Homes to be drawn anew, for the caller alone."""
        rows = sorted(self._homes.values(), key=lambda row: (row[1].drawn_at, row[1].user_id))
        fresh = sum(drawn_before < home.drawn_at <= now for _, home in rows)
        due = [
            home
            for opened_at, home in rows
            if opened_at > opened_after and not drawn_before < home.drawn_at <= now
        ]
        claimed = [replace(home, drawn_at=now) for home in due[: max(0, most - fresh)]]
        for home in claimed:
            self._homes[home.user_id] = (self._homes[home.user_id][0], home)
        return claimed

    async def home_drawn(self, home: OpenHome, digest: str) -> bool:
        """Notes what is about to be published; False where it was drawn by another since."""
        opened_at, known = self._homes.get(home.user_id, (home.drawn_at, None))
        if known is None or known.drawn_at != home.drawn_at:
            return False
        self._homes[home.user_id] = (opened_at, replace(known, digest=digest))
        return True

    async def forget_homes(self, opened_before: datetime) -> None:
        """Drops those that nobody opened since."""
        for user_id in [one for one, (at, _) in self._homes.items() if at <= opened_before]:
            del self._homes[user_id]

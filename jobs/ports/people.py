"""What the jobs ask of people's own settings and of the Homes that are open.

Must not name a concrete class: bot/wiring.py plugs those in.
"""

from datetime import datetime
from typing import Protocol

from policies.personal_settings import OpenHome, PersonalSettings


class People(Protocol):
    """People's own settings. No tenant's: only what serves all tenants reaches them."""

    async def settings(self, user_id: str) -> PersonalSettings:
        """Theirs, or those of somebody who set nothing."""
        ...

    async def set_settings(self, settings: PersonalSettings, now: datetime) -> None:
        """Keeps them in the place of any before."""
        ...

    async def home_opened(
        self, user_id: str, workspace_id: str, digest: str, now: datetime
    ) -> None:
        """Somebody looks at their Home, which was drawn just now."""
        ...

    async def claim_homes(
        self, *, opened_after: datetime, drawn_before: datetime, now: datetime, most: int
    ) -> list[OpenHome]:
        """Homes to be drawn anew, for the caller alone: they count as drawn `now`.

        Of those opened after the one and drawn before the other, drawn longest ago first. No more
        than `most` are drawn since `drawn_before` over all replicas.
        """
        ...

    async def home_drawn(self, home: OpenHome, digest: str) -> bool:
        """Notes what is about to be published; False where it was drawn by another since."""
        ...

    async def forget_homes(self, opened_before: datetime) -> None:
        """Drops those that nobody opened since."""
        ...

"""What the jobs ask about storms, as a small Protocol that they own.

Must not name a concrete class: bot/wiring.py plugs it in.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from policies.grouping import Place, Tally
from policies.reasons import Severity
from policies.storms import Member, Storm, Told


class Storms(Protocol):
    """Causes as they are counted; storms with their members and what of them is in Slack."""

    async def tallies(self, places: Collection[Place], now: datetime) -> Mapping[Place, Tally]:
        """What is known of each place. Nobody else decides about them until the block ends."""
        ...

    async def remember(self, tallies: Mapping[Place, Tally], now: datetime) -> None:
        """Replaces what is known of these places."""
        ...

    async def members_among(self, exception_ids: Collection[int]) -> set[tuple[str, int]]:
        """Those of the exceptions that are in a storm, each with the channel of its storm."""
        ...

    async def open(self, storms: Sequence[Storm]) -> list[Storm]:
        """Inserts them without members; returns them with ids, in the same order."""
        ...

    async def join(self, members: Sequence[Member], now: datetime) -> list[Member]:
        """Takes them in, in their order, and returns those that are new, with their numbers.

        Who is in a storm of that channel already is left out; a storm that was closed is open
        again.
        """
        ...

    async def get(self, storm_id: int) -> Storm | None: ...

    async def by_message(self, channel_id: str, ts: str) -> Storm | None:
        """The storm whose card (thread root) is that message."""
        ...

    async def memberships(self, exception_id: int) -> list[Member]:
        """Which storms an exception is in, one of a channel at most; by storm."""
        ...

    async def channels_of(self, exception_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
        """Names and ids of the channels in which each of them is in a storm."""
        ...

    async def members(self, storm_id: int, *, above: int = 0, limit: int = 10_000) -> list[Member]:
        """By number, from the first that is greater than `above`."""
        ...

    async def tell_as(self, storm_id: int, exception_id: int, told: Told) -> None:
        """Notes how a member is told from now on."""
        ...

    async def leave(self, tenant_id: int, channel: Collection[str]) -> set[int]:
        """Takes a tenant out of a channel's storms; returns those that it was in."""
        ...

    async def drop(self, storm_id: int) -> None:
        """Forgets it with its members and messages, and that a cause became it."""
        ...

    async def sent(
        self, storm_id: int, part: str, *, channel_id: str, ts: str, digest: str
    ) -> None: ...

    async def forget_part(self, storm_id: int, part: str) -> None:
        """Takes a part for unsent; with the card go all, because they stood in its thread."""
        ...

    async def refresh(self, storm_ids: Collection[int], at: datetime) -> None:
        """Has their messages brought up to date at `at` (wall time), or sooner if so asked."""
        ...

    async def refresh_of(self, exception_ids: Collection[int], at: datetime) -> None:
        """The same for the storms that these exceptions are in."""
        ...

    async def refreshing(self, until: datetime) -> int:
        """How many storms are to be brought up to date by then."""
        ...

    async def stale(self, now: datetime, limit: int) -> list[Storm]:
        """Storms whose time to be brought up to date has come."""
        ...

    async def refreshed(self, storm_ids: Collection[int]) -> None:
        """Notes that this was asked for."""
        ...

    async def close(self, storm_id: int, at: datetime | None) -> None:
        """All its members are settled since then; None: somebody is open again."""
        ...

    async def tell_severity(self, storm_id: int, severity: Severity) -> None:
        """Notes how bad the channel knows it to be."""
        ...

    async def forget(self, before: datetime) -> None:
        """Drops causes that nobody had since."""
        ...


class Held(Protocol):
    """What quiet hours hold back: of a channel one storm, which is told when they end."""

    async def hold(self, storm_id: int, until: datetime | None) -> None:
        """It is told at `until` (business time) and not before; None: it may be told."""
        ...

    async def storms(self) -> list[int]:
        """The storms that are held, by number."""
        ...

    async def of_channel(self, channel: str, cause: str) -> int | None:
        """The storm that is held of that channel; the cause names its workspace too."""
        ...

    async def count(self, tenant_ids: Collection[int]) -> int:
        """How many open exceptions of these tenants some channel was not told of yet."""
        ...

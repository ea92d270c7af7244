"""How one workspace is set up: who is in it and how strict it is.

It must not change while the server runs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, TypeVar

from demo.workspace.clock import Clock, WallClock
from demo.workspace.manifest import DEFAULT_MANIFEST, AppManifest
from demo.workspace.people import CHANNELS, GROUPS, PEOPLE, ChannelSeed, GroupSeed, Person

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from demo.workspace.shapes import Json

_Record = TypeVar("_Record", Person, ChannelSeed, GroupSeed)


def _tiers() -> dict[int, int]:
    return {1: 1, 2: 20, 3: 50, 4: 100}


@dataclass(frozen=True, kw_only=True)
class WorkspaceConfig:
    """Everything that can be chosen; the defaults are Slack's own figures, in wall seconds.

    With `app_token` the app speaks over sockets; with `client_id` others can install it, with
    tokens that expire after `token_seconds` where that is given.
    """

    bot_url: str | None = None
    signing_secret: str = "local-workspace-signing-secret"  # noqa: S105  (opens nothing but this)
    bot_token: str = "xoxb-local-workspace"  # noqa: S105  (opens nothing but this)
    app_token: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    token_seconds: int | None = None
    host: str = "127.0.0.1"
    port: int = 0
    manifest: AppManifest = DEFAULT_MANIFEST
    people: tuple[Person, ...] = PEOPLE
    channels: tuple[ChannelSeed, ...] = CHANNELS
    groups: tuple[GroupSeed, ...] = GROUPS
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    event_retry_seconds: tuple[float, ...] = (0.0, 60.0, 300.0)
    response_url_seconds: float = 1800.0
    response_url_uses: int = 5
    status_seconds: float = 120.0
    stream_seconds: float = 300.0
    rate_limits: bool = True
    post_burst: int = 3
    post_per_second: float = 1.0
    calls_per_minute: Mapping[int, int] = field(default_factory=_tiers)
    traffic_kept: int = 2000
    verify_url: bool = True
    verify_every_seconds: float = 0.5
    clock: Clock = field(default_factory=WallClock)

    def with_seed_file(self, path: Path) -> WorkspaceConfig:
        """Return a copy with the people, channels and groups that a JSON file names."""
        seed = json.loads(path.read_text(encoding="utf-8"))
        people = seed.get("people", seed.get("users"))
        return replace(
            self,
            people=_records(Person, people) if people else self.people,
            channels=_records(ChannelSeed, seed.get("channels", [])) or self.channels,
            groups=_records(GroupSeed, seed.get("groups", [])) or self.groups,
        )


def _records(kind: type[_Record], items: list[Json]) -> tuple[_Record, ...]:
    known = {item.name for item in fields(kind)}
    cleaned = [{key: value for key, value in item.items() if key in known} for item in items]
    for item in cleaned:
        if "members" in item:
            item["members"] = tuple(item["members"])
    return tuple(kind(**item) for item in cleaned)

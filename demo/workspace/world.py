"""Holds the whole state of one workspace and finds things in it.

It must not speak HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.channels import Channel
from demo.workspace.events import Events
from demo.workspace.fault_switch import FaultSwitch
from demo.workspace.files import Files
from demo.workspace.flows import Flows
from demo.workspace.ids import Ids
from demo.workspace.installs import Installs
from demo.workspace.limits import Limits
from demo.workspace.outlet import Outlet
from demo.workspace.people import BOT, BOT_USER, Person
from demo.workspace.shapes import ApiError, Json
from demo.workspace.sockets import Sockets
from demo.workspace.statuses import Statuses
from demo.workspace.traffic import Hub, Traffic
from demo.workspace.triggers import Grants
from demo.workspace.typed_text import Names
from demo.workspace.views import Views

if TYPE_CHECKING:
    from demo.workspace.config import WorkspaceConfig


class World:
    """The workspace's parts, plugged together once per server."""

    def __init__(self, config: WorkspaceConfig) -> None:
        """Fill the workspace with the people and channels of the config."""
        self.config = config
        self.clock = config.clock
        self.ids = Ids()
        self.hub = Hub()
        self.traffic = Traffic(self.hub, config.traffic_kept)
        self.limits = Limits(config)
        self.faults = FaultSwitch(config.clock)
        self.grants = Grants(config, self.ids)
        self.sockets = Sockets(config, self.ids)
        self.installs = Installs(config, self.ids)
        self.outlet = Outlet(config, self.ids, self.traffic, self.sockets)
        self.events = Events(config.manifest, self.outlet, config.clock)
        self.views = Views(self.ids)
        self.files = Files(self.ids)
        self.statuses = Statuses(config.clock, self.hub, config.status_seconds)
        self.flows = Flows(config.clock, config.stream_seconds)
        self.looking: dict[str, str] = {}
        self.people: dict[str, Person] = {person.id: person for person in (*config.people, BOT)}
        self.channels = {seed.id: Channel.from_seed(seed) for seed in config.channels}
        self.ephemerals: dict[str, list[Json]] = {}
        self.base_url = ""

    def person(self, user_id: str | None) -> Person:
        """Return somebody, or raise `user_not_found`."""
        person = self.people.get(user_id or "")
        if person is None:
            raise ApiError(code="user_not_found")
        return person

    def channel_for_bot(self, reference: str, *, by_name: bool = False) -> Channel:
        """Return a channel that the bot may know of, or raise `channel_not_found`."""
        channel = self.channels.get(reference)
        if channel is None and by_name:
            channel = self.channel_named(reference)
        if channel is None or (BOT_USER not in channel.members and channel.kind != "channels"):
            raise ApiError(code="channel_not_found")
        return channel

    def channel_named(self, name: str) -> Channel | None:
        """Return the channel of that name, with or without `#`."""
        wanted = name.removeprefix("#")
        return next(
            (item for item in self.channels.values() if item.name == wanted and not item.im_user),
            None,
        )

    def channel_for_person(self, reference: str, user_id: str) -> Channel:
        """Return a channel that this person is in, or raise Slack's error."""
        channel = self.channels.get(reference) or self.channel_named(reference)
        if channel is None:
            raise ApiError(code="channel_not_found")
        if user_id not in channel.members:
            raise ApiError(code="not_in_channel")
        return channel

    def acting(self, user_id: str | None) -> Person:
        """Return a person in whose name the page or a test acts."""
        person = self.person(user_id)
        if person.deleted:
            raise ApiError(code="account_inactive")
        return person

    def direct_with(self, user_id: str) -> Channel:
        """Return the conversation between the app and a person; it begins to exist now."""
        person = self.person(user_id)
        if person.deleted or person.is_bot:
            raise ApiError(code="user_disabled" if person.deleted else "cannot_dm_bot")
        channel_id = f"D0{user_id.removeprefix('U0')}"
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(
                id=channel_id,
                name="",
                members=[user_id, BOT_USER],
                im_user=user_id,
                is_private=True,
            )
            self.hub.tell("channel", channel=self.channels[channel_id].to_json(user_id))
        return self.channels[channel_id]

    def require(self, *scopes: str) -> None:
        """Raise `missing_scope` unless one of the scopes was granted by the manifest."""
        granted = self.config.manifest.scopes
        if scopes and not granted.intersection(scopes):
            raise ApiError(
                code="missing_scope", needed=",".join(scopes), provided=",".join(sorted(granted))
            )

    def names(self) -> Names:
        """Return who and what can be mentioned by typing its name."""
        return Names(
            users={person.name: person.id for person in self.people.values() if not person.deleted},
            channels={item.name: item.id for item in self.channels.values() if not item.im_user},
        )

    def whisper(self, user_id: str, note: Json) -> Json:
        """Show somebody a message that only they can see."""
        self.ephemerals.setdefault(user_id, []).append(note)
        self.hub.tell("ephemeral", user=user_id, message=note)
        return note

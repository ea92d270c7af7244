"""The people and channels of the workspace and their Slack shapes.

It must not hold messages or send anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demo.workspace.shapes import Json

TEAM_ID = "T0E2A"
TEAM_NAME = "Northwind Fulfillment"
TEAM_DOMAIN = "northwind-fulfillment"
APP_ID = "A0E2A"
BOT_USER = "U0E2A"
BOT_ID = "B0E2A"
BOT_NAME = "e2a"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody of the workspace; `name` is the short handle, `title` the job."""

    id: str
    name: str
    real_name: str
    title: str = ""
    timezone: str = "America/New_York"
    is_restricted: bool = False
    is_bot: bool = False
    deleted: bool = False
    is_admin: bool = False

    def to_json(self, *, with_email: bool) -> Json:
        """Return the `user` object; the address only where users:read.email was granted."""
        profile: Json = {
            "real_name": self.real_name,
            "display_name": self.name,
            "title": self.title,
            "team": TEAM_ID,
        }
        if self.is_bot:
            profile |= {"bot_id": BOT_ID, "api_app_id": APP_ID}
        elif with_email:
            profile["email"] = f"{self.name}@northwind.example"
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.deleted,
            "tz": self.timezone,
            "tz_label": self.timezone,
            "profile": profile,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
        }


@dataclass(frozen=True, kw_only=True)
class ChannelSeed:
    """A channel as it exists at the start; `members` are user ids."""

    id: str
    name: str
    members: tuple[str, ...]
    is_private: bool = False
    is_archived: bool = False
    topic: str = ""


@dataclass(frozen=True, kw_only=True)
class GroupSeed:
    """A user group such as `@atl1-leads`; `members` are user ids."""

    id: str
    handle: str
    name: str
    members: tuple[str, ...] = field(default=())

    def to_json(self) -> Json:
        """Return the `usergroup` object."""
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "is_usergroup": True,
            "handle": self.handle,
            "name": self.name,
            "user_count": len(self.members),
            "date_delete": 0,
        }


BOT = Person(
    id=BOT_USER,
    name=BOT_NAME,
    real_name=BOT_NAME,
    title="Exceptions, explanations, actions",
    is_bot=True,
)
PEOPLE = (
    Person(id="U0MARIA", name="maria", real_name="Maria Lopez", title="Ops lead"),
    Person(id="U0DEV", name="dev", real_name="Dev Patel", title="Warehouse supervisor"),
    Person(
        id="U0INES",
        name="ines",
        real_name="Ines Ferrer",
        title="Billing analyst",
        timezone="Europe/Madrid",
    ),
    Person(
        id="U0SAM",
        name="sam",
        real_name="Sam Okafor",
        title="Engineer on call",
        is_admin=True,
    ),
    Person(
        id="U0GUEST", name="gil", real_name="Gil Guest", title="Guest of Acme", is_restricted=True
    ),
    Person(
        id="U0GONE", name="greta", real_name="Greta Gone", title="Left the company", deleted=True
    ),
)
_STAFF = ("U0MARIA", "U0DEV", "U0INES", "U0SAM")
CHANNELS = (
    ChannelSeed(
        id="C0ACME", name="acme-ops", members=(*_STAFF, "U0GUEST", BOT_USER), topic="Acme Outdoors"
    ),
    ChannelSeed(id="C0GLOBEX", name="globex-ops", members=(*_STAFF, BOT_USER), topic="Globex Home"),
    ChannelSeed(
        id="C0INITECH", name="initech-ops", members=(*_STAFF, BOT_USER), topic="Initech Supplies"
    ),
    ChannelSeed(
        id="C0ALERTS", name="e2a-alerts", members=(*_STAFF, BOT_USER), topic="Everything else"
    ),
    ChannelSeed(id="C0RANDOM", name="random", members=(*_STAFF, "U0GUEST"), topic="Not work"),
)
GROUPS = (
    GroupSeed(id="S0LEADS", handle="ops-leads", name="Ops leads", members=("U0MARIA", "U0DEV")),
)

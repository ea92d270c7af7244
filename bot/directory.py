"""Who and what there is in the Slack workspace, remembered for a minute.

Must not decide what anybody may do: policies/permissions.py does.
"""

from collections.abc import Callable
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from jobs.ports.slack import Person

log = structlog.get_logger(__name__)
_REMEMBER_SECONDS = 60.0
_PAGE = 200


class SlackDirectory:
    """People and channels, read through the Web API.

    Args:
        client: the shared Slack client.
        clock: monotonic seconds, for how long an answer is remembered.
        places: the workspace and its organisation, and None where it is the first one; of all
            workspaces where there is but one.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        clock: Callable[[], float],
        places: frozenset[str | None] | None = None,
    ) -> None:
        self._client = client
        self.places = places
        self._where = _where(places or frozenset())
        self._clock = clock
        self._people: dict[str, tuple[float, Person | None]] = {}
        self._members: dict[str, tuple[float, frozenset[str]]] = {}
        self._channels: tuple[float, dict[str, str]] = (float("-inf"), {})
        self._groups: tuple[float, dict[str, frozenset[str]]] = (float("-inf"), {})

    @property
    def token(self) -> str | None:
        """With whose right it looks."""
        return self._client.token

    def serves(self, workspace_id: str | None) -> bool:
        """Whether channels of that workspace are looked up here; None is the first one."""
        return self.places is None or workspace_id in self.places

    async def person(self, user_id: str) -> Person | None:
        """The person as Slack knows them now, or None."""
        at, known = self._people.get(user_id, (float("-inf"), None))
        if self._clock() - at < _REMEMBER_SECONDS:
            return known
        try:
            answer = await self._client.users_info(user=user_id)
        except SlackApiError:
            return None
        person = _person(answer["user"], self.places)
        self._people[user_id] = (self._clock(), person)
        return person

    async def channel_id(self, name_or_id: str) -> str | None:
        """The id of `#name`; an id is returned as it is."""
        if not name_or_id.startswith("#"):
            return name_or_id
        at, known = self._channels
        fresh = self._clock() - at < _REMEMBER_SECONDS
        if not fresh:
            known = await self._list_channels()
            self._channels = (self._clock(), known)
        return known.get(name_or_id.removeprefix("#"))

    async def groups_of(self, user_id: str) -> frozenset[str]:
        """Ids of the user groups that the person is in; none where Slack does not say."""
        known = await self._known_groups()
        return frozenset(name for name, members in known.items() if user_id in members)

    async def members_of(self, group_id: str) -> frozenset[str]:
        """Ids of the people in a user group; none where Slack does not say."""
        try:
            return (await self._known_groups()).get(group_id, frozenset())
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError):
            return frozenset()

    async def _known_groups(self) -> dict[str, frozenset[str]]:
        at, known = self._groups
        if self._clock() - at >= _REMEMBER_SECONDS:
            known = await self._list_groups()
            self._groups = (self._clock(), known)
        return known

    async def shared_outside(self, channel_id: str) -> bool | None:
        """Whether the channel is shared with another company (Slack Connect), or about to be."""
        try:
            answer = await self._client.conversations_info(channel=channel_id)
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("channel_unknown", error=str(error))
            return None
        channel = answer["channel"]
        return bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))

    async def channels_of(self, user_id: str) -> frozenset[str]:
        """Ids of the person's channels; of private ones those that the bot is in too."""
        at, known = self._members.get(user_id, (float("-inf"), frozenset[str]()))
        if self._clock() - at < _REMEMBER_SECONDS:
            return known
        found: set[str] = set()
        async for page in await self._client.users_conversations(
            user=user_id, types="public_channel,private_channel", limit=_PAGE, **self._where
        ):
            found.update(str(channel["id"]) for channel in page["channels"])
        self._members[user_id] = (self._clock(), frozenset(found))
        return self._members[user_id][1]

    async def _list_channels(self) -> dict[str, str]:
        found: dict[str, str] = {}
        async for page in await self._client.conversations_list(
            types="public_channel,private_channel",
            limit=_PAGE,
            exclude_archived=True,
            **self._where,
        ):
            found.update((str(c["name"]), str(c["id"])) for c in page["channels"])
        return found

    async def _list_groups(self) -> dict[str, frozenset[str]]:
        try:
            answer = await self._client.usergroups_list(include_users=True, **self._where)
        except SlackApiError as error:
            log.warning("user_groups_unknown", error=error.response.get("error"))
            return {}
        return {
            str(group["id"]): frozenset(map(str, group.get("users") or ()))
            for group in answer["usergroups"]
        }


def _where(places: frozenset[str | None]) -> dict[str, Any]:
    """An organisation's token has to say in which of its workspaces it looks."""
    team = next((one for one in places if one and one.startswith("T")), None)
    organisation = any(one and one.startswith("E") for one in places)
    return {"team_id": team} if team and organisation else {}


def _person(user: dict[str, Any], places: frozenset[str | None] | None) -> Person:
    """In an organisation people are in several workspaces: the one that asks counts.

    Whoever is admin of another workspace than the first one is none of E2A's.
    """
    teams = (user.get("enterprise_user") or {}).get("teams") or ()
    here = next((team for team in teams if places and team in places), None)
    ours = places is None or None in places
    profile = user.get("profile") or {}
    shown = profile.get("display_name") or profile.get("real_name") or user.get("real_name")
    return Person(
        id=str(user["id"]),
        name=str(shown or user.get("name") or user["id"]),
        team_id=str(here or user.get("team_id") or ""),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        deleted=bool(user.get("deleted")),
        bot=bool(user.get("is_bot")),
        admin=ours and bool(user.get("is_admin") or user.get("is_owner")),
        timezone=str(user.get("tz") or "UTC"),
    )

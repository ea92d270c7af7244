"""Who and what there is in the Slack workspace, remembered for a minute.

Must not decide what anybody may do: policies/permissions.py does.
"""

from collections.abc import Callable
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from jobs.ports_slack import Person

_REMEMBER_SECONDS = 60.0
_PAGE = 200


class SlackDirectory:
    """People and channels, read through the Web API.

    Args:
        client: the shared Slack client.
        clock: monotonic seconds, for how long an answer is remembered.
    """

    def __init__(self, client: AsyncWebClient, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock
        self._people: dict[str, tuple[float, Person | None]] = {}
        self._members: dict[str, tuple[float, frozenset[str]]] = {}
        self._channels: tuple[float, dict[str, str]] = (float("-inf"), {})

    async def person(self, user_id: str) -> Person | None:
        """The person as Slack knows them now, or None."""
        at, known = self._people.get(user_id, (float("-inf"), None))
        if self._clock() - at < _REMEMBER_SECONDS:
            return known
        try:
            answer = await self._client.users_info(user=user_id)
        except SlackApiError:
            return None
        person = _person(answer["user"])
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

    async def channels_of(self, user_id: str) -> frozenset[str]:
        """Ids of the person's channels; of private ones those that the bot is in too."""
        at, known = self._members.get(user_id, (float("-inf"), frozenset[str]()))
        if self._clock() - at < _REMEMBER_SECONDS:
            return known
        found: set[str] = set()
        async for page in await self._client.users_conversations(
            user=user_id, types="public_channel,private_channel", limit=_PAGE
        ):
            found.update(str(channel["id"]) for channel in page["channels"])
        self._members[user_id] = (self._clock(), frozenset(found))
        return self._members[user_id][1]

    async def _list_channels(self) -> dict[str, str]:
        found: dict[str, str] = {}
        async for page in await self._client.conversations_list(
            types="public_channel,private_channel", limit=_PAGE, exclude_archived=True
        ):
            found.update((str(c["name"]), str(c["id"])) for c in page["channels"])
        return found


def _person(user: dict[str, Any]) -> Person:
    profile = user.get("profile") or {}
    shown = profile.get("display_name") or profile.get("real_name") or user.get("real_name")
    return Person(
        id=str(user["id"]),
        name=str(shown or user.get("name") or user["id"]),
        team_id=str(user.get("team_id") or ""),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        deleted=bool(user.get("deleted")),
        bot=bool(user.get("is_bot")),
        timezone=str(user.get("tz") or "UTC"),
    )

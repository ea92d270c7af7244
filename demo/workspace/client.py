"""An async client of the workspace's control API for tests and the demo.

It must not speak for the bot.
"""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

import aiohttp

from demo.workspace.outcome import Outcome, WorkspaceError
from demo.workspace.people import BOT_USER
from demo.workspace.shapes import Json, without_nothing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

__all__ = ["Outcome", "WorkspaceClient", "WorkspaceError"]

_PAUSE_SECONDS = 0.02
_T = TypeVar("_T")


class WorkspaceClient:
    """Acts as people of the workspace and looks at what they see."""

    def __init__(self, url: str) -> None:
        """Talk to the workspace at `url`."""
        self.url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    @property
    def api_url(self) -> str:
        """Return the base URL of the Web API, for SLACK_API_URL."""
        return f"{self.url}/api/"

    async def __aenter__(self) -> Self:
        """Open the connection."""
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *args: object) -> None:
        """Close the connection."""
        if self._session:
            await self._session.close()

    async def post_as(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Sequence[Mapping[str, str]] | None = None,
    ) -> Json:
        """Type a message; return it. `files` are `{"name", "content"}`.

        What is no text goes in `content_base64`.
        """
        sent = without_nothing(
            user=user, channel=channel, text=text, thread_ts=thread_ts, files=files
        )
        return await self._message("post", sent)

    async def mention(
        self, user: str, channel: str, text: str, *, thread_ts: str | None = None
    ) -> Json:
        """Type a message that begins with a mention of the bot; return it."""
        return await self.post_as(user, channel, f"<@{BOT_USER}> {text}", thread_ts=thread_ts)

    async def dm(self, user: str, text: str, *, thread_ts: str | None = None) -> Json:
        """Type into the conversation with the bot; return the message with its `channel`."""
        return await self._message(
            "post", without_nothing(user=user, text=text, thread_ts=thread_ts)
        )

    async def command(
        self, user: str, channel: str | None, text: str, *, command: str = "/e2a"
    ) -> Outcome:
        """Run a slash command; without channel in the conversation with the bot."""
        return await self._outcome(
            "command", without_nothing(user=user, channel=channel, command=command, text=text)
        )

    async def click(
        self, user: str, channel: str | None, ts: str | None, action_id: str, **where: object
    ) -> Outcome:
        """Press a button; `where`: view_id, block_id, value (tells equal ids apart), values."""
        return await self._outcome(
            "click",
            without_nothing(user=user, channel=channel, ts=ts, action_id=action_id, **where),
        )

    async def select(
        self,
        user: str,
        channel: str | None,
        ts: str | None,
        action_id: str,
        selection: object,
        **where: object,
    ) -> Outcome:
        """Choose in a menu, picker or input: an option's value, a list of them, an id or a text."""
        return await self.click(user, channel, ts, action_id, selection=selection, **where)

    async def submit_view(
        self, user: str, view_id: str, values: Mapping[str, object] | None = None
    ) -> Outcome:
        """Submit the visible modal; `values` by block id or action id."""
        return await self._outcome(
            "submit", {"user": user, "view_id": view_id, "values": dict(values or {})}
        )

    async def close_view(self, user: str, view_id: str, *, clear: bool = False) -> None:
        """Close the visible modal, or with `clear` all of them."""
        await self._act("close", {"user": user, "view_id": view_id, "clear": clear})

    async def open_home(self, user: str, tab: str = "home") -> Json | None:
        """Open the bot's Home (or `messages`); return the Home as it stands now."""
        view: Json | None = (await self._act("home", {"user": user, "tab": tab}))["view"]
        return view

    async def look_at(self, user: str, channel: str) -> None:
        """Open a channel; the bot hears of it where its conversation with them is open."""
        await self._act("look", {"user": user, "channel": channel})

    async def shortcut(
        self, user: str, callback_id: str, *, channel: str | None = None, ts: str | None = None
    ) -> Outcome:
        """Use a shortcut, on a message where channel and ts are given."""
        sent = without_nothing(user=user, callback_id=callback_id, channel=channel, ts=ts)
        return await self._outcome("shortcut", sent)

    async def options(self, user: str, action_id: str, query: str, **where: object) -> list[Json]:
        """Return what the bot offers in an external select; `where`: view_id, or channel and ts."""
        sent = {"user": user, "action_id": action_id, "query": query, **where}
        found: list[Json] = (await self._act("options", sent))["options"]
        return found

    async def react(
        self, user: str, channel: str, ts: str, name: str, *, remove: bool = False
    ) -> None:
        """Put an emoji under a message or take it away."""
        await self._act(
            "react", {"user": user, "channel": channel, "ts": ts, "name": name, "remove": remove}
        )

    async def invite(self, user: str, channel: str, who: str = BOT_USER) -> None:
        """Bring somebody, by default the bot, into a channel."""
        await self._act("invite", {"user": user, "channel": channel, "who": who})

    async def messages(self, channel: str) -> list[Json]:
        """Return a channel's messages with metadata, oldest first (the newest 500)."""
        return await self._list("messages", "messages", channel=channel)

    async def thread(self, channel: str, ts: str) -> list[Json]:
        """Return a thread, its parent first."""
        return await self._list("thread", "messages", channel=channel, ts=ts)

    async def ephemerals(self, user: str) -> list[Json]:
        """Return what only this person sees, oldest first."""
        return await self._list("ephemerals", "messages", user=user)

    async def views(self, user: str) -> list[Json]:
        """Return a person's open modals, the visible one last."""
        return await self._list("views", "views", user=user)

    async def home(self, user: str) -> Json | None:
        """Return a person's Home, None before the first publish."""
        view: Json | None = (await self._get("home", user=user))["view"]
        return view

    async def calls(self, method: str | None = None) -> list[Json]:
        """Return the bot's Web API calls, oldest first."""
        return await self._list("calls", "calls", **without_nothing(method=method))

    async def deliveries(self, kind: str | None = None) -> list[Json]:
        """Return what was delivered to the bot, oldest first, each attempt on its own."""
        return await self._list("deliveries", "deliveries", **without_nothing(kind=kind))

    async def totals(self) -> Json:
        """Return counts of calls, errors and deliveries, waiting faults and `verified`."""
        return await self._get("totals")

    async def state(self) -> Json:
        """Return team, app, people, channels, commands and shortcuts."""
        return await self._get("state")

    async def set_fault(self, kind: str, method: str = "*", **how: object) -> None:
        """Let Web API calls fail; kinds and `how` (calls, seconds, ...) as in fault_switch.py."""
        await self._act("faults", {"kind": kind, "method": method, **how})

    async def clear_faults(self) -> None:
        """Switch every fault and every spoilt delivery off."""
        await self._act("faults/clear", {})

    async def end_sockets(self, *, announced: bool = False, refuse_tickets: bool = False) -> None:
        """End the app's WebSockets; their next addresses may be refused."""
        await self._act("sockets/end", {"announced": announced, "refuse_tickets": refuse_tickets})

    async def uninstall(self, team: str) -> None:
        """Take the app out of a workspace."""
        await self._act("uninstall", {"team": team})

    async def tamper(self, mode: str, count: int = 1) -> None:
        """Spoil the next deliveries: bad_signature, stale, bad_timestamp, unsigned, duplicate."""
        await self._act("tamper", {"mode": mode, "count": count})

    @overload
    async def wait_for(
        self,
        predicate: Callable[[], Awaitable[_T]],
        timeout: float = ...,  # noqa: ASYNC109
    ) -> _T: ...

    @overload
    async def wait_for(
        self,
        predicate: Callable[[], _T],
        timeout: float = ...,  # noqa: ASYNC109
    ) -> _T: ...

    async def wait_for(
        self,
        predicate: Callable[[], object],
        timeout: float = 5.0,  # noqa: ASYNC109  (the word that callers expect)
    ) -> object:
        """Return the first true answer of `predicate` (async or not), or raise TimeoutError."""
        async with asyncio.timeout(timeout):
            while True:
                found = predicate()
                value = await found if inspect.isawaitable(found) else found
                if value:
                    return value
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _message(self, action: str, sent: Json) -> Json:
        answer = await self._act(action, sent)
        return {**answer["message"], "channel": answer["channel"]}

    async def _outcome(self, action: str, sent: Json) -> Outcome:
        return Outcome.from_json(await self._act(action, sent))

    async def _list(self, what: str, name: str, **query: str) -> list[Json]:
        found: list[Json] = (await self._get(what, **query))[name]
        return found

    async def _act(self, action: str, sent: Json) -> Json:
        return await self._request("POST", action, json=sent)

    async def _get(self, what: str, **query: str) -> Json:
        return await self._request("GET", what, params=query)

    async def _request(self, verb: str, path: str, **options: Any) -> Json:  # noqa: ANN401  (aiohttp's own)
        if self._session is None:
            raise RuntimeError(path)
        async with self._session.request(
            verb, f"{self.url}/workspace/api/{path}", **options
        ) as response:
            answer: Json = await response.json()
            if not response.ok:
                raise WorkspaceError(answer)
            return answer

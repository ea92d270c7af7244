"""Brings a file to where people asked for it, or to the asker's direct messages.

Must not write files or decide who may have them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.sheets import Sheet


class NotBroughtError(Exception):
    """Slack did not take a file; the message is its reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Where files go: `public` with what everybody sees, `private` with what the asker alone sees.

    Places are `channel` and perhaps `thread_ts`; None is the direct message with the asker.
    """

    client: AsyncWebClient
    user_id: str
    public: Mapping[str, str] | None = None
    private: Mapping[str, str] | None = None

    async def bring(self, sheet: Sheet, *, unseen: bool) -> None:
        """Uploads it; raises NotBroughtError."""
        place = (self.private if unseen else self.public) or {}
        try:
            await self.client.files_upload_v2(
                filename=sheet.name,
                content=sheet.content,
                title=sheet.name,
                initial_comment=sheet.title,
                channel=place.get("channel") or await self._alone(),
                thread_ts=place.get("thread_ts"),
            )
        except SlackApiError as error:
            raise NotBroughtError(str(error.response.get("error"))) from error
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            raise NotBroughtError(type(error).__name__) from error

    async def _alone(self) -> str:
        opened = await self.client.conversations_open(users=[self.user_id])
        return str(opened["channel"]["id"])

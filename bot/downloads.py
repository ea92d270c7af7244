"""Fetches files that people shared, with the bot's token, from Slack's own address and no other.

Must not follow a redirect: the token would go with it.
"""

from urllib.parse import urlsplit

import aiohttp

from jobs.ports.files import MOST_BYTES, FileRefusedError, SharedFile

_SECONDS = 60.0
_PIECE = 1 << 16
_OK = 200
_ELSEWHERE = "lies outside Slack or is shared from another company; upload it here yourself"


class SlackDownloads:
    """Satisfies Downloads.

    Args:
        session: the one that all calls share.
        api_url: SLACK_API_URL; whose host files may come from.
        token: with whose right.
    """

    def __init__(
        self, session: aiohttp.ClientSession, api_url: str, token: str | None = None
    ) -> None:
        self._session = session
        self._api_url = api_url
        self._token = token

    def of(self, token: str | None) -> "SlackDownloads":
        """See Downloads."""
        return SlackDownloads(self._session, self._api_url, token)

    async def fetch(self, file: SharedFile, *, most_bytes: int = MOST_BYTES) -> bytes:
        """See Downloads; never reads more than that many bytes."""
        if file.url is None or not is_slacks(file.url, self._api_url):
            raise FileRefusedError(_told(file, _ELSEWHERE))
        too_large = _told(file, f"is larger than {most_bytes >> 20} MB; split it")
        if file.size > most_bytes:
            raise FileRefusedError(too_large)
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            async with self._session.get(
                file.url, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                if answer.status != _OK or _is_sign_in(answer):
                    why = f"Slack does not hand it over (status {answer.status}); E2A needs the"
                    raise FileRefusedError(_told(file, f"{why} scope files:read"))
                content = bytearray()
                async for piece in answer.content.iter_chunked(_PIECE):
                    content += piece
                    if len(content) > most_bytes:
                        raise FileRefusedError(too_large)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            why = f"Slack did not hand it over ({type(error).__name__}); share it again"
            raise FileRefusedError(_told(file, why)) from error
        return bytes(content)


def is_slacks(url: str, api_url: str) -> bool:
    """Whether a file's address is Slack's: the API's origin, or a host below it over TLS."""
    try:
        there, api = urlsplit(url), urlsplit(api_url)
        same = (there.scheme, there.hostname, there.port) == (api.scheme, api.hostname, api.port)
    except ValueError:
        return False
    if there.username is not None or not there.hostname or not api.hostname:
        return False
    below = there.hostname.endswith(f".{api.hostname}")
    return same or (there.scheme == api.scheme == "https" and below)


def _is_sign_in(answer: aiohttp.ClientResponse) -> bool:
    """Slack shows a page to sign in on, with status 200, to whoever may not have the file."""
    return answer.content_type == "text/html" and "Content-Disposition" not in answer.headers


def _told(file: SharedFile, why: str) -> str:
    return f"{file.name[:80]}: {why}"

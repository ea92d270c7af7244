"""`e2a post`: signs a captured payload as its sender would, and posts it. Must not change it."""

import asyncio
import base64
import hashlib
import hmac
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from bot.cli.app import CommandError, app
from bot.cli.output import tell

_SECONDS = 30


@app.command()
def post(
    file: Path,
    to: Annotated[str, typer.Option(help="Where: a webhook address, or /ingest/SOURCE.")],
    secret: Annotated[str | None, typer.Option(help="Signs it, for a webhook address.")] = None,
    key: Annotated[str | None, typer.Option(help="API key with scope ingest, else.")] = None,
    topic: Annotated[str | None, typer.Option(help="Shopify's topic, e.g. orders/paid.")] = None,
) -> None:
    """Posts a captured payload, byte for byte, and prints the answer."""
    if (secret is None) == (key is None):
        message = "give --secret for a webhook address, or --key for /events and /ingest"
        raise typer.BadParameter(message)
    body = file.read_bytes()
    headers = {"Content-Type": "application/json"}
    if topic:
        headers["X-Shopify-Topic"] = topic
    if key:
        headers["Authorization"] = f"Bearer {key}"
    if secret:
        signature = sign(secret, body)
        headers |= {"X-Shopify-Hmac-Sha256": signature, "X-E2A-Hmac-Sha256": signature}
    status, text = asyncio.run(_send(to, body, headers))
    tell(f"{status} {text}")
    if status >= 400:  # noqa: PLR2004 - the first status that is an error
        message = f"{to} answered {status}"
        raise CommandError(message)


def sign(secret: str, body: bytes) -> str:
    """The signature that webhook addresses check: base64 of HMAC-SHA256 over the raw body."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


async def _send(to: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.post(to, data=body, headers=headers) as answer,
        ):
            return answer.status, await answer.text()
    except (aiohttp.ClientError, TimeoutError) as error:
        message = f"{to} cannot be reached: {error}"
        raise CommandError(message) from error

"""The pages through which a workspace installs E2A: off to Slack, and back with a code.

Must not keep tokens or speak to Slack: the installer that the services hold does.
"""

import hashlib
import hmac
import html
import secrets
from datetime import datetime, timedelta

import structlog
from aiohttp import web

from handlers.api.auth import Access
from handlers.api.table import Call, Route
from handlers.services import Services
from jobs.errors import E2AError

log = structlog.stdlib.get_logger(__name__)
INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
COOKIE = "__Host-e2a-install"
"""The prefix has browsers refuse it from another host, and over anything but HTTPS."""
LASTS = timedelta(minutes=10)
_LONGEST = 400
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem}}
@media(prefers-color-scheme:dark){{body{{background:#1a1d21;color:#d1d2d3}}}}</style>
<h1>{title}</h1><p>{words}</p></html>
"""
_AGAIN = f"Start again at {INSTALL}."


class InstallFailedError(E2AError):
    """Slack gave no token."""


async def begin(call: Call) -> web.Response:
    """Sends the browser to Slack's page, with a word that only this browser can bring back."""
    installer = call.services.installer
    if installer is None:
        return _not_offered()
    state = new_state(installer.secret, call.services.wall_now())
    answer = web.Response(status=302, headers={**_HEADERS, "Location": installer.address(state)})
    answer.set_cookie(
        COOKIE,
        state,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    return answer


async def finish(call: Call) -> web.Response:
    """Back from Slack: the word is checked and good once, and the code brings the token."""
    installer, query = call.services.installer, call.request.query
    if installer is None:
        return _not_offered()
    state = query.get("state", "")
    held = call.request.cookies.get(COOKIE, "")
    if state != held or not await _is_good(state, installer.secret, call.services):
        words = f"It is too old, or was begun elsewhere. {_AGAIN}"
        return _page(400, "This link is not good any more", words)
    code = query.get("code", "")
    if query.get("error") or not 0 < len(code) <= _LONGEST:
        return _page(400, "Nothing was installed", f"Slack gave no permission. {_AGAIN}")
    try:
        name = await installer.install(code)
    except InstallFailedError as error:
        log.warning("slack_install_failed", reason=str(error))
        return _page(502, "Slack gave no token", f"Nothing was installed ({error}). {_AGAIN}")
    words = "Next: say /invite @e2a in a channel. What it shows there, whoever runs E2A decides."
    return _page(200, f"E2A is now in {name}", words)


def new_state(secret: str, now: datetime) -> str:
    """`until.word.signature`: until when, something that nobody guesses, and our own mark."""
    told = f"{int((now + LASTS).timestamp())}.{secrets.token_urlsafe(18)}"
    return f"{told}.{_mark(secret, told)}"


def is_ours(state: str, secret: str, now: datetime) -> bool:
    """Whether we made it, not longer ago than it lasts."""
    told, _, mark = state.rpartition(".")
    until = told.partition(".")[0]
    if not hmac.compare_digest(mark.encode("utf-8", "replace"), _mark(secret, told).encode()):
        return False
    return now.timestamp() <= int(until)


def _mark(secret: str, told: str) -> str:
    key = f"e2a install {secret}".encode()
    return hmac.new(key, told.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


async def _is_good(state: str, secret: str, services: Services) -> bool:
    """Ours, in time, and not seen before."""
    now = services.wall_now()
    if not 0 < len(state) <= _LONGEST or not is_ours(state, secret, now):
        return False
    async with services.storage.write() as tx:
        return await tx.seen.first_time(f"oauth:{state.rpartition('.')[2]}", now)


def _not_offered() -> web.Response:
    words = "This E2A speaks to one workspace, by SLACK_BOT_TOKEN; nothing is installed here."
    return _page(404, "No installing here", words)


def _page(status: int, title: str, words: str) -> web.Response:
    text = _PAGE.format(title=html.escape(title), words=html.escape(words))
    answer = web.Response(status=status, text=text, content_type="text/html", headers=_HEADERS)
    answer.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    return answer


ROUTES = (
    Route(
        method="GET",
        path=INSTALL,
        access=Access.PUBLIC,
        handle=begin,
        summary="Begins to install E2A in a Slack workspace",
        answers={302: None, 404: None},
        media="text/html",
    ),
    Route(
        method="GET",
        path=REDIRECT,
        access=Access.PUBLIC,
        handle=finish,
        summary="Where Slack sends the browser back to",
        answers={200: None, 400: None, 404: None, 502: None},
        media="text/html",
    ),
)

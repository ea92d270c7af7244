"""One aiohttp application: ingestion, API, health, and the door for Slack.

Must not handle requests itself: it mounts what handlers/ offers.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.intake import open_intake
from bot.watching import hearing
from bot.wiring import Bot
from handlers.api.routes import add_routes
from handlers.ingest.intake import INTAKE
from handlers.slack.app import create_bolt_app, own_workspace
from handlers.slack.receiver import PATH, Receiver
from handlers.slack.socket import SocketListener
from handlers.slack.tasks import Background

_LARGEST_BODY = 2 << 20
"""A last resort: ingestion and the receiver have tighter limits of their own."""


def create_app(bot: Bot) -> web.Application:
    """The application of a wired bot; what listeners began is finished before it ends."""
    app = web.Application(client_max_size=_LARGEST_BODY)
    app[INTAKE] = open_intake(bot.settings)
    background, token = Background(), bot.settings.slack_app_token

    async def finish(_app: web.Application) -> AsyncIterator[None]:
        yield
        await background.drain()

    app.cleanup_ctx.append(finish)
    if token is not None:
        bolt = _bolt(bot, background)
        connected = _connect(app, bot, bolt, token.get_secret_value())
        add_routes(app, replace(bot.services, ready=hearing(bot.services.ready, connected)))
        return app
    add_routes(app, bot.services)
    if bot.settings.slack_signing_secret is not None:
        _receive(app, bot, _bolt(bot, background))
    return app


def _bolt(bot: Bot, background: Background) -> AsyncApp:
    return create_bolt_app(
        bot.services,
        client=bot.client,
        signing_secret=_signing_secret(bot),
        authorize=_authorize(bot),
        background=background,
        directory_of=bot.many.workspaces.directory_of if bot.many else None,
    )


def _authorize(bot: Bot) -> Callable[..., Awaitable[AuthorizeResult | None]]:
    """Bolt looks at the names of a function's arguments, which a bound method hides."""
    if bot.many is None:
        return own_workspace(bot.client)
    workspaces = bot.many.workspaces

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        return await workspaces.authorize(enterprise_id, team_id)

    return authorize


def _receive(app: web.Application, bot: Bot, bolt: AsyncApp) -> None:
    """Slack calls us."""
    receiver = Receiver(app=bolt, signing_secret=_signing_secret(bot), services=bot.services)
    app.router.add_post(PATH, receiver.receive)


def _connect(
    app: web.Application, bot: Bot, bolt: AsyncApp, app_token: str
) -> Callable[[], Awaitable[bool]]:
    """We call Slack; the route for its calls is not there then. Says whether it is heard."""
    open_now: list[SocketListener] = []

    async def listen(_app: web.Application) -> AsyncIterator[None]:
        listener = SocketListener(
            app=bolt, app_token=app_token, client=bot.client, services=bot.services
        )
        open_now.append(listener)
        async with listener.listening():
            yield

    async def connected() -> bool:
        return bool(open_now) and await open_now[0].connected()

    app.cleanup_ctx.append(listen)
    return connected


def _signing_secret(bot: Bot) -> str:
    """Nothing where none is needed: what comes over a socket is not signed."""
    secret = bot.settings.slack_signing_secret
    return secret.get_secret_value() if secret else ""

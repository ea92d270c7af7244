"""One aiohttp application: ingestion, API, health, and the door for Slack.

Must not handle requests itself: it mounts what handlers/ offers.
"""

from collections.abc import AsyncIterator

from aiohttp import web

from bot.intake import open_intake
from bot.wiring import Bot
from handlers.api.routes import add_routes
from handlers.ingest.intake import INTAKE
from handlers.slack.app import create_bolt_app, own_workspace
from handlers.slack.receiver import PATH, Receiver
from handlers.slack.tasks import Background

_LARGEST_BODY = 2 << 20
"""A last resort: ingestion and the receiver have tighter limits of their own."""


def create_app(bot: Bot) -> web.Application:
    """The application of a wired bot; what listeners began is finished before it ends."""
    app = web.Application(client_max_size=_LARGEST_BODY)
    app[INTAKE] = open_intake(bot.settings)
    add_routes(app, bot.services)
    background = Background()
    secret = bot.settings.slack_signing_secret
    if secret is not None:
        bolt = create_bolt_app(
            bot.services,
            client=bot.client,
            signing_secret=secret.get_secret_value(),
            authorize=own_workspace(bot.client),
            background=background,
        )
        receiver = Receiver(
            app=bolt, signing_secret=secret.get_secret_value(), services=bot.services
        )
        app.router.add_post(PATH, receiver.receive)

    async def finish(_app: web.Application) -> AsyncIterator[None]:
        yield
        await background.drain()

    app.cleanup_ctx.append(finish)
    return app

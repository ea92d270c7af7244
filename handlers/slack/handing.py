"""Hands work over from a listener to the background, with kindness for what may fail in it.

Must not await the work: Slack waits three seconds for the acknowledgement, people less.
"""

import secrets
from collections.abc import Awaitable, Callable

from slack_bolt.context.async_context import AsyncBoltContext

from handlers.services import Services
from handlers.slack.errors import told_kindly
from handlers.slack.tasks import Background
from handlers.slack.voice import Voice

SERVICES, BACKGROUND, CORRELATION = "services", "background", "correlation_id"
"""Keys of Bolt's context that the middleware fills."""


def services_of(context: AsyncBoltContext) -> Services:
    """The doors that listeners may knock at."""
    services: Services = context[SERVICES]
    return services


def hand_over(context: AsyncBoltContext, voice: Voice, work: Callable[[], Awaitable[None]]) -> None:
    """Starts the work; a fault in it is told to the asker alone."""
    kind = told_kindly(work, tell=voice.aside, correlation_id=context[CORRELATION])
    background_of(context).start(kind)


def background_of(context: AsyncBoltContext) -> Background:
    """Where work goes on after the acknowledgement."""
    background: Background = context[BACKGROUND]
    return background


def new_correlation_id() -> str:
    """What a person is asked to quote: `e2a-` and eight characters."""
    return f"e2a-{secrets.token_hex(4)}"

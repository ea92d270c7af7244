"""The Slack side of E2A, ready to be talked to."""

from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from tests.propriety import wrongs
from tests.slack.world import World, open_world

Logs = list[MutableMapping[str, Any]]


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    """What was logged, with its correlation ids."""
    with capture_logs(processors=[merge_contextvars]) as lines:
        yield lines


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """The app over storage of its own."""
    async with open_world() as opened:
        yield opened
        assert [
            wrong for call in opened.slack.calls for wrong in wrongs(call.method, call.said)
        ] == []

"""A bot at work for the stories of a file, and a workspace for those that need one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from demo.workspace.app import WorkspaceConfig, running_workspace
from demo.workspace.client import WorkspaceClient
from demo.workspace.manifest import AppManifest
from tests.stories.harness import SECRET, TOKEN, Bot, a_bot, free_port, one_by_one


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot at work without any Slack."""
    async with a_bot(tmp_path, extra={"SLACK_NOTIFICATIONS_ENABLED": "false"}) as made:
        await made.start()
        yield made


@pytest.fixture
async def port() -> int:
    """Where the bot of a story will serve."""
    return free_port()


@pytest.fixture
async def workspace(port: int) -> AsyncIterator[WorkspaceClient]:
    """A local workspace that speaks to that port, with the manifest's own scopes and events."""
    config = WorkspaceConfig(
        bot_url=f"http://127.0.0.1:{port}/slack/events",
        signing_secret=SECRET,
        bot_token=TOKEN,
        manifest=AppManifest.from_file(Path("manifest.yml")),
        post_burst=50,
        post_per_second=50,
        calls_per_minute={1: 60, 2: 600, 3: 1000, 4: 3000},
    )
    async with running_workspace(config) as client:
        yield client


@pytest.fixture
async def in_slack(
    tmp_path: Path, port: int, workspace: WorkspaceClient
) -> AsyncIterator[tuple[Bot, WorkspaceClient]]:
    """A bot at work, which tells everything alone, and the workspace that it speaks to."""
    alone = one_by_one(tmp_path)
    async with a_bot(tmp_path, port=port, slack_api_url=workspace.api_url, extra=alone) as made:
        await made.start()
        yield made, workspace

"""The command `python -m demo.workspace`.

It must not print anything on stdout but its one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from demo.workspace.app import serving
from demo.workspace.config import WorkspaceConfig
from demo.workspace.manifest import DEFAULT_MANIFEST, AppManifest


def main(arguments: list[str] | None = None) -> int:
    """Serve the workspace until SIGINT or SIGTERM; return the exit code."""
    options = _parser().parse_args(arguments)
    config = WorkspaceConfig(
        bot_url=options.bot_url,
        signing_secret=options.signing_secret,
        bot_token=options.bot_token,
        manifest=AppManifest.from_file(options.manifest) if options.manifest else DEFAULT_MANIFEST,
        host=options.host,
        port=options.port,
    )
    if options.seed_file:
        config = config.with_seed_file(options.seed_file)
    asyncio.run(_serve(config))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m demo.workspace", description="A local Slack-like workspace."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=3100, help="0 chooses a free port")
    parser.add_argument("--bot-url", required=True, help="where the bot takes events")
    parser.add_argument("--signing-secret", required=True)
    parser.add_argument("--bot-token", required=True)
    parser.add_argument("--manifest", type=Path, help="the app's manifest.yml")
    parser.add_argument("--seed-file", type=Path, help="people and channels as JSON")
    return parser


async def _serve(config: WorkspaceConfig) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with serving(config) as url:
        print(json.dumps({"url": url}), flush=True)  # noqa: T201  (the one line that whoever started it waits for)
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())

"""The command `python -m demo.model`.

It must not print anything on stdout but its one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from demo.model.modes import MODES
from demo.model.server import ModelServer, line_of


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; return the exit code."""
    options = _parser().parse_args(arguments)
    server = ModelServer(mode=options.mode, model=options.model, api_key=options.api_key)
    asyncio.run(_serve(server, options.host, options.port))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m demo.model", description="A model's server without a model."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=3200, help="0 chooses a free port")
    parser.add_argument("--mode", choices=sorted(MODES), default="good")
    parser.add_argument("--model", default="demo-model", help="the name that it lists")
    parser.add_argument("--api-key", help="asked of everybody, where given")
    return parser


async def _serve(server: ModelServer, host: str, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with server.serving(host, port):
        print(line_of(server), flush=True)  # noqa: T201  (whoever started it waits for it)
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())

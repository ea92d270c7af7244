"""The command line of the simulated warehouse: run, send, generate.

Results go to stdout, everything else to stderr; it must not print secrets.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from datetime import datetime, timedelta
from pathlib import Path

from demo.warehouse.generate import (
    DEFAULT_ORDERS_PER_HOUR,
    DEFAULT_PROBLEM_RATE,
    DEFAULT_START,
    FIRST_ORDER,
    generate_lines,
    generate_orders,
)
from demo.warehouse.hooks import HooksError, load_hooks
from demo.warehouse.shifts import run_warehouse, send_events


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    try:
        options.command(options)
    except HooksError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except BrokenPipeError:  # the reader has seen enough
        sys.stderr.close()
    return 0


def _run(options: argparse.Namespace) -> None:
    hooks = load_hooks(options.config)
    emissions = generate_orders(
        seed=options.seed,
        orders_per_hour=options.orders_per_hour,
        start=options.start - timedelta(hours=options.history_hours),
        problem_rate=options.problem_rate,
        first_order=options.first_order,
    )
    shift = run_warehouse(
        emissions,
        hooks=hooks,
        start=options.start,
        speed=options.speed,
        wall_seconds=options.wall_seconds,
        on_open=_tell_open,
    )
    sys.stdout.write(asyncio.run(shift).to_json() + "\n")


def _tell_open() -> None:
    """Lets whoever started us begin their business time at the same moment."""
    sys.stdout.write('{"opened":true}\n')
    sys.stdout.flush()


def _send(options: argparse.Namespace) -> None:
    emissions = generate_orders(
        seed=options.seed,
        orders=options.orders,
        start=options.start,
        problem_rate=options.problem_rate,
        first_order=options.first_order,
    )
    shift = send_events(
        emissions,
        url=options.to,
        key=options.key,
        wall_seconds=options.wall_seconds,
        delay=options.delay,
    )
    sys.stdout.write(asyncio.run(shift).to_json() + "\n")


def _generate(options: argparse.Namespace) -> None:
    lines = generate_lines(options.orders, options.seed, options.problem_rate, options.start)
    sys.stdout.writelines(line + "\n" for line in lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo.warehouse", description=__doc__)
    commands = parser.add_subparsers(required=True)

    run = _command(commands.add_parser("run", help="send signed webhooks in business time"), _run)
    run.add_argument("--config", type=Path, required=True, help="JSON file with the hooks")
    run.add_argument("--speed", type=_positive, default=60.0, help="business seconds a second")
    run.add_argument(
        "--for", type=_positive, dest="wall_seconds", help="stop after so many seconds"
    )
    run.add_argument("--orders-per-hour", type=_whole, default=DEFAULT_ORDERS_PER_HOUR)
    run.add_argument("--history-hours", type=_positive, default=6.0)
    run.add_argument("--first-order", type=_whole, default=FIRST_ORDER)

    send = _command(commands.add_parser("send", help="post canonical events with a key"), _send)
    send.add_argument("--to", required=True, help="URL of the events endpoint")
    send.add_argument("--key", required=True, help="API key with the scope ingest")
    send.add_argument("--for", type=_positive, dest="wall_seconds", required=True)
    send.add_argument("--orders", type=_whole, help="stop after so many orders")
    send.add_argument("--delay", type=float, default=2.0, help="seconds after 100 new orders")
    send.add_argument("--first-order", type=_whole, default=FIRST_ORDER)

    lines = _command(commands.add_parser("generate", help="print events as JSON lines"), _generate)
    lines.add_argument("--orders", type=_whole, required=True)
    return parser


def _command(parser: argparse.ArgumentParser, command: object) -> argparse.ArgumentParser:
    parser.set_defaults(command=command)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--start", type=_time, default=DEFAULT_START, help="business time, RFC 3339"
    )
    parser.add_argument("--problem-rate", type=_share, default=DEFAULT_PROBLEM_RATE)
    return parser


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        message = "an offset is missing"
        raise argparse.ArgumentTypeError(message)
    return time


def _positive(text: str) -> float:
    number = float(text)
    if number <= 0:
        message = "must be more than 0"
        raise argparse.ArgumentTypeError(message)
    return number


def _whole(text: str) -> int:
    number = int(text)
    if number <= 0:
        message = "must be 1 or more"
        raise argparse.ArgumentTypeError(message)
    return number


def _share(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        message = "must be 0 to 1"
        raise argparse.ArgumentTypeError(message)
    return number


if __name__ == "__main__":
    sys.exit(main())

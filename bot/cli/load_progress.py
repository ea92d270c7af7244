"""Says on stderr how far a load has come: a bar for a person, a line now and then for a log.

Must not print results.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from bot.cli.output import say

Step = Callable[[int, int], None]
"""Hears of every step: lines and bytes read so far."""
_EVERY_SECONDS = 5.0


@contextmanager
def load_progress(name: str, size: int | None) -> Iterator[Step]:
    """Gives what is to be told of each step. `size` is None where nobody knows it."""
    if not sys.stderr.isatty():
        yield lines_now_and_then(name, size, time.monotonic)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=size)
        words = _words(name, size, time.monotonic)
        yield lambda lines, read: bar.update(task, completed=read, description=words(lines, read))


def lines_now_and_then(
    name: str, size: int | None, clock: Callable[[], float], every: float = _EVERY_SECONDS
) -> Step:
    """Says a line when that many seconds have passed since the last one."""
    words, said = _words(name, size, clock), clock()

    def step(lines: int, read: int) -> None:
        nonlocal said
        if clock() - said >= every:
            said = clock()
            say(words(lines, read))

    return step


def _words(name: str, size: int | None, clock: Callable[[], float]) -> Callable[[int, int], str]:
    began = clock()

    def words(lines: int, read: int) -> str:
        speed = lines / max(clock() - began, 0.001)
        share = f", {read / size:.0%}" if size else ""
        return f"{name}: {lines:,} lines{share}, {speed:,.0f} lines/s"

    return words

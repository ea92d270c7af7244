"""`e2a ingest`: loads a file of events, once each however often it is run. Must not serve."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from bot.cli.app import CommandError, app
from bot.cli.event_lines import Lines, open_lines
from bot.cli.event_rows import read_map, rows_of
from bot.cli.load_progress import load_progress
from bot.cli.loading import MOST_LETTERS, Loaded, Loader
from bot.cli.output import say, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.settings import Settings
from handlers.ingest.canonical import Arrival
from handlers.ingest.columns import ColumnMap
from storage.transaction import SqlStorage
from storage.writer import GroupCommitWriter


@app.command()
def ingest(
    file: Annotated[Path, typer.Argument(help="JSON lines or a table, .gz too; - is stdin.")],
    tenant: Annotated[str, typer.Option(help="Whose events these are.")],
    map_file: Annotated[
        Path | None, typer.Option("--map", help="Which column is what, for CSV and other JSON.")
    ] = None,
    strict: Annotated[bool, typer.Option(help="Stop at the first row that is rejected.")] = False,
    rejects: Annotated[
        Path | None, typer.Option(help="Write rejected rows here, not to the dead letters.")
    ] = None,
    from_line: Annotated[int, typer.Option(min=1, help="Begin at this line.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as JSON.")] = False,
) -> None:
    """Loads a file of canonical events, or a table; what is known already is left alone."""
    if rejects is not None and rejects.resolve() == file.resolve():
        message = "--rejects is the file that is read; name another one"
        raise typer.BadParameter(message)
    columns = read_map(map_file)
    with open_lines(file) as lines, _opened(rejects) as aside:
        load = _Load(lines, columns, tenant, aside, strict=strict, from_line=from_line)
        loaded = with_storage(load.run)
    if as_json:
        where = "dead_letters" if rejects is None else str(rejects)
        tell_json({"file": lines.name, "tenant": tenant, **loaded.counts, "rejects": where})
    else:
        say(_summary(loaded))
    if loaded.refused:
        raise CommandError(_remedy(loaded, rejects))


class _Load:
    """One run of the command."""

    def __init__(
        self,
        lines: Lines,
        columns: ColumnMap | None,
        tenant: str,
        rejects: BinaryIO | None,
        *,
        strict: bool,
        from_line: int,
    ) -> None:
        self._lines, self._columns, self._tenant = lines, columns, tenant
        self._rejects, self._strict, self._from_line = rejects, strict, from_line

    async def run(self, storage: SqlStorage, _settings: Settings) -> Loaded:
        """Loads, and says how to go on where it is broken off."""
        async with storage.read() as tx:
            owner = await tenant_called(tx, self._tenant)
        arrival = Arrival(tenant_id=owner.id, now=wall_now())
        rows = rows_of(self._lines, arrival, self._columns, self._from_line)
        if self._rejects is not None:
            self._rejects.write(self._lines.head)
        writer = GroupCommitWriter(storage.engines, wall_now=wall_now)
        await writer.start()
        name = self._lines.name
        loader = Loader(storage, writer, owner, name, rejects=self._rejects, strict=self._strict)
        try:
            with load_progress(name, self._lines.size) as step, _told_how_to_go_on(loader.loaded):
                return await loader.load(rows, lambda line: step(line, self._lines.read))
        finally:
            await writer.stop()


@contextmanager
def _told_how_to_go_on(loaded: Loaded) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if loaded.line:
            say(
                f"stopped after line {loaded.line}: {_summary(loaded)}. Run it again, and what is "
                f"loaded is known and skipped; --from-line {loaded.line + 1} does not read it again"
            )
        raise


def _opened(rejects: Path | None) -> AbstractContextManager[BinaryIO | None]:
    return nullcontext() if rejects is None else rejects.open("wb")


def _summary(loaded: Loaded) -> str:
    return ", ".join(f"{what} {count}" for what, count in loaded.counts.items())


def _remedy(loaded: Loaded, rejects: Path | None) -> str:
    if rejects is not None:
        return f"{loaded.refused} were not loaded; correct them in {rejects} and load that file"
    kept = "" if loaded.refused <= MOST_LETTERS else f"the first {MOST_LETTERS:,} of them "
    return (
        f"{loaded.refused} were not loaded; {kept}wait as dead letters (e2a export dead_letters); "
        "correct the file and load it again"
    )

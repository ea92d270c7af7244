"""`e2a insight`: what repeats and what changed among a client's exceptions. Must not change."""

from typing import Annotated, Any

import typer

from bot.cli.app import app
from bot.cli.output import instant, tell, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.settings import Settings
from handlers.blocks.insight import lines_of
from handlers.blocks.text import plain
from jobs.find_patterns import show_patterns
from jobs.views.patterns import PatternsView
from storage.transaction import SqlStorage


@app.command()
def insight(
    tenant: Annotated[str, typer.Option(help="Whose exceptions are looked at.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a finding.")] = False,
) -> None:
    """Prints what repeats and what changed against its usual, with the numbers of each."""

    async def work(storage: SqlStorage, _settings: Settings) -> PatternsView:
        async with storage.read() as tx:
            owner = await tenant_called(tx, tenant)
        (view,) = await show_patterns([owner], storage=storage, now=wall_now())
        return view

    view = with_storage(work)
    if as_json:
        for found in _as_json(view):
            tell_json(found)
        return
    for line in lines_of(view):
        tell(plain(line))


def _as_json(view: PatternsView) -> list[dict[str, Any]]:
    return [
        {
            "tenant": view.tenant.name,
            "as_of": instant(view.now),
            **found.as_json,
            "span": [instant(at) for at in found.span],
            "key": found.key,
        }
        for found in view.patterns.findings
    ]

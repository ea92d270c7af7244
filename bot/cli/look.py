"""`e2a stats`, `e2a order`, `e2a alert`: looking without changing. Must not change."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.cli.app import CommandError, app
from bot.cli.output import instant, tell, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.policy_files import policy_texts
from bot.settings import Settings
from handlers.api.shapes import clock_shape
from handlers.blocks import renderer
from handlers.blocks.clocks import LEGEND, by_urgency, clock_lines
from handlers.blocks.text import data, plain
from jobs.adopt_policies import policies_at_hand
from jobs.show import show_exception, show_order
from jobs.views import OrderView
from policies.bar import bar
from policies.promises import Promises
from storage.stats import tenant_stats
from storage.transaction import SqlStorage

_BAR = 48
"""Characters of a bar in a terminal."""


@app.command()
def stats(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Counts what is stored, by tenant."""

    async def work(storage: SqlStorage, _settings: Settings) -> None:
        for counted in (await tenant_stats(storage.engines)).values():
            if as_json:
                tell_json(asdict(counted))
                continue
            active = sum(
                count
                for status, count in counted.exceptions.items()
                if status not in ("RESOLVED", "CLOSED")
            )
            tell(
                f"{counted.tenant}: {counted.events} events, {counted.orders} orders, "
                f"{active} exceptions open of {sum(counted.exceptions.values())}"
            )

    with_storage(work)


@app.command()
def order(
    order_id: str,
    tenant: Annotated[str | None, typer.Option(help="Only this tenant's.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Prints an order's clocks: how each stands, its minutes as a bar, its ledger."""

    async def work(storage: SqlStorage, settings: Settings) -> list[OrderView]:
        async with storage.read() as tx:
            tenants = [await tenant_called(tx, tenant)] if tenant else await tx.tenants.all()
        ids = [owner.id for owner in tenants]
        promises = await _promises(storage, settings)
        return await show_order(order_id, ids, storage=storage, promises=promises, now=wall_now())

    views = with_storage(work)
    if not views:
        message = f"there is no order {order_id}; e2a export events lists what is stored"
        raise CommandError(message)
    for view in views:
        if as_json:
            tell_json(_as_json(view))
        else:
            tell("\n".join(_in_lines(view)))


@app.command()
def alert(
    order_id: str,
    tenant: Annotated[str | None, typer.Option(help="Only this tenant's.")] = None,
) -> None:
    """Prints the blocks of an order's alerts, as Slack gets them."""

    async def work(storage: SqlStorage, settings: Settings) -> int:
        promises = await _promises(storage, settings)
        async with storage.read() as tx:
            tenants = [await tenant_called(tx, tenant)] if tenant else await tx.tenants.all()
        ids = [owner.id for owner in tenants]
        views = await show_order(order_id, ids, storage=storage, promises=promises, now=wall_now())
        shown = 0
        for record in (record for view in views for record in view.records):
            view = await show_exception(
                record.id, ids, storage=storage, promises=promises, now=wall_now()
            )
            if view is None:
                continue
            shown += 1
            for draw in (renderer.card, renderer.explanation, renderer.history):
                drawn = draw(view)
                tell(json.dumps({"text": drawn.text, "blocks": drawn.blocks}, indent=2))
        return shown

    if with_storage(work) == 0:
        message = f"no alert about {order_id}; see e2a export exceptions"
        raise CommandError(message)


async def _promises(storage: SqlStorage, settings: Settings) -> Promises:
    """The promises of every tenant; looking adopts no policy."""
    texts = policy_texts(settings.policies_dir)
    return (await policies_at_hand(texts, storage=storage, now=wall_now())).promises


def _in_lines(view: OrderView) -> Iterator[str]:
    """The order's clocks as Slack shows them, with a longer bar and times in UTC."""
    named = plain(f"{data(view.order_id)} of {data(view.tenant.name)}")
    yield f"{named}, as of {instant(view.now)}"
    if not view.clocks:
        yield "  no promise has begun for it"
    for clock in by_urgency(view.clocks):
        told = clock_lines(clock, view, _BAR)
        yield ""
        yield plain(told.head)
        yield from (f"  {plain(line)}" for line in told[1:])
    if view.clocks:
        yield f"\n{plain(LEGEND)}"


def _as_json(view: OrderView) -> dict[str, Any]:
    return {
        "order_id": view.order_id,
        "tenant": view.tenant.name,
        "as_of": instant(view.now),
        "clocks": [
            {**clock_shape(clock).model_dump(mode="json"), "bar": bar(clock, _BAR).text}
            for clock in by_urgency(view.clocks)
        ],
    }

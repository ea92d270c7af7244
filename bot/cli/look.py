"""`e2a stats`, `e2a ask`, `e2a alert`: looking without changing. Must not change."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.app import CommandError, app
from bot.cli.output import tell, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.policy_files import load_sla_book
from bot.settings import Settings
from handlers.blocks import renderer
from jobs.answer_question import answer_question
from jobs.show import show_exception, show_order
from jobs.views import Answer
from policies.promises import promises_of
from storage.stats import tenant_stats
from storage.transaction import SqlStorage


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
def ask(
    question: str,
    tenant: Annotated[str, typer.Option(help="Whose records may be spoken of.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Answers a question from the records that it names, with citations."""

    async def work(storage: SqlStorage, settings: Settings) -> Answer:
        async with storage.read() as tx:
            owner = await tenant_called(tx, tenant)
        return await answer_question(
            question,
            (owner.id,),
            about=None,
            storage=storage,
            promises=promises_of(load_sla_book(settings.policies_dir)),
            now=wall_now(),
        )

    answer = with_storage(work)
    citations = [asdict(citation) for citation in answer.citations]
    if as_json:
        tell_json(
            {
                "answer": answer.text,
                "citations": citations,
                "route": answer.route,
                "refused": answer.refused,
            }
        )
        return
    tell(answer.text)
    for citation in answer.citations:
        tell(f"[{citation.number}] {citation.label}")


@app.command()
def alert(
    order_id: str,
    tenant: Annotated[str | None, typer.Option(help="Only this tenant's.")] = None,
) -> None:
    """Prints the blocks of an order's alerts, as Slack gets them."""

    async def work(storage: SqlStorage, settings: Settings) -> int:
        promises = promises_of(load_sla_book(settings.policies_dir))
        async with storage.read() as tx:
            tenants = [await tenant_called(tx, tenant)] if tenant else await tx.tenants.all()
        ids = [owner.id for owner in tenants]
        views = await show_order(
            order_id, ids, storage=storage, promises=promises, now=wall_now()
        )
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

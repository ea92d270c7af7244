"""`e2a ask`: a question in plain words, answered with citations. Must not change a record."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.cli.app import app
from bot.cli.ask_search import CommandSearch
from bot.cli.output import say, tell, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.models import models_of
from bot.policy_files import load_telling, policy_texts
from bot.settings import Settings
from bot.telemetry import Metrics
from jobs.adopt_policies import policies_at_hand
from jobs.answer_question import answer_question
from jobs.asking import Asking, Composing
from jobs.views import Answer
from policies.promises import Promises
from storage.transaction import SqlStorage


@app.command()
def ask(
    question: str,
    tenant: Annotated[str, typer.Option(help="Whose records may be spoken of.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Answers a question from records, figures, policies and runbooks, with citations."""
    if not question.strip():
        message = "say what is asked"
        raise typer.BadParameter(message, param_hint="QUESTION")
    answer = with_storage(lambda storage, settings: _answered(question, tenant, storage, settings))
    if as_json:
        tell_json(_shape(answer))
        return
    tell(answer.text)
    for citation in answer.citations:
        tell(f"[{citation.number}] {citation.label}")
    if answer.degraded:
        say(f"Found by words alone: {answer.degraded}")


async def _answered(question: str, tenant: str, storage: SqlStorage, settings: Settings) -> Answer:
    async with storage.read() as tx:
        owner = await tenant_called(tx, tenant)
    models = models_of(settings, storage, Metrics(), load_telling(settings), wall_now=wall_now)
    search = CommandSearch(settings, storage)
    composing = Composing(asking=models.asking, wall_now=wall_now()) if models.asking else None
    asking = Asking(
        storage=storage,
        promises=await promises_at_hand(storage, settings),
        tenant_ids=(owner.id,),
        now=wall_now(),
        zone=owner.timezone,
        search=search,
        public=False,
        composing=composing,
    )
    try:
        return await answer_question(question, asking, about=None)
    finally:
        await search.close()
        await models.close()


async def promises_at_hand(storage: SqlStorage, settings: Settings) -> Promises:
    """The promises of every tenant; asking adopts no policy."""
    texts = policy_texts(settings.policies_dir)
    return (await policies_at_hand(texts, storage=storage, now=wall_now())).promises


def _shape(answer: Answer) -> Mapping[str, Any]:
    return {
        "answer": answer.text,
        "citations": [asdict(citation) for citation in answer.citations],
        "route": answer.route,
        "refused": answer.refused,
    }

"""Measures retrieval on what people judged in Slack, for `e2a rag eval --from-feedback`.

Must not keep what it asks.
"""

from dataclasses import asdict
from typing import Any

from bot.cli.app import CommandError
from bot.cli.ask import promises_at_hand
from bot.cli.ask_search import CommandSearch
from bot.cli.output import tell, tell_json
from bot.cli.store import with_storage
from bot.clock import wall_now
from bot.settings import Settings
from jobs.asking import Asking
from jobs.measure_feedback import Measured, measure_feedback
from jobs.ports.search import SearchUnavailableError
from rag.measures import quality_of
from storage.transaction import SqlStorage


def tell_feedback(*, as_json: bool) -> None:
    """Prints how well what helped is found today, and what became of what was no help."""
    row = _row(with_storage(_measured))
    if as_json:
        tell_json(row)
        return
    told = f"{row['questions']} questions that helped: nDCG@10 {row['ndcg@10']}, recall@10"
    tell(f"{told} {row['recall@10']}, MRR@10 {row['mrr@10']}")
    tell(f"{row['no_help']} that were no help; {row['changed']} are answered otherwise today")
    for one in row["still"]:
        tell(f"  still so ({one['why'] or 'no reason given'}): {one['question']}")


async def _measured(storage: SqlStorage, settings: Settings) -> Measured:
    async with storage.read() as tx:
        ids = tuple(one.id for one in await tx.tenants.all() if not one.synthetic)
    search = CommandSearch(settings, storage)
    asking = Asking(
        storage=storage,
        promises=await promises_at_hand(storage, settings),
        tenant_ids=ids,
        now=wall_now(),
        zone="UTC",
        search=search,
    )
    try:
        return await measure_feedback(asking)
    except SearchUnavailableError as error:
        raise CommandError(str(error)) from error
    finally:
        await search.close()


def _row(found: Measured) -> dict[str, Any]:
    quality = asdict(quality_of(found.rankings, found.judgements))
    still = [given for given, answer in found.again if answer.text == given.text]
    return {
        **{f"{name}@10": round(quality[name], 4) for name in ("ndcg", "recall", "mrr")},
        "questions": quality["questions"],
        "no_help": len(found.again),
        "changed": len(found.again) - len(still),
        "still": [{"question": one.question, "why": one.why} for one in still],
    }

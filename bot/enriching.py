"""Fills the bundle of enrichment and runs its jobs, with figures turned into metrics.

Must not hold rules: policies/enrichment_states.py and policies/enrichment_figures.py do.
"""

from collections.abc import Awaitable, Callable, Mapping

from bot.clock import Now
from bot.explaining import explainer
from bot.parts import Parts
from bot.policy_files import load_resolution
from bot.scheduler import Job
from bot.settings import Settings
from bot.telemetry import Metrics
from jobs.enriching import Enriching
from jobs.follow_enrichment import follow_enrichment
from jobs.note_enrichment import note_answer
from jobs.ports import Storage
from jobs.put_on_record import Telling
from jobs.reprocess_enrichment import enrich_exceptions, reprocess_enrichment
from jobs.watch_enrichment import watch_enrichment
from policies.enrichment_figures import Figures
from policies.model_budget import AiMode
from policies.promises import Promises


def open_enriching(
    settings: Settings, storage: Storage, promises: Promises, telling: Telling, metrics: Metrics
) -> Enriching:
    """As the settings say; raises PolicyError as load_sla_book does."""
    there = bool(settings.ai_provider_base_url and settings.ai_model)

    def failed(stage: str) -> None:
        metrics.enrichment_failures.labels(stage).inc()

    return Enriching(
        storage=storage,
        telling=telling,
        mode=AiMode(settings.ai_mode) if there else None,
        book=load_resolution(settings.policies_dir),
        explain=explainer(storage, promises, telling.steps),
        observe=failed,
    )


def enriching_of(parts: Parts) -> Enriching:
    """The same from what the parts of a bot share."""
    shared = parts.storage, parts.promises, parts.telling, parts.metrics
    return open_enriching(parts.settings, *shared)


def answers_noted(enriching: Enriching, wall_now: Now) -> Callable[[int, str], Awaitable[None]]:
    """Keeps what came of asking a model about an exception."""

    async def noted(exception_id: int, outcome: str) -> None:
        await note_answer(exception_id, outcome, enriching, wall_now=wall_now())

    return noted


def enrichment(
    enriching: Enriching, metrics: Metrics, business_now: Now, wall_now: Now
) -> dict[str, Job]:
    """How each job is run."""

    async def follow() -> str:
        went = await follow_enrichment(enriching, now=business_now(), wall_now=wall_now())
        return f"{went.begun} new, {went.looked} looked at, {went.asked} to be asked about."

    async def enrich() -> str:
        went = await enrich_exceptions(enriching, now=business_now(), wall_now=wall_now())
        return f"{went.begun} of the last 6 hours were new, {went.looked} looked at."

    async def reprocess() -> str:
        now, wall = business_now(), wall_now()
        missed, again = await reprocess_enrichment(enriching, now=now, wall_now=wall)
        return f"{missed} were not followed, {again} are looked at again."

    async def watch() -> None:
        _show(await watch_enrichment(enriching, wall_now=wall_now()), metrics)

    return {
        "follow_enrichment": follow,
        "enrich_exceptions": enrich,
        "reprocess_enrichment": reprocess,
        "watch_enrichment": watch,
    }


def _show(found: Mapping[str, Figures], metrics: Metrics) -> None:
    """A figure that nothing stands behind is not shown, rather than as one."""
    metrics.enrichment_completeness.clear()
    metrics.enrichment_quality.clear()
    for tenant, figures in found.items():
        metrics.enrichment_backlog.labels(tenant).set(figures.backlog)
        if figures.completeness is not None:
            metrics.enrichment_completeness.labels(tenant).set(float(figures.completeness))
        if figures.quality is not None:
            metrics.enrichment_quality.labels(tenant).set(float(figures.quality))

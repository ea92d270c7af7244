"""Plugs the night's bills together: what they are priced by, and who counts them.

Must not hold rules: jobs and policies have them.
"""

from collections.abc import Sequence

import structlog

from bot.clock import Now
from bot.policy_files import load_tariffs
from bot.scheduler import Job
from bot.settings import Settings
from bot.telemetry import Metrics
from jobs.bill_nights import bill_due_nights
from jobs.nights import ByHand
from jobs.ports import Storage
from jobs.run_invoices import RunReport
from policies.money.invoice_values import Adjustment
from policies.records import Tenant

log = structlog.get_logger(__name__)


def billing(
    settings: Settings,
    storage: Storage,
    metrics: Metrics,
    business_now: Now,
    wall_now: Now,
    by_hand: ByHand | None = None,
) -> dict[str, Job]:
    """How the job is run; raises PolicyError as load_tariffs does."""
    tariffs = load_tariffs(settings.policies_dir)

    async def told(tenant: Tenant, report: RunReport) -> None:
        metrics.invoices.labels("issued").inc(len(report.invoices))
        metrics.invoices.labels("unbillable").inc(len(report.unbillable))
        count_notes(metrics, report.notes)
        if report.invoices or report.notes or report.unbillable:
            log.info(
                "invoices_run",
                tenant=tenant.name,
                invoices=len(report.invoices),
                notes=len(report.notes),
                unbillable=[one.subject for one in report.unbillable[:20]],
            )

    async def bill() -> str:
        ran = await bill_due_nights(
            storage=storage,
            tariffs=tariffs,
            now=business_now(),
            wall_now=wall_now(),
            told=told,
            by_hand=by_hand,
        )
        return f"{ran} clients billed."

    return {"run_invoices": bill}


def count_notes(metrics: Metrics, notes: Sequence[Adjustment]) -> None:
    """Counts notes that are new, whether they went out or wait for somebody."""
    for note in notes:
        metrics.adjustments.labels(note.cause).inc()
        metrics.adjustment_cents.labels(note.cause).inc(abs(note.amount_cents))

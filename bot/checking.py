"""Plugs the night's proof of invoices together, and its morning digest.

Must not hold rules: jobs and policies have them.
"""

import structlog

from bot.billing import count_notes
from bot.clock import Now
from bot.parts import Parts
from bot.policy_files import load_tariffs
from bot.scheduler import Job
from bot.settings import Settings
from bot.telemetry import Metrics
from jobs.check_invoices import Checking
from jobs.check_nightly import check_due
from jobs.invoice_digest import post_due_invoice_digests
from jobs.nights import ByHand
from jobs.ports import Storage
from jobs.views.findings import CheckReport
from policies.promises import Promises
from policies.records import Tenant

log = structlog.get_logger(__name__)


def open_checking(settings: Settings, storage: Storage, promises: Promises) -> Checking:
    """What proofs need; raises PolicyError as load_tariffs does."""
    return Checking(storage=storage, tariffs=load_tariffs(settings.policies_dir), promises=promises)


def checking_of(parts: Parts) -> dict[str, Job]:
    """The jobs of what the parts of a bot share."""
    checking = open_checking(parts.settings, parts.storage, parts.promises)
    channel = parts.telling.default_channel
    return checking_jobs(checking, channel, parts.metrics, parts.business_now, parts.wall_now)


def checking_jobs(
    checking: Checking,
    default_channel: str,
    metrics: Metrics,
    business_now: Now,
    wall_now: Now,
    by_hand: ByHand | None = None,
) -> dict[str, Job]:
    """How each job is run."""

    def failed(tenant: Tenant, error: ValueError) -> None:
        metrics.invoices.labels("unproved").inc()
        log.warning("invoices_not_proved", tenant=tenant.name, why=str(error))

    async def check() -> str:
        now = business_now()
        reports = await check_due(
            checking=checking, now=now, wall_now=wall_now(), failed=failed, by_hand=by_hand
        )
        for report in reports:
            _told(report, metrics)
        return f"{len(reports)} months proved."

    async def digest() -> None:
        await post_due_invoice_digests(
            storage=checking.storage,
            now=business_now(),
            wall_now=wall_now(),
            default_channel=default_channel,
        )

    return {"check_invoices": check, "invoice_digest": digest}


def _told(report: CheckReport, metrics: Metrics) -> None:
    metrics.invoices.labels("proved").inc(report.invoices)
    count_notes(metrics, report.notes)
    if report.filed or report.unbillable:
        log.info(
            "invoices_proved",
            tenant=report.tenant.name,
            period=report.period,
            orders=report.orders,
            found=len(report.found),
            filed=report.filed,
            unbillable=[one.subject for one in report.unbillable[:20]],
        )

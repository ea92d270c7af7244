"""Runs the steps over the connection that storage/migrate.py hands in, or over `-x url=...`.

Must not read an ini file or the environment: the steps are part of the package.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection

from storage import (
    tables,
    tables_answers,
    tables_authority,
    tables_bills,
    tables_documents,
    tables_enrichment,
    tables_findings,
    tables_invoices,
    tables_orders,
    tables_patterns,
    tables_people,
    tables_policy,
    tables_resolution,
    tables_slack,
    tables_storms,
    tables_warnings,
    tables_work,
)
from storage.columns import metadata
from storage.engine import open_engines

assert tables.tenants in tables_orders.clocks.metadata.sorted_tables  # noqa: S101 - all are loaded
assert tables_policy.feeds.metadata is metadata  # noqa: S101 - all are loaded
assert tables_answers.answers.metadata is metadata  # noqa: S101 - all are loaded
assert tables_authority.approvals.metadata is metadata  # noqa: S101 - all are loaded
assert tables_documents.documents.metadata is metadata  # noqa: S101 - all are loaded
assert tables_bills.bill_audits.metadata is metadata  # noqa: S101 - all are loaded
assert tables_enrichment.enrichments.metadata is metadata  # noqa: S101 - all are loaded
assert tables_findings.findings.metadata is metadata  # noqa: S101 - all are loaded
assert tables_invoices.invoices.metadata is metadata  # noqa: S101 - all are loaded
assert tables_patterns.told_patterns.metadata is metadata  # noqa: S101 - all are loaded
assert tables_people.homes.metadata is metadata  # noqa: S101 - all are loaded
assert tables_resolution.resolution_attempts.metadata is metadata  # noqa: S101 - all are loaded
assert tables_slack.installations.metadata is metadata  # noqa: S101 - all are loaded
assert tables_storms.storms.metadata is metadata  # noqa: S101 - all are loaded
assert tables_warnings.warnings.metadata is metadata  # noqa: S101 - all are loaded
assert tables_work.outbox.metadata is metadata  # noqa: S101 - all are loaded


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _connect_and_run(url: str) -> None:
    engines = open_engines(url, as_owner=True)
    try:
        async with engines.write() as connection:
            await connection.run_sync(_run)
    finally:
        await engines.close()


_given = context.config.attributes.get("connection")
if _given is not None:
    _run(_given)
else:
    asyncio.run(_connect_and_run(context.get_x_argument(as_dictionary=True)["url"]))

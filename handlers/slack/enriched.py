"""Looks up how the enrichment of the visible clients stands.

Must not draw it.
"""

from handlers.slack.desk import Desk
from jobs.show_enrichment import show_figures
from policies.enrichment_figures import Figures


async def enrichment_of(desk: Desk) -> Figures:
    """The figures of all of them together."""
    services = desk.services
    return await show_figures(
        desk.tenant_ids, storage=services.storage, wall_now=services.wall_now()
    )

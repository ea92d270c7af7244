"""Fills the bundle of resolution by itself: its rules, whom it may call, and who counts outcomes.

Must not hold rules: policies/defaults/resolution.yaml and its overlays do.
"""

from collections.abc import Callable

from bot.actions import HttpCaller
from bot.clock import Now
from bot.policy_files import load_resolution
from bot.scheduler import Job
from bot.settings import Settings
from jobs.ports import Storage
from jobs.resolve_exceptions import resolve_exceptions
from jobs.resolving import Resolving, unobserved
from policies.promises import Promises


def open_resolving(
    settings: Settings,
    storage: Storage,
    promises: Promises,
    observe: Callable[[str], None] = unobserved,
) -> Resolving:
    """What the settings allow; raises PolicyError as load_sla_book does."""
    return Resolving(
        storage=storage,
        promises=promises,
        caller=HttpCaller(settings.outbound_allow_hosts.replace(",", " ").split()),
        default_channel=settings.slack_default_channel,
        book=load_resolution(settings.policies_dir),
        notify=settings.slack_notifications_enabled,
        observe=observe,
    )


def resolution(resolving: Resolving, business_now: Now, wall_now: Now) -> dict[str, Job]:
    """How the job is run."""

    async def resolve() -> str:
        went = await resolve_exceptions(resolving, now=business_now(), wall_now=wall_now)
        return (
            f"{went.proved} ended, {went.planned} exceptions with something new, "
            f"{went.carried_out} carried out."
        )

    return {"resolve_exceptions": resolve}

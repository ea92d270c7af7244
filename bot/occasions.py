"""Runs what is told at its own time of day: quiet hours' end, handovers, briefs, insights.

Must not hold rules: jobs have them.
"""

from bot.clock import Now
from bot.scheduler import Job
from jobs.find_patterns import post_due_patterns
from jobs.hand_over import post_due_handovers
from jobs.hold_back import end_quiet_hours
from jobs.morning_brief import post_due_briefs
from jobs.ports.slack import Directory
from jobs.watching import Watching


def occasional(
    watching: Watching, directory: Directory | None, business_now: Now, wall_now: Now
) -> dict[str, Job]:
    """How each of them is run.

    Args:
        watching: where, and whom to tell when.
        directory: who is in the user group of a shift; None where nobody can be looked up.
        business_now: by which nights, shifts and mornings are reckoned.
        wall_now: by which the outbox lives.
    """
    storage, telling = watching.storage, watching.telling
    occasions = telling.occasions

    async def quiet() -> None:
        now = business_now()
        await end_quiet_hours(storage=storage, quiet=telling.quiet, now=now, wall_now=wall_now())

    async def handovers() -> None:
        await post_due_handovers(
            storage=storage,
            book=occasions.book,
            handover=occasions.handover,
            default_channel=telling.default_channel,
            directory=directory,
            now=business_now(),
            wall_now=wall_now(),
        )

    async def briefs() -> None:
        await post_due_briefs(
            storage=storage,
            book=occasions.book,
            briefing=occasions.briefing,
            default_channel=telling.default_channel,
            now=business_now(),
            wall_now=wall_now(),
        )

    async def patterns() -> None:
        await post_due_patterns(
            storage=storage,
            quiet=telling.quiet,
            default_channel=telling.default_channel,
            now=business_now(),
            wall_now=wall_now(),
        )

    return {
        "end_quiet_hours": quiet,
        "find_patterns": patterns,
        "hand_over": handovers,
        "morning_brief": briefs,
    }

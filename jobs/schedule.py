"""What runs when. Must not run it: bot/scheduler.py fires, bot/wiring.py knows how."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledJob:
    """A job that the scheduler fires every `seconds` of wall time, at most once per slot."""

    name: str
    seconds: int
    words: str


SCHEDULE = (
    ScheduledJob(
        name="retry_dead_letters",
        seconds=30,
        words="gives failed work another try after 5, 10 and 20 minutes",
    ),
    ScheduledJob(
        name="daily_digest",
        seconds=15,
        words="posts the morning digest at 08:00 of each client's time zone, where subscribed",
    ),
    ScheduledJob(
        name="watch_sources",
        seconds=60,
        words="learns how often each source speaks, and tells once when one falls silent",
    ),
    ScheduledJob(
        name="watch_targets",
        seconds=300,
        words="measures targets, and tells once a window when a late budget runs low",
    ),
    ScheduledJob(
        name="assess_risk",
        seconds=120,
        words="warns of promises that orders like theirs mostly broke, where a rule wants it",
    ),
    ScheduledJob(
        name="close_resolved", seconds=600, words="closes what has been resolved for 7 days"
    ),
    ScheduledJob(
        name="apply_retention",
        seconds=86_400,
        words="once a day (UTC) lets go of what is past its days, see e2a retention show",
    ),
    ScheduledJob(
        name="forget_deliveries",
        seconds=3600,
        words="forgets Slack deliveries and fires that can no longer be repeated",
    ),
)
"""Deadlines, snoozes and cards are not here: they are rows, swept every SWEEP_INTERVAL_SECONDS."""

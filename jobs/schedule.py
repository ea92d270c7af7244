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
        name="end_quiet_hours",
        seconds=15,
        words="posts what was held overnight, one message a channel, when its quiet hours end",
    ),
    ScheduledJob(
        name="hand_over",
        seconds=15,
        words="posts a shift's handover shortly before its end, where subscribed",
    ),
    ScheduledJob(
        name="morning_brief",
        seconds=15,
        words="posts the morning brief in each site's time zone, where subscribed",
    ),
    ScheduledJob(
        name="find_patterns",
        seconds=15,
        words="posts what repeats and what changed, every 4 hours where it is new and subscribed",
    ),
    ScheduledJob(
        name="remind_claims",
        seconds=300,
        words="counts the days down in which audited bills may be disputed, in their threads",
    ),
    ScheduledJob(
        name="check_invoices",
        seconds=15,
        words="proves each client's invoices at 02:00 of its time zone, and files what is wrong",
    ),
    ScheduledJob(
        name="invoice_digest",
        seconds=15,
        words="posts what the proof of invoices found at 08:00 of each client's, where subscribed",
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
        name="resolve_exceptions",
        seconds=60,
        words="does by itself what resolution.yaml lists, and looks what became of it",
    ),
    ScheduledJob(
        name="follow_enrichment",
        seconds=30,
        words="brings each exception's stages up to date, and has a model asked again when due",
    ),
    ScheduledJob(
        name="watch_enrichment",
        seconds=60,
        words="measures enrichment, and tells once when it falls behind and once when that is over",
    ),
    ScheduledJob(
        name="enrich_exceptions",
        seconds=21_600,
        words="follows what opened in the last 6 hours and is not followed yet",
    ),
    ScheduledJob(
        name="reprocess_enrichment",
        seconds=14_400,
        words="looks again at everything that is not enriched, whatever its age",
    ),
    ScheduledJob(
        name="run_invoices",
        seconds=60,
        words="draws up invoices, notes and statements at 02:00 of each client's time zone",
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

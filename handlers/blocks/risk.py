"""Draws the warning before a breach: one line, nothing to press. Must not look anything up."""

from handlers.blocks.elements import message, section
from handlers.blocks.text import data, moment
from jobs.ports_slack import Message
from jobs.views import RiskView
from policies.durations import duration


def risk(view: RiskView) -> Message:
    """Which order, which promise, how long there is left."""
    left = duration((view.deadline_at - view.now).total_seconds() / 60)
    text = f"{data(view.order_id)} · {data(view.tenant.name, 60)}: {left} left"
    promised = f"{data(view.promise, 140)}, due {moment(view.deadline_at)}"
    return message(f"At risk: {text}", [section(f"*At risk* · {text}", promised)])

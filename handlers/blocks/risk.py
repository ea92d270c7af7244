"""Says until when a promise can still be kept, and how likely it is not.

Must not look anything up.
"""

from datetime import datetime

from handlers.blocks.elements import Block, section
from handlers.blocks.text import clock_time, data, joined
from jobs.views import OrderView
from policies.risk import Outlook

DO = {
    "pick_completed": "pick",
    "pack_completed": "pack",
    "delivered": "deliver",
    "manifested": "hand over",
    "carrier_picked_up": "hand over",
    "carrier_scan": "hand over",
}
"""What is to be done so that this event comes."""
_WORTH_SAYING = 0.05
_MOST = 6


def outlook_words(outlook: Outlook, now: datetime) -> str | None:
    """`pick by 16:40 to make the 18:30 pickup · 62 % risk`; None where too little is known."""
    return joined(_to_do(outlook, now), _odds(outlook)) or None


def to_save(view: OrderView) -> Block | None:
    """Until when which running promises of an order can still be kept."""
    soonest = sorted(view.outlooks.items(), key=lambda one: (one[1].limit, one[0]))
    lines = [
        joined(f"{data(name[2], 64)}: {words}", *outlook.reasons)
        for name, outlook in soonest[:_MOST]
        if (words := outlook_words(outlook, view.now))
    ]
    return section("*Still to save*", *lines) if lines else None


def _to_do(outlook: Outlook, now: datetime) -> str | None:
    if outlook.last_moment is None:
        return None
    goal = f"make the {clock_time(outlook.limit)} pickup" if outlook.pickup else "keep it"
    verb = DO.get(outlook.next_kind, "go on")
    if outlook.limit <= now:
        return "the last pickup before it is over" if outlook.pickup else None
    if outlook.last_moment <= now:
        return f"{verb} now: at the usual pace it is too late to {goal}"
    return f"{verb} by {clock_time(outlook.last_moment)} to {goal}"


def _odds(outlook: Outlook) -> str | None:
    if outlook.risk is None or outlook.risk < _WORTH_SAYING:
        return None
    return f"{outlook.risk:.0%}".replace("%", " % risk")

"""The parts of an alert under the names that the outbox asks for (jobs.ports_slack.AlertRenderer).

Must not draw: the module itself is what wiring hands to the jobs.
"""

from handlers.blocks.authority import request
from handlers.blocks.card import card
from handlers.blocks.digest import digest
from handlers.blocks.risk import risk
from handlers.blocks.silence import silence
from handlers.blocks.storm import storm_card, storm_explanation, storm_list
from handlers.blocks.targets import target_alarm
from handlers.blocks.thread import explanation, history

__all__ = [
    "card",
    "digest",
    "explanation",
    "history",
    "request",
    "risk",
    "silence",
    "storm_card",
    "storm_explanation",
    "storm_list",
    "target_alarm",
]

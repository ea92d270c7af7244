"""The parts of an alert under the names that the outbox asks for (jobs.ports.slack.AlertRenderer).

Must not draw: the module itself is what wiring hands to the jobs.
"""

from handlers.blocks.authority import request
from handlers.blocks.bills import claims_due
from handlers.blocks.brief import brief
from handlers.blocks.broadcast import reopened, risen, storm_risen
from handlers.blocks.call import call
from handlers.blocks.card import card
from handlers.blocks.digest import digest
from handlers.blocks.enrichment import enrichment_alarm
from handlers.blocks.handover import handover
from handlers.blocks.insight import insight
from handlers.blocks.invoices import invoice_digest
from handlers.blocks.model_budget import model_budget
from handlers.blocks.overnight import storm_card, storm_list
from handlers.blocks.personal import personal
from handlers.blocks.resolution import claim, said
from handlers.blocks.silence import silence
from handlers.blocks.storm import storm_explanation
from handlers.blocks.subscriptions import trial, unreached
from handlers.blocks.targets import target_alarm
from handlers.blocks.thread import explanation, history
from handlers.blocks.warning import warning

__all__ = [
    "brief",
    "call",
    "card",
    "claim",
    "claims_due",
    "digest",
    "enrichment_alarm",
    "explanation",
    "handover",
    "history",
    "insight",
    "invoice_digest",
    "model_budget",
    "personal",
    "reopened",
    "request",
    "risen",
    "said",
    "silence",
    "storm_card",
    "storm_explanation",
    "storm_list",
    "storm_risen",
    "target_alarm",
    "trial",
    "unreached",
    "warning",
]

"""Tries a policy on orders of the past: which ones it leaves out, which rules never start.

Must not judge them: draft.py had them judged.
"""

from collections.abc import Iterator

from policies.lint.check import Check, PolicyCheck, RuleCheck, Spot
from policies.lint.draft import Draft, Written
from policies.lint.finding import Level

_SHOWN = 3


def uncovered(draft: Draft) -> Iterator[Spot]:
    """Orders for which nothing was promised."""
    left_out = [order for order, ids in draft.timed.items() if not ids]
    if left_out:
        shown = ", ".join(left_out[:_SHOWN])
        more = ", ..." if len(left_out) > _SHOWN else ""
        message = f"{len(left_out)} of {len(draft.timed)} orders have no promise: {shown}{more}"
        remedy = "Look at what they have in common and add a rule, or widen a `when` or `start`"
        yield Spot(message, remedy, ("slas",))


def never_started(draft: Draft, written: Written) -> Iterator[Spot]:
    """A rule that timed none of the orders."""
    if draft.timed and not any(written.rule.sla_id in ids for ids in draft.timed.values()):
        message = f"{written.rule.sla_id} never started on these {len(draft.timed)} orders"
        remedy = "Check its `when` and `start` against the names in your events"
        unheard = [kind for kind in written.rule.start if kind not in draft.heard]
        if unheard and len(unheard) == len(written.rule.start):
            message += f": none of them has {' or '.join(unheard)}"
        yield Spot(message, remedy)


CHECKS: tuple[Check, ...] = (
    PolicyCheck("uncovered-orders", Level.WARNING, uncovered),
    RuleCheck("never-started", Level.WARNING, never_started),
)

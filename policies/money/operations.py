"""Counts what was done for an order, as far as its timeline tells and prices count it.

Must not price it, and must not guess what no event states.
"""

from policies.facts import Timeline
from policies.money.usage import Usage
from policies.money.work import flags_of
from policies.money.work_counts import Tally


def operations_of(timeline: Timeline) -> Usage:
    """The operations of one order and its flags, counted as its invoice counts them.

    What an event states that cannot be used is left out here; an invoice asks for it. The
    tenant's orders of the month are not in a timeline.
    """
    counted = Tally(timeline, "UTC").usage(flags=frozenset(), parcels=(), day=None)
    return Usage(operations=counted.operations, flags=flags_of(timeline))

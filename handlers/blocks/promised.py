"""The lines about a promise that cards and warnings share: what was promised, what is at stake.

Must not know whether it is broken: who draws it says so.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.blocks.text import data, joined, moment
from handlers.blocks.wording import KIND, PARTY
from policies.money.at_risk import value_of
from policies.money.cents import money
from policies.reasons import ClockKind, Fault

_PROMISE = 140


def promise_line(kind: ClockKind, promise: str) -> str:
    """To whom what was promised; or what went wrong, where nothing was."""
    noun = "" if kind is ClockKind.PROBLEM else " promise"
    return f"{KIND[kind]}{noun}: {data(promise, _PROMISE)}"


def stake_line(
    deadline_at: datetime | None,
    fault: Fault | None,
    facts: Mapping[str, Any],
    credit_cents: int | None,
    *,
    at_once: bool = False,
) -> str:
    """By when (None while it stands still), whose clock it is, and what it costs.

    `at_once`: it was wrong from then on, and nothing was due.
    """
    cents = value_of(facts)
    return joined(
        f"{'Since' if at_once else 'Due'} {moment(deadline_at)}" if deadline_at else None,
        f"clock: {PARTY[fault]}" if fault else None,
        f"*{money(credit_cents)} credit*" if credit_cents else None,
        f"order {money(cents)}" if cents is not None and cents > 0 else None,
    )

"""Does by itself what a policy lists: proves what was done, chooses what is next, carries it out.

Must not hold rules: policies/resolution.py has them. Without a policy it touches nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from jobs.carry_out import AT_ONCE, carry_out
from jobs.plan_attempts import plan_attempts
from jobs.prove_attempts import prove_attempts
from jobs.resolving import Resolving

_MOST_BATCHES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What a run did: attempts that ended, exceptions with something new, attempts carried out."""

    proved: int
    planned: int
    carried_out: int


async def resolve_exceptions(
    resolving: Resolving, *, now: datetime, wall_now: Callable[[], datetime]
) -> Resolved:
    """One run.

    Args:
        resolving: what it needs.
        now: business time.
        wall_now: read anew for each batch of calls: they take seconds, and leases live by it.
    """
    proved = await prove_attempts(resolving, now=now, wall_now=wall_now())
    planned = await plan_attempts(resolving, now=now, wall_now=wall_now())
    carried_out = 0
    for _ in range(_MOST_BATCHES):
        done = await carry_out(resolving, now=now, wall_now=wall_now())
        carried_out += done
        if done < AT_ONCE:
            break
    return Resolved(proved=proved, planned=planned, carried_out=carried_out)

"""Lets go of what is past its days, tenant by tenant, in portions with a rest after each.

Must not decide how long anything is kept. Run twice it changes nothing; stopped half-way the next
run goes on.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs.ports.retention import Keeper
from policies.records import AuditEntry
from policies.retention import APPLIED, RETENTION, Due, Keeping

Rest = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """How many rows of a shelf are past their days; `tenant` is empty for nobody's."""

    tenant: str
    due: Due
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Retaining:
    """What retention needs besides the time: who holds the data, and for how long it is kept."""

    keeper: Keeper
    keeping: Keeping


async def past_retention(
    retaining: Retaining, *, now: datetime, wall_now: datetime, tenant: str | None = None
) -> list[Past]:
    """What is past its days, of every tenant (or that one) and of nobody. Changes nothing."""
    found: list[Past] = []
    scopes = [(one.id, one.name) for one in await retaining.keeper.tenants()]
    whole = [*scopes, (None, "")] if tenant is None else [s for s in scopes if s[1] == tenant]
    for tenant_id, name in whole:
        for due in retaining.keeping.due(tenant_id, name, now, wall_now):
            rows = await retaining.keeper.count(due)
            found.append(Past(tenant=name, due=due, rows=rows))
    return found


async def apply_retention(
    retaining: Retaining, *, now: datetime, wall_now: datetime, rest: Rest
) -> list[Past]:
    """Deletes what is past its days and returns what went.

    Args:
        retaining: who holds the data, and for how long it is kept.
        now: business time, by which orders age.
        wall_now: by which messages and letters age.
        rest: lets others write; awaited after each portion.
    """
    planned = await past_retention(retaining, now=now, wall_now=wall_now)
    went: list[Past] = []
    for name in dict.fromkeys(past.tenant for past in planned):
        mine = [past for past in planned if past.tenant == name and past.rows]
        entry = _entry(mine, now)
        for past in mine:
            rows = await _drop(retaining.keeper, past.due, entry, rest)
            entry = None if rows else entry
            went.append(Past(tenant=name, due=past.due, rows=rows))
    return went


async def _drop(keeper: Keeper, due: Due, entry: AuditEntry | None, rest: Rest) -> int:
    """The entry goes with the first portion in which something went."""
    rows, after = await keeper.drop(due, None, entry)
    while after is not None:
        await rest()
        more, after = await keeper.drop(due, after, None if rows else entry)
        rows += more
    await rest()
    return rows


def _entry(mine: Sequence[Past], now: datetime) -> AuditEntry | None:
    """One a tenant and run, written with the first portion: what goes, and from before when."""
    if not mine or mine[0].due.tenant_id is None:
        return None
    return AuditEntry(
        tenant_id=mine[0].due.tenant_id,
        at=now,
        actor="system",
        action=APPLIED,
        subject=RETENTION,
        after={
            past.due.shelf: {"rows": past.rows, "before": past.due.before.isoformat()}
            for past in mine
        },
    )

"""Hands what the people of a shift that ends own to somebody of the next one.

Must not check authority: the handler did, and names the clients for whom somebody may.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.act_on_exception import Done, NotPossible, Stale, act_on_exception
from jobs.brief_scope import everything, open_ones
from jobs.hand_over import people_of, site_of
from jobs.ports import Storage
from jobs.ports.slack import Directory
from policies.briefs import Handing
from policies.lifecycle import Act
from policies.records import ExceptionRecord, Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTake:
    """An open exception and the name of its owner, who works the shift that ends."""

    record: ExceptionRecord
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How many became theirs, and those that had changed since they were shown."""

    done: int
    left: tuple[ExceptionRecord, ...]


async def to_take_over(
    handing: Handing,
    tenants: Sequence[Tenant],
    person_id: str,
    *,
    storage: Storage,
    directory: Directory,
) -> list[ToTake]:
    """What that person would take over, earliest deadline first; their own is not among it.

    Args:
        handing: the run of the shift.
        tenants: the clients for whom they may own something.
        person_id: who takes over.
        storage: where exceptions are looked up.
        directory: who is in the user group of the shift.
    """
    scope = everything(tenants, site_of(handing.shift))
    async with storage.read() as tx:
        records = [
            one for one in await open_ones(tx, scope) if one.assignee not in (None, person_id)
        ]
    people = await people_of(handing.shift, records, directory)
    return [
        ToTake(record=record, owner=people[record.assignee]["name"] or record.assignee)
        for record in records
        if record.assignee and people[record.assignee]["ending"]
    ]


async def take_over(
    act: Act,
    versions: Mapping[int, int],
    *,
    storage: Storage,
    now: datetime,
    wall_now: datetime,
) -> Taken:
    """Assigns those that stand as they were shown; each has its line in the trail.

    Args:
        act: by whom and for which tenants; its `exception_id` and version do not matter.
        versions: what was shown, by number.
        storage: where records, trail and outbox change together.
        now: business time.
        wall_now: by which the outbox lives.
    """
    done = 0
    left: list[ExceptionRecord] = []
    for number, version in sorted(versions.items()):
        one = replace(act, exception_id=number, expected_version=version)
        outcome = await act_on_exception(one, storage=storage, now=now, wall_now=wall_now)
        if isinstance(outcome, Done):
            done += 1
        elif isinstance(outcome, Stale | NotPossible):
            left.append(outcome.record)
    return Taken(done=done, left=tuple(left))

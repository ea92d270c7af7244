"""Finds who is on shift and holds the fewest exceptions, so that somebody can be given one.

Must not assign it, and trusts no text: the shift is the operator's, authority is Slack's of now.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.blocks import shifts as drawn
from handlers.slack.asker import Reply
from handlers.slack.authority import verdict_on
from handlers.slack.desk import Desk
from handlers.slack.reads import find
from jobs.views import ExceptionView
from policies.permissions import Allowed
from policies.queries import ExceptionFilter
from policies.reasons import ACTIVE_STATUSES
from policies.shifts import Turn, fewest, next_shift, on_shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Who is to own it, of which shift, and how many they hold so far."""

    person_id: str
    name: str
    shift: str
    held: int


async def choose(exception_id: int, desk: Desk) -> Chosen | Reply:
    """Of those on shift at its site who may own it, whoever holds the fewest; or why nobody."""
    view = await find(exception_id, desk)
    if isinstance(view, Reply):
        return view
    book, site = desk.services.shifts, _site(view)
    turns = on_shift(book, site, desk.now)
    if not turns:
        notice = drawn.nobody_on_shift(site, next_shift(book, site, desk.now))
        return Reply(message=notice, private=True)
    free = [one for one in await _people(turns, desk) if await _may_own(one, view, desk)]
    held = {one: await _held(one, desk) for one in free}
    person_id = fewest(held)
    person = await desk.services.directory.person(person_id) if person_id else None
    if person_id is None or person is None:
        return Reply(message=drawn.nobody_may(turns, view.tenant), private=True)
    names = ", ".join(turn.shift.name for turn in turns)
    return Chosen(person_id=person_id, name=person.name, shift=names, held=held[person_id])


async def _people(turns: Sequence[Turn], desk: Desk) -> list[str]:
    """Everybody of these shifts, once."""
    found: set[str] = set()
    for turn in turns:
        found.update(turn.shift.people)
        if turn.shift.group is not None:
            found |= await desk.services.directory.members_of(turn.shift.group)
    return sorted(found)


async def _may_own(person_id: str, view: ExceptionView, desk: Desk) -> bool:
    team, services = desk.asker.team_id, desk.services
    verdict = await verdict_on(person_id, "own", view.tenant.id, team_id=team, services=services)
    return isinstance(verdict, Allowed)


async def _held(person_id: str, desk: Desk) -> int:
    """How many they have in hand, of the clients that the asker may see."""
    wanted = ExceptionFilter(
        tenant_ids=desk.tenant_ids, statuses=ACTIVE_STATUSES, assignee=person_id
    )
    async with desk.services.storage.read() as tx:
        return await tx.exceptions.count(wanted)


def _site(view: ExceptionView) -> str | None:
    site = view.record.facts.get("warehouse")
    return str(site) if site is not None else None

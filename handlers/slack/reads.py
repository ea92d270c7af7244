"""Shows what somebody asked to see: one exception, a list, an order, the state, an answer.

Must not change anything.
"""

from collections.abc import Iterable
from dataclasses import replace

from handlers.blocks import notices
from handlers.blocks.card import answer_card
from handlers.blocks.digest import digest
from handlers.blocks.list_table import MOST_ROWS
from handlers.blocks.lists import audit, exceptions
from handlers.blocks.orders import orders
from handlers.blocks.status import status
from handlers.blocks.storm_forms import which_of_storm, within_storm
from handlers.slack.asker import Reply
from handlers.slack.budgets import budgets_of
from handlers.slack.desk import Desk, exceptions_of_thread, storm_here
from handlers.slack.enriched import enrichment_of
from handlers.slack.exports import whole_list
from handlers.slack.filters import said_back
from handlers.slack.intents import (
    ListExceptions,
    ShowAudit,
    ShowDigest,
    ShowException,
    ShowOrder,
    ShowStatus,
    Wanted,
)
from handlers.slack.times import since_moment
from jobs.digest import show_digest
from jobs.show import list_exceptions, show_exception, show_order, show_status
from jobs.show_storm import storm_of
from jobs.views import ExceptionList, ExceptionView
from policies.queries import ExceptionFilter
from policies.records import ExceptionRecord

Outcome = tuple[Reply, str]
ANSWERED, NOT_FOUND = "answered", "not_found"


async def show_one(intent: ShowException, desk: Desk) -> Outcome:
    """One exception as its card."""
    view = await find(intent.exception_id, desk)
    if isinstance(view, Reply):
        return view, NOT_FOUND
    drawn = answer_card(view, await _owners([view.record], desk))
    storm = await storm_of(view.record.id, storage=desk.services.storage)
    return Reply(message=within_storm(drawn, storm) if storm else drawn), ANSWERED


async def show_trail(intent: ShowAudit, desk: Desk) -> Outcome:
    """Who changed what on one exception."""
    view = await find(intent.exception_id, desk)
    if isinstance(view, Reply):
        return view, NOT_FOUND
    actors = (entry.actor.partition(":") for entry in view.history)
    people = {rest for kind, _, rest in actors if kind == "slack"}
    people |= {str(given) for entry in view.history if (given := entry.after.get("assignee"))}
    return Reply(message=audit(view, await _names(people, desk))), ANSWERED


async def show_the_order(intent: ShowOrder, desk: Desk) -> Outcome:
    """One order, of each visible tenant that has it."""
    views = await show_order(
        intent.order_id,
        desk.tenant_ids,
        storage=desk.services.storage,
        promises=desk.services.promises,
        now=desk.now,
    )
    if not views:
        return Reply(message=notices.order_not_found(intent.order_id), private=True), NOT_FOUND
    names = await _owners([record for view in views for record in view.records], desk)
    return Reply(message=orders(views, names)), ANSWERED


async def show_how_things_stand(_intent: ShowStatus, desk: Desk) -> Outcome:
    """The state of the visible tenants."""
    view = await show_status(
        desk.tenant_ids,
        storage=desk.services.storage,
        promises=desk.services.promises,
        now=desk.now,
    )
    view = replace(view, budgets=await budgets_of(desk), enrichment=await enrichment_of(desk))
    names = await _owners([view.oldest] if view.oldest else [], desk)
    return Reply(message=status(view, names)), ANSWERED


async def show_the_digest(_intent: ShowDigest, desk: Desk) -> Outcome:
    """The last 24 hours of the visible tenants."""
    views = await show_digest(
        desk.tenant_ids,
        storage=desk.services.storage,
        promises=desk.services.promises,
        now=desk.now,
    )
    return Reply(message=digest(views)), ANSWERED


async def show_list(intent: ListExceptions, desk: Desk) -> Outcome:
    """Exceptions by the filter as it was understood."""
    wanted = intent.wanted
    narrowed = _tenant_ids(wanted, desk)
    if not narrowed:
        why = f"This channel sees no client called {wanted.client}."
        return Reply(message=notices.told(why), private=True), NOT_FOUND
    selected = _filter(wanted, narrowed, desk)
    found = await list_exceptions(
        selected,
        described=said_back(wanted, _since_words(wanted, desk)),
        storage=desk.services.storage,
        now=desk.now,
    )
    names = await _owners(found.records, desk)
    sheet = await whole_list(found, selected, desk)
    return Reply(message=exceptions(found, names, _links(found, desk)), sheet=sheet), ANSWERED


async def find(exception_id: int | None, desk: Desk) -> ExceptionView | Reply:
    """The exception that is meant and visible, or the reply that says why not."""
    found = exception_id if exception_id is not None else await meant(desk, "exception")
    if isinstance(found, Reply):
        return found
    view = await show_exception(
        found,
        desk.tenant_ids,
        storage=desk.services.storage,
        promises=desk.services.promises,
        now=desk.now,
    )
    return view or Reply(message=notices.not_found(found), private=True)


async def meant(desk: Desk, verb: str) -> int | Reply:
    """The one exception of the thread, or the reply that asks for a number."""
    here = await exceptions_of_thread(desk.asker, desk.services)
    if len(here) == 1:
        return here[0]
    if here:
        return Reply(message=notices.which(here, verb), private=True)
    storm = await storm_here(desk)
    if storm is not None:
        return Reply(message=which_of_storm(storm, verb), private=True)
    why = f"This is not the thread of an alert, so say which exception: {verb} 7"
    return Reply(message=notices.incomplete(why), private=True)


async def _owners(records: Iterable[ExceptionRecord], desk: Desk) -> dict[str, str]:
    """The owners' names: a list that somebody asked for calls nobody."""
    return await _names({record.assignee for record in records if record.assignee}, desk)


async def _names(people: set[str], desk: Desk) -> dict[str, str]:
    found = [await desk.services.directory.person(user_id) for user_id in sorted(people)]
    return {person.id: person.name for person in found if person}


def _links(found: ExceptionList, desk: Desk) -> dict[int, str]:
    """Where their orders are looked at, where clients say so."""
    names = {tenant.id: tenant.name for tenant in found.tenants}
    known = desk.services.promises.links
    places = [(one, known.get(names.get(one.tenant_id, ""))) for one in found.records]
    urls = {one.id: place.of(one.order_id, one.facts) for one, place in places if place}
    return {number: url for number, url in urls.items() if url}


def _tenant_ids(wanted: Wanted, desk: Desk) -> tuple[int, ...]:
    """Only ever fewer than the desk's: a name in a text cannot add one."""
    if wanted.client is None:
        return desk.tenant_ids
    name = wanted.client.casefold()
    return tuple(tenant.id for tenant in desk.tenants if name in tenant.name.casefold())


def _filter(wanted: Wanted, tenant_ids: tuple[int, ...], desk: Desk) -> ExceptionFilter:
    since = since_moment(wanted.since, desk.now, desk.zone) if wanted.since else None
    return ExceptionFilter(
        tenant_ids=tenant_ids,
        statuses=tuple(dict.fromkeys(wanted.statuses)),
        severity=wanted.severity,
        reason_code=wanted.reason_code,
        order_id=wanted.order_id,
        assignee=desk.asker.user_id if wanted.mine else None,
        since=since,
        stated=wanted.stated,
        unowned=wanted.unowned,
        limit=MOST_ROWS,
    )


def _since_words(wanted: Wanted, desk: Desk) -> str | None:
    if wanted.since is None:
        return None
    at = since_moment(wanted.since, desk.now, desk.zone).astimezone(desk.zone)
    return f"{at:%a %d %b %H:%M} ({desk.person.timezone})"

"""Chooses what is tried next, for exceptions that are eligible by index, and puts it on the list.

Must not carry anything out. Choosing only reads, so that a dry run is the same choosing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from urllib.parse import quote

from jobs.approve_attempt import ask_for_attempt
from jobs.errors import StaleRecordError
from jobs.note_attempt import ENDED, block_resolution, change, entry_of, item_of
from jobs.open_claim import FILE
from jobs.ports import Transaction
from jobs.resolving import Resolving
from policies.attempts import Attempt, AttemptState, key_of
from policies.claim_file import claim_name
from policies.facts import OrderEvent
from policies.http_actions import HttpAction, filled, template_facts
from policies.records import ExceptionRecord, JsonObject, OrderKey, Tenant
from policies.resolution import CLAIM_FILE, Approve, Chosen, ResolutionRule, choose, facts_of
from policies.resolution_gates import eligible, stated_of, sure_enough, too_unsure

_PAGE, _MOST = 200, 1_000
_HOUR = timedelta(hours=1)
_BEING_JUDGED = timedelta(minutes=2)
"""What was told just now is still being judged, and may settle by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is next for one exception: an attempt, or the reason for which it is blocked."""

    tenant: Tenant
    record: ExceptionRecord
    approve: Approve = Approve.NO
    attempt: Attempt | None = None
    blocks: str | None = None


async def plan_attempts(resolving: Resolving, *, now: datetime, wall_now: datetime) -> int:
    """Puts the next attempts on the list; returns how many exceptions were changed or tried."""
    planned = await choose_attempts(resolving, now=now)
    done = 0
    for one in planned:
        try:
            async with resolving.storage.write() as tx:
                done += await _put(tx, one, resolving, now, wall_now)
        except StaleRecordError:
            continue  # somebody did something with it just now; the next run looks again
    return done


async def choose_attempts(
    resolving: Resolving, *, now: datetime, tenant: str | None = None
) -> list[Planned]:
    """What would be tried now; changes nothing. Of one tenant only where that is named."""
    planned: list[Planned] = []
    async with resolving.storage.read() as tx:
        for one in await tx.tenants.all():
            reasons = resolving.book.reasons(one.name)
            wanted = tenant in (None, one.name) and not one.synthetic
            if wanted and reasons != frozenset():
                planned += await _of_tenant(tx, one, reasons, resolving, now)
    return planned


async def _of_tenant(
    tx: Transaction,
    tenant: Tenant,
    reasons: frozenset[str] | None,
    resolving: Resolving,
    now: datetime,
) -> list[Planned]:
    """A bounded number of its eligible exceptions, going on where the last run ended."""
    this_hour = dict(await tx.attempts.since(tenant.id, now - _HOUR))
    after, planned = resolving.looked.get(tenant.id, 0), list[Planned]()
    for _ in range(_MOST // _PAGE):
        page = await tx.attempts.eligible(tenant.id, reasons, after, _PAGE)
        planned += await _of_page(tx, tenant, page, resolving, this_hour, now)
        after = page[-1].id if len(page) == _PAGE else 0
        if not after:
            break
    resolving.looked[tenant.id] = after
    return planned


async def _of_page(
    tx: Transaction,
    tenant: Tenant,
    page: Sequence[ExceptionRecord],
    resolving: Resolving,
    this_hour: dict[str, int],
    now: datetime,
) -> list[Planned]:
    keys = [OrderKey(tenant_id=one.tenant_id, order_id=one.order_id) for one in page]
    tried = await tx.attempts.of_orders(keys)
    pairs = zip(keys, page, strict=True)
    told = [key for key, one in pairs if _asks_events(one, tenant, resolving)]
    events = await tx.events.of_orders(told) if told else {}
    planned: list[Planned] = []
    fewest_first = sorted(zip(page, keys, strict=True), key=lambda pair: _turn(pair[0]))
    for record, key in fewest_first:
        seen = _seen(events.get(key, ()), now)
        one = _next(tenant, record, seen, tried[key], resolving, this_hour, now)
        if one is not None:
            planned.append(one)
        if one is not None and one.attempt is not None and not one.attempt.dry_run:
            this_hour[one.attempt.action] = this_hour.get(one.attempt.action, 0) + 1
    return planned


def _seen(events: Sequence[OrderEvent], now: datetime) -> dict[str, datetime]:
    """The kinds of an order's events that were judged by now, with when they last occurred."""
    since = now - _BEING_JUDGED
    judged = (one for one in events if (one.received_at or one.occurred_at) <= since)
    return {one.kind: one.occurred_at for one in sorted(judged, key=attrgetter("occurred_at"))}


def _turn(record: ExceptionRecord) -> tuple[int, int]:
    """Where limits do not let all of them: those that were tried least, then the oldest."""
    return record.resolution_attempts, record.id


def _asks_events(record: ExceptionRecord, tenant: Tenant, resolving: Resolving) -> bool:
    """Whether a rule for it names what only the order's events tell."""
    rules = resolving.book.rules(tenant.name, record.reason_code.value)
    texts = [rule.condition.text for rule in rules if rule.condition is not None]
    return any("seen." in text or "evidence" in text for text in texts)


def _next(
    tenant: Tenant,
    record: ExceptionRecord,
    seen: Mapping[str, datetime],
    tried: Sequence[Attempt],
    resolving: Resolving,
    this_hour: dict[str, int],
    now: datetime,
) -> Planned | None:
    """What is next for one exception, where anything is."""
    stated = stated_of(record)
    if why := too_unsure(stated):
        return Planned(tenant=tenant, record=record, blocks=why)
    if not sure_enough(stated):
        return None
    promise = resolving.promises.rule(tenant.name, record.sla_id, record.rule_version)
    known = template_facts(record, tenant.name, now)
    chosen = choose(
        record,
        resolving.book.rules(tenant.name, record.reason_code.value),
        facts_of(
            record,
            now,
            seen=seen,
            waits_for=promise.stop if promise else (),
            settles=promise is not None and promise.settle_auto,
        ),
        known,
        of_order=tried,
        this_hour=this_hour,
        actions=resolving.book.actions_of(tenant.name),
    )
    if chosen is None:
        return None
    request = request_of(chosen.rule, tenant, record, resolving, now)
    if chosen.rule.action == CLAIM_FILE:
        request = {FILE: claim_name(record.id, chosen.number)}
    attempt = _attempt(tenant, record, chosen, request, now)
    return Planned(tenant=tenant, record=record, approve=chosen.rule.approve, attempt=attempt)


def request_of(
    rule: ResolutionRule,
    tenant: Tenant,
    record: ExceptionRecord,
    resolving: Resolving,
    now: datetime,
) -> JsonObject:
    """What is sent or posted, with facts filled in; fixed from here on."""
    action = resolving.book.actions_of(tenant.name).get(rule.action)
    if action is not None:
        return request_for(action, tenant, record, now)
    facts = template_facts(record, tenant.name, now)
    return {"text": filled(rule.text, facts)} if rule.text is not None else {}


def request_for(
    action: HttpAction, tenant: Tenant, record: ExceptionRecord, now: datetime
) -> JsonObject:
    """The call of a configured action; facts are escaped in the address."""
    facts = template_facts(record, tenant.name, now)
    plain = {name: quote(str(value), safe="") for name, value in facts.items()}
    url = filled(action.url, plain)
    return {"method": action.method, "url": url, "body": filled(action.body, facts)}


def _attempt(
    tenant: Tenant, record: ExceptionRecord, chosen: Chosen, request: JsonObject, now: datetime
) -> Attempt:
    rule = chosen.rule
    asks = rule.approve is not Approve.NO and not chosen.rehearse
    return Attempt(
        id=0,
        tenant_id=tenant.id,
        exception_id=record.id,
        order_id=record.order_id,
        action=rule.action,
        number=chosen.number,
        key=key_of(record, rule.action, chosen.number, now),
        state=AttemptState.ASKED if asks else AttemptState.DUE,
        asked_at=now,
        dry_run=chosen.rehearse,
        within_minutes=rule.within_minutes,
        proved_by=rule.proved_by,
        request=request,
    )


async def _put(
    tx: Transaction, planned: Planned, resolving: Resolving, now: datetime, wall_now: datetime
) -> bool:
    """Puts it on the list, if the exception is still as it was read."""
    record = await tx.exceptions.get(planned.record.id)
    if record is None or record.version != planned.record.version or not eligible(record):
        return False
    if planned.attempt is None:
        await block_resolution(tx, record, planned.blocks or "", now, wall_now)
        return True
    attempt = planned.attempt
    if attempt.dry_run:
        attempt = _rehearsed(attempt, planned.tenant, resolving, now)
    kept = await tx.attempts.add(attempt)
    if kept is None:
        return False
    if kept.ended:
        await change(tx, record, record, [entry_of(kept, ENDED, now)], now, wall_now)
    elif kept.state is AttemptState.ASKED:
        await ask_for_attempt(
            tx, kept, record, planned.tenant, planned.approve, resolving, now, wall_now
        )
    else:
        await tx.work.put([item_of(kept)], wall_now)
    return True


def _rehearsed(attempt: Attempt, tenant: Tenant, resolving: Resolving, now: datetime) -> Attempt:
    """A dry run: everything but the act itself."""
    action = resolving.book.actions_of(tenant.name).get(attempt.action)
    refused = resolving.caller.refusal(attempt.request["url"]) if action is not None else None
    state = AttemptState.FAILED if refused else AttemptState.REHEARSED
    words = refused or "dry run: nothing was done"
    return replace(attempt, state=state, started_at=now, ended_at=now, response=words)

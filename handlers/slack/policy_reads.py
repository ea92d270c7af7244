"""Shows what is promised, what lint says of it, and what would be if an event came then.

Must not change anything, and shows no client that the channel does not see.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.blocks import notices
from handlers.blocks import policies as drawn
from handlers.blocks import trials as drawn_trial
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk
from handlers.slack.policy_intents import LintPolicy, ShowPolicy, SimulatePolicy, TryDuration
from handlers.slack.times import At
from jobs.backtest_policy import simulate_policy
from jobs.lint_policy import lint_with_model
from jobs.ports.slack import Message
from jobs.show import show_order
from jobs.show_policy import (
    LintView,
    TriedView,
    show_policies,
    simulate_event,
    simulate_move,
)
from policies.book.edit import NotADurationError, with_duration
from policies.lint.lint import lint
from policies.local_time import at_local
from policies.records import Tenant

Outcome = tuple[Reply, str]
_MOST_CLIENTS = 3
_MOST_ORDERS = 2000
"""Judged for one answer: some seconds of work, in slices."""
_FURTHEST = timedelta(days=400)
_NO_TEXT = "The text of the policy is not at hand here. Ask whoever runs E2A to lint it."


async def show_promises(intent: ShowPolicy, desk: Desk) -> Outcome:
    """All promises of the visible clients, or one by its name."""
    views = show_policies(desk.tenants, desk.services.promises, desk.now)
    if intent.rule is None:
        return Reply(message=drawn.policies(views)), "answered"
    one = drawn.promise(views, intent.rule)
    if one is not None:
        return Reply(message=one), "answered"
    near = drawn.nearest_rule(views, intent.rule)
    hint = f"Did you mean policy show {near}?" if near else "policy show lists them."
    why = f"There is no promise called {intent.rule} here. {hint}"
    return Reply(message=notices.told(why), private=True), "not_found"


async def lint_promises(intent: LintPolicy, desk: Desk) -> Outcome:
    """What lint says of the latest policy of each visible client, with a model's word if wanted."""
    texts: dict[tuple[str, str], list[Tenant]] = {}
    for tenant in desk.tenants:
        texts.setdefault(desk.services.policy_texts(tenant.name), []).append(tenant)
    texts.pop(("", ""), None)
    if not texts:
        return Reply(message=notices.told(_NO_TEXT), private=True), "impossible"
    views = [
        await _linted(text, file, tenants, desk, model=intent.model)
        for (file, text), tenants in list(texts.items())[:_MOST_CLIENTS]
    ]
    return Reply(message=drawn.findings(views)), "answered"


async def _linted(
    text: str, file: str, tenants: Sequence[Tenant], desk: Desk, *, model: bool
) -> LintView:
    """One policy looked over; a model's word is on the budget of the first of its clients."""
    found = await asyncio.to_thread(lint, text, file, desk.now)
    view = LintView(tenants=tuple(tenants), file=file, findings=found)
    if not model:
        return view
    services = desk.services
    heard = await lint_with_model(
        text,
        file,
        found,
        tenant=tenants[0],
        asking=services.asking,
        now=desk.now,
        wall_now=services.wall_now(),
    )
    return replace(view, heard=heard)


async def simulate_promises(intent: SimulatePolicy, desk: Desk) -> Outcome:
    """Both clocks of "what if it came at 13:59 or 14:01", of a new order or of one there is."""
    messages = await (_moved(intent, desk) if intent.order_id else _started(intent, desk))
    if isinstance(messages, str):
        return Reply(message=notices.told(messages), private=True), "not_found"
    return Reply(message=drawn.together(messages)), "answered"


async def _started(intent: SimulatePolicy, desk: Desk) -> list[Message] | str:
    promises, now = desk.services.promises, desk.now
    messages = []
    for tenant in desk.tenants[:_MOST_CLIENTS]:
        moments = _instants(intent.moments, now, tenant)
        if moments is None:
            return _too_far()
        view = simulate_event(tenant, promises, intent.event, moments, intent.facts, now)
        messages.append(drawn.started(view))
    return messages


async def _moved(intent: SimulatePolicy, desk: Desk) -> list[Message] | str:
    services = desk.services
    orders = await show_order(
        intent.order_id or "",
        desk.tenant_ids,
        storage=services.storage,
        promises=services.promises,
        now=desk.now,
    )
    if not orders:
        return f"There is no order {(intent.order_id or '')[:60]} here."
    messages = []
    for order in orders[:_MOST_CLIENTS]:
        moments = _instants(intent.moments, desk.now, order.tenant)
        if moments is None:
            return _too_far()
        view = simulate_move(order, services.promises, intent.event, moments)
        messages.append(drawn.moved(view))
    return messages


async def try_duration(intent: TryDuration, desk: Desk) -> Outcome:
    """Old against new on the stored orders of each visible client."""
    services, messages = desk.services, []
    for tenant in desk.tenants[:_MOST_CLIENTS]:
        file, text = services.policy_texts(tenant.name)
        if not text:
            return Reply(message=notices.told(_NO_TEXT), private=True), "impossible"
        try:
            tried = with_duration(text, file, intent.rule, intent.duration)
        except NotADurationError as error:
            why = f"{error} policy show lists what is promised."
            return Reply(message=notices.told(why), private=True), "not_found"
        report = await simulate_policy(
            tried,
            tenant,
            storage=services.storage,
            promises=services.promises,
            since=desk.now - timedelta(days=intent.days),
            now=desk.now,
            limit_orders=_MOST_ORDERS,
            pricing=services.tariff,
        )
        if isinstance(report, tuple):
            why = f"{intent.duration} cannot be tried: {report[0].message}"
            return Reply(message=notices.told(why), private=True), "impossible"
        view = TriedView(tenant=tenant, sla_id=intent.rule, days=intent.days, report=report)
        messages.append(drawn_trial.tried(view, intent.duration))
    return Reply(message=drawn.together(messages)), "answered"


def _instants(moments: Sequence[At], now: datetime, tenant: Tenant) -> list[datetime] | None:
    """Times of day in the client's zone; None where one is further off than promises reach."""
    found = []
    for one in moments:
        today = now.astimezone(ZoneInfo(tenant.timezone)).date()
        day = one.on or today + timedelta(days=one.days_ahead or 0)
        at = at_local(day, one.at.hour * 60 + one.at.minute, tenant.timezone)
        if abs(at - now) > _FURTHEST:
            return None
        found.append(at)
    return found


def _too_far() -> str:
    return f"At most {_FURTHEST.days} days from now, please."

"""Gathers what is promised to a client, and what would be if an event came at another time.

Must not change anything, and must not word it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs.lint_policy import ModelLint
from jobs.views import OrderView
from policies.backtesting.report import Report
from policies.backtesting.rules import governing
from policies.facts import ALIASES, OrderEvent, Timeline
from policies.lint.finding import Finding
from policies.order_facts import Around
from policies.promise import SlaRule
from policies.promises import Promises
from policies.records import Tenant
from policies.simulate import (
    Added,
    Change,
    Compared,
    Moved,
    Started,
    compare,
    simulate_start,
    starters,
)
from policies.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """What governs the orders of these tenants that start now, and which versions will follow."""

    tenants: tuple[Tenant, ...]
    rules: tuple[SlaRule, ...]
    targets: tuple[Target, ...]
    following: tuple[SlaRule, ...]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LintView:
    """What there is to say about a policy's text; `heard` is what a model added, where wanted."""

    tenants: tuple[Tenant, ...]
    file: str
    findings: tuple[Finding, ...]
    heard: ModelLint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedView:
    """What another duration of a promise would have done to a client's orders of these days."""

    tenant: Tenant
    sla_id: str
    days: int
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class StartView:
    """What an event would start at some moments; `starters` are the events that start anything."""

    tenant: Tenant
    event: str
    facts: tuple[tuple[str, str], ...]
    started: tuple[Started, ...]
    starters: tuple[str, ...]
    version: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveView:
    """The clocks of an order as they are, and if an event came at some moments.

    `was` is when the event really came, None where it has not.
    """

    order: OrderView
    event: str
    was: datetime | None
    moments: tuple[datetime, ...]
    compared: tuple[Compared, ...]
    version: str


def show_policies(
    tenants: Sequence[Tenant], promises: Promises, now: datetime
) -> tuple[PolicyView, ...]:
    """The promises of these tenants; those who share a policy are shown together."""
    shared: dict[int, list[Tenant]] = {}
    for tenant in tenants:
        shared.setdefault(id(promises.of(tenant.name)), []).append(tenant)
    return tuple(_policy(tuple(group), promises, now) for group in shared.values())


def simulate_event(
    tenant: Tenant,
    promises: Promises,
    event: str,
    moments: Sequence[datetime],
    facts: Sequence[tuple[str, str]],
    now: datetime,
) -> StartView:
    """What that event would start for a new order of the tenant."""
    rules = in_force(promises, tenant, now)
    stated: Mapping[str, Any] = {"client": tenant.name, **dict(facts)}
    around = Around(tenant=tenant.name)
    return StartView(
        tenant=tenant,
        event=event,
        facts=tuple(facts),
        started=simulate_start(rules, event, moments, stated, around=around),
        starters=starters(rules),
        version=_version(rules),
        now=now,
    )


def simulate_move(
    order: OrderView, promises: Promises, event: str, moments: Sequence[datetime]
) -> MoveView:
    """What the order's clocks would be if its event of that kind had come at each moment."""
    rules = in_force(promises, order.tenant, order.now)
    timeline = Timeline(order_id=order.order_id, events=order.events)
    kind = ALIASES.get(event, event)
    moved = timeline.first((kind,))
    changes = [_change(order.order_id, moved, kind, at) for at in moments]
    now = max(order.now, *moments)
    return MoveView(
        order=order,
        event=event,
        was=moved.occurred_at if moved else None,
        moments=tuple(moments),
        compared=compare(timeline, rules, now, changes, order.around),
        version=_version(rules),
    )


def in_force(promises: Promises, tenant: Tenant, now: datetime) -> tuple[SlaRule, ...]:
    """The rules that govern what starts now."""
    known = promises.of(tenant.name)
    return governing(known, now) if known else ()


def _policy(tenants: tuple[Tenant, ...], promises: Promises, now: datetime) -> PolicyView:
    known = promises.of(tenants[0].name)
    return PolicyView(
        tenants=tenants,
        rules=in_force(promises, tenants[0], now),
        targets=promises.targets_of(tenants[0].name),
        following=tuple(rule for rule in known if rule.valid_from and rule.valid_from > now),
        now=now,
    )


def _change(order_id: str, moved: OrderEvent | None, kind: str, at: datetime) -> Change:
    if moved is not None:
        return Moved(moved.source, moved.event_id, at)
    event = OrderEvent(
        source="simulation", event_id="1", event_type=kind, order_id=order_id, occurred_at=at
    )
    return Added(event)


def _version(rules: Sequence[SlaRule]) -> str:
    return ", ".join(dict.fromkeys(rule.version for rule in rules))

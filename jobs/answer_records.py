"""Answers about the orders and exceptions that a question names, from their rows alone.

Must not guess: what is not there is said not to be there, and no neighbour is offered instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.answer_invoices import invoices_named, told_of_invoice
from jobs.asking import Asking
from jobs.cite import Cited
from jobs.explain_links import COUNTED
from jobs.show import show_exception, show_order
from jobs.views import Answer, ExceptionView, OrderView
from policies.durations import duration
from policies.money.invoice_values import Invoice
from policies.naming import Named
from policies.questions.route import Route
from policies.questions.told import at_clock
from policies.records import ExceptionRecord, Tenant

_SHOWN, _MOST_NAMED = 5, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What the names of a question lead to; `unknown` are names that lead nowhere."""

    exceptions: tuple[ExceptionView, ...] = ()
    orders: tuple[OrderView, ...] = ()
    invoices: tuple[tuple[Tenant, Invoice], ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether any of them is there."""
        return bool(self.exceptions or self.orders or self.invoices)


async def named_records(named: Named, asking: Asking) -> Records:
    """Looks them up by equality. A number that is no exception may be an order's (`#1001`)."""
    exceptions: list[ExceptionView] = []
    orders: list[OrderView] = []
    unknown: list[str] = []
    names: list[tuple[int | None, str]] = [(one, f"#{one}") for one in named.exceptions]
    names += [(None, name) for name in named.orders]
    for number, name in names[:_MOST_NAMED]:
        view = await _exception(number, asking) if number is not None else None
        if view is not None:
            exceptions.append(view)
        elif views := await _order(name, asking):
            orders += views
        else:
            unknown.append(name)
    invoices: list[tuple[Tenant, Invoice]] = []
    for name in named.invoices[:_MOST_NAMED]:
        found = await invoices_named(name, asking)
        invoices += found
        unknown += [] if found else [f"invoice {name}"]
    return Records(
        exceptions=tuple(exceptions),
        orders=tuple(orders),
        invoices=tuple(invoices),
        unknown=tuple(unknown),
    )


async def _exception(number: int, asking: Asking) -> ExceptionView | None:
    return await show_exception(
        number,
        asking.tenant_ids,
        storage=asking.storage,
        promises=asking.promises,
        now=asking.now,
    )


async def _order(name: str, asking: Asking) -> list[OrderView]:
    return await show_order(
        name,
        asking.tenant_ids,
        storage=asking.storage,
        promises=asking.promises,
        now=asking.now,
    )


def told(records: Records, asking: Asking) -> Answer:
    """What is known of them, each sentence with its source."""
    if not records.found:
        return unknown(records.unknown, asking)
    cited = Cited()
    several = len({view.tenant.id for view in records.orders}) > 1
    parts = [_of_exception(view, cited) for view in records.exceptions]
    parts += [_of_order(view, cited, asking.zone, several=several) for view in records.orders]
    parts += [told_of_invoice(*one, cited) for one in records.invoices]
    parts += [_not_known(records.unknown)] if records.unknown else []
    return Answer(
        text="\n".join(parts),
        citations=cited.all,
        route=_route(records),
        refused=False,
        now=asking.now,
    )


def _route(records: Records) -> Route:
    if records.exceptions:
        return Route.EXCEPTION
    return Route.ORDER if records.orders else Route.INVOICE


def unknown(words: Sequence[str], asking: Asking) -> Answer:
    """That nothing of that name is there, in the same words for foreign and for missing ones."""
    return Answer(
        text=_not_known(words), citations=(), route=Route.UNKNOWN, refused=True, now=asking.now
    )


def state(record: ExceptionRecord, asking: Asking) -> str:
    """An exception in half a line."""
    return _state_of(record, duration(record.delay_at(asking.now)))


def _not_known(words: Sequence[str]) -> str:
    return f"I know no {' or '.join(words)} among the clients that are seen here."


def _of_exception(view: ExceptionView, cited: Cited) -> str:
    record, explanation = view.record, view.record.explanation
    note = explanation.ops_note if explanation else ""
    first = not cited.all
    receipts = zip(
        explanation.evidence if explanation and first else (),
        explanation.sources if explanation and first else (),
        strict=False,
    )
    for event_id, source in receipts:  # the note cites them by number, so they come first
        counted = event_id.startswith(COUNTED)
        label = source if counted else f"{source} ({event_id})"
        cited.mark(event_id if counted else f"event:{event_id}", label)
    late = duration(record.delay_at(view.now))
    said = note if first else (explanation.label if explanation else "")
    text = f"#{record.id}: {_state_of(record, late)}. {said}".strip()
    return f"{text} {cited.exception(record)}"


def _state_of(record: ExceptionRecord, late: str) -> str:
    what = f"{record.order_id} {record.reason_code.value.replace('_', ' ').lower()}"
    if record.active:
        owner = "owned" if record.assignee else "nobody owns it"
        return f"{what}, {record.status.value.lower()}, {late} over, {owner}"
    return f"{what}, {record.status.value.lower()} ({record.resolution}), {late} late"


def _of_order(view: OrderView, cited: Cited, zone: str, *, several: bool) -> str:
    last = view.events[-1] if view.events else None
    whose = f" of {view.tenant.name}" if several else ""
    name = f"{view.order_id}{whose}"
    if last is None:
        found = [f"Nothing valid was ever received for {name}."]
    else:
        mark = cited.mark(f"event:{last.event_id}", last.event_id)
        kind = last.kind.replace("_", " ")
        when = at_clock(last.occurred_at, zone, "%a %H:%M")
        found = [f"Last heard of {name}: {kind} {when} {mark}."]
    for record in view.records[:_SHOWN]:
        late = duration(record.delay_at(view.now))
        found.append(f"#{record.id} {_state_of(record, late)} {cited.exception(record)}.")
    more = len(view.records) - _SHOWN
    found += [f"{more} more exceptions: `order {view.order_id}`."] if more > 0 else []
    found += [] if view.records else ["It has no exception."]
    return " ".join(found)

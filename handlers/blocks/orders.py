"""Draws one order: how far it is, its clocks, its exceptions, what happened last.

Must not quote free text of payloads: only kinds, sources and times of events are shown.
"""

from handlers.blocks.clocks import LEGEND, clock_blocks
from handlers.blocks.elements import Block, context, message, section
from handlers.blocks.lists import line
from handlers.blocks.risk import to_save
from handlers.blocks.text import counted, data, joined, moment
from handlers.blocks.wording import Names
from jobs.ports.slack import Message
from jobs.views import OrderView
from policies.facts import OrderEvent

STAGES: tuple[tuple[str, frozenset[str]], ...] = (
    ("Paid", frozenset({"order_paid"})),
    ("Picked", frozenset({"pick_completed"})),
    ("Packed", frozenset({"pack_completed"})),
    (
        "Left",
        frozenset(
            {"manifested", "carrier_picked_up", "carrier_scan", "in_transit", "out_for_delivery"}
        ),
    ),
    ("Delivered", frozenset({"delivered"})),
)
_MOST_EVENTS, _MOST_RECORDS, _MOST_NAMES = 10, 8, 4


def order(view: OrderView, names: Names = None) -> Message:
    """One order as of now."""
    title = f"{data(view.order_id)} · {data(view.tenant.name, 60)}"
    blocks = [
        section(f"*{title}*", _stages(view)),
        *clock_blocks(view),
        to_save(view),
        _records(view, names),
        _events(view),
        context(
            joined(
                _known_as(view),
                _stuck(view),
                LEGEND if view.clocks else None,
                f"as of {moment(view.now)}",
            )
        ),
    ]
    return message(f"{title}: {_reached(view)}", [block for block in blocks if block])


def _known_as(view: OrderView) -> str | None:
    """`also shopify 450789469, tracking 1Z999`."""
    if not view.names:
        return None
    shown = [data(name.replace(":", " ", 1), 60) for name in view.names[:_MOST_NAMES]]
    more = len(view.names) - len(shown)
    return f"also {', '.join(shown)}" + (f" and {more} more" if more else "")


def orders(views: list[OrderView], names: Names = None) -> Message:
    """The same order number with several tenants, one after the other."""
    if len(views) == 1:
        return order(views[0], names)
    drawn = [order(view, names) for view in views[:5]]
    blocks = [dict(block) for one in drawn for block in one.blocks]
    return message(f"{counted(len(views), 'order')} of that number", blocks)


def _first(view: OrderView, kinds: frozenset[str]) -> OrderEvent | None:
    return next((event for event in view.events if event.kind in kinds), None)


def _stages(view: OrderView) -> str:
    """`● Paid Mon 10:00 → ● Picked → ○ Packed`: full where it happened."""
    steps = []
    for name, kinds in STAGES:
        event = _first(view, kinds)
        steps.append(f"● {name} {moment(event.occurred_at)}" if event else f"○ {name}")
    called_off = _first(view, frozenset({"order_cancelled"}))
    if called_off:
        steps.append(f"● Cancelled {moment(called_off.occurred_at)}")
    return " → ".join(steps)


def _reached(view: OrderView) -> str:
    reached = [name.lower() for name, kinds in STAGES if _first(view, kinds)]
    if _first(view, frozenset({"order_cancelled"})):
        return "cancelled"
    return reached[-1] if reached else "known, not paid yet"


def _records(view: OrderView, names: Names) -> Block | None:
    found = sorted(view.records, key=lambda record: record.id)[-_MOST_RECORDS:]
    told = [line(one, view.now, names=names) for one in found]
    return section("*Exceptions*", *told) if told else None


def _events(view: OrderView) -> Block | None:
    last = view.events[-_MOST_EVENTS:]
    if not last:
        return section("No events yet.")
    told = [f"{moment(e.occurred_at)} {data(e.kind, 64)} ({data(e.source, 30)})" for e in last]
    count = f"*Last {len(last)} of {counted(len(view.events), 'event')}*"
    return section(count, *told)


def _stuck(view: OrderView) -> str | None:
    if not view.dead_letters:
        return None
    return f"{counted(len(view.dead_letters), 'dead letter')} wait for a replay"

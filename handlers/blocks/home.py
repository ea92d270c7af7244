"""Draws the Home tab: how things stand, my queue, what nobody owns, what breaks next.

Must not sort or select: the lists come as they are to be shown.
"""

from dataclasses import dataclass
from typing import Any

from handlers.blocks.card import target_of
from handlers.blocks.elements import (
    MOST_MODAL_BLOCKS,
    Block,
    button,
    context,
    divider,
    fit,
    header,
    section,
)
from handlers.blocks.ids import Form, Verb
from handlers.blocks.lists import line
from handlers.blocks.silence import silences
from handlers.blocks.status import at_risk, tiles
from handlers.blocks.targets import targets_block
from handlers.blocks.text import moment
from jobs.ports_slack import Message
from jobs.views import ExceptionList, StatusView

View = dict[str, Any]
MOST_LISTED = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that one person's Home shows."""

    status: StatusView
    mine: ExceptionList
    unowned: ExceptionList


def home(desk: Desk) -> View:
    """The Home of somebody who may see something."""
    blocks = [
        header("Operations"),
        section(tiles(desk.status)),
        *_trouble(desk.status),
        *_queue("My queue", desk.mine, Verb.SHOW, "Nothing is yours. "),
        *_queue("Nobody owns", desk.unowned, Verb.ASSIGN, "Everything has an owner. "),
        header("Breaks next"),
        at_risk(desk.status) or section("Nothing is at risk."),
        divider(),
        context(f"as of {moment(desk.status.now)}, drawn anew when you come back"),
    ]
    return _view(blocks)


def _trouble(status: StatusView) -> list[Block]:
    """How targets stand, and who is silent."""
    blocks = (targets_block(status.targets), silences(status.silent, status.now))
    return [block for block in blocks if block]


def empty_home(notice: Message) -> View:
    """The Home of somebody to whom nothing can be shown, with the reason."""
    return _view([header("Operations"), *(dict(block) for block in notice.blocks)])


def _queue(name: str, found: ExceptionList, verb: Verb, none: str) -> list[Block]:
    tenants = {tenant.id: tenant.name for tenant in found.tenants}
    several = len(tenants) > 1
    rows = [
        section(
            line(
                record,
                found.now,
                tenants.get(record.tenant_id) if several else None,
                whose=False,  # the heading says it
            ),
            accessory=button(verb, target_of(record)),
        )
        for record in found.records[:MOST_LISTED]
    ]
    more = max(found.total, len(found.records)) - len(rows)
    rest = [context(f"and {more} more")] if more > 0 else []
    return [header(name), *(rows or [section(none.strip())]), *rest]


def _view(blocks: list[Block]) -> View:
    fitting = fit(blocks, MOST_MODAL_BLOCKS, 40_000)
    return {"type": "home", "callback_id": Form.HOME.value, "blocks": fitting}

"""Draws the Home tab: what is mine, what saves most, what wakes, promises, sources, settings.

Must not sort or select: the lists come as they are to be shown.
"""

from collections.abc import Sequence
from typing import Any

from handlers.blocks.answer_review import at_home
from handlers.blocks.card import target_of
from handlers.blocks.elements import (
    MOST_MODAL_BLOCKS,
    Block,
    actions,
    button,
    context,
    divider,
    fit,
    header,
    plain_button,
    section,
)
from handlers.blocks.home_rows import open_work, running_work, waking
from handlers.blocks.home_tiles import feeds, promises, silent_first, subscriptions, tiles
from handlers.blocks.ids import Form, Verb
from handlers.blocks.model_budget import budget_tile
from handlers.blocks.order_form import encode_order
from handlers.blocks.settings_form import of_day
from handlers.blocks.text import clock_time, joined
from jobs.ports.slack import Message
from jobs.views.home import HomeView, OpenWork, RunningWork
from policies.personal_settings import PersonalSettings

View = dict[str, Any]
SORTED = "Sorted by what saves most: time left, money, customer tier, severity."
_MINE = (Verb.RESOLVE, Verb.SNOOZE, Verb.SHOW)
_MOST_SHOWN = 40_000


def home(view: HomeView, settings: PersonalSettings) -> View:
    """The Home of somebody who may see something."""
    several, budget = len(view.tenants) > 1, budget_tile(view.budgets)
    blocks = [
        *silent_first(view),
        *tiles([*view.tiles, *([budget] if budget else [])]),
        *_mine(view, several=several),
        *_saves(view, several=several),
        *_waking(view),
        *promises(view.promises, several=several),
        *feeds(view, several=several),
        *subscriptions(view.subscriptions),
        *at_home(view.no_help),
        divider(),
        actions([plain_button(Verb.SETTINGS), plain_button(Verb.REFRESH)]),
        context(
            joined(f"As of {clock_time(view.now)}", "kept up to date for an hour", _told(settings))
        ),
    ]
    return _view(blocks)


def empty_home(notice: Message) -> View:
    """The Home of somebody to whom nothing can be shown, with the reason."""
    return _view([header("Operations"), *(dict(block) for block in notice.blocks)])


def _mine(view: HomeView, *, several: bool) -> list[Block]:
    """The queue with a row of buttons each, and how many sleep or did not fit."""
    if not view.mine_total:
        return [header("My queue"), section("Nothing is yours.")]
    rows = [block for work in view.mine for block in _mine_row(work, view, several=several)]
    more = view.mine_total - len(view.mine)
    rest = [context(f"and {more:,} more, snoozed ones among them: `/e2a exceptions mine`")]
    return [header(f"My queue · {view.mine_total:,}"), *rows, *(rest if more > 0 else [])]


def _mine_row(work: OpenWork, view: HomeView, *, several: bool) -> list[Block]:
    target = target_of(work.record)
    return [
        section(*open_work(work, view.now, several=several)),
        actions([button(verb, target) for verb in _MINE]),
    ]


def _saves(view: HomeView, *, several: bool) -> list[Block]:
    """What nobody owns and what is not broken yet, each with its one button."""
    title = header("Do next")
    if not view.saves:
        return [title, section("Nothing is at risk, and everything that is open has an owner.")]
    rows = [
        _open_row(work, view, several=several)
        if isinstance(work, OpenWork)
        else _running_row(work, view, several=several)
        for work in view.saves
    ]
    more = view.saves_total - len(view.saves)
    rest = [context(f"and {more:,} more: `/e2a exceptions unowned`, `/e2a status`")]
    return [title, context(SORTED), *rows, *(rest if more > 0 else [])]


def _open_row(work: OpenWork, view: HomeView, *, several: bool) -> Block:
    press = button(Verb.ASSIGN, target_of(work.record))
    return section(*open_work(work, view.now, several=several), accessory=press)


def _running_row(work: RunningWork, view: HomeView, *, several: bool) -> Block:
    press = plain_button(Verb.ORDER, encode_order(work.row.order_id))
    return section(*running_work(work, view.now, several=several), accessory=press)


def _waking(view: HomeView) -> Sequence[Block]:
    if not view.waking:
        return []
    return [header("Wakes today"), section(*(waking(one) for one in view.waking))]


def _told(settings: PersonalSettings) -> str:
    """What a person set, in one glance."""
    quiet = settings.quiet
    if not (settings.tell_assigned or settings.tell_worse):
        return "no direct messages"
    if quiet is None:
        return "no quiet hours"
    return f"direct messages quiet {of_day(quiet.begins)} to {of_day(quiet.ends)}"


def _view(blocks: list[Block]) -> View:
    fitting = fit(blocks, MOST_MODAL_BLOCKS, _MOST_SHOWN)
    return {"type": "home", "callback_id": Form.HOME.value, "blocks": fitting}

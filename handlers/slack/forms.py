"""Opens a form behind a button: a loading view at once, then the real one.

Must not change anything: views.py hears the submission.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import modals, notices
from handlers.blocks.drafts import draft_form
from handlers.blocks.ids import Target, Verb
from handlers.services import Services
from handlers.slack.approvals import not_theirs
from handlers.slack.asker import Asker, Reply
from handlers.slack.desk import Desk, Nothing, desk_for
from handlers.slack.errors import told_kindly
from handlers.slack.reads import find
from jobs.act_on_exception import NotFound
from jobs.ports.slack import Message
from jobs.replay_order import preview_replay
from jobs.views import ExceptionView
from policies.cut_offs import next_cut_off
from policies.permissions import READ, Refused

View = dict[str, Any]
Draw = Callable[[ExceptionView, Desk], Awaitable[View]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Which form is asked for, by whom, on the strength of which trigger."""

    verb: Verb
    target: Target
    trigger_id: str
    asker: Asker


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A form's title, the verb whose permission it asks for, and who draws it."""

    title: str
    verb: str
    draw: Draw
    changes: bool = True


async def open_form(opening: Opening, services: Services, client: AsyncWebClient) -> None:
    """Opens the form. What goes wrong after the opening is told in the form itself."""
    kind = KINDS[opening.verb]
    opened = await client.views_open(trigger_id=opening.trigger_id, view=modals.loading(kind.title))
    view_id = opened["view"]["id"]

    async def tell(notice: Message) -> None:
        await client.views_update(view_id=view_id, view=modals.refusal(kind.title, notice))

    async def fill() -> None:
        await client.views_update(view_id=view_id, view=await filled(opening, kind, services))

    await told_kindly(fill, tell=tell, correlation_id=opening.asker.correlation_id)


async def filled(
    opening: Opening, kind: Kind, services: Services, draw: Draw | None = None
) -> View:
    """The form as it is now for who opened it, or why it cannot be; drawn as `draw` says."""
    desk = await desk_for(opening.asker, services)
    if isinstance(desk, Nothing):
        services.observe_slack.action(kind.verb, desk.result)
        return modals.refusal(kind.title, desk.notice)
    view = await find(opening.target.id, desk)
    if isinstance(view, Reply):
        return modals.refusal(kind.title, view.message)
    verdict = desk.verdict(kind.verb, view.tenant.id)
    if isinstance(verdict, Refused):
        services.observe_slack.action(kind.verb, "refused")
        return modals.refusal(kind.title, await not_theirs(verdict, view, desk))
    if kind.changes and not view.record.active and opening.target.version != view.record.version:
        last = view.history[-1] if view.history else None
        notice = notices.stale(view.record, last, desk.now)
        return modals.refusal(kind.title, notice)
    return await (draw or kind.draw)(view, desk)


async def _resolve(view: ExceptionView, desk: Desk) -> View:
    return modals.resolve_form(view, desk.asker.channel_id)


async def _snooze(view: ExceptionView, desk: Desk) -> View:
    cut_off = next_cut_off(view.record, desk.services.promises.of(view.tenant.name), desk.now)
    when = f"{cut_off.astimezone(desk.zone):%a %H:%M}, your time" if cut_off else None
    return modals.snooze_form(view, desk.asker.channel_id, when)


async def _replay(view: ExceptionView, desk: Desk) -> View:
    services = desk.services
    preview = await preview_replay(
        view.record.id,
        desk.tenant_ids,
        storage=services.storage,
        promises=services.promises,
        now=desk.now,
    )
    if isinstance(preview, NotFound):
        return modals.refusal("Replay", notices.not_found(view.record.id))
    return modals.replay_form(view, preview, desk.asker.channel_id)


async def _draft(view: ExceptionView, desk: Desk) -> View:
    settings = await desk.services.personal.of(desk.asker.user_id)
    return draft_form(view, desk.asker.channel_id, language=settings.language)


async def _show(view: ExceptionView, _desk: Desk) -> View:
    return modals.shown(view)


KINDS: Mapping[Verb, Kind] = {
    Verb.RESOLVE: Kind(title="Resolve", verb="resolve", draw=_resolve),
    Verb.SNOOZE: Kind(title="Snooze", verb="snooze", draw=_snooze),
    Verb.REPLAY: Kind(title="Replay", verb="replay", draw=_replay, changes=False),
    Verb.DRAFT: Kind(title="Draft to client", verb="draft", draw=_draft, changes=False),
    Verb.SHOW: Kind(title="Exception", verb=READ, draw=_show, changes=False),
}


def opener(
    opening: Opening, services: Services, client: AsyncWebClient
) -> Callable[[], Awaitable[None]]:
    """The opening as work to hand over."""
    return partial(open_form, opening, services, client)

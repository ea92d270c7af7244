"""Draws who may what: roles, refusals that offer to ask, requests and what became of them.

Must not decide who may.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from handlers.blocks.elements import WORDS, Block, actions, context, message, section, words
from handlers.blocks.ids import Verb
from handlers.blocks.text import data, escape, moment
from handlers.blocks.waiting import comes
from handlers.blocks.wishes import Wish, encode_approval, encode_wish
from jobs.ports.slack import Message
from jobs.views import ApprovalView
from policies.roles import EVERYONE, UNGIVEN, Approval, Role, RoleGrant

_MOST_NAMED = 10


def refused(why: str, named: Sequence[str], wish: Wish | None) -> Message:
    """Why not and who may; where it is about one exception, a button that asks them."""
    who = f"{_listed(named)} may." if named else ""
    nobody = "" if named else "Nobody was given that role yet; whoever runs this workspace may."
    text = f"{escape(why)} {who or nobody}".strip()
    blocks = [section(text, "Nothing was changed.")]
    if wish is not None:
        ask = _pressed(Verb.ASK, encode_wish(wish), "primary")
        blocks.append(actions([ask]))
    return message(text, blocks)


def asked(named: Sequence[str]) -> Message:
    """The request stands in the client's channel."""
    whom = _listed(named) if named else "the channel"
    text = f"Asked {whom}. It is done as soon as somebody approves; you will see it on the card."
    return message(text, [section(text)])


def request(view: ApprovalView, may: Sequence[str]) -> Message:
    """Somebody asks for an act that others may do."""
    approval = view.approval
    if "attempt_id" in approval.wish:
        return _run(view, may)
    note = approval.wish.get("note")
    said = f": “{data(note, 200)}”" if note else ""
    who, order = data(approval.asked_name, 60), data(view.record.order_id)
    text = (
        f"*{who}* asks to {data(approval.verb, 30)} #{approval.exception_id}"
        f"{_until(view)} · {order} · "
        f"{data(view.tenant.name, 60)}{said}"
    )
    value = encode_approval(approval.id)
    buttons = [
        _pressed(Verb.APPROVE, value, "primary"),
        _pressed(Verb.DECLINE, value),
    ]
    called = [context(f"{_listed(may)} may decide.")] if may else []
    return message(text, [section(text), *called, actions(buttons)])


def _run(view: ApprovalView, may: Sequence[str]) -> Message:
    """A policy asks for a word on something that it would do by itself."""
    approval, order = view.approval, data(view.record.order_id)
    what = f"{data(str(approval.wish.get('note')), 40)} for #{approval.exception_id}"
    text = f"*{data(approval.asked_name, 60)}* asks to run {what} · {order} · "
    text += data(view.tenant.name, 60)
    value = encode_approval(approval.id)
    buttons = [_pressed(Verb.APPROVE, value, "primary"), _pressed(Verb.DECLINE, value)]
    called = [context(f"{_listed(may)} may decide.")] if may else []
    return message(text, [section(text), *called, actions(buttons)])


def _until(view: ApprovalView) -> str:
    """Until when a snooze is asked for, and for what: ` until UPS scans it, at the latest ...`."""
    until, kind = (view.approval.wish.get(name) for name in ("until", "awaits"))
    if not isinstance(until, str):
        return ""
    latest = moment(datetime.fromisoformat(until))
    if not isinstance(kind, str):
        return f" until {latest}"
    return f" until {comes(kind, view.record.facts)}, at the latest {latest}"


def decided(approval: Approval, name: str, *, approved: bool) -> Message:
    """What became of a request, for whoever decided it."""
    asker = data(approval.asked_name, 60)
    word = "Approved" if approved else "Declined"
    if "attempt_id" in approval.wish:
        runs = "it runs within a minute" if approved else "it does not run"
        what = f"{data(str(approval.wish.get('note')), 40)} for #{approval.exception_id}"
        text = f"{word} by {data(name, 60)}: {what}; {runs}."
        return message(text, [section(text)])
    done = "and done" if approved else "and nothing was changed"
    text = f"{word} by {data(name, 60)} {done}: {asker}'s wish to {data(approval.verb, 30)} "
    text += f"#{approval.exception_id}."
    return message(text, [section(text)])


def decided_before(approval: Approval) -> Message:
    """Somebody was faster."""
    text = f"This was {data(approval.outcome or 'decided', 20)} before. Nothing was changed now."
    return message(text, [section(text)])


def roles(
    grants: Sequence[RoleGrant], mine: Mapping[str, Collection[Role]], names: Mapping[int, str]
) -> Message:
    """Who was given what, and what the asker is for each visible client."""
    own = [
        f"{data(client, 60)}: {', '.join(role for role in Role if role in held)}"
        for client, held in mine.items()
    ]
    lines = [_granted(grant, names) for grant in grants]
    if not any(grant.principal == EVERYONE for grant in grants):
        lines.append(f"everyone else: {', '.join(sorted(UNGIVEN))}")
    blocks: list[Block] = [
        section("*Your roles*", *own),
        section("*Roles*", *lines),
        context("Whoever runs this workspace is admin. Change: /e2a role @maria lead for Acme"),
    ]
    return message("Roles", blocks)


def role_given(whom: str, done: str) -> Message:
    """What somebody is now."""
    text = f"{whom} {escape(done)}"
    return message(text, [section(text)])


def _granted(grant: RoleGrant, names: Mapping[int, str]) -> str:
    kind, _, name = grant.principal.partition(":")
    who = {"user": f"<@{name}>", "group": f"<!subteam^{name}>"}.get(kind, "everyone else")
    client = f" for {data(names.get(grant.tenant_id, '?'), 60)}" if grant.tenant_id else ""
    return f"{who}: {grant.role.value}{client}"


def _listed(named: Sequence[str]) -> str:
    """Mentions come from our own store, so they are alive."""
    shown = list(named[:_MOST_NAMED])
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return ", ".join(shown) + more


def _pressed(verb: Verb, value: str, style: str | None = None) -> Block:
    made: Block = {
        "type": "button",
        "action_id": verb.value,
        "text": words(WORDS[verb], 75),
        "value": value,
    }
    return {**made, "style": style} if style else made

"""Draws short notices that mostly one person sees: refusals, stale clicks, faults, confirmations.

Must not blame: each says what happened, that nothing was lost, and what to do.
"""

from datetime import datetime

from handlers.blocks.card import target_of
from handlers.blocks.elements import actions, button, message, section
from handlers.blocks.ids import COMMAND, Verb
from handlers.blocks.text import data, escape, joined, mention
from handlers.blocks.waiting import snoozed
from handlers.blocks.wording import STATUS, did, happened, lateness, owner
from jobs.ports.slack import Message
from jobs.views import ReplayPreview
from policies.durations import duration
from policies.records import AuditEntry, ExceptionRecord

_MACHINES = {"api": "The API", "cli": "The command line"}


def told(text: str) -> Message:
    """One plain sentence of ours; data in it is dead."""
    return message(escape(text), [section(escape(text))])


def went_wrong(correlation_id: str) -> Message:
    """A fault of ours, with an id that finds it in the logs."""
    return told(
        "Something went wrong on our side. Nothing was changed. "
        f"If it happens again, quote {correlation_id}."
    )


def not_brought(why: str) -> Message:
    """A file that Slack did not take."""
    return told(f"Slack did not take the file ({why}), so there is only what is shown here.")


def too_slow() -> Message:
    """Slack's three seconds for opening a form were over."""
    return told("Slack closed the form before it could open. Nothing was changed; press again.")


def took_too_long(seconds: float) -> Message:
    """Nothing came in time, and nobody shall wait for ever."""
    return told(
        f"That took longer than {seconds:.0f} s, so I stopped looking. Nothing was changed. "
        "Narrow it (a client, `today`, an order) or ask again."
    )


def refused(why: str) -> Message:
    """Somebody may not, and why."""
    return told(why)


def unmapped() -> Message:
    """The channel belongs to no client, so there is nothing to show."""
    text = "This channel is not mapped to a client yet, so there is nothing to show here."
    how = f"To map it, a lead or an admin of the client says here: `{COMMAND} map NAME`"
    return message(text, [section(text, how)])


def nowhere() -> Message:
    """A person in a direct message who is in no mapped channel."""
    return told(
        "You are in none of the channels that are mapped to a client, so there is nothing "
        "to show. Join one, or ask here again afterwards."
    )


def not_found(exception_id: int) -> Message:
    """Unknown and foreign exceptions look the same."""
    return told(f"There is no exception #{exception_id} here.")


def order_not_found(order_id: str) -> Message:
    """Unknown and foreign orders look the same."""
    return told(f"There is no order {order_id[:60]} here.")


def stale(record: ExceptionRecord, last: AuditEntry | None, now: datetime) -> Message:
    """Somebody was faster: what they did, that nothing was changed, and the way on."""
    text = f"{_faster(record, last, now)}, so nothing was changed."
    blocks = [section(text)]
    if not record.active:
        blocks.append(actions([button(Verb.REOPEN, target_of(record))]))
    return message(text, blocks)


def done(verb: str, record: ExceptionRecord) -> Message:
    """A confirmation where nothing else would tell."""
    named = f"#{record.id} {data(record.order_id)}"
    held = f"owner {owner(record)}" if owner(record) else None
    blocked = "blocked" if record.resolution_blocked else "unblocked"
    said = {
        "snooze": f"{named} is {snoozed(record) or 'awake'}{_or_worse(record)}",
        "undo": joined(f"Undone. {named} is {STATUS[record.status].lower()}", held),
        "block": f"{named} is {blocked}",
        "unblock": f"{named} is {blocked}",
    }
    usual = joined(f"{named} is {STATUS[record.status].lower()}", held)
    return message(said.get(verb, usual), [section(said.get(verb, usual))])


def replayed(preview: ReplayPreview) -> Message:
    """What a replay changed."""
    record = preview.record
    if not preview.changes and not preview.retryable:
        return told(f"Replayed #{record.id}: nothing changed.")
    changed = [f"• {data(change, 240)}" for change in preview.changes[:20]]
    tried = f"• tried {preview.retryable} failed events again" if preview.retryable else None
    title = f"Replaying #{record.id} {data(record.order_id)}"
    return message(title, [section(f"*{title}*", *changed, tried)])


def unknown(word: str, suggestion: str | None) -> Message:
    """A first word that means nothing to us, with the nearest that does."""
    said = f"I don't know `{data(word, 40)}`."
    hint = f"Did you mean `{suggestion}`?" if suggestion else "Try `help`."
    return message(f"{said} {hint}", [section(f"{said} {hint}")])


def incomplete(why: str) -> Message:
    """A known word with something missing or wrong behind it."""
    return told(why)


def which(ids: tuple[int, ...], verb: str) -> Message:
    """An alert about several exceptions needs a number."""
    some = ", ".join(f"#{number}" for number in ids[:10])
    return told(f"This alert is about {some}. Say which one, for example: {verb} {ids[0]}")


def summary(record: ExceptionRecord, now: datetime) -> str:
    """One exception in half a line, for titles of forms."""
    return joined(f"#{record.id} {data(record.order_id)}", happened(record), lateness(record, now))


def _or_worse(record: ExceptionRecord) -> str:
    return ". It wakes before that when it gets worse." if record.snoozed_until else ""


def _faster(record: ExceptionRecord, last: AuditEntry | None, now: datetime) -> str:
    if last is None or last.action in ("open", "opened"):
        return f"#{record.id} has changed since this was drawn"
    ago = duration((now - last.at).total_seconds() / 60)
    note = f" (“{data(last.note, 120)}”)" if last.note else ""
    return f"{_actor(last.actor)} {did(last)} #{record.id} {ago} ago{note}"


def _actor(actor: str) -> str:
    kind, _, rest = actor.partition(":")
    return (mention(rest) or "Somebody") if kind == "slack" else _MACHINES.get(kind, "E2A")

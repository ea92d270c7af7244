"""Draws the forms: resolve, snooze, replay, and what is shown while they load.

Must not compute times or changes: choices are names, which the handler turns into times.
"""

from typing import Any

from handlers.blocks.card import state_blocks, target_of
from handlers.blocks.elements import (
    MOST_MODAL_BLOCKS,
    Block,
    context,
    field,
    fit,
    option,
    section,
    title,
    words,
)
from handlers.blocks.ids import Field, Form, FormTarget, encode_form
from handlers.blocks.notices import summary
from handlers.blocks.text import data
from handlers.blocks.waiting import choices
from jobs.ports.slack import Message
from jobs.views import ExceptionView, ReplayPreview
from policies.lifecycle import RESOLUTIONS

View = dict[str, Any]

CUSTOM = "custom"
SNOOZES: tuple[tuple[str, str], ...] = (
    ("30m", "30 minutes"),
    ("1h", "1 hour"),
    ("2h", "2 hours"),
    ("4h", "4 hours"),
    ("until tomorrow 08:00", "Tomorrow 08:00, your time"),
    (CUSTOM, "Until the day and time below"),
)
"""Values are words of the grammar, so that a form and a command mean the same."""
NOTE_LENGTH = 500
_WAKES = (
    "It stays open and counted. It wakes by itself: at that time, when what you wait for is "
    "recorded, and when it gets worse. It settles if its own event comes."
)


def loading(name: str) -> View:
    """Shown at once, because a trigger lives three seconds."""
    return _modal(Form.WAIT, name, [section("One moment…")])


def refusal(name: str, notice: Message) -> View:
    """Takes the place of a form that may not or cannot be filled in."""
    return _modal(Form.WAIT, name, [dict(block) for block in notice.blocks])


def resolve_form(view: ExceptionView, channel: str | None) -> View:
    """Why it is settled, and a note."""
    options = [option(text, code) for code, text in RESOLUTIONS.items()]
    reason = {"type": "static_select", "options": options, "initial_option": options[0]}
    blocks = [
        section(summary(view.record, view.now)),
        field(Field.REASON, "What settled it", reason),
        field(Field.NOTE, "Note for colleagues", _note(), optional=True),
    ]
    return _form(Form.RESOLVE, "Resolve", "Resolve", blocks, view, channel)


def snooze_form(view: ExceptionView, channel: str | None, cut_off: str | None = None) -> View:
    """Until when it shall be quiet; `cut_off` is the next one, as a person reads it."""
    last = [("until cut-off", f"Until the cut-off, {cut_off}")] if cut_off else []
    choice = [*SNOOZES[:-1], *choices(view.record), *last, SNOOZES[-1]]
    options = [option(text, value) for value, text in choice]
    until = {"type": "radio_buttons", "options": options, "initial_option": options[1]}
    blocks = [
        section(summary(view.record, view.now)),
        field(Field.UNTIL, "Quiet for", until),
        field(Field.CUSTOM, "Day and time", {"type": "datetimepicker"}, optional=True),
        field(Field.NOTE, "Note for colleagues", _note(), optional=True),
        context(_WAKES),
    ]
    return _form(Form.SNOOZE, "Snooze", "Snooze", blocks, view, channel)


def replay_form(view: ExceptionView, preview: ReplayPreview, channel: str | None) -> View:
    """What judging the order again would change; submitting does it."""
    changes = [f"• {data(change, 240)}" for change in preview.changes[:20]]
    tried = f"• {preview.retryable} failed events would be tried again"
    told = [*changes, *([tried] if preview.retryable else [])]
    blocks = [
        section(summary(preview.record, view.now)),
        section("*This would change:*" if told else "Nothing would change.", *told),
        context("Judges the order again from its stored events. Repeating it is harmless."),
    ]
    return _form(Form.REPLAY, "Replay", "Replay", blocks, view, channel)


def shown(view: ExceptionView) -> View:
    """One exception to read."""
    return _modal(Form.SHOW, f"Exception #{view.record.id}", state_blocks(view))


def _note() -> Block:
    return {"type": "plain_text_input", "multiline": True, "max_length": NOTE_LENGTH}


def _form(
    callback: Form,
    name: str,
    submit: str,
    blocks: list[Block],
    view: ExceptionView,
    channel: str | None,
) -> View:
    metadata = encode_form(FormTarget(target=target_of(view.record), channel=channel))
    return {
        **_modal(callback, name, blocks),
        "submit": words(submit, 24),
        "close": title("Cancel"),
        "private_metadata": metadata,
    }


def _modal(callback: Form, name: str, blocks: list[Block]) -> View:
    return {
        "type": "modal",
        "callback_id": callback.value,
        "title": title(name),
        "close": title("Close"),
        "blocks": fit(blocks, MOST_MODAL_BLOCKS, 20_000),
    }

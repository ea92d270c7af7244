"""Draws the note to a client: the form to edit it in, and the text to copy.

Must not send it anywhere and must not quote what payloads say in free text.
"""

import re
from datetime import date
from typing import Any

from handlers.blocks.card import draft_button, target_of
from handlers.blocks.elements import (
    Block,
    actions,
    context,
    field,
    message,
    option,
    section,
    title,
    words,
)
from handlers.blocks.ids import Field, Form, FormTarget, Verb, encode_form
from handlers.blocks.notices import summary
from handlers.blocks.text import data, escape
from jobs.ports.slack import Message
from jobs.views import ExceptionView
from policies.records import ExceptionRecord
from prompts.draft import LANGUAGES, TONES, draft

View = dict[str, Any]
MOST = 2000
"""Characters of a note."""
STYLE = "draft_style"
_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:$|T)")
_NOTHING_SENT = (
    "Nothing is sent: you get the text to copy, and the trail keeps that it was drafted."
)


def draft_form(
    view: ExceptionView, channel: str | None, tone: str = "plain", language: str = "en"
) -> View:
    """The note to be edited, with its tone and language."""
    text = {
        "type": "plain_text_input",
        "multiline": True,
        "max_length": MOST,
        "initial_value": text_of(view, tone, language)[:MOST],
    }
    block_id = f"{Field.DRAFT}-{tone}-{language}"  # a new name, or Slack keeps what was typed
    blocks = [
        section(summary(view.record, view.now)),
        _style(tone, language),
        field(block_id, "For the client", text),
        context(f"Another tone or language writes it anew. {_NOTHING_SENT}"),
    ]
    form = FormTarget(target=target_of(view.record), channel=channel)
    return {
        "type": "modal",
        "callback_id": Form.DRAFT.value,
        "title": title("Draft to client"),
        "submit": title("Get the text"),
        "close": title("Cancel"),
        "private_metadata": encode_form(form),
        "blocks": blocks,
    }


def draft_offer(view: ExceptionView, language: str = "en") -> Message:
    """The note as it would be, with the button that opens the form."""
    text = text_of(view, language=language)
    return message(
        f"For the client of {data(view.record.order_id)}",
        [section("*For the client*", escape(text)), actions([draft_button(view.record)])],
    )


def draft_to_copy(record: ExceptionRecord, text: str) -> Message:
    """The edited note, for the eyes of who asked."""
    said = f"For the client of {data(record.order_id)}, to copy. Nothing was sent."
    shown = escape(text[:MOST]).replace("`", "\u02cb")
    return message(said, [section(said), section(f"```{shown}```")])


def text_of(view: ExceptionView, tone: str = "plain", language: str = "en") -> str:
    """What the explanation says to the client where that fits, else the template's text."""
    record = view.record
    told = record.explanation
    usual = (tone, language) == ("plain", "en")
    if usual and told is not None and told.source == "rules" and told.client_note:
        return told.client_note
    ended = record.resolution if not record.active else None
    return draft(
        order_id=record.order_id,
        reason=record.reason_code.value,
        ending=ended or ("settled_late" if record.stopped_at else None),
        promised=_promised(view),
        tone=tone,
        language=language,
    )


def _promised(view: ExceptionView) -> date | None:
    """A stated day of delivery that is still to come; anything else is no date."""
    stated = view.record.facts.get("promised_delivery")
    found = _DAY.match(stated) if isinstance(stated, str) else None
    try:
        day = date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
    return day if day and day > view.now.date() else None


def _style(tone: str, language: str) -> Block:
    chosen = {Verb.DRAFT_TONE: (TONES, tone), Verb.DRAFT_LANGUAGE: (LANGUAGES, language)}
    selects = [
        {
            "type": "static_select",
            "action_id": verb.value,
            "placeholder": words("Choose", 75),
            "options": [option(text, value) for value, text in table.items()],
            "initial_option": option(table[value], value),
        }
        for verb, (table, value) in chosen.items()
    ]
    return {"type": "actions", "block_id": STYLE, "elements": selects}

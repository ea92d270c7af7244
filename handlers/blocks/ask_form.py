"""Draws the form in which E2A is asked from anywhere, and the answer in its place.

Must not parse what was typed, nor know what an answer is about.
"""

from collections.abc import Collection, Mapping
from typing import Any

from handlers.blocks.elements import (
    MOST_MODAL_BLOCKS,
    Block,
    context,
    divider,
    field,
    fit,
    section,
    title,
    words,
)
from handlers.blocks.ids import Field, Form, Verb
from jobs.ports.slack import Message

View = dict[str, Any]
NAME = "Ask E2A"
LONGEST = 3000
_EXAMPLES = "`exceptions mine` · `order SO-1042` · `ack 7` · `help`"
ANSWERS_ITSELF = frozenset({Verb.ASK, Verb.DLQ_REPLAY, Verb.EXPLAIN, Verb.UNDO})
"""Buttons that need neither a form of their own nor a card that shows what they did."""


def ask_form() -> View:
    """One line to type into."""
    return _modal([_input(None), context(_EXAMPLES)])


def working(said: str) -> View:
    """While the answer is looked up; nothing can be sent twice."""
    view = _modal([section("One moment…")], said)
    return {name: value for name, value in view.items() if name != "submit"}


def answered(said: str, answer: Message) -> View:
    """The answer below what was asked, which can be changed and sent again."""
    return _modal(
        [
            _input(said),
            divider(),
            *(still(one, ANSWERS_ITSELF) for one in answer.plain or answer.blocks),
        ],
        said,
    )


def still(block: Mapping[str, Any], kept: Collection[str]) -> Block:
    """A block of a message with no other buttons than these."""
    if block.get("type") == "actions":
        left = [one for one in block["elements"] if one.get("action_id") in kept]
        return {**block, "elements": left} if left else context("Its buttons are on its card.")
    accessory = block.get("accessory")
    if accessory is None or accessory.get("action_id") in kept:
        return dict(block)
    return {name: value for name, value in block.items() if name != "accessory"}


def _input(said: str | None) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "max_length": LONGEST,
        "placeholder": words("why is SO-1042 late?", 150),
        "focus_on_load": True,
    }
    filled = {**element, "initial_value": said[:LONGEST]} if said else element
    return field(Field.WORDS, "A question, or the words of /e2a", filled)


def _modal(blocks: list[Block], said: str | None = None) -> View:
    return {
        "type": "modal",
        "callback_id": Form.ASK.value,
        "title": title(NAME),
        "submit": title("Ask again" if said else "Ask"),
        "close": title("Close"),
        "blocks": fit(blocks, MOST_MODAL_BLOCKS, 20_000),
    }

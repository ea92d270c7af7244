"""The few kinds of blocks that E2A uses, each cut to Slack's limits.

Must not know what is drawn: cards, lists and forms put these together.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from handlers.blocks.ids import Target, Verb, encode
from handlers.blocks.text import cut, cut_marked
from jobs.ports.slack import Message

Block = dict[str, Any]

MOST_BLOCKS = 50
MOST_MODAL_BLOCKS = 100
MOST_SHOWN = 11_500
"""Characters of all blocks of a message; Slack refuses about 12,000."""
_SECTION, _CONTEXT, _HEADER, _BUTTON, _TITLE, _FALLBACK = 3000, 2000, 150, 75, 24, 3000
_OPTION, _LABEL, _CONFIRM_TITLE, _CONFIRM = 75, 150, 100, 300

WORDS: dict[Verb, str] = {
    Verb.ACKNOWLEDGE: "Acknowledge",
    Verb.ASSIGN: "Assign to me",
    Verb.RESOLVE: "Resolve",
    Verb.SNOOZE: "Snooze",
    Verb.REPLAY: "Replay",
    Verb.REOPEN: "Reopen",
    Verb.SHOW: "Show",
    Verb.EXPLAIN: "Explain",
    Verb.DLQ_REPLAY: "Replay",
    Verb.STORM_LIST: "Show all",
    Verb.STORM_ACKNOWLEDGE: "Acknowledge all",
    Verb.STORM_RESOLVE: "Resolve all",
    Verb.STORM_SNOOZE: "Snooze all",
    Verb.STORM_SPLIT: "Split one off",
    Verb.STORM_UNDO: "Undo",
    Verb.TAKE_OVER: "Take over mine",
    Verb.ASK: "Ask for approval",
    Verb.APPROVE: "Approve",
    Verb.DECLINE: "Decline",
    Verb.UNDO: "Undo",
    Verb.DRAFT: "Draft to client",
    Verb.ORDER: "Show",
    Verb.SETTINGS: "Settings",
    Verb.REFRESH: "Refresh",
    Verb.MAP: "Map it anyway",
    Verb.SUBSCRIPTION_EDIT: "Edit",
    Verb.SUBSCRIPTION_ADD: "Add",
    Verb.SUBSCRIPTION_REMOVE: "Remove",
    Verb.SUBSCRIPTION_TEST: "Post a test",
    Verb.ANSWER_HELPED: "Helpful",
    Verb.ANSWER_NO_HELP: "Not helpful",
    Verb.ANSWER_SHARE: "Share",
    Verb.ANSWER_KEEP: "Keep",
    Verb.FINDING_ACCEPT: "Accept",
    Verb.FINDING_OURS: "Our error",
    Verb.FINDING_DISPUTE: "Dispute",
    Verb.FINDING_ASK: "Ask",
    Verb.FINDING_EVIDENCE: "Evidence",
    Verb.FINDING_GROUP: "Decide on all",
    Verb.BILL_CONFIRM: "Looks right",
    Verb.BILL_COLUMNS: "Change columns",
    Verb.BILL_FILED: "Claims filed",
}


def marked(text: str, limit: int = _SECTION) -> Block:
    """A mrkdwn object in which only our own markup is alive (`verbatim`)."""
    shown = cut_marked(text, limit)
    return {"type": "mrkdwn", "text": shown if shown.strip() else "-", "verbatim": True}


def words(text: str, limit: int) -> Block:
    """A plain_text object."""
    return {"type": "plain_text", "text": cut(text, limit) or "-", "emoji": False}


def section(*lines: str | None, accessory: Block | None = None) -> Block:
    """A paragraph of marked-up lines, at most with one element beside it."""
    block: Block = {"type": "section", "text": marked("\n".join(line for line in lines if line))}
    return {**block, "accessory": accessory} if accessory else block


def context(*texts: str) -> Block:
    """Small grey print."""
    return {"type": "context", "elements": [marked(text, _CONTEXT) for text in texts[:10]]}


def header(text: str) -> Block:
    """A title within a page."""
    return {"type": "header", "text": words(text, _HEADER)}


def divider() -> Block:
    """A thin line."""
    return {"type": "divider"}


def button(verb: Verb, target: Target, *, style: str | None = None) -> Block:
    """A button whose value carries the exception's id and version."""
    made: Block = {
        "type": "button",
        "action_id": verb.value,
        "text": words(WORDS[verb], _BUTTON),
        "value": encode(target),
    }
    return {**made, "style": style} if style else made


def plain_button(verb: Verb, value: str | None = None) -> Block:
    """A button that is about no exception."""
    made: Block = {
        "type": "button",
        "action_id": verb.value,
        "text": words(WORDS[verb], _BUTTON),
    }
    return {**made, "value": value} if value else made


def actions(buttons: Sequence[Block]) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(buttons[:25])}


def option(text: str, value: str) -> Block:
    """One choice of a select or of radio buttons."""
    return {"text": words(text, _OPTION), "value": value[:150]}


def field(block_id: str, label: str, element: Block, *, optional: bool = False) -> Block:
    """An input of a form; its element takes the block's id as action id."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": words(label, _LABEL),
        "element": {**element, "action_id": block_id},
        "optional": optional,
    }


def title(text: str) -> Block:
    """A modal's title, submit or close word."""
    return words(text, _TITLE)


def message(text: str, blocks: Iterable[Block], color: str | None = None) -> Message:
    """A message within all limits: what does not fit is left out at the end."""
    fitting = tuple(fit(list(blocks), MOST_BLOCKS, MOST_SHOWN))
    return Message(text=cut_marked(text, _FALLBACK).strip() or "E2A", blocks=fitting, color=color)


def fit(blocks: Sequence[Block], most: int, most_shown: int) -> list[Block]:
    """The blocks that fit; the last says so when something had to be left out."""
    kept: list[Block] = []
    room = most_shown
    for block in blocks[: most if len(blocks) <= most else most - 1]:
        room -= _shown(block)
        if room < 0:
            break
        kept.append(block)
    if len(kept) < len(blocks):
        kept = [*kept[: most - 1], context("More than Slack shows in one message.")]
    return kept


def _shown(value: object) -> int:
    if isinstance(value, dict):
        own = value.get("text")
        rest = sum(_shown(item) for item in value.values() if not isinstance(item, str))
        return rest + (len(own) if isinstance(own, str) else 0)
    return sum(_shown(item) for item in value) if isinstance(value, list) else 0

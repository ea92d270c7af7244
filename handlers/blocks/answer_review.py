"""Draws the form behind a thumb down, and what leads review.

Must not choose what is shown.
"""

from collections.abc import Sequence
from typing import Any

from handlers.blocks.answer_ids import encode_answer_form
from handlers.blocks.elements import Block, context, field, header, message, option, section, title
from handlers.blocks.ids import Field, Form
from handlers.blocks.text import counted, cut, data, joined, moment
from jobs.judge_answer import Review
from jobs.ports.slack import Message
from policies.questions.given import WRONG_WORDS, GivenAnswer, Wrong

View = dict[str, Any]
NAME = "What was wrong?"
_NOTE, _SHOWN_AT_HOME = 500, 3


def why_form(answer_id: int, channel: str | None) -> View:
    """Why it was no help, and what would have been."""
    options = [option(words, one.value) for one, words in WRONG_WORDS.items()]
    reason = {"type": "static_select", "options": options, "initial_option": options[0]}
    note = {"type": "plain_text_input", "multiline": True, "max_length": _NOTE}
    return {
        "type": "modal",
        "callback_id": Form.ANSWER.value,
        "private_metadata": encode_answer_form(answer_id, channel),
        "title": title(NAME),
        "submit": title("Send"),
        "close": title("Cancel"),
        "blocks": [
            field(Field.REASON, "Why was it no help?", reason),
            field(Field.NOTE, "What should it have said?", note, optional=True),
            context("Leads of the same clients see the question with what you say here."),
        ],
    }


def review(shown: Review) -> Message:
    """Everything for a lead, and how to get the draft."""
    if not shown.no_help and not shown.proposals:
        return message("No answer was judged yet.", [section("No answer was judged yet.")])
    head = f"{counted(len(shown.no_help), 'answer')} that did not help"
    blocks: list[Block] = [header(head), *(section(*_lines(one)) for one in shown.no_help)]
    if shown.proposals:
        many = counted(len(shown.proposals), "answer")
        blocks += [header("Worth writing down")]
        blocks += [
            section(f"*{data(one.question, 150)}* · helped {one.times} times\n{_cut(one.text)}")
            for one in shown.proposals
        ]
        blocks.append(context(f"`answers runbook` brings {many} as a draft to upload."))
    return message(head, blocks)


def at_home(no_help: Sequence[GivenAnswer]) -> list[Block]:
    """The latest ones on a lead's Home."""
    if not no_help:
        return []
    lines = [section(*_lines(one)) for one in no_help[:_SHOWN_AT_HOME]]
    return [header("Answers that did not help"), *lines, context("All of them: `answers`")]


def _lines(given: GivenAnswer) -> tuple[str, ...]:
    why = WRONG_WORDS.get(Wrong(given.why)) if given.why else None
    judged = moment(given.judged_at) if given.judged_at else None
    lines = (
        f"*{data(given.question, 200)}*",
        joined(why, given.route.replace("_", " "), judged),
        f"It said: {_cut(given.text)}",
        f"Wanted: {data(given.note, 300)}" if given.note else "",
    )
    return tuple(line for line in lines if line)


def _cut(text: str) -> str:
    return data(cut(" ".join(text.split()), 240), 240)

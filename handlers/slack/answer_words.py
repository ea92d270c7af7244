"""Reads the words behind `answers`. Must not look anything up: answering.py does."""

from handlers.slack.answer_intents import ShowAnswers
from handlers.slack.intents import Intent
from handlers.slack.words import Said, usage


def read_answers(said: Said) -> Intent | None:
    """`answers`, `answers runbook`; a question in talk stays one."""
    words = [word.lower().strip("?.,!") for word in said.rest]
    if not words:
        return ShowAnswers()
    if words in (["runbook"], ["as", "runbook"], ["for", "runbook"]):
        return ShowAnswers(runbook=True)
    return None if said.talk else usage("answers")

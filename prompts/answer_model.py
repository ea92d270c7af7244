"""Words what a model is asked to answer from passages: the rules for it, and the passages as data.

Must not choose passages or read an answer: policies/answer_claims.py does the latter.
"""

from prompts.asked import Asked, asked_with

VERSION = "answer-1"
"""Changes whenever the words do, so that a kept answer to other words is not taken."""


def ask_to_answer(*, facts: str, schema: str) -> Asked:
    """The messages, with the answer's schema as JSON; raises as `asked_with` does."""
    return asked_with("answer/model", rules={"schema": schema}, facts={"facts": facts})

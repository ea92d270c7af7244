"""Words what a model is asked about a question that was not understood in full.

Must not choose phrases or read an answer: policies/questions/meanings.py does.
"""

from prompts.asked import Asked, asked_with

VERSION = "fill-1"
"""Changes whenever the words do, so that a kept answer to other words is not taken."""


def ask_to_fill(*, facts: str, schema: str) -> Asked:
    """The messages, with the answer's schema as JSON; raises as `asked_with` does."""
    return asked_with("answer/fill", rules={"schema": schema}, facts={"facts": facts})

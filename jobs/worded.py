"""Makes a prompt of its two messages, the same way for everything that a model is asked.

Must not ask it: jobs/ask_model.py does.
"""

import json
from collections.abc import Callable

from policies.asking import AnswerLimits, JsonSchema, Prompt, PromptMessage
from prompts.asked import Asked


def worded(
    name: str,
    version: str,
    schema: JsonSchema,
    ask: Callable[[str], Asked],
    *,
    limits: AnswerLimits = AnswerLimits(),  # noqa: B008 - frozen
) -> Prompt:
    """The prompt; `ask` is given the schema as compact JSON and says the messages."""
    asked = ask(json.dumps(schema, separators=(",", ":")))
    return Prompt(
        name=name,
        version=version,
        messages=(
            PromptMessage(role="system", text=asked.system),
            PromptMessage(role="user", text=asked.user),
        ),
        schema=schema,
        limits=limits,
    )

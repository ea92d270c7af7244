"""Words what a model is asked about an exception: the rules for it, and the facts as data.

Must not choose facts or read an answer: policies/model_facts.py and model_explanation.py do.
"""

import re

from prompts.asked import Asked, asked_with
from prompts.draft import LANGUAGES

VERSION = "explain-1"
"""Changes whenever the words do, so that a kept answer to other words is not taken."""
_NAME = re.compile(r"[^\w./#-]")


def ask_to_explain(
    *, facts: str, schema: str, root_causes: str, order_id: str, language: str = "en"
) -> Asked:
    """The messages; raises as `asked_with` does.

    Args:
        facts: see `asked_with`.
        schema: of the answer, as JSON.
        root_causes: the words that it may choose from.
        order_id: what the order is called; anything but a name's characters is left out.
        language: of the notes, a key of prompts.draft.LANGUAGES.
    """
    named = {"language": LANGUAGES[language], "root_causes": root_causes, "schema": schema}
    order = _NAME.sub("", order_id)[:64]
    facts_of_it = {"facts": facts, "order_id": order}
    return asked_with("explanation/model", rules=named, facts=facts_of_it)

"""Makes the two messages of every prompt: rules, and facts as data that cannot end their tag.

Must not choose facts, and must not read an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from prompts.render import render_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The two messages."""

    system: str
    user: str


def asked_with(text: str, *, rules: Mapping[str, object], facts: Mapping[str, str]) -> Asked:
    """The messages of the texts `TEXT_system` and `TEXT_user`.

    Args:
        text: a folder and the beginning of a name, such as `lint/model`.
        rules: what the system's text names.
        facts: what the user's text names; `facts` is compact JSON in which no `<` stands.

    Raises:
        ValueError: the facts could close their tag.
    """
    if "<" in facts["facts"]:
        message = "facts must not hold a tag"
        raise ValueError(message)
    return Asked(
        system=render_lines(f"{text}_system", rules), user=render_lines(f"{text}_user", facts)
    )

"""Reads what emoji do: the YAML text becomes values, or faults that name their lines.

Must not read files, nor do what an emoji asks for.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import ErrorDetails

from policies.book.faults import Faults
from policies.book.model import Minutes, Model
from policies.lifecycle import RESOLUTIONS
from policies.reactions import VERBS, Reaction, Reactions
from policies.yaml_text import Step, read_as

NOTHING = "nothing"
_AN_HOUR, _LONGEST = 60, 30 * 24 * 60


def _row(value: object) -> object:
    """`acknowledge` is short for `{do: acknowledge}`."""
    return {"do": value} if isinstance(value, str) else value


class _Row(Model):
    do: str
    reason: str | None = None
    for_: Minutes | None = Field(None, alias="for")


_Emoji = Annotated[str, Field(pattern=r"^[a-z0-9_+'-]{1,100}$")]


class _Document(Model):
    version: Literal["1"]
    reactions: dict[_Emoji, Annotated[_Row, BeforeValidator(_row)]] = Field(default_factory=dict)


def read_reactions(text: str, file: str, *, over: Reactions | None = None) -> Reactions:
    """Reads a file; an emoji that it does not name does what it does in `over`.

    Raises:
        PolicyError: with every fault, its file and line.
    """
    document, parsed = read_as(_Document, text, file, _words)
    faults = Faults(parsed, file)
    for emoji, row in document.reactions.items():
        _check(row, ("reactions", emoji), faults)
    faults.stop_if_any()
    laid = {**(over or {}), **{name: _read(row) for name, row in document.reactions.items()}}
    return {emoji: reaction for emoji, reaction in laid.items() if reaction.verb != NOTHING}


def _check(row: _Row, place: tuple[Step, ...], faults: Faults) -> None:
    if row.do not in (*VERBS, NOTHING):
        near = get_close_matches(row.do, VERBS, n=1)
        meant = f"did you mean {near[0]}?" if near else f"known are {', '.join(VERBS)}, {NOTHING}"
        faults.add((*place, "do"), f"no verb is called {row.do}; {meant}")
    if row.reason is not None and row.do != "resolve":
        faults.add((*place, "reason"), "only resolve has a reason; leave it out")
    elif row.reason is not None and row.reason not in RESOLUTIONS:
        known = ", ".join(RESOLUTIONS)
        faults.add((*place, "reason"), f"no reason is called {row.reason}; known are {known}")
    if row.for_ is not None and row.do != "snooze":
        faults.add((*place, "for"), "only snooze has a time; leave it out")
    elif row.for_ is not None and not 0 < row.for_ <= _LONGEST:
        faults.add((*place, "for"), "nobody snoozes for that long; write 30 d or less")


def _read(row: _Row) -> Reaction:
    usual = _AN_HOUR if row.do == "snooze" else None
    return Reaction(verb=row.do, reason=row.reason, minutes=row.for_ or usual)


def _words(detail: ErrorDetails, steps: Sequence[Step]) -> str:
    """What is wrong; behind a semicolon what to do."""
    kind, name = detail["type"], str(steps[-1]) if steps else "the file"
    if "[key]" in detail["loc"]:
        return f"{detail['input']} is no emoji's name; write it without colons, as in `eyes`"
    if kind == "extra_forbidden":
        known = "do, reason, for" if len(steps) > 1 else "version, reactions"
        return f"there is no such field; known are {known}"
    if kind == "missing":
        return f"`{name}` is missing; write {_EXAMPLES.get(name, name)}"
    if kind in ("model_type", "string_type"):
        return "this is no verb; write a word, as in eyes: acknowledge"
    said: str = detail["msg"].removeprefix("Value error, ")
    return f"{said}; write {_EXAMPLES[name]}" if name in _EXAMPLES and ";" not in said else said


_EXAMPLES = {
    "version": 'version: "1"',
    "do": "do: acknowledge",
    "for": "for: 1h",
    "reactions": "reactions: {eyes: acknowledge}",
}

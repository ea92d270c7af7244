"""Words an account of an exception as a colleague would: for operations, and for the client.

Must not add a fact: each figure, time and event comes from the values handed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from prompts import explanation_words as words
from prompts.explanation_words import CAUSE, WHAT
from prompts.render import render

__all__ = ["CAUSE", "WHAT", "Notes", "place_words", "similar", "source", "until", "what", "word"]
_FOLDER = "explanation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """The worded account. `settled_step` is what is left to do where it is over, else empty."""

    label: str
    ops_note: str
    client_note: str
    settled_step: str


def word(reason_code: str, cause: str | None, values: Mapping[str, object]) -> Notes:
    """Words an account.

    Args:
        reason_code: decides label and the plain words.
        cause: kind of the recorded cause, a key of CAUSE, or None.
        values: what the templates name; see jobs/explain.py.
    """
    over = bool(values["stop"] or values["called_off"])
    known = {
        **values,
        "over": over,
        "missing": words.MISSING.get(reason_code, "nothing"),
        "missing_too": words.MISSING_TOO.get(reason_code, "are late too"),
        "done_word": done_word(reason_code),
        "plain_state": words.PLAIN_STATE.get(reason_code, "later than agreed"),
        "plain_done": words.PLAIN_DONE.get(reason_code, "done"),
        "plain_after": words.PLAIN_AFTER.get(reason_code, words.MOVES_AGAIN),
        "plain_cause": _plain_cause(reason_code, cause),
        "awaits_news": bool(_plain_cause(reason_code, cause)) or reason_code in words.SAYS_IT_ALL,
    }
    return Notes(
        label=words.LABEL.get(reason_code, reason_code.replace("_", " ").capitalize()),
        ops_note=_render("ops_note", known),
        client_note=_render("client_note", known),
        settled_step=words.SETTLED if over else "",
    )


def _plain_cause(reason_code: str, cause: str | None) -> str:
    """The cause for the client, unless the state of the order names it."""
    return "" if reason_code in words.SAYS_IT_ALL else words.PLAIN_CAUSE.get(cause or "", "")


def until(values: Mapping[str, object]) -> str:
    """The next departure, and what else falls due by then; empty where neither is known."""
    return _render("until", values)


def similar(values: Mapping[str, object]) -> str:
    """How such cases ended, in one line; `ending` is a resolution."""
    ending = str(values["ending"])
    return _render("similar", {**values, "ending": words.ENDING.get(ending, "of another reason")})


def source(kind: str, reason_code: str, values: Mapping[str, object]) -> str:
    """What was counted, over which time."""
    return _render("source", {**values, "kind": kind, "done_word": done_word(reason_code)})


def what(kind: str) -> str:
    """An event type in words: `Picked`, `Stock found short`."""
    return WHAT.get(kind, kind.replace("_", " ").replace(".", " ").capitalize())


def done_word(reason_code: str) -> str:
    """What is done to an order where it is done in time: `picked`."""
    return words.DONE_WORD.get(reason_code, "done")


def place_words(kind: str, place: Mapping[str, str]) -> dict[str, str]:
    """How a place is named: by itself, with its orders, by its kind, and what it is not."""
    site = place.get("warehouse")
    at_site = f" of {site}" if site else ""
    own = place[kind]
    label = {
        "zone": f"zone {own}{at_site}",
        "wave": f"wave {own}{at_site}",
        "warehouse": own,
        "carrier": f"{own} parcels{at_site}",
    }[kind]
    orders = f"other {label}" if kind == "carrier" else f"other orders of {label}"
    return {
        "label": label,
        "orders": orders,
        "noun": words.NOUN[kind],
        "elsewhere": words.ELSEWHERE[kind],
    }


def _render(name: str, values: Mapping[str, object]) -> str:
    return render(f"{_FOLDER}/{name}", values)

"""Draws an answer with its numbered sources, or the reason why there is none.

Must not add a word to the answer.
"""

from handlers.blocks.elements import context, message, section
from handlers.blocks.text import cut, data, escape, moment
from jobs.ports_slack import Message
from jobs.views import Answer, Citation

_LONGEST, _MOST_CITED, _PARAGRAPH = 6000, 20, 2400


def answer(given: Answer) -> Message:
    """The text, its citations, and as of when it is true."""
    text = cut(given.text.strip(), _LONGEST) or "I don't know."
    parts = [section(escape(part)) for part in _paragraphs(text)]
    shown = given.citations[:_MOST_CITED]
    sources = [context(" · ".join(_cited(citation) for citation in shown))] if shown else []
    as_of = context(f"as of {moment(given.now)}")
    return message(escape(cut(text, 1500)), [*parts, *sources, as_of])


def _cited(citation: Citation) -> str:
    return f"[{citation.number}] {data(citation.label, 120)}"


def _paragraphs(text: str) -> list[str]:
    """The text in pieces that a section holds, divided at line ends where there are any."""
    pieces: list[str] = []
    while len(text) > _PARAGRAPH:
        at = text.rfind("\n", 1, _PARAGRAPH)
        at = at if at > 0 else _PARAGRAPH
        pieces.append(text[:at])
        text = text[at:].lstrip("\n")
    return [*pieces, text]

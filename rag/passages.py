"""Cuts documents into passages: small enough to embed, each with its heading, place and dates.

Must not read files: corpora.py and extract.py hand texts over.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid5

from policies.errors import PolicyError
from rag.markdown import sections, table_head, with_front_matter
from rag.passage import ALWAYS, Document, Form, Passage, Place, Window
from rag.spans import Lines, Span, cut
from rag.yaml_parts import parts_of

_NAMESPACE = UUID("6d4f3b1c-6f0e-5d3a-9a57-0e2a0e2a0e2a")
_BETWEEN, _STEP = "\x1f", " > "


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A passage to be: what was cut out and where."""

    path: tuple[str, ...]
    text: str
    place: Place
    lead: str = ""
    window: Window = ALWAYS
    version: str = ""


def passages_of(document: Document) -> list[Passage]:
    """The passages of a document, in order.

    Raises:
        FrontMatterError: what stands before a Markdown text cannot be understood.
    """
    said, pieces = _CUTS[document.form](document)
    seen: Counter[str] = Counter()
    return [_passage(said, piece, seen) for piece in pieces]


def _markdown(document: Document) -> tuple[Document, list[_Piece]]:
    said, text = with_front_matter(document), document.pages[0]
    lines = Lines(text)
    found = list(sections(text))
    title = said.title or next((one.path[0] for one in found if one.path), "")
    pieces = [
        _piece(text, span, lines, _below(title, section.path), lead=table_head(text, span))
        for section in found
        for span in cut(text, section.span)
    ]
    return replace(said, title=title), pieces


def _below(title: str, path: tuple[str, ...]) -> tuple[str, ...]:
    """The path without the document's title, which every heading begins with anyway."""
    return path[1:] if path and path[0] == title else path


def _text(document: Document) -> tuple[Document, list[_Piece]]:
    """Plain text, page by page where it has more than one."""
    paged = len(document.pages) > 1
    pieces: list[_Piece] = []
    for number, text in enumerate(document.pages, start=1):
        lines = Lines(text)
        page = number if paged else None
        spans = cut(text, Span(0, len(text)))
        pieces += [_piece(text, span, lines, (), page=page) for span in spans]
    return document, pieces


def _yaml(document: Document) -> tuple[Document, list[_Piece]]:
    """One passage for each rule; a long one is several, all of which say it in words."""
    text = document.pages[0]
    try:
        parts = parts_of(text, document.name)
    except PolicyError:
        return _text(document)
    lines = Lines(text)
    pieces = [
        replace(
            _piece(text, span, lines, part.path, lead=part.words),
            window=part.window,
            version=part.version,
        )
        for part in parts.rules
        if part.path[0] not in document.without
        for span in cut(text, part.span)
    ]
    window = parts.window.within(document.effective_from, document.effective_until)
    said = replace(
        document,
        version=document.version or parts.version,
        effective_from=window.begins,
        effective_until=window.ends,
    )
    return said, pieces


def _table(document: Document) -> tuple[Document, list[_Piece]]:
    """One passage a row, which stands on a page of its own; the number of the page is its line."""
    pieces = [
        _Piece(path=(), text=row, place=Place(first_line=line, last_line=line))
        for line, row in enumerate(document.pages, start=1)
        if row.strip()
    ]
    return document, pieces


def _piece(
    text: str,
    span: Span,
    lines: Lines,
    path: tuple[str, ...],
    *,
    lead: str = "",
    page: int | None = None,
) -> _Piece:
    first, last = lines.of(span)
    place = Place(first_line=first, last_line=last, page=page)
    return _Piece(path=path, text=text[span.start : span.end], place=place, lead=lead)


def _passage(document: Document, piece: _Piece, seen: Counter[str]) -> Passage:
    title = document.title or ("" if document.form is Form.RECORD else document.name)
    heading = _STEP.join(part for part in (title, *piece.path) if part)
    whose = (document.tenant, document.corpus, document.name)
    content = _BETWEEN.join((*whose, heading, piece.lead, piece.text))
    seen[content] += 1
    window = piece.window.within(document.effective_from, document.effective_until)
    passage = Passage(
        id=uuid5(_NAMESPACE, f"{content}{_BETWEEN}{seen[content]}"),
        digest="",
        tenant=document.tenant,
        corpus=document.corpus,
        document=document.name,
        heading=heading,
        text=piece.text,
        place=piece.place,
        changed_at=document.changed_at,
        lead=piece.lead,
        version=piece.version or document.version,
        not_for=document.not_for,
        effective_from=window.begins,
        effective_until=window.ends,
        visibility=document.visibility,
        trusted=document.trusted,
    )
    return replace(passage, digest=_digest(passage))


def _digest(passage: Passage) -> str:
    """Of what may change although the content stays: place, dates, version, who may read it."""
    rest = (
        passage.place,
        passage.version,
        sorted(passage.not_for),
        _instant(passage.effective_from),
        _instant(passage.effective_until),
        passage.visibility,
        passage.trusted,
    )
    return sha256(repr(rest).encode()).hexdigest()[:16]


def _instant(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


_CUTS = {
    Form.MARKDOWN: _markdown,
    Form.TEXT: _text,
    Form.YAML: _yaml,
    Form.TABLE: _table,
    Form.RECORD: _text,
}

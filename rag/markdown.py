"""Finds the sections of a Markdown text with the titles above them, and what its front matter says.

Must not render: a passage is quoted as it was written.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from policies.errors import PolicyError
from policies.yaml_text import parse_yaml
from rag.passage import Document, Visibility, Window
from rag.spans import Span

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_RULE = re.compile(r"^\|(?:[ \t]*:?-+:?[ \t]*\|?)+[ \t]*$")
_FRONT = re.compile(r"\A---[ \t]*\n([\s\S]*?)\n---[ \t]*(?:\n|\Z)")


class FrontMatterError(ValueError):
    """What stands before a text, between `---` lines, cannot be used; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What stands under one heading and above the next; `path` are the titles above it."""

    path: tuple[str, ...]
    span: Span


def sections(text: str) -> Iterator[Section]:
    """Every section that has text of its own, in order."""
    path: list[tuple[int, str]] = []
    start, was, fence = _after_front(text), "", ""
    was_at = at = start
    for line in text[at:].splitlines(keepends=True):
        bare = line.rstrip("\r\n")
        mark = _FENCE.match(bare)
        if mark and (not fence or (bare.strip().startswith(fence) and bare.strip(" `~") == "")):
            fence = "" if fence else mark[1]
        level, title, began = _title(bare, was) if not fence else (0, "", False)
        if level:
            yield from _section(text, path, start, was_at if began else at)
            path = [step for step in path if step[0] < level] + [(level, title)]
            start = at + len(line)
        was, was_at, at = ("" if level or fence else bare), at, at + len(line)
    yield from _section(text, path, start, len(text))


def _title(line: str, before: str) -> tuple[int, str, bool]:
    """Level and words of a heading, and whether it began on the line before; level 0 if none."""
    if found := _HEADING.match(line):
        return len(found[1]), found[2], False
    may_be = before.strip() and not before.lstrip().startswith(("-", "|", ">", "#"))
    if may_be and (found := _UNDERLINE.match(line)):
        return (1 if found[1][0] == "=" else 2), before.strip(), True
    return 0, "", False


def _section(text: str, path: list[tuple[int, str]], start: int, end: int) -> Iterator[Section]:
    if text[start:end].strip():
        yield Section(path=tuple(title for _, title in path if title), span=Span(start, end))


def table_head(text: str, span: Span) -> str:
    """The heading of the table that a span goes on with; empty where it begins with its own."""
    above = text[: span.start]
    block = above[above.rfind("\n\n") + 1 :].strip()
    first, _, rest = block.partition("\n")
    within = text.startswith("|", span.start) and _RULE.match(rest.partition("\n")[0])
    return first if within and first.startswith("|") else ""


def _after_front(text: str) -> int:
    front = _FRONT.match(text)
    return front.end() if front else 0


def with_front_matter(document: Document) -> Document:
    """The same with what its front matter says: title, version, effective, visibility.

    Raises:
        FrontMatterError: it says something that cannot be understood.
    """
    front = _FRONT.match(document.pages[0])
    if front is None:
        return document
    try:
        said = parse_yaml(front[1], document.name)
    except PolicyError as error:
        raise FrontMatterError(str(error)) from error
    unknown = sorted(set(map(str, said)) - {"title", "version", "effective", "visibility"})
    if unknown:
        message = f"{document.name}:1: front matter knows no {', '.join(unknown)}"
        raise FrontMatterError(message)
    effective = said.get("effective") or {}
    if not isinstance(effective, Mapping):
        message = f"{document.name}:1: effective is written {{from: DATE, until: DATE}}"
        raise FrontMatterError(message)
    begins, ends = (_moment(effective, end, document.name) for end in ("from", "until"))
    window = Window(begins=begins, ends=ends)
    window = window.within(document.effective_from, document.effective_until)
    return replace(
        document,
        title=str(said.get("title") or document.title),
        version=str(said.get("version") or document.version),
        effective_from=window.begins,
        effective_until=window.ends,
        visibility=_visibility(said, document),
    )


def _visibility(said: Mapping[str, Any], document: Document) -> Visibility:
    if document.visibility is Visibility.DIRECT:
        return Visibility.DIRECT  # whoever handed it over was stricter
    word = said.get("visibility", document.visibility)
    try:
        return Visibility(word)
    except ValueError as error:
        known = " or ".join(Visibility)
        message = f"{document.name}:1: visibility is {known}, not {word}"
        raise FrontMatterError(message) from error


def _moment(effective: Mapping[str, Any], name: str, where: str) -> datetime | None:
    """A date is the beginning of that day in UTC."""
    said = effective.get(name)
    if said is None:
        return None
    if isinstance(said, datetime):
        return said if said.tzinfo else said.replace(tzinfo=UTC)
    if isinstance(said, date):
        return datetime(said.year, said.month, said.day, tzinfo=UTC)
    message = f"{where}:1: effective.{name} is a date such as 2026-01-31"
    raise FrontMatterError(message)

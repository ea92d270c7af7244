"""Cuts a policy's YAML into its rules: one part for each, with its key path and plain words.

Must not judge a policy: what cannot be read is cut by its keys and said without words.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from typing import Any

from policies.book.read import SlaBook, sla_book_of
from policies.calendar_words import calendar_in_words
from policies.errors import PolicyError
from policies.in_words import rule_in_words
from policies.money.currency import in_currency, is_known
from policies.yaml_text import Step, line_of, parse_yaml
from rag.passage import ALWAYS, Window
from rag.spans import Lines, Span
from rag.step_words import step_in_words

_NAMES = ("id", "code", "sla", "flag", "name", "kind")
"""What an entry of a list is called by, the first that it has."""

_VERSIONS = "versions"
_NAMED = frozenset({"calendars"})
"""Sections whose entries stand by their names."""

_HEAD = frozenset({"effective", "presets"})
"""Sections that are said with every rule, so that none of them is a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One rule of a policy: the keys that lead to it, what it says in words, and where it is.

    `window` and `version` are its own, where the file holds several versions.
    """

    path: tuple[str, ...]
    words: str
    span: Span
    window: Window = ALWAYS
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A policy's rules, and what its head says of all of them."""

    rules: tuple[Part, ...]
    version: str
    window: Window


def parts_of(text: str, file: str) -> Parts:
    """The rules of a policy text.

    Raises:
        PolicyError: the text is no YAML.
    """
    document = parse_yaml(text, file)
    book = _book(document, file) if "slas" in document else None
    rows = text.splitlines()
    reading = _Reading(
        document=document,
        rows=rows,
        lines=Lines(text),
        said=_promises(book) if book else {},
        unit=str(document.get("currency", "")),
    )
    return Parts(
        rules=tuple(reading.rules(document, (), len(rows) + 1)),
        version=str(document.get("version", "")),
        window=Window(begins=book.effective_from, ends=book.effective_until)
        if book
        else _dates(document),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A text that is being taken apart; `said` are words by section and name."""

    document: Mapping[str, Any]
    rows: Sequence[str]
    lines: Lines
    said: Mapping[tuple[str, str], str]
    unit: str

    def rules(self, node: Mapping[str, Any], steps: tuple[Step, ...], after: int) -> Iterator[Part]:
        """Each entry of a list of mappings, and every other section whole; no single values."""
        ends = self._ends(steps, list(node), after)
        for key, value in node.items():
            if not value or isinstance(value, str) or not isinstance(value, Mapping | Sequence):
                continue
            if key in _HEAD:
                continue
            entries = self._entries(key, value)
            if not entries:
                span = self._span(self._line(*steps, key), ends[key])
                yield Part(path=(str(key),), words="", span=span)
            elif key == _VERSIONS and not isinstance(value, Mapping):
                yield from self._versions(value, (*steps, key), ends[key])
            else:
                yield from self._each(str(key), entries, (*steps, key), ends[key])

    def _entries(self, key: str, value: Any) -> list[tuple[Step, Any]]:  # noqa: ANN401 - YAML
        """What of a section is a passage of its own; nothing where the section is one."""
        if isinstance(value, Mapping):
            return list(value.items()) if key in _NAMED else []
        return [*enumerate(value)] if all(isinstance(one, Mapping) for one in value) else []

    def _each(
        self, key: str, entries: Sequence[tuple[Step, Any]], steps: tuple[Step, ...], after: int
    ) -> Iterator[Part]:
        ends = self._ends(steps, [step for step, _ in entries], after)
        for step, entry in entries:
            begin = self._line(*steps, step)
            name = _name(step, entry)
            said = self.said.get((key, name)) or self._words(entry, entries)
            span = self._span(begin, max(ends[step], begin + 1))
            yield Part(path=(key, name), words=said, span=span)

    def _words(self, entry: Any, beside: Sequence[tuple[Step, Any]]) -> str:  # noqa: ANN401 - YAML
        if not isinstance(entry, Mapping):
            return ""
        return _price(entry, beside, self.unit) if "per" in entry else step_in_words(entry)

    def _versions(
        self, versions: Sequence[Mapping[str, Any]], steps: tuple[Step, ...], after: int
    ) -> Iterator[Part]:
        """One ends where the next begins, or on its own last day."""
        windows = [_dates(one) for one in versions]
        starts = sorted(window.begins for window in windows if window.begins)
        ends = self._ends(steps, range(len(versions)), after)
        for place, (one, window) in enumerate(zip(versions, windows, strict=True)):
            later = next((at for at in starts if window.begins and at > window.begins), None)
            name = str(one.get("version", place + 1))
            for part in self.rules(one, (*steps, place), ends[place]):
                yield replace(
                    part,
                    path=(f"version {name}", *part.path),
                    window=window.within(None, later),
                    version=name,
                )

    def _line(self, *steps: Step) -> int:
        return line_of(self.document, steps)

    def _ends(self, steps: tuple[Step, ...], keys: Sequence[Step], after: int) -> dict[Step, int]:
        """The line after each: where the next one begins, or the one after the last."""
        begins = [self._line(*steps, key) for key in keys]
        return dict(zip(keys, [*begins[1:], after], strict=True))

    def _span(self, begin: int, end: int) -> Span:
        """From a line to another that is not in it, with the comment above and none below."""
        rows = self.rows
        while begin > 1 and rows[begin - 2].lstrip().startswith("#"):
            begin -= 1
        while end > begin + 1 and (not rows[end - 2].strip() or rows[end - 2].lstrip()[:1] == "#"):
            end -= 1
        return Span(self.lines.start(begin), self.lines.start(end))


def _name(step: Step, entry: Any) -> str:  # noqa: ANN401 - YAML
    """What an entry is called: by its key, or by the first name that it has."""
    if isinstance(step, str):
        return step
    return next((str(entry[one]) for one in _NAMES if one in entry), str(step + 1))


def _book(document: Mapping[str, Any], file: str) -> SlaBook | None:
    try:
        return sla_book_of(document, file)
    except PolicyError:
        return None


def _promises(book: SlaBook) -> Mapping[tuple[str, str], str]:
    """The words of each rule and calendar."""
    rules = {("slas", one.sla_id): "\n".join(rule_in_words(one)) for one in book.rules}
    calendars = {
        ("calendars", name): calendar_in_words(one) for name, one in book.calendars.items()
    }
    return {**rules, **calendars}


def _dates(document: Mapping[str, Any]) -> Window:
    """Whole days in UTC; `until` is the last one."""
    effective = document.get("effective")
    said = effective if isinstance(effective, Mapping) else {}
    begin, last = _midnight(said.get("from")), _midnight(said.get("until"))
    ends = None if last is None or last.year == MAXYEAR else last + timedelta(days=1)
    return Window(begins=begin, ends=ends)


def _midnight(day: object) -> datetime | None:
    if isinstance(day, datetime):
        return day if day.tzinfo else day.replace(tzinfo=UTC)
    return datetime.combine(day, time(), UTC) if isinstance(day, date) else None


def _price(entry: Mapping[str, Any], beside: Sequence[tuple[Step, Any]], currency: str) -> str:
    """A line of a tariff in money: `price of pick: 0.30 USD for each pick`.

    Where other lines count the same, what all of them come to is said, too.
    """
    code, per = entry.get("code", ""), str(entry["per"]).replace("_", " ")
    if "cents" in entry:
        one = f"{_money(entry['cents'], currency)} for each {_one_of(per)}"
        return f"price of {code}: {one}{_in_all(entry, beside, currency)}"
    steps = entry.get("steps") or ()
    told = (
        f"{_money(cents, currency)} each" + (f" above {after}" if after else "")
        for after, cents in (step for step in steps if len(step) == 2)  # noqa: PLR2004 - a pair
    )
    return f"price of {code}, by {per}: {', then '.join(told)}"


def _in_all(entry: Mapping[str, Any], beside: Sequence[tuple[Step, Any]], currency: str) -> str:
    alike = [
        one
        for _, one in beside
        if isinstance(one, Mapping) and one.get("per") == entry["per"] and "cents" in one
    ]
    others = [str(one.get("code", "")) for one in alike if one is not entry]
    if not others or not all(isinstance(one["cents"], int) for one in alike):
        return ""
    total = _money(sum(one["cents"] for one in alike), currency)
    return f"; {total} in all with {' and '.join(others)}"


def _one_of(operation: str) -> str:
    return operation.removesuffix("s") if not operation.endswith("ss") else operation


def _money(amount: object, currency: str) -> str:
    """As people write it; as it stands there where it is no whole number of a currency."""
    if isinstance(amount, int) and is_known(currency):
        return in_currency(amount, currency)
    return f"{amount} {currency} cents"

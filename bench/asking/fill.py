"""Fills the gaps of templates into questions, with a slip of the pen here and there.

Must not judge an answer. A template gives the same questions whatever stands beside it.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.asking.asked_for import Asked
from bench.asking.slots import SINCE_FEBRUARY, Slot, Span
from bench.asking.template import Kind, Template
from bench.asking.workspace import HIDDEN, Row, Workspace

_GAP = re.compile(r"\{(\w+)\}")
_SLIPS = 0.18
_LONG = frozenset(
    {"series", "delay", "delay_by", "settling", "settling_by", "answering", "compliance"}
    | {"compliance_by", "repeated"}
)
"""What nobody asks of half a day."""
_ABSENT = 90_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with what its template wants, and the record or the strange word that it names."""

    text: str
    template: Template
    asked: Asked | None = None
    row: Row | None = None
    word: str = ""

    @property
    def kind(self) -> Kind:
        """What it is for."""
        return self.template.kind


def questions(
    templates: Sequence[Template], slots: Mapping[str, Sequence[Slot]], workspace: Workspace
) -> tuple[Question, ...]:
    """The questions of templates."""
    return tuple(
        _filled(template, slots, workspace, random.Random(f"{turn} {template.text}"))  # noqa: S311 - the same in every run
        for template in templates
        for turn in range(template.times)
    )


def _filled(
    template: Template,
    slots: Mapping[str, Sequence[Slot]],
    workspace: Workspace,
    luck: random.Random,
) -> Question:
    row = _row_of(template, workspace, luck)
    words, filters = _Words(template, slots, row, luck), dict[str, object]()
    text = _GAP.sub(lambda gap: words.of(gap[1], filters), _slipped(template.text, luck))
    wanted = template.wanted
    strange = next((str(filters[name]) for name in _STRANGE if name in filters), "")
    if wanted is None:
        return Question(text=text, template=template, row=row, word=strange)
    filters |= wanted.fixed
    if filters.get("window") == "since february":
        filters["window"] = SINCE_FEBRUARY
    asked = Asked(filters=filters, by=wanted.by, limit=wanted.limit, least=wanted.least)
    return Question(text=text, template=template, asked=asked)


_STRANGE = ("nobody", "nonsense", "nocarrier")


@dataclass
class _Words:
    """What was put into the gaps so far; the same gap twice gets two different names."""

    template: Template
    slots: Mapping[str, Sequence[Slot]]
    row: Row | None
    luck: random.Random

    def of(self, gap: str, filters: dict[str, object]) -> str:
        """The words of a gap; what they mean is put among the filters."""
        if self.row is not None:
            return _called(self.row, gap)
        choice = [slot for slot in self.slots[gap] if self._fits(gap, slot, filters)]
        slot = self.luck.choice(choice)
        several = gap in filters
        filters[gap] = f"{filters[gap]}|{slot.value}" if several else slot.value
        return slot.words

    def _fits(self, gap: str, slot: Slot, filters: Mapping[str, object]) -> bool:
        if gap == "window" and self.template.wanted and self.template.wanted.truth in _LONG:
            return isinstance(slot.value, Span) and slot.value.long
        return str(slot.value) != str(filters.get(gap))


def _row_of(template: Template, workspace: Workspace, luck: random.Random) -> Row | None:
    """The exception that the gaps are about; None where they are about none."""
    gaps = set(_GAP.findall(template.text))
    rows = [
        row for row in workspace.rows if (row.tenant == HIDDEN) == any("hidden" in g for g in gaps)
    ]
    if any("open" in gap for gap in gaps):
        rows = [row for row in rows if row.resolved is None]
    named = any(gap.endswith(("number", "order")) or "order_" in gap for gap in gaps)
    return luck.choice(rows) if named else None


def _called(row: Row, gap: str) -> str:
    prefix, _, digits = row.order.partition("-")
    names = {
        "order": row.order,
        "order_lower": row.order.lower(),
        "order_spaced": f"{prefix} {digits}",
        "order_hash": f"#{row.order}",
        "order_joined": f"{prefix}{digits}",
        "absent_order": f"{prefix}-{int(digits) + _ABSENT}",
        "absent_number": str(row.number + _ABSENT),
    }
    kind = gap.removeprefix("open_").removeprefix("hidden_")
    return names.get(kind, str(row.number))


def _slipped(text: str, luck: random.Random) -> str:
    """Now and then two letters change places, one is missing, or one is there twice."""
    places = list(re.finditer(r"(?<![{\w'])[a-z]{6,}(?![\w}'])", text))
    if not places or luck.random() > _SLIPS:
        return text
    match = luck.choice(places)
    at = luck.randrange(match.start() + 1, match.end() - 2)
    slips = (
        text[at + 1] + text[at],
        text[at + 1],
        text[at] * 2 + text[at + 1],
    )
    return text[:at] + luck.choice(slips) + text[at + 2 :]

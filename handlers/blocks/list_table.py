"""Draws a list of exceptions as a table, in which columns can be compared at a glance.

Must not be drawn into a form or Home: Slack has tables in messages only.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.blocks.elements import Block
from handlers.blocks.text import JOINER, cut
from handlers.blocks.wording import WAITING, lateness
from policies.records import ExceptionRecord

MOST_ROWS = 99
"""Slack's hundred, less the heading."""
FROM_ROWS = 6
"""What is shorter reads better as lines."""
_MOST_SHOWN = 9_000
"""Characters of all cells; with title and small print it stays below what Slack takes."""
_HEAD = ("Order", "Late by", "What is wrong", "Severity", "Owner")
_CLIENT = "Client"
_DEAD = str.maketrans({"<": "\u2039", ">": "\u203a"})

Links = Mapping[int, str]
"""Where the order of an exception is looked at, by the exception's number."""


def exceptions_table(
    records: Sequence[ExceptionRecord],
    now: datetime,
    tenants: Mapping[int, str],
    names: Mapping[str, str],
    links: Links,
) -> tuple[Block, int]:
    """The table, and how many of the records are in it.

    Args:
        records: in the order in which they are shown.
        now: business time.
        tenants: clients' names by id; empty where there is but one.
        names: owners' names by Slack id.
        links: where orders are looked at.
    """
    head = [*_HEAD, *([_CLIENT] if tenants else [])]
    rows: list[list[Block]] = [[_cell(word) for word in head]]
    room = _MOST_SHOWN
    for record in records[:MOST_ROWS]:
        row = _row(record, now, tenants, names, links)
        room -= sum(map(_length, row))
        if room < 0:
            break
        rows.append(row)
    wrapped = [{"is_wrapped": True} if word == _HEAD[2] else {} for word in head]
    settings = [{**one, "align": _align(word)} for one, word in zip(wrapped, head, strict=True)]
    return {"type": "table", "column_settings": settings, "rows": rows}, len(rows) - 1


def _row(
    record: ExceptionRecord,
    now: datetime,
    tenants: Mapping[int, str],
    names: Mapping[str, str],
    links: Links,
) -> list[Block]:
    owner = names.get(record.assignee, record.assignee) if record.assignee else "nobody"
    ended = record.status.value.lower()
    cells = [
        _order(record, links.get(record.id)),
        _cell(_late_by(record, now)),
        _cell(_wrong(record)),
        _cell(record.severity.value),
        _cell(owner if record.active else ended),
    ]
    return [*cells, *([_cell(tenants.get(record.tenant_id, "?"))] if tenants else [])]


def _late_by(record: ExceptionRecord, now: datetime) -> str:
    """The column's name says `late`; what is not late says so itself."""
    told = lateness(record, now)
    return told.removesuffix(" over").removesuffix(" late").removeprefix("for ")


def _wrong(record: ExceptionRecord) -> str:
    carrier = record.facts.get("carrier")
    words = WAITING[record.reason_code]
    return words.format(carrier=carrier if isinstance(carrier, str) else "the carrier")


def _order(record: ExceptionRecord, link: str | None) -> Block:
    """`#7 SO-1042`; the order is a link where its place is known."""
    number, order = f"#{record.id} ", _dead(record.order_id, 60)
    if link is None:
        return _cell(f"{number}{order}")
    parts = [{"type": "text", "text": number}, {"type": "link", "url": link, "text": order}]
    inside = {"type": "rich_text_section", "elements": parts}
    return {"type": "rich_text", "elements": [inside]}


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": _dead(text, 80)}


def _dead(text: str, limit: int) -> str:
    """One line that Slack shows as it is: cells know no entities."""
    line = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    return cut(line.translate(_DEAD).replace("@", f"@{JOINER}"), limit) or "-"


def _length(cell: Block) -> int:
    return 70 if cell["type"] == "rich_text" else len(cell["text"])


def _align(word: str) -> str:
    return "right" if word == _HEAD[1] else "left"

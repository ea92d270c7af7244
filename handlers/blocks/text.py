"""Makes text that is safe and readable in Slack: dead data, durations, money, dates.

Must not build blocks and must not let data become a mention, a link or a format.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

JOINER = "\u2060"
"""An invisible character of no width; behind an @ it makes a dead word of a mention."""
SEPARATOR = " · "

_LOUD = re.compile(r"@(?=(?:channel|here|everyone|group)\b)", re.IGNORECASE)
_PERSON = re.compile(r"^[UW][A-Z0-9]{1,30}$")
_CHANNEL = re.compile(r"^[CG][A-Z0-9]{1,30}$")
_FORMAT = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼"})  # noqa: RUF001 - look-alikes on purpose
_DATE = re.compile(r"<!date\^\d+\^[^|>]*\|([^>]*)>")
_MARKUP = str.maketrans("", "", "*`")
_MOST_READ = 10_000
"""Characters of a value that are looked at; no limit of Slack's is as large."""
_MINUTES_OF_DAY, _MINUTES_OF_HOUR = 1440, 60


def data(value: object, limit: int = 120) -> str:
    """Foreign text as one dead line: no control, no mention, no link, no format."""
    return escape(cut(_line(value), limit).translate(_FORMAT))


def escape(text: str) -> str:
    """Our own words with data in them: markup and loud words in it are dead."""
    dead = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LOUD.sub("@" + JOINER, dead)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, with an ellipsis where something is missing."""
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + "…"


def cut_marked(text: str, limit: int) -> str:
    """As `cut` for marked-up text: never inside an entity, a mention or a date."""
    if len(text) <= limit:
        return text
    kept = text[: max(0, limit - 1)]
    for opening, closing in (("<", ">"), ("&", ";")):
        start = kept.rfind(opening)
        if start > kept.rfind(closing):
            kept = kept[:start]
    return kept.rstrip() + "…"


def moment(at: datetime) -> str:
    """A day and time that Slack shows in the reader's own zone."""
    return _dated(at, "{date_short_pretty} {time}", f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")


def clock_time(at: datetime) -> str:
    """A time of day that Slack shows in the reader's own zone."""
    return _dated(at, "{time}", f"{at.astimezone(UTC):%H:%M} UTC")


def dated(steps: Iterable[tuple[datetime, str]]) -> list[str]:
    """Steps in time order with their times; a day is named where it differs from the one before."""
    lines: list[str] = []
    before: datetime | None = None
    for at, words in steps:
        same = before is not None and before.date() == at.date()
        lines.append(f"{clock_time(at) if same else moment(at)} {words}")
        before = at
    return lines


def plain(text: str) -> str:
    """Marked-up text for a terminal: dates in UTC, no markup."""
    shown = _DATE.sub(r"\1", text).translate(_MARKUP)
    for entity, mark in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        shown = shown.replace(entity, mark)
    return shown


def mention(person_id: str | None) -> str | None:
    """A live mention, only of an id that E2A itself knows to be a person's."""
    return f"<@{person_id}>" if person_id and _PERSON.match(person_id) else None


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 order`, `2 orders`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def joined(*parts: str | None) -> str:
    """The parts that there are, divided by dots."""
    return SEPARATOR.join(part for part in parts if part)


def _line(value: object) -> str:
    line = " ".join(str(value)[:_MOST_READ].split())
    return "".join(mark for mark in line if unicodedata.category(mark)[0] != "C")


def _dated(at: datetime, shape: str, fallback: str) -> str:
    return f"<!date^{int(at.timestamp())}^{shape}|{fallback}>"

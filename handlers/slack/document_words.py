"""Reads the words behind `learn`, `forget` and `documents`.

Must not look anything up: learning.py does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handlers.slack.file_intents import ForgetDocument, ShowDocuments
from handlers.slack.intents import Incomplete, Intent
from handlers.slack.words import Said, usage

_HOW = "Say it like this, with the file: learn for Acme from 2026-01-01, or learn direct"
_BRING = f"Upload the file and say learn in the same message. {_HOW}"
_DIRECT = frozenset({"direct", "directly", "privately", "private", "dm"})
_DAYS = {"from": "begins", "since": "begins", "until": "ends", "till": "ends"}
_YEARS = range(1900, 9999)
"""Whose days are there in every time zone, and the day behind them."""
_FILLERS = frozenset({"this", "it", "only", "as", "please", "the", "file", "document"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaching:
    """Whose document it is, who may see it, and which days it holds, the last one included."""

    client: str = ""
    direct: bool = False
    begins: date | None = None
    ends: date | None = None


def read_teaching(words: Sequence[str]) -> Teaching | str:
    """What is said of a document; a sentence that tells what was not understood."""
    client: list[str] = []
    days: dict[str, date] = {}
    direct, place = False, 0
    while place < len(words):
        word = words[place].lower().strip(",.;:")
        place += 1
        if word in _DIRECT:
            direct = True
        elif word in _DAYS and place < len(words):
            day = _day(words[place])
            if day is None:
                return f"{words[place][:40]} is no day; write it as 2026-01-31. {_HOW}"
            days[_DAYS[word]] = day
            place += 1
        elif word == "for":
            while place < len(words) and not _ends_name(words[place]):
                client.append(words[place].strip("\"',;"))
                place += 1
        elif word not in _FILLERS:
            return f"I don't know what {words[place - 1][:40]} says of a document. {_HOW}"
    begins, ends = days.get("begins"), days.get("ends")
    if begins and ends and ends < begins:
        return "It would end before it begins; turn the days around."
    return Teaching(client=" ".join(client)[:120], direct=direct, begins=begins, ends=ends)


def read_learn(said: Said) -> Intent | None:
    """`learn` without a file; with one, files.py hears it."""
    a_sentence = said.talk and isinstance(read_teaching(said.rest), str)
    return None if a_sentence else Incomplete(why=_BRING)


def read_forget(said: Said) -> Intent | None:
    """`forget carriers.pdf`, `forget the rate card.pdf for Acme`."""
    if not said.rest:
        return usage("forget")
    whole = said.behind.strip("\"'`")
    name, _, client = whole.rpartition(" for ")
    if not name:
        name, client = whole, ""
    return ForgetDocument(name=name.strip("\"'` ")[:200], client=client.strip("\"'`. ")[:120])


def read_documents(said: Said) -> Intent | None:
    """`documents`."""
    return ShowDocuments() if not said.rest or not said.talk else None


def _ends_name(word: str) -> bool:
    plain = word.lower().strip(",.;:")
    return plain in _DIRECT or plain in _DAYS


def _day(word: str) -> date | None:
    try:
        day = date.fromisoformat(word.strip(",.;:"))
    except ValueError:
        return None
    return day if day.year in _YEARS else None

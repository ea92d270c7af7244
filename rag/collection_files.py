"""Reads a collection to measure retrieval on: as JSON lines, or as CISI and Cranfield are written.

Must not measure.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.measures import Judgements

_RECORD = re.compile(r"^\.I[ \t]+(\d+)[ \t]*$", re.MULTILINE)
_FIELD = re.compile(r"^\.([A-Z])[ \t]*$", re.MULTILINE)
_TEXTS = ("T", "W")
_WORST_CODE = 5
"""Cranfield's codes go from 1 (answers it all) to 4 (of little interest)."""


class CollectionError(ValueError):
    """A collection cannot be read; the text names file, line and what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Texts by id, questions by id, and which document answers which question how well."""

    documents: Mapping[str, str]
    questions: Mapping[str, str]
    judgements: Judgements


def read_collection(documents: Path, questions: Path, judgements: Path) -> Collection:
    """JSON lines `{"id", "text"}` of both, and lines `question<TAB>document<TAB>grade`.

    Raises:
        CollectionError: a line is not so, or a question that is judged is missing.
    """
    collection = Collection(
        documents=_texts(documents), questions=_texts(questions), judgements=_grades(judgements)
    )
    if missing := sorted(collection.judgements.keys() - collection.questions.keys()):
        message = f"{judgements}: judges {missing[0]}, which {questions} does not ask"
        raise CollectionError(message)
    if not collection.documents or not collection.judgements:
        message = f"{documents}: without documents and judgements there is nothing to measure"
        raise CollectionError(message)
    return collection


def _texts(file: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in _lines(file):
        try:
            said: Any = json.loads(line)
            found[str(said["id"])] = str(said["text"])
        except (ValueError, KeyError, TypeError) as error:
            message = f'{file}:{number}: write {{"id": "...", "text": "..."}}'
            raise CollectionError(message) from error
    return found


def _grades(file: Path) -> Judgements:
    found: dict[str, dict[str, int]] = {}
    for number, line in _lines(file):
        parts = line.split("\t") if "\t" in line else line.split()
        try:
            question, document, grade = (part.strip() for part in parts)
            found.setdefault(question, {})[document] = int(grade)
        except ValueError as error:
            if number == 1:
                continue  # a heading
            message = f"{file}:{number}: write question, document and a whole grade with tabs"
            raise CollectionError(message) from error
    return found


def read_smart(folder: Path) -> Collection:
    """A folder of CISI or Cranfield, as they are handed around.

    Raises:
        CollectionError: it holds neither.
    """
    for names, judged in _KNOWN.items():
        documents, questions, judgements = (folder / name for name in names)
        if documents.is_file():
            texts, asked = _records(documents), _records(questions)
            grades, asked = judged(_rows(judgements), asked)
            wanted = {one: asked[one] for one in grades}
            return Collection(documents=texts, questions=wanted, judgements=grades)
    message = f"{folder}: holds none of {', '.join(names[0] for names in _KNOWN)}"
    raise CollectionError(message)


def _records(file: Path) -> dict[str, str]:
    """Title and text of each record by its number."""
    text = file.read_text(encoding="latin-1")
    heads = [*_RECORD.finditer(text)]
    ends = [*(head.start() for head in heads[1:]), len(text)]
    return {head[1]: _fields(text[head.end() : end]) for head, end in zip(heads, ends, strict=True)}


def _fields(record: str) -> str:
    parts = _FIELD.split(record)
    named = zip(parts[1::2], parts[2::2], strict=True)
    return "\n".join(text.strip() for name, text in named if name in _TEXTS)


def _rows(file: Path) -> Iterator[list[str]]:
    return (line.split() for _, line in _lines(file, "latin-1"))


def _cisi(rows: Iterable[list[str]], asked: dict[str, str]) -> tuple[Judgements, dict[str, str]]:
    """What is listed is relevant."""
    found: dict[str, dict[str, int]] = {}
    for question, document, *_ in rows:
        found.setdefault(question, {})[document] = 1
    return found, asked


def _cranfield(
    rows: Iterable[list[str]], asked: dict[str, str]
) -> tuple[Judgements, dict[str, str]]:
    """Codes fall from 1; questions are judged by their place and not by their number."""
    found: dict[str, dict[str, int]] = {}
    for question, document, code in rows:
        graded = _WORST_CODE - int(code) if int(code) > 0 else 0
        found.setdefault(question, {})[document] = graded
    by_place = {str(place): text for place, text in enumerate(asked.values(), start=1)}
    return found, by_place


def _lines(file: Path, encoding: str = "utf-8-sig") -> Iterator[tuple[int, str]]:
    with file.open(encoding=encoding) as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, line.rstrip("\n")


_Judged = Callable[[Iterable[list[str]], dict[str, str]], tuple[Judgements, dict[str, str]]]
_KNOWN: dict[tuple[str, str, str], _Judged] = {
    ("CISI.ALL", "CISI.QRY", "CISI.REL"): _cisi,
    ("cran.all.1400", "cran.qry", "cranqrel"): _cranfield,
}
"""The files of a collection, and how its judgements are to be read."""

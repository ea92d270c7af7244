"""Keeps the index as the shelves are: builds it where it cannot be served, else follows changes.

Must not ask what time it is, and must not stop anybody from searching meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rag.build import Difference, Told, bring_up_to_date, difference, entries_of, rebuild
from rag.corpora import Complaint, Shelves, everything
from rag.encoder import Encoder
from rag.index import Index, Shelf
from rag.passage import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was done: `why` the index was built anew, or what was brought up to date by corpus."""

    why: str | None
    passages: int
    changes: dict[str, Difference]


async def keep_current(
    index: Index,
    shelves: Sequence[Shelves],
    *,
    encoder: Encoder | None,
    now: datetime,
    say: Complaint,
    told: Told,
    changed: Sequence[Shelves] | None = None,
) -> Kept:
    """Builds the index anew where it is missing, gone or of another make; else follows changes.

    Args:
        index: opened with the make that this encoder gives.
        shelves: what ought to be found.
        encoder: None finds by words alone.
        now: noted as the time of building.
        say: hears in one line why it is built anew.
        told: hears how many passages are done.
        changed: those of the shelves that are to be followed; all where None.

    Raises:
        EncoderError: texts could not be embedded; what was served still is.
        IndexUnreachableError: the server does not answer.
    """
    why = (await index.state()).why_not
    if why is not None:
        say(f"{why}: building it anew")
        await rebuild(index, everything(shelves), encoder=encoder, now=now, told=told)
    changes = {
        shelf.corpus.value: await bring_up_to_date(
            index, Shelf(corpus=shelf.corpus), shelf.passages(), encoder=encoder, told=_silent
        )
        for shelf in (shelves if why is not None or changed is None else changed)
    }
    return Kept(why=why, passages=(await index.state()).passages, changes=changes)


async def follow(
    index: Index,
    documents: Mapping[Shelf, Sequence[Passage]],
    *,
    encoder: Encoder | None,
) -> int:
    """Makes single documents be found as they are now; returns how many passages were embedded.

    Raises:
        EncoderError: texts could not be embedded; those documents are found as they were.
    """
    passages = [passage for some in documents.values() for passage in some]
    kept = await index.digests([passage.id for passage in passages])
    new = [passage for passage in passages if passage.id not in kept]
    moved = [one for one in passages if one.id in kept and kept[one.id] != one.digest]
    await index.put(await entries_of(new, encoder, {}))
    await index.describe(moved)
    stay = {passage.id for passage in passages}
    gone = [id_ for shelf in documents async for id_, _ in index.kept(shelf) if id_ not in stay]
    await index.remove(gone)
    return len(new)


def _silent(_done: int) -> None:
    """What follows a rebuild is counted already."""


async def compared(index: Index, shelves: Sequence[Shelves]) -> Difference:
    """What the index lacks of all shelves, or has too much. Changes nothing.

    Raises:
        IndexNotReadyError: nothing is served.
    """
    found = Difference()
    for shelf in shelves:
        one = await difference(index, Shelf(corpus=shelf.corpus), shelf.passages())
        moments = [moment for moment in (found.oldest, one.oldest) if moment]
        found = replace(
            found,
            missing=found.missing + one.missing,
            outdated=found.outdated + one.outdated,
            surplus=found.surplus + one.surplus,
            oldest=min(moments, default=None),
        )
    return found

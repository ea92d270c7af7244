"""How a passage lies in an index: its fields by name, and which of them are asked for.

Must not name an engine: both indexes keep the same fields.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from rag.index import Make
from rag.passage import FIRST, LAST, Corpus, Passage, Place, Visibility, seconds

DENSE_LEG, SPARSE_LEG = "dense", "bm25"
TENANT, NOT_FOR, CORPUS, VISIBILITY = "tenant", "not_for", "corpus", "visibility"
FROM, UNTIL, DIGEST, DOCUMENT = "from", "until", "digest", "document"
KEYWORDS = (CORPUS, VISIBILITY, NOT_FOR, DOCUMENT)
"""Fields with an index of words; the tenant's is of its own kind."""
INTEGERS = (FROM, UNTIL)


def payload_of(passage: Passage) -> dict[str, Any]:
    """All but the id, as JSON."""
    return {
        TENANT: passage.tenant,
        NOT_FOR: list(passage.not_for),
        CORPUS: passage.corpus.value,
        VISIBILITY: passage.visibility.value,
        FROM: seconds(passage.effective_from, FIRST),
        UNTIL: seconds(passage.effective_until, LAST),
        DIGEST: passage.digest,
        DOCUMENT: passage.document,
        "heading": passage.heading,
        "text": passage.text,
        "lead": passage.lead,
        "place": [passage.place.first_line, passage.place.last_line, passage.place.page],
        "version": passage.version,
        "changed_at": passage.changed_at.isoformat(),
        "trusted": passage.trusted,
    }


def passage_of(id_: UUID, payload: Mapping[str, Any]) -> Passage:
    """The passage again."""
    first, last, page = payload["place"]
    return Passage(
        id=id_,
        digest=payload[DIGEST],
        tenant=payload[TENANT],
        corpus=Corpus(payload[CORPUS]),
        document=payload[DOCUMENT],
        heading=payload["heading"],
        text=payload["text"],
        place=Place(first_line=first, last_line=last, page=page),
        changed_at=datetime.fromisoformat(payload["changed_at"]),
        lead=payload["lead"],
        version=payload["version"],
        not_for=tuple(payload[NOT_FOR]),
        effective_from=_moment(payload[FROM], FIRST),
        effective_until=_moment(payload[UNTIL], LAST),
        visibility=Visibility(payload[VISIBILITY]),
        trusted=payload["trusted"],
    )


def _moment(value: int, none: int) -> datetime | None:
    return None if value == none else datetime.fromtimestamp(value, UTC)


def make_as_json(make: Make, built_at: datetime) -> dict[str, Any]:
    """How an index was made and when, to lie beside it."""
    return {
        "model": make.model,
        "dimension": make.dimension,
        "sparse": make.sparse,
        "format": make.format,
        "built_at": built_at.isoformat(),
    }


def make_of(said: Mapping[str, Any]) -> tuple[Make, datetime]:
    """Reads that back.

    Raises:
        ValueError: it is something else.
    """
    try:
        make = Make(
            model=str(said["model"]),
            dimension=int(said["dimension"]),
            sparse=str(said["sparse"]),
            format=int(said["format"]),
        )
        return make, datetime.fromisoformat(said["built_at"])
    except (KeyError, TypeError) as error:
        message = "this does not say how an index was made"
        raise ValueError(message) from error

"""Says passages, questions and scopes as Qdrant's in-process engine does, and reads what it says.

Must not run anything: edge_index.py does.
"""

from collections.abc import Sequence
from typing import TypeGuard, cast
from uuid import UUID

from qdrant_edge import (
    Distance,
    EdgeConfig,
    EdgeSparseVectorParams,
    EdgeVectorParams,
    FieldCondition,
    Filter,
    IdfParams,
    KeywordIndexParams,
    MatchAny,
    MatchValue,
    Modifier,
    PayloadSchemaType,
    Point,
    Query,
    QueryRequest,
    RangeFloat,
    Record,
    ScoredPoint,
    ScrollRequest,
    SearchParams,
    SparseVector,
    UpdateOperation,
)

from rag.encoder import Vector
from rag.index import Entry, Make, PointId, Shelf
from rag.passage import EVERYONE, VISIBLE, Corpus, Passage, Scope, Visibility
from rag.sparse import Terms
from rag.stored import (
    CORPUS,
    DENSE_LEG,
    DIGEST,
    DOCUMENT,
    FROM,
    INTEGERS,
    KEYWORDS,
    NOT_FOR,
    SPARSE_LEG,
    TENANT,
    UNTIL,
    VISIBILITY,
    passage_of,
    payload_of,
)


def config_of(make: Make) -> EdgeConfig:
    """What is kept with each point."""
    dense = EdgeVectorParams(size=make.dimension, distance=Distance.Dot)
    return EdgeConfig(
        vectors={DENSE_LEG: dense} if make.dimension else None,
        sparse_vectors={SPARSE_LEG: EdgeSparseVectorParams(modifier=Modifier.Idf)},
    )


def field_indexes() -> list[UpdateOperation]:
    """Makes the fields fast that scopes ask for."""
    words = PayloadSchemaType.Keyword
    kinds = [(TENANT, KeywordIndexParams(is_tenant=True))]
    return [
        *(UpdateOperation.create_field_index(name, kind) for name, kind in kinds),
        *(UpdateOperation.create_field_index(name, words) for name in KEYWORDS),
        *(UpdateOperation.create_field_index(name, PayloadSchemaType.Integer) for name in INTEGERS),
    ]


def upsert(entries: Sequence[Entry]) -> UpdateOperation:
    """Adds or replaces."""
    return UpdateOperation.upsert_points([_point(entry) for entry in entries])


def _point(entry: Entry) -> Point:
    sparse = SparseVector(list(entry.terms.indices), list(entry.terms.weights))
    vectors: dict[str, Vector | SparseVector | list[Vector]] = {SPARSE_LEG: sparse}
    if entry.vector is not None:
        vectors[DENSE_LEG] = entry.vector
    return Point(str(entry.passage.id), vectors, payload_of(entry.passage))


def described(passage: Passage) -> UpdateOperation:
    """All but the vectors."""
    return UpdateOperation.overwrite_payload([str(passage.id)], payload_of(passage))


def page_of(shelf: Shelf, offset: PointId | None, limit: int) -> ScrollRequest:
    """Some of what is on a shelf, with digests."""
    asked = {CORPUS: shelf.corpus.value, TENANT: shelf.tenant, DOCUMENT: shelf.document}
    return ScrollRequest(
        offset=offset,
        limit=limit,
        filter=Filter(
            must=[
                FieldCondition(name, match=MatchValue(value))
                for name, value in asked.items()
                if value is not None
            ]
        ),
        with_payload=[DIGEST],
    )


def near(vector: Vector, scope: Scope, limit: int) -> QueryRequest:
    """The dense leg."""
    return QueryRequest(
        limit=limit,
        query=Query.Nearest(vector, using=DENSE_LEG),
        filter=filter_of(scope),
        with_payload=False,
    )


def alike(terms: Terms, scope: Scope, limit: int) -> QueryRequest:
    """The sparse leg. How rare a word is, is counted within what the tenants may see."""
    return QueryRequest(
        limit=limit,
        query=Query.Nearest(
            SparseVector(list(terms.indices), list(terms.weights)), using=SPARSE_LEG
        ),
        filter=filter_of(scope),
        params=SearchParams(idf=IdfParams(corpus=Filter(must=[_whose(scope)]))),
        with_payload=False,
    )


def filter_of(scope: Scope) -> Filter:
    """The same as Scope.admits."""
    at = int(scope.at.timestamp())
    asked = [
        FieldCondition(name, match=MatchAny(sorted(map(str, some))))
        for name, some, all_ in (
            (CORPUS, scope.corpora, Corpus),
            (VISIBILITY, VISIBLE[scope.place], Visibility),
        )
        if len(some) < len(all_)  # a condition that everything meets costs time for nothing
    ]
    dates = (
        FieldCondition(FROM, range=RangeFloat(lte=at)),
        FieldCondition(UNTIL, range=RangeFloat(gt=at)),
    )
    return Filter(must=[_whose(scope), *asked, *dates])


def _whose(scope: Scope) -> Filter:
    """The tenants' own, and everyone's unless each of them has another in its place."""
    replaced = [FieldCondition(NOT_FOR, match=MatchValue(name)) for name in sorted(scope.tenants)]
    everyones = Filter(
        must=[FieldCondition(TENANT, match=MatchValue(EVERYONE))],
        must_not=[Filter(must=[*replaced])],
    )
    own = FieldCondition(TENANT, match=MatchAny(sorted(scope.tenants)))
    return Filter(should=[own, everyones])


def scores_of(found: Sequence[ScoredPoint]) -> dict[UUID, float]:
    """Score by id, in order."""
    return {_id(point): point.score for point in found}


def passages_of(kept: Sequence[Record]) -> dict[UUID, Passage]:
    """Passages by id."""
    return {_id(point): passage_of(_id(point), point.payload or {}) for point in kept}


def digests_of(kept: Sequence[Record]) -> dict[UUID, str]:
    """Digests by id."""
    return {_id(point): (point.payload or {})[DIGEST] for point in kept}


def vectors_of(kept: Sequence[Record]) -> dict[UUID, Vector]:
    """Vectors by id, of those that have one."""
    named = {_id(p): p.vector[DENSE_LEG] for p in kept if _has_dense(p.vector)}
    return cast("dict[UUID, Vector]", named)


def _has_dense(vector: object) -> TypeGuard[dict[str, object]]:
    """Whether there is a vector of the dense leg."""
    return isinstance(vector, dict) and DENSE_LEG in vector


def _id(point: ScoredPoint | Record) -> UUID:
    return cast("UUID", point.id)

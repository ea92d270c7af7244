"""Says passages, questions and scopes as a Qdrant server understands them.

Must not run anything: server_index.py does. The filters are those of edge_points.py.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from qdrant_client import models

from rag.encoder import Vector
from rag.index import Entry, Make, Shelf
from rag.passage import EVERYONE, VISIBLE, Corpus, Scope, Visibility
from rag.sparse import Terms
from rag.stored import (
    CORPUS,
    DENSE_LEG,
    DOCUMENT,
    FROM,
    INTEGERS,
    KEYWORDS,
    NOT_FOR,
    SPARSE_LEG,
    TENANT,
    UNTIL,
    VISIBILITY,
    payload_of,
)

Conditions = list[models.Condition]


def collection_of(make: Make) -> dict[str, Any]:
    """What is kept with each point, as arguments of `create_collection`."""
    dense = models.VectorParams(size=make.dimension, distance=models.Distance.DOT)
    sparse = models.SparseVectorParams(modifier=models.Modifier.IDF)
    return {
        "vectors_config": {DENSE_LEG: dense} if make.dimension else {},
        "sparse_vectors_config": {SPARSE_LEG: sparse},
    }


def field_indexes() -> list[tuple[str, models.PayloadFieldSchema]]:
    """The fields that scopes ask for."""
    words, numbers = models.PayloadSchemaType.KEYWORD, models.PayloadSchemaType.INTEGER
    tenant = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
    return [
        (TENANT, tenant),
        *((name, words) for name in KEYWORDS),
        *((name, numbers) for name in INTEGERS),
    ]


def points(entries: Sequence[Entry]) -> list[models.PointStruct]:
    """Passages with their vectors."""
    return [_point(entry) for entry in entries]


def _point(entry: Entry) -> models.PointStruct:
    vectors: dict[str, Any] = {SPARSE_LEG: sparse(entry.terms)}
    if entry.vector is not None:
        vectors[DENSE_LEG] = entry.vector
    return models.PointStruct(
        id=str(entry.passage.id), vector=vectors, payload=payload_of(entry.passage)
    )


def sparse(terms: Terms) -> models.SparseVector:
    """Words and weights."""
    return models.SparseVector(indices=list(terms.indices), values=list(terms.weights))


def near(vector: Vector, scope: Scope, limit: int) -> models.QueryRequest:
    """The dense leg."""
    return models.QueryRequest(
        query=vector, using=DENSE_LEG, filter=filter_of(scope), limit=limit, with_payload=False
    )


def alike(terms: Terms, scope: Scope, limit: int) -> models.QueryRequest:
    """The sparse leg. How rare a word is, is counted within what the tenants may see."""
    return models.QueryRequest(
        query=sparse(terms),
        using=SPARSE_LEG,
        filter=filter_of(scope),
        params=models.SearchParams(
            idf=models.IdfCorpusParams(corpus=models.Filter(must=[_whose(scope)]))
        ),
        limit=limit,
        with_payload=False,
    )


def on_shelf(shelf: Shelf) -> models.Filter:
    """What is on a shelf."""
    asked = {CORPUS: shelf.corpus.value, TENANT: shelf.tenant, DOCUMENT: shelf.document}
    return models.Filter(
        must=[_is(name, value) for name, value in asked.items() if value is not None]
    )


def filter_of(scope: Scope) -> models.Filter:
    """The same as Scope.admits."""
    at = int(scope.at.timestamp())
    asked: Conditions = [
        _any(name, sorted(map(str, some)))
        for name, some, all_ in (
            (CORPUS, scope.corpora, Corpus),
            (VISIBILITY, VISIBLE[scope.place], Visibility),
        )
        if len(some) < len(all_)  # a condition that everything meets costs time for nothing
    ]
    dates: Conditions = [
        models.FieldCondition(key=FROM, range=models.Range(lte=at)),
        models.FieldCondition(key=UNTIL, range=models.Range(gt=at)),
    ]
    return models.Filter(must=[_whose(scope), *asked, *dates])


def ids_of(ids: Sequence[UUID]) -> list[models.ExtendedPointId]:
    """Ids as they travel."""
    return [str(id_) for id_ in ids]


def _whose(scope: Scope) -> models.Filter:
    """The tenants' own, and everyone's unless each of them has another in its place."""
    replaced: Conditions = [_is(NOT_FOR, name) for name in sorted(scope.tenants)]
    everyones = models.Filter(must=[_is(TENANT, EVERYONE)], must_not=[models.Filter(must=replaced)])
    return models.Filter(should=[_any(TENANT, sorted(scope.tenants)), everyones])


def _is(name: str, value: str) -> models.FieldCondition:
    return models.FieldCondition(key=name, match=models.MatchValue(value=value))


def _any(name: str, values: Sequence[str]) -> models.FieldCondition:
    return models.FieldCondition(key=name, match=models.MatchAny(any=[*values]))

"""How good a ranking is, against judgements: nDCG, recall and the reciprocal rank.

Must not retrieve. A grade is a document's gain; 0 and below is not relevant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

Ranking = Sequence[str]
"""Ids of documents, the best first."""
Judgements = Mapping[str, Mapping[str, int]]
"""Grade by question and document."""
DEPTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Means over the questions that have a relevant document, each from 0 to 1."""

    ndcg: float
    recall: float
    mrr: float
    questions: int


def quality_of(rankings: Mapping[str, Ranking], judgements: Judgements) -> Quality:
    """The first ten of each ranking; a question without a ranking counts 0."""
    judged = {asked: relevant for asked, said in judgements.items() if (relevant := _gains(said))}
    rows = [
        (
            _ndcg(rankings.get(asked, ())[:DEPTH], relevant),
            _recall(rankings.get(asked, ())[:DEPTH], relevant),
            _reciprocal(rankings.get(asked, ())[:DEPTH], relevant),
        )
        for asked, relevant in judged.items()
    ]
    many = len(rows) or 1
    ndcg, recall, mrr = (sum(row[at] for row in rows) / many for at in range(3))
    return Quality(ndcg=ndcg, recall=recall, mrr=mrr, questions=len(rows))


def _gains(grades: Mapping[str, int]) -> dict[str, int]:
    return {document: grade for document, grade in grades.items() if grade > 0}


def _ndcg(ranking: Ranking, gains: Mapping[str, int]) -> float:
    best = sorted(gains.values(), reverse=True)[:DEPTH]
    return _discounted([gains.get(one, 0) for one in ranking]) / _discounted(best)


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / log2(place + 2) for place, gain in enumerate(gains))


def _recall(ranking: Ranking, gains: Mapping[str, int]) -> float:
    return sum(one in gains for one in ranking) / len(gains)


def _reciprocal(ranking: Ranking, gains: Mapping[str, int]) -> float:
    return next((1 / place for place, one in enumerate(ranking, start=1) if one in gains), 0.0)

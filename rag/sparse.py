"""Weighs the words of a text for BM25, in this process and the same for every index.

Must not look at other texts: how rare a word is (IDF) is for the index to say.
"""

from dataclasses import dataclass
from functools import lru_cache

from qdrant_edge import Bm25, Bm25Config

SPARSE = "bm25-english-1"
"""Names how words are weighed; another way needs another name, or old indexes would be misread."""
_MEAN_WORDS = 80
"""Of a passage of 120 to 180 words about half are stop words."""
_NO_CEILING = 1e6
"""With so large a k the weight of a word in a question is how often it is said."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Words as numbers, ascending, and the weight of each."""

    indices: tuple[int, ...]
    weights: tuple[float, ...]


def terms_of_passage(words: str) -> Terms:
    """How much each word counts in a passage of this length."""
    return _terms(_document_model(), words)


def terms_of_question(words: str) -> Terms:
    """How often each word is asked for."""
    return _terms(_question_model(), words)


def _terms(model: Bm25, words: str) -> Terms:
    found = model.embed_document(words)
    pairs = sorted(zip(found.indices, found.values, strict=True))
    return Terms(
        indices=tuple(index for index, _ in pairs), weights=tuple(weight for _, weight in pairs)
    )


@lru_cache(maxsize=1)
def _document_model() -> Bm25:
    return Bm25(Bm25Config(language="english", k=1.2, b=0.75, avg_len=_MEAN_WORDS))


@lru_cache(maxsize=1)
def _question_model() -> Bm25:
    return Bm25(Bm25Config(language="english", k=_NO_CEILING, b=0.0))

"""Brings two legs' candidates together: each scaled to 0..1, then weighed.

Must not search. Ranks are not used: on the collections that were measured they lost to scores.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

DENSE_SHARE = 0.6
"""What meaning counts beside words; docs/retrieval.md has the measurements."""


def fused(
    dense: Mapping[Key, float], sparse: Mapping[Key, float], share: float = DENSE_SHARE
) -> dict[Key, float]:
    """Score by key, the best first; who is missing from a leg has 0 of it.

    Args:
        dense: cosines, or nothing where the encoder was not to be had: then words decide alone.
        sparse: BM25 scores.
        share: of the dense leg, 0 to 1.
    """
    share = share if dense else 0.0
    near, same = _scaled(dense), _scaled(sparse)
    scores = {
        key: share * near.get(key, 0.0) + (1 - share) * same.get(key, 0.0)
        for key in {**near, **same}
    }
    return dict(sorted(scores.items(), key=lambda scored: -scored[1]))


def _scaled(scores: Mapping[Key, float]) -> dict[Key, float]:
    """The best is 1, the last is 0; alike scores are all 1."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high <= low:
        return dict.fromkeys(scores, 1.0)
    return {key: (score - low) / (high - low) for key, score in scores.items()}

"""Says whether a count is more than chance makes of what is usual, by tests that anybody can redo.

Must not know what is counted. Small samples say nothing: who asks sets the least count.
"""

import math
from collections.abc import Sequence
from statistics import fmean, median, variance

ALPHA = 0.001
"""The chance of one false alarm among all values that are looked at together."""
_SPREADS = 3.0
_MAD = 1.4826
"""Makes of a median absolute deviation a standard deviation, where values are normal."""
_LEAST_RATE = 0.5
_LEAST_SPREAD = 0.25
_FAR = 3.5


def usual_rate(weeks: Sequence[int]) -> float:
    """What a count is expected to be: the median, or the mean without the highest week if more."""
    if not weeks:
        return _LEAST_RATE
    rest = sorted(weeks)[:-1]
    return max(float(median(weeks)), fmean(rest) if rest else 0.0, _LEAST_RATE)


def is_more(count: int, weeks: Sequence[int], tests: int) -> bool:
    """Whether a count is more than weeks like it: by chance, and by how far those lie apart."""
    middle = median(weeks)
    spread = _MAD * median([abs(one - middle) for one in weeks])
    far = count > middle + _SPREADS * spread
    return far and at_least(count, usual_rate(weeks)) <= ALPHA / max(1, tests)


def at_least(count: int, rate: float) -> float:
    """The chance of `count` or more where `rate` is expected (Poisson)."""
    if count <= 0:
        return 1.0
    if count > rate + 40 * math.sqrt(rate) + 40:
        return 0.0
    term = math.exp(count * math.log(rate) - rate - math.lgamma(count + 1))
    total, step = 0.0, count
    while term > total * 1e-12 or step <= rate:
        total += term
        step += 1
        term *= rate / step
    return min(1.0, total)


def is_shift(days: Sequence[int], before: Sequence[int], tests: int) -> bool:
    """Whether two weeks differ by more than chance divides their sum (binomial).

    Args:
        days: the counts of each day of the one.
        before: those of the other.
        tests: how many values are looked at together.
    """
    clumps = clumping(days, before)
    one, other = sum(days) / clumps, sum(before) / clumps
    chance = 2 * _halves(math.floor(max(one, other)), math.ceil(one + other))
    return chance <= ALPHA / max(1, tests)


def clumping(days: Sequence[int], before: Sequence[int]) -> float:
    """How many come at once: the variance of the days around their week's mean by that mean.

    At least 1. Ten late parcels of one missed truck are one thing that happened and not ten.
    """
    mean = (fmean(days) + fmean(before)) / 2
    return max(1.0, (variance(days) + variance(before)) / 2 / mean) if mean else 1.0


def _halves(count: int, total: int) -> float:
    """The chance of `count` heads or more in `total` throws."""
    log_half = total * math.log(0.5)
    logs = [
        math.lgamma(total + 1) - math.lgamma(one + 1) - math.lgamma(total - one + 1) + log_half
        for one in range(count, total + 1)
    ]
    return min(1.0, math.fsum(math.exp(log) for log in logs))


def far_out(minutes: Sequence[float]) -> float:
    """From which duration on one is unlike the others: by median and MAD of the logarithms.

    Durations are spread by factors, not by minutes. At least a factor of two over the middle one.
    """
    logs = [math.log1p(one) for one in minutes]
    middle = median(logs)
    spread = max(_LEAST_SPREAD, _MAD * median([abs(one - middle) for one in logs]))
    return max(math.expm1(middle + _FAR * spread), 2 * median(minutes))

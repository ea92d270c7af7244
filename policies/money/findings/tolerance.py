"""Leaves small differences alone, unless many of them go the same way.

Must not forget a cent: what is left alone is summed, and told once the sum is too much.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from policies.money.cents import percent_of
from policies.money.findings.finding import Cause, Finding
from policies.money.tariff import Tolerance

_SHOWN = 20
_NEVER_SMALL = frozenset({Cause.CURRENCY, Cause.TWICE, Cause.ORDER_TWICE, Cause.UNKNOWN_ORDER})


def covers(tolerance: Tolerance, finding: Finding) -> bool:
    """Whether a difference is small enough to be left alone for now."""
    if finding.cause in _NEVER_SMALL:
        return False
    off = abs(finding.difference_cents)
    share = abs(percent_of(finding.billed_cents, tolerance.line_pct))
    return off <= max(Decimal(tolerance.line_cents), share)


class SmallOnes:
    """Differences that were left alone, by the line of the tariff and the way they go."""

    def __init__(self) -> None:
        self._sums: defaultdict[tuple[str, ...], int] = defaultdict(int)
        self._orders: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        self._counts: defaultdict[tuple[str, ...], int] = defaultdict(int)

    def sift(self, found: Iterable[Finding], tolerance: Tolerance) -> list[Finding]:
        """Those that are too much to be left alone; keeps the others in mind."""
        told = []
        for one in found:
            if not covers(tolerance, one):
                told.append(one)
                continue
            way = "over" if one.difference_cents < 0 else "under"
            key = (one.code, one.tariff_version, one.currency, way)
            self._sums[key] += one.difference_cents
            self._counts[key] += 1
            if len(self._orders[key]) < _SHOWN:
                self._orders[key].append(one.order_id)
        return told

    def drift(self, month: str, tolerance: Tolerance) -> Sequence[Finding]:
        """What the small ones that go the same way come to, where that is too much."""
        return [
            Finding(
                order_id="",
                invoice_id=0,
                invoice="",
                code=f"{code} {way} {month}",
                cause=Cause.DRIFT,
                expected_cents=max(0, cents),
                billed_cents=max(0, -cents),
                currency=currency,
                tariff_version=version,
                evidence=tuple(self._orders[code, version, currency, way]),
                billed_quantity=self._counts[code, version, currency, way],
            )
            for (code, version, currency, way), cents in sorted(self._sums.items())
            if abs(cents) > tolerance.month_cents
        ]

"""Which prices a tariff and its other versions know for a line, so that a wrong one has a name.

Must not price anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from policies.money.findings.finding import Cause
from policies.money.lines import Counted, Freight, When
from policies.money.tariff import Tariff
from policies.money.usage import HOURS, PARCELS


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherVersions:
    """The prices of all versions that a tenant ever had, by the code of their line."""

    by_code: dict[str, dict[int, tuple[str, ...]]]

    @classmethod
    def of(cls, tariffs: Iterable[Tariff]) -> "OtherVersions":
        """Those of these versions."""
        found: dict[str, dict[int, tuple[str, ...]]] = {}
        for tariff in tariffs:
            for code, cents in _prices(tariff):
                known = found.setdefault(code, {})
                known[cents] = (*known.get(cents, ()), tariff.version)
        return cls(by_code=found)

    def versions(self, code: str, cents: int) -> tuple[str, ...]:
        """The versions in which a line has that price."""
        return self.by_code.get(code, {}).get(cents, ())


def why_price(code: str, cents: int, tariff: Tariff, others: OtherVersions) -> tuple[Cause, str]:
    """Why one of something is billed at a price that is not due, and whose price it is."""
    if cents in {price for name, price in _steps(tariff) if name == code}:
        return Cause.TIER, tariff.version
    versions = others.versions(code, cents)
    return (Cause.OTHER_VERSION, versions[-1]) if versions else (Cause.RATE, "")


def why_unproved(code: str, tariff: Tariff) -> Cause:
    """Why a line should not be there at all."""
    line = next((one for one in tariff.lines if one.code == code), None)
    if line is None:
        known = any(one.code == code for one in tariff.prices)
        return Cause.NO_EVENT if known else Cause.NO_TARIFF_LINE
    when: When | None = getattr(line.rule, "when", None)
    narrowed = when is not None and (when != When())
    dated = isinstance(line.rule, Counted) and line.rule.rates.asks_day
    return Cause.SURCHARGE if narrowed or dated else Cause.NO_EVENT


def counts_of(tariff: Tariff) -> dict[str, str]:
    """What each line counts, by its code."""
    found = {price.code: price.per for price in tariff.prices}
    for line in tariff.lines:
        if isinstance(line.rule, Counted):
            found[line.code] = HOURS.get(line.rule.per, line.rule.per)
        elif isinstance(line.rule, Freight):
            found[line.code] = PARCELS
    return found


def is_rounded(code: str, tariff: Tariff) -> bool:
    """Whether the amount of a counted line may have been rounded."""
    rule = next((one.rule for one in tariff.lines if one.code == code), None)
    if isinstance(rule, Freight):
        return True
    return isinstance(rule, Counted) and any(
        cents % 1 for _, rates in rule.rates.since for _, cents in rates.steps
    )


def _steps(tariff: Tariff) -> Iterable[tuple[str, int]]:
    """Prices that hold whatever the day: only how many there are decides between them."""
    for price in tariff.prices:
        for step in price.steps:
            yield price.code, step.cents
    for line in tariff.lines:
        if isinstance(line.rule, Counted) and not line.rule.rates.asks_day:
            for _, rates in line.rule.rates.since:
                for _, cents in rates.steps:
                    if cents % 1 == 0:
                        yield line.code, int(cents)


def _prices(tariff: Tariff) -> Iterable[tuple[str, int]]:
    yield from _steps(tariff)
    for line in tariff.lines:
        if isinstance(line.rule, Counted) and line.rule.rates.asks_day:
            for _, rates in line.rule.rates.since:
                for _, cents in rates.steps:
                    if cents % 1 == 0:
                        yield line.code, int(cents)

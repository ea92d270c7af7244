"""The named multipliers that a policy can switch on (the defaults of the replaced system).

Must not switch any on by itself.
"""

from collections.abc import Mapping
from decimal import Decimal

from policies.promise import Multiplier

_ALL = (
    Multiplier(name="weekend", factor=Decimal("1.5"), on="weekend"),
    Multiplier(name="holiday", factor=Decimal("2.0"), on="holiday", holidays=("us-federal",)),
    Multiplier(name="volume", factor=Decimal("1.3"), on="volume", over=100),
    Multiplier(name="peak", factor=Decimal("1.4"), on="season", season=((11, 15), (12, 31))),
    Multiplier(name="oversized", factor=Decimal("1.5"), on="flag", flag="oversized"),
    Multiplier(name="hazmat", factor=Decimal("2.0"), on="flag", flag="hazmat"),
    Multiplier(name="fragile", factor=Decimal("1.2"), on="flag", flag="fragile"),
)
PRESETS: Mapping[str, Multiplier] = {multiplier.name: multiplier for multiplier in _ALL}
GROUPS: Mapping[str, tuple[str, ...]] = {"items": ("oversized", "hazmat", "fragile")}
"""Several presets under one name."""

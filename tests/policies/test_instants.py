"""Instants that payloads and policies state: what is meant is read, what is not is left alone."""

import pytest

from policies.instants import stated_instant
from policies.sites import is_zone


@pytest.mark.parametrize(
    "value",
    ["0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "soon", 5],
)
def test_dates_that_nobody_means_are_none(value: object) -> None:
    """A year far outside of ours is no promise: counting up to it would never end."""
    assert stated_instant(value, "Asia/Tokyo", from_start=True) is None
    assert stated_instant(value, "America/New_York") is None


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "America", "100%", "a\0b"])
def test_what_is_no_zone_is_told_apart(name: str) -> None:
    """Whatever a payload calls a time zone: it is one, or it is not, and no failure."""
    assert not is_zone(name)
    assert is_zone("America/New_York")

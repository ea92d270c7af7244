"""How long something is, in words. Must not measure anything."""

_HOUR, _DAY = 60, 1440


def duration(minutes: float) -> str:
    """`35 min`, `6 h 12 min`, `2 d 3 h`; less than one is `under 1 min`."""
    whole = int(minutes)
    if whole < 1:
        return "under 1 min"
    days, rest = divmod(whole, _DAY)
    hours, left = divmod(rest, _HOUR)
    parts = ((days, "d"), (hours, "h"), (0 if days else left, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count)

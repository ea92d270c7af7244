"""What the button and the form of a handover remember: which shift, which exceptions as shown.

Must not draw or handle anything.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.blocks.values import FORM, read_back, text_of

_ROOM = 2_400
"""Characters of a form that the versions may take."""
_MOST = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver:
    """Which run of a shift it is about, opened in which channel.

    `versions` are those of the exceptions that were shown, by number.
    """

    shift: str
    channel: str | None = None
    versions: Mapping[int, int] = field(default_factory=dict)


def fitting(versions: Mapping[int, int]) -> dict[int, int]:
    """As many of them, least number first, as a form can remember."""
    kept = dict(sorted(versions.items()))
    while len(_runs(kept)) > _ROOM:
        kept = dict(list(kept.items())[: len(kept) * 9 // 10])
    return kept


def encode_take_over(form: TakeOver) -> str:
    """The button's value and the form's private_metadata."""
    data = {"shift": form.shift, "channel": form.channel, "seen": _runs(form.versions)}
    return json.dumps(data, separators=(",", ":"))


def decode_take_over(value: object) -> TakeOver | None:
    """The form, or None for anything that `encode_take_over` did not write."""
    data = read_back(value, FORM)
    if data is None:
        return None
    shift, channel, seen = (data.get(name) for name in ("shift", "channel", "seen"))
    if not isinstance(shift, str) or not isinstance(seen, str):
        return None
    return TakeOver(shift=shift, channel=text_of(channel), versions=_read(seen))


def _runs(versions: Mapping[int, int]) -> str:
    """`7:1,12:3`: number and version."""
    return ",".join(f"{number}:{version}" for number, version in sorted(versions.items()))


def _read(runs: str) -> dict[int, int]:
    """What `_runs` wrote; what is none of it is left out."""
    found: dict[int, int] = {}
    for run in runs.split(","):
        number, _, version = run.partition(":")
        if number.isdecimal() and version.isdecimal() and len(run) < 40:  # noqa: PLR2004
            found[int(number)] = int(version)
    return {number: version for number, version in found.items() if number < _MOST > version}

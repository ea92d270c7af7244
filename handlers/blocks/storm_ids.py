"""What the forms of a storm remember: which storm, which page, which members as they were shown.

Must not draw or handle anything.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from handlers.blocks.values import BUTTON, FORM, count_of, read_back, text_of

MOST_NUMBERS = 20_000
_ROOM = 2_400
"""Characters of a form that its versions may take."""
_RUN = re.compile(r"(\d{1,9})(?:x(\d{1,5}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class StormForm:
    """Which storm a form is about, opened in which channel.

    `verb` and `versions` (by number in the storm) are of what was previewed; `page` and `client`
    of the list.
    """

    storm_id: int
    channel: str | None = None
    verb: str = ""
    versions: Mapping[int, int] | None = None
    page: int = 0
    client: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoingAll:
    """Members of a storm, by number in the version that an act left them; undone until when."""

    storm_id: int
    versions: Mapping[int, int]
    until: datetime


def fitting(versions: Mapping[int, int]) -> dict[int, int]:
    """As many of the members, by number, as a form can remember."""
    kept = dict(sorted(versions.items()))
    while len(_runs(kept)) > _ROOM:
        kept = dict(list(kept.items())[: len(kept) * 9 // 10])
    return kept


def encode_storm(form: StormForm) -> str:
    """The form's private_metadata."""
    data = {
        "storm": form.storm_id,
        "channel": form.channel,
        "verb": form.verb,
        "seen": _runs(form.versions) if form.versions is not None else None,
        "page": form.page,
        "client": form.client,
    }
    return json.dumps(data, separators=(",", ":"))


def decode_storm(value: object) -> StormForm | None:
    """The form, or None for anything that `encode_storm` did not write."""
    data = read_back(value, FORM)
    if data is None:
        return None
    storm, page, client = (count_of(data.get(name)) for name in ("storm", "page", "client"))
    verb, channel, seen = (text_of(data.get(name)) for name in ("verb", "channel", "seen"))
    if storm is None or page is None or verb is None:
        return None
    return StormForm(
        storm_id=storm,
        channel=channel,
        verb=verb,
        versions=_read(seen) if seen is not None else None,
        page=page,
        client=client,
    )


def encode_undo_all(undoing: UndoingAll) -> str | None:
    """The button's value; None where so many were changed that it would not hold them."""
    data = {
        "storm": undoing.storm_id,
        "made": _runs(undoing.versions),
        "until": int(undoing.until.timestamp()),
    }
    value = json.dumps(data, separators=(",", ":"))
    return value if len(value) <= BUTTON else None


def decode_undo_all(value: object) -> UndoingAll | None:
    """What is to be undone, or None for anything that `encode_undo_all` did not write."""
    data = read_back(value)
    if data is None:
        return None
    storm, until, made = count_of(data.get("storm")), count_of(data.get("until")), data.get("made")
    if storm is None or until is None or not until < 2**33 or not isinstance(made, str):
        return None
    moment = datetime.fromtimestamp(until, UTC)
    return UndoingAll(storm_id=storm, versions=_read(made), until=moment)


def _runs(versions: Mapping[int, int]) -> str:
    """`1x40,0x2,3`: numbers 1 to 40 in version 1, two that are not meant, one in version 3."""
    runs: list[list[int]] = []
    for number in range(1, max(versions, default=0) + 1):
        version = versions.get(number, 0)
        if runs and runs[-1][0] == version:
            runs[-1][1] += 1
        else:
            runs.append([version, 1])
    return ",".join(f"{version}x{count}" if count > 1 else str(version) for version, count in runs)


def _read(runs: str) -> dict[int, int]:
    """What `_runs` wrote; what is none of it is left out."""
    versions: dict[int, int] = {}
    number = 1
    for run in runs.split(","):
        found = _RUN.fullmatch(run)
        count = int(found[2] or 1) if found else 0
        if found is None or number + count > MOST_NUMBERS:
            break
        if int(found[1]):
            versions.update(dict.fromkeys(range(number, number + count), int(found[1])))
        number += count
    return versions

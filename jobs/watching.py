"""What the jobs that watch share besides the time. Must not watch anything itself."""

from dataclasses import dataclass
from datetime import datetime

from jobs.ports import Storage
from jobs.put_on_record import Telling
from policies.promises import Promises


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What watching needs besides the time: where, for which promises, whom to tell.

    `listening_since` (business time) is since when this process takes events in: before that
    nobody could be heard.
    """

    storage: Storage
    promises: Promises
    telling: Telling
    listening_since: datetime | None = None

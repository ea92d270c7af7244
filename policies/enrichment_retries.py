"""When a model that did not answer is asked again, and when nobody asks any more.

Must not draw random numbers: how far retries lie apart follows from the exception's number.
"""

from datetime import timedelta
from zlib import crc32

RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""Five at most, after the first try."""
UNSURE_AGAIN = timedelta(hours=24)
"""After an answer that was not sure, or not borne out: the same facts bring the same words."""
LEAST_SURE = 0.7
GRACE = timedelta(minutes=1)
"""For what asks by itself as soon as an alert is posted."""
LOST = timedelta(minutes=30)
"""An answer takes seconds; after that nobody waits for it any more."""
_JITTER = 0.2
_PARTS = 1000


def rest(tries: int, exception_id: int) -> timedelta | None:
    """How long to rest after so many failed tries; None where that was the last one."""
    if not 0 < tries <= len(RETRIES):
        return None
    return spread(RETRIES[tries - 1], exception_id, tries)


def spread(usual: timedelta, exception_id: int, salt: int = 0) -> timedelta:
    """The rest, longer by up to a fifth, so that those that failed together do not come together.

    The same number gives the same rest.
    """
    part = crc32(f"{exception_id}:{salt}".encode()) % _PARTS
    return usual * (1 + _JITTER * part / _PARTS)

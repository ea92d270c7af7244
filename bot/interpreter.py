"""Tunes the interpreter for a process that must answer in milliseconds while it works.

Must not be called by tests: it is for the whole process.
"""

import gc
import sys

SWITCH_SECONDS = 0.001
"""SQLite works in threads, which otherwise wait up to 5 ms for the interpreter."""
_NEW_OBJECTS, _YOUNG_COLLECTIONS = 10_000, 20
"""What is judged lives shortly and in no cycles; looking for some halts the loop for 50 ms."""


def tune_interpreter() -> None:
    """Lets threads take turns often, and has what lives for ever passed over as garbage."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_COLLECTIONS)

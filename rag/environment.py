"""What a process that we start may know of the environment. Must not hand on a token or address."""

import os
import re

_HANDED_ON = re.compile(r"^(PATH|HOME|USER|TMPDIR|LANG|LC_\w+|LD_\w+|PYTHON\w+|VIRTUAL_ENV)$")


def handed_on() -> dict[str, str]:
    """The variables that programs need to run at all."""
    return {name: value for name, value in os.environ.items() if _HANDED_ON.match(name)}

"""The JSON shapes and the one error that every part shares.

It must not know any method or any state.
"""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """Slack's `ok: false`: a short code and, where there is more to say, further fields.

    Attributes:
        code: Slack's error code, such as `channel_not_found`.
        details: further keys of the answer, such as `needed` and `provided`.
    """

    def __init__(self, *, code: str, **details: object) -> None:
        """Keep the code and the further fields."""
        super().__init__(code)
        self.code = code
        self.details = details

    def answer(self) -> Json:
        """Return the JSON body that Slack would send."""
        return {"ok": False, "error": self.code, **self.details}


def compact(value: object) -> str:
    """Return `value` as JSON without blanks, as Slack sends it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def without_nothing(**fields: object) -> Json:
    """Return the fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}

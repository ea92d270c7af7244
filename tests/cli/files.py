"""Event files for commands that read them. Must not judge."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PAID = {
    "event_id": "evt-1",
    "source": "wms",
    "event_type": "order_paid",
    "order_id": "SO-11",
    "occurred_at": "2026-03-02T10:00:00Z",
}


def event(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON has them
    """The payment of SO-11, with changes."""
    return {**PAID, **changes}


def write(path: Path, *events: Mapping[str, Any] | str) -> Path:
    """A file of JSON lines; a text is written as it is."""
    lines = (line if isinstance(line, str) else json.dumps(line) for line in events)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path

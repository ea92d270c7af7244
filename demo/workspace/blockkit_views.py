"""Says which views Slack would refuse.

It must not open or store them.
"""

from __future__ import annotations

from typing import Literal

from demo.workspace.blockkit import faults
from demo.workspace.blockkit_rules import Anything, Fault, Flag, Rule, Shape, Text, Words
from demo.workspace.shapes import Json, compact

MOST_BYTES = 250 * 1024
_SHORT = Text(most=24, plain=True)
_BOTH: dict[str, Rule] = {
    "private_metadata": Words(most=3000),
    "callback_id": Words(most=255),
    "external_id": Words(most=255),
}
_SHAPES: dict[str, Shape] = {
    "modal": Shape(
        required={"title": _SHORT, "blocks": Anything()},
        optional={
            **_BOTH,
            "submit": _SHORT,
            "close": _SHORT,
            "clear_on_close": Flag(),
            "notify_on_close": Flag(),
            "submit_disabled": Flag(),
        },
    ),
    "home": Shape(required={"blocks": Anything()}, optional=_BOTH),
}


def view_faults(view: object, surface: Literal["modal", "home"]) -> list[Fault]:
    """Return what Slack would refuse about a view; an empty list means that it passes."""
    if not isinstance(view, dict):
        return [Fault(pointer="/view", message="must provide an object", code="invalid_arguments")]
    if view.get("type") != surface:
        return [
            Fault(
                pointer="/view/type", message=f"must be one of: {surface}", code="invalid_arguments"
            )
        ]
    if len(compact(view).encode()) > MOST_BYTES:
        return [Fault(pointer="/view", message="view_too_large", code="view_too_large")]
    found = [*_SHAPES[surface].check(view, "/view")]
    if "blocks" in view:
        found += faults(view["blocks"], surface, "/view/blocks")
    if not found and surface == "modal" and _has_input(view) and "submit" not in view:
        found.append(Fault(pointer="/view", message="missing required field: submit"))
    return found


def _has_input(view: Json) -> bool:
    return any(block["type"] == "input" for block in view["blocks"])

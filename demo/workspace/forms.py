"""What people choose and fill in, as Slack reports it.

It must not send or store it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.blockkit import interactive_elements
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

REQUIRED = "Please complete this required field."
_KEYS = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
}


def chosen(element: Json, value: object) -> Json:
    """Return an element's value as Slack reports it.

    Args:
        element: the element as the app drew it.
        value: an option's value, a list of them, an id or a text. None means untouched.
    """
    key, initial = _KEYS[element["type"]]
    if value is None:
        reported = element.get(initial)
        several = key in {
            "selected_options",
            "selected_users",
            "selected_channels",
            "selected_conversations",
        }
        return {"type": element["type"], key: [] if several and reported is None else reported}
    if key == "selected_option":
        return {"type": element["type"], key: _option(element, value)}
    if key == "selected_options":
        values = value if isinstance(value, list) else [value]
        return {"type": element["type"], key: [_option(element, item) for item in values]}
    if key.endswith("s") and not isinstance(value, list):
        return {"type": element["type"], key: [value]}
    return {"type": element["type"], key: value or None}


def state_of(blocks: Sequence[Json], values: Mapping[str, object]) -> Json:
    """Return `state.values`; `values` names elements by block id or action id."""
    state: Json = {}
    for block, element in _fields(blocks):
        value = values.get(block["block_id"], values.get(element["action_id"]))
        state.setdefault(block["block_id"], {})[element["action_id"]] = chosen(element, value)
    return state


def input_faults(blocks: Sequence[Json], state: Json) -> dict[str, str]:
    """Return by block id what Slack itself would not let people submit."""
    found = {}
    for block, element in _fields(blocks):
        if block["type"] != "input":
            continue
        reported = state[block["block_id"]][element["action_id"]]
        value = reported[_KEYS[element["type"]][0]]
        if not value and not block.get("optional"):
            found[block["block_id"]] = REQUIRED
        elif isinstance(value, str) and len(value) > element.get("max_length", 3000):
            found[block["block_id"]] = f"This must be at most {element['max_length']} characters."
        elif isinstance(value, str) and value and len(value) < element.get("min_length", 0):
            found[block["block_id"]] = f"This must be at least {element['min_length']} characters."
    return found


def response_fields(blocks: Sequence[Json], state: Json) -> Iterator[tuple[str, str, str]]:
    """Yield block id, action id and channel of the inputs that ask for a response URL."""
    for block, element in _fields(blocks):
        if element.get("response_url_enabled"):
            reported = state[block["block_id"]][element["action_id"]]
            channel = reported.get("selected_conversation") or reported.get("selected_channel")
            if channel:
                yield block["block_id"], element["action_id"], channel


def _fields(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        for element in interactive_elements(block):
            if element["type"] in _KEYS and element["type"] != "overflow":
                yield block, element


def _option(element: Json, value: object) -> Json:
    if isinstance(value, dict):
        return value
    groups = element.get("option_groups", [])
    options = [
        *element.get("options", []),
        *(option for group in groups for option in group["options"]),
    ]
    for option in options:
        if option["value"] == value:
            return dict(option)
    raise ApiError(
        code="unknown_option", value=value, allowed=[option["value"] for option in options]
    )

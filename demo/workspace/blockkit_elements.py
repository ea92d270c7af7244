"""The schemas of interactive elements and where each may stand.

It must not know blocks or surfaces.
"""

from __future__ import annotations

from demo.workspace.blockkit_rules import (
    Anything,
    Flag,
    Items,
    Number,
    OneOf,
    Rule,
    Shape,
    Text,
    Words,
)

_ID = Words(most=255, least=1)
_URL = Words(most=3000, least=1)
_DATE = Words(most=10, least=10)
_TIME = Words(most=5, least=5)
_STYLE = Words(most=7, among=("primary", "danger"))
_PLACEHOLDER = Text(most=150, plain=True)

CONFIRM = Shape(
    required={"title": Text(most=100, plain=True), "text": Text(most=300)},
    optional={
        "confirm": Text(most=30, plain=True),
        "deny": Text(most=30, plain=True),
        "style": _STYLE,
    },
)


def _option(*, plain: bool) -> Shape:
    return Shape(
        required={"text": Text(most=75, plain=plain), "value": Words(most=150, least=1)},
        optional={"description": Text(most=75, plain=plain), "url": _URL},
    )


_PLAIN_OPTION = _option(plain=True)
_RICH_OPTION = _option(plain=False)
_GROUP = Shape(
    required={"label": Text(most=75, plain=True), "options": Items(of=_PLAIN_OPTION, most=100)}
)
_COMMON: dict[str, Rule] = {"action_id": _ID, "confirm": CONFIRM, "focus_on_load": Flag()}
_SELECT: dict[str, Rule] = {**_COMMON, "placeholder": _PLACEHOLDER}
_MULTI: dict[str, Rule] = {**_SELECT, "max_selected_items": Number(least=1)}
_LISTED: dict[str, Rule] = {
    "options": Items(of=_PLAIN_OPTION, most=100),
    "option_groups": Items(of=_GROUP, most=100),
}
_DISPATCH = Shape(optional={"trigger_actions_on": Items(of=Words(most=30), most=2)})
_FILTER = Shape(
    optional={
        "include": Items(of=Words(most=7, among=("im", "mpim", "private", "public")), most=4),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    }
)
_NAMES = Items(of=Words(most=255), most=100)
_TYPED: dict[str, Rule] = {
    "action_id": _ID,
    "placeholder": _PLACEHOLDER,
    "focus_on_load": Flag(),
    "dispatch_action_config": _DISPATCH,
    "initial_value": Words(most=3000),
}
_CHANNEL: dict[str, Rule] = {"initial_channel": Words(most=255), "response_url_enabled": Flag()}
_CONVERSATION: dict[str, Rule] = {"filter": _FILTER, "default_to_current_conversation": Flag()}

IMAGE = Shape(
    required={"alt_text": Words(most=2000)},
    optional={"image_url": _URL, "slack_file": Anything()},
    either=("image_url", "slack_file"),
)
BUTTON = Shape(
    required={"text": Text(most=75, plain=True)},
    optional={
        "action_id": _ID,
        "url": _URL,
        "value": Words(most=2000),
        "style": _STYLE,
        "confirm": CONFIRM,
        "accessibility_label": Words(most=75),
    },
)
_SINGLE: dict[str, Rule] = {
    "static_select": Shape(
        optional={**_SELECT, **_LISTED, "initial_option": _PLAIN_OPTION},
        either=("options", "option_groups"),
    ),
    "external_select": Shape(
        optional={**_SELECT, "min_query_length": Number(least=0), "initial_option": _PLAIN_OPTION}
    ),
    "users_select": Shape(optional={**_SELECT, "initial_user": Words(most=255)}),
    "channels_select": Shape(optional={**_SELECT, **_CHANNEL}),
    "conversations_select": Shape(
        optional={
            **_SELECT,
            **_CONVERSATION,
            "initial_conversation": Words(most=255),
            "response_url_enabled": Flag(),
        }
    ),
}
_SEVERAL: dict[str, Rule] = {
    "multi_static_select": Shape(
        optional={**_MULTI, **_LISTED, "initial_options": Items(of=_PLAIN_OPTION, most=100)},
        either=("options", "option_groups"),
    ),
    "multi_external_select": Shape(
        optional={
            **_MULTI,
            "min_query_length": Number(least=0),
            "initial_options": Items(of=_PLAIN_OPTION, most=100),
        }
    ),
    "multi_users_select": Shape(optional={**_MULTI, "initial_users": _NAMES}),
    "multi_channels_select": Shape(optional={**_MULTI, "initial_channels": _NAMES}),
    "multi_conversations_select": Shape(
        optional={**_MULTI, **_CONVERSATION, "initial_conversations": _NAMES}
    ),
}
_CHOICES: dict[str, Rule] = {
    "checkboxes": Shape(
        required={"options": Items(of=_RICH_OPTION, most=10)},
        optional={**_COMMON, "initial_options": Items(of=_RICH_OPTION, most=10)},
    ),
    "radio_buttons": Shape(
        required={"options": Items(of=_RICH_OPTION, most=10)},
        optional={**_COMMON, "initial_option": _RICH_OPTION},
    ),
    "datepicker": Shape(optional={**_SELECT, "initial_date": _DATE}),
    "timepicker": Shape(optional={**_SELECT, "initial_time": _TIME, "timezone": Words(most=100)}),
    "datetimepicker": Shape(
        optional={**_COMMON, "initial_date_time": Number(least=1e9, most=9999999999)}
    ),
}
_INPUTS: dict[str, Rule] = {
    "plain_text_input": Shape(
        optional={
            **_TYPED,
            "multiline": Flag(),
            "min_length": Number(least=0, most=3000),
            "max_length": Number(least=1, most=3000),
        }
    ),
    "email_text_input": Shape(optional=_TYPED),
    "url_text_input": Shape(optional=_TYPED),
    "number_input": Shape(
        required={"is_decimal_allowed": Flag()},
        optional={**_TYPED, "min_value": Words(most=50), "max_value": Words(most=50)},
    ),
}
_OVERFLOW = Shape(
    required={"options": Items(of=_PLAIN_OPTION, most=5)},
    optional={"action_id": _ID, "confirm": CONFIRM},
)

IN_SECTION = OneOf(
    kinds={
        **_SINGLE,
        **_SEVERAL,
        **_CHOICES,
        "button": BUTTON,
        "image": IMAGE,
        "overflow": _OVERFLOW,
    }
)
IN_ACTIONS = OneOf(kinds={**_SINGLE, **_CHOICES, "button": BUTTON, "overflow": _OVERFLOW})
IN_INPUT = OneOf(kinds={**_SINGLE, **_SEVERAL, **_CHOICES, **_INPUTS})
IN_CONTEXT = OneOf(kinds={"image": IMAGE, "plain_text": Text(most=3000), "mrkdwn": Text(most=3000)})
_FEEDBACK = Shape(
    required={"text": Text(most=75, plain=True), "value": Words(most=2000)},
    optional={"accessibility_label": Words(most=75)},
)
IN_CONTEXT_ACTIONS = OneOf(
    kinds={
        "feedback_buttons": Shape(
            required={"positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
            optional={"action_id": _ID},
        ),
        "icon_button": Shape(
            required={"icon": Words(most=50), "text": Text(most=75, plain=True)},
            optional={
                "action_id": _ID,
                "value": Words(most=2000),
                "confirm": CONFIRM,
                "accessibility_label": Words(most=75),
                "visible_to_user_ids": _NAMES,
            },
        ),
    }
)

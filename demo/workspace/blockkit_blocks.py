"""The schemas of blocks and the surfaces on which each may stand.

It must not count across blocks.
"""

from __future__ import annotations

from demo.workspace.blockkit_elements import (
    BUTTON,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
)
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

_BLOCK: dict[str, Rule] = {"block_id": Words(most=255, least=1)}
_RICH_PART = OneOf(
    kinds={
        kind: Shape(
            required={"elements": Items(of=Anything(), most=1000, least=0)},
            optional={
                name: Anything() for name in ("border", "indent", "offset", "style", "language")
            },
        )
        for kind in (
            "rich_text_section",
            "rich_text_list",
            "rich_text_preformatted",
            "rich_text_quote",
        )
    }
)
RICH_TEXT = Shape(required={"elements": Items(of=_RICH_PART, most=1000, least=0)}, optional=_BLOCK)
_RAW = Shape(required={"text": Words(most=12000)})
_RAW_NUMBER = Shape(required={"value": Number()}, optional={"text": Words(most=1000)})
_COLUMN = Shape(
    optional={"align": Words(most=6, among=("left", "center", "right")), "is_wrapped": Flag()}
)
_CELL = OneOf(kinds={"raw_text": _RAW, "rich_text": RICH_TEXT})
_DATA_CELL = OneOf(
    kinds={"raw_text": _RAW, "rich_text": RICH_TEXT, "raw_number": _RAW_NUMBER, "action": BUTTON}
)
_POINT = Shape(required={"label": Words(most=20, least=1), "value": Number()})
_SERIES = Shape(required={"name": Words(most=20, least=1), "data": Items(of=_POINT, most=20)})
_AXES = Shape(
    required={"categories": Items(of=Words(most=20, least=1), most=20)},
    optional={
        name: Words(most=50) for name in ("x_label", "y_label", "x_axis_label", "y_axis_label")
    },
)
_PLOT = Shape(required={"series": Items(of=_SERIES, most=6), "axis_config": _AXES})
_CHART = OneOf(
    kinds={
        "pie": Shape(required={"segments": Items(of=_POINT, most=6)}),
        "bar": _PLOT,
        "area": _PLOT,
        "line": _PLOT,
    }
)

_EVERYWHERE: dict[str, Rule] = {
    "section": Shape(
        optional={
            **_BLOCK,
            "text": Text(most=3000),
            "fields": Items(of=Text(most=2000), most=10),
            "accessory": IN_SECTION,
            "expand": Flag(),
        },
        either=("text", "fields"),
    ),
    "actions": Shape(required={"elements": Items(of=IN_ACTIONS, most=25)}, optional=_BLOCK),
    "context": Shape(required={"elements": Items(of=IN_CONTEXT, most=10)}, optional=_BLOCK),
    "header": Shape(required={"text": Text(most=150, plain=True)}, optional=_BLOCK),
    "divider": Shape(optional=_BLOCK),
    "image": Shape(
        required={"alt_text": Words(most=2000, least=1)},
        optional={
            **_BLOCK,
            "image_url": Words(most=3000, least=1),
            "slack_file": Anything(),
            "title": Text(most=2000, plain=True),
        },
        either=("image_url", "slack_file"),
    ),
    "input": Shape(
        required={"label": Text(most=2000, plain=True), "element": IN_INPUT},
        optional={
            **_BLOCK,
            "hint": Text(most=2000, plain=True),
            "optional": Flag(),
            "dispatch_action": Flag(),
        },
    ),
    "rich_text": RICH_TEXT,
}
_MESSAGE_ONLY: dict[str, Rule] = {
    "markdown": Shape(required={"text": Words(most=12000, least=1)}, optional=_BLOCK),
    "table": Shape(
        required={"rows": Items(of=Items(of=_CELL, most=20), most=100)},
        optional={**_BLOCK, "column_settings": Items(of=_COLUMN, most=20, least=0)},
    ),
    "data_table": Shape(
        required={
            "rows": Items(of=Items(of=_DATA_CELL, most=20), most=101, least=2),
            "caption": Words(most=3000),
        },
        optional={
            **_BLOCK,
            "page_size": Number(least=1, most=100),
            "row_header_column_index": Number(least=0, most=19),
        },
    ),
    "data_visualization": Shape(
        required={"title": Words(most=50, least=1), "chart": _CHART}, optional=_BLOCK
    ),
    "context_actions": Shape(
        required={"elements": Items(of=IN_CONTEXT_ACTIONS, most=5)}, optional=_BLOCK
    ),
}
_MODAL_ONLY: dict[str, Rule] = {
    "alert": Shape(
        required={"text": Text(most=3000)},
        optional={
            **_BLOCK,
            "level": Words(most=10, among=("default", "info", "success", "warning", "error")),
        },
    ),
}
BLOCKS_OF: dict[str, OneOf] = {
    "message": OneOf(kinds={**_EVERYWHERE, **_MESSAGE_ONLY}),
    "modal": OneOf(kinds={**_EVERYWHERE, **_MODAL_ONLY}),
    "home": OneOf(kinds=_EVERYWHERE),
}

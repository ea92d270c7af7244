"""Slack's limits and surfaces of blocks, as the workspace enforces them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from demo.workspace.blockkit import faults
from demo.workspace.blockkit_views import view_faults
from tests.demo.workspace_bot import button, modal, section, text_input

if TYPE_CHECKING:
    from demo.workspace.blockkit import Surface


def plain(text: str) -> dict[str, Any]:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text}


def option(value: str = "v", label: str = "l") -> dict[str, Any]:
    """Return an option of a menu."""
    return {"text": plain(label), "value": value}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    """Return an actions block."""
    return {"type": "actions", "elements": list(elements)}


def menu(*options: dict[str, Any], **fields: object) -> dict[str, Any]:
    """Return a static select."""
    return {"type": "static_select", "action_id": "menu", "options": list(options), **fields}


def confirm(text: str) -> dict[str, Any]:
    """Return a confirmation dialog."""
    return {"title": plain("Sure?"), "text": plain(text)}


LINE = {"type": "raw_text", "text": "x"}
GOOD = {
    "section": section("x" * 3000),
    "fields": {"type": "section", "fields": [plain("x" * 2000), *([plain("x")] * 9)]},
    "header": {"type": "header", "text": plain("x" * 150)},
    "button": actions(button("x" * 75, "x" * 2000)),
    "actions": actions(*(button(f"a{number}") for number in range(25))),
    "menu": actions(menu(*(option(f"v{number}") for number in range(100)))),
    "table": {"type": "table", "rows": [[LINE] * 20] * 100},
    "markdown": {"type": "markdown", "text": "x" * 12000},
    "chart": {
        "type": "data_visualization",
        "title": "Open",
        "chart": {"type": "pie", "segments": [{"label": "PICK", "value": 3}]},
    },
}
BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "section": (section("x" * 3001), "/blocks/0/text/text", "less than 3001"),
    "empty": (section(""), "/blocks/0/text/text", "more than 0"),
    "no text": ({"type": "section"}, "/blocks/0", "missing required field: text"),
    "eleven fields": ({"type": "section", "fields": [plain("x")] * 11}, "/blocks/0/fields", "10"),
    "field": (
        {"type": "section", "fields": [plain("x" * 2001)]},
        "/blocks/0/fields/0/text",
        "2001",
    ),
    "header": ({"type": "header", "text": plain("x" * 151)}, "/blocks/0/text/text", "151"),
    "mrkdwn header": (
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        "/blocks/0/text",
        "failed to match all allowed schemas",
    ),
    "button text": (actions(button("x" * 76)), "/blocks/0/elements/0/text/text", "76"),
    "button value": (actions(button("a", "x" * 2001)), "/blocks/0/elements/0/value", "2001"),
    "26 actions": (actions(*(button(f"a{n}") for n in range(26))), "/blocks/0/elements", "25"),
    "11 context": (
        {"type": "context", "elements": [plain("x")] * 11},
        "/blocks/0/elements",
        "no more than 10",
    ),
    "option label": (
        actions(menu(option(label="x" * 76))),
        "/blocks/0/elements/0/options/0/text/text",
        "76",
    ),
    "option value": (
        actions(menu(option("x" * 151))),
        "/blocks/0/elements/0/options/0/value",
        "151",
    ),
    "101 options": (
        actions(menu(*(option(f"v{n}") for n in range(101)))),
        "/blocks/0/elements/0/options",
        "100",
    ),
    "confirm": (
        actions({**button("a"), "confirm": confirm("x" * 301)}),
        "/blocks/0/elements/0/confirm/text/text",
        "301",
    ),
    "wide table": ({"type": "table", "rows": [[LINE] * 21]}, "/blocks/0/rows/0", "20"),
    "long table": ({"type": "table", "rows": [[LINE]] * 101}, "/blocks/0/rows", "100"),
    "unknown block": ({"type": "marquee"}, "/blocks/0/type", "unsupported type: marquee"),
    "unknown field": ({"type": "divider", "colour": "red"}, "/blocks/0", "invalid additional"),
    "alert": ({"type": "alert", "text": plain("x")}, "/blocks/0/type", "unsupported type: alert"),
    "initial": (actions(menu(option(), initial_option=option("w"))), "/blocks/0", "initial option"),
    "same action": (actions(button("a"), button("a")), "/blocks/0", "already exists"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_just_fits_passes(name: str) -> None:
    """Blocks at the very limit are accepted in messages."""
    assert faults([GOOD[name]], "message") == []


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_named(name: str) -> None:
    """A refused block is named by a JSON pointer and a reason."""
    block, pointer, reason = BAD[name]
    found = faults([block], "message")
    assert [(fault.pointer, reason in fault.message) for fault in found] == [(pointer, True)]


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_blocks_are_counted_by_surface(surface: Surface, most: int) -> None:
    """A message holds 50 blocks, a view 100."""
    assert faults([{"type": "divider"}] * most, surface) == []
    found = faults([{"type": "divider"}] * (most + 1), surface)
    assert [str(fault) for fault in found] == [
        f"[ERROR] no more than {most} items allowed [json-pointer:/blocks]"
    ]


@pytest.mark.parametrize("kind", ["markdown", "table", "chart"])
@pytest.mark.parametrize("surface", ["modal", "home"])
def test_message_blocks_are_refused_in_views(kind: str, surface: Surface) -> None:
    """Markdown, tables and charts exist in messages only."""
    assert faults([GOOD[kind]], surface)[0].message.startswith("unsupported type")


def test_long_messages_are_refused_as_a_whole() -> None:
    """More than 12,000 characters in all are too long even where each block fits."""
    assert faults([section("x" * 3000)] * 4, "message") == []
    assert faults([section("x" * 3000)] * 5, "message")[0].code == "msg_blocks_too_long"


def test_a_message_holds_one_table() -> None:
    """A second table is refused with its own code."""
    assert faults([{"type": "table", "rows": [[LINE]]}] * 2, "message")[0].code == (
        "only_one_table_allowed"
    )


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        (modal(section("x"), title="x" * 25), "/view/title/text"),
        (modal(section("x"), private_metadata="x" * 3001), "/view/private_metadata"),
        (modal(section("x" * 3001)), "/view/blocks/0/text/text"),
        ({**modal(text_input("a")), "type": "dialog"}, "/view/type"),
        (
            {name: part for name, part in modal(text_input("a")).items() if name != "submit"},
            "/view",
        ),
        (modal(*([section("x" * 2999)] * 90)), "/view"),
    ],
    ids=["title", "metadata", "block", "type", "no submit", "250 KB"],
)
def test_views_are_checked(view: dict[str, Any], pointer: str) -> None:
    """Titles, metadata, blocks, size and the needed submit button of a modal are checked."""
    assert [fault.pointer for fault in view_faults(view, "modal")] == [pointer]

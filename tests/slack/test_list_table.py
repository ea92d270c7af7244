"""Lists as tables: when, what stands in them, and what stands in their place."""

import json
from dataclasses import replace
from typing import Any

import pytest

from demo.workspace.blockkit import faults
from handlers.blocks.list_table import FROM_ROWS, MOST_ROWS
from handlers.blocks.lists import exceptions
from jobs.views import ExceptionList
from tests.slack.values import ACME, GLOBEX, listed, record
from tests.slack.world import World


def page(count: int, total: int | None = None, **changes: Any) -> ExceptionList:  # noqa: ANN401
    """So many exceptions."""
    return listed(
        *(record(id=n, order_id=f"SO-{n}", **changes) for n in range(1, count + 1)), total=total
    )


def rows(found: ExceptionList, links: dict[int, str] | None = None) -> list[list[Any]]:
    """The cells of the table: text, or what is richer."""
    table = exceptions(found, {"U0JOE": "Joe"}, links).blocks[1]
    return [[cell.get("text", cell.get("elements")) for cell in row] for row in table["rows"]]


def test_a_few_are_lines() -> None:
    """A table of five would be more frame than picture."""
    drawn = exceptions(page(FROM_ROWS - 1))
    assert "table" not in {block["type"] for block in drawn.blocks}
    assert drawn.plain is None


def test_more_are_a_table_with_lines_to_fall_back_on() -> None:
    """Order, how late, what is wrong, how bad, whose; clients where there are several."""
    found = replace(page(FROM_ROWS, assignee="U0JOE"), tenants=(ACME, GLOBEX))
    head, first, *_ = rows(found)
    assert head == ["Order", "Late by", "What is wrong", "Severity", "Owner", "Client"]
    assert first == [
        "#1 SO-1",
        "35 min",
        "packed, not scanned by UPS",
        "HIGH",
        "Joe",
        "Acme Outdoors",
    ]
    plain = exceptions(found).plain
    assert plain is not None
    assert "SO-6" in json.dumps([dict(block) for block in plain])


def test_an_order_is_a_link_where_its_place_is_known() -> None:
    """Only our own address with checked parts is alive."""
    cells = rows(page(FROM_ROWS), {1: "https://wms.example/SO-1"})
    (inside,) = cells[1][0]
    assert inside["elements"][1] == {
        "type": "link",
        "url": "https://wms.example/SO-1",
        "text": "SO-1",
    }
    assert cells[2][0] == "#2 SO-2"


@pytest.mark.parametrize(
    "evil", ["<!channel>", "<https://evil.example|x>", "@here", "a\nb", "\u202ex", "", "x" * 900]
)
def test_data_is_dead_in_cells(evil: str) -> None:
    """Whatever an order is called: one line, no mention, no link, and Slack takes it."""
    found = page(FROM_ROWS, facts={"carrier": evil})
    found = replace(found, records=tuple(replace(one, order_id=evil) for one in found.records))
    drawn = exceptions(found)
    assert faults([dict(block) for block in drawn.blocks], "message") == []
    told = json.dumps(drawn.blocks[1], ensure_ascii=False)
    assert not any(mark in told for mark in ("<", "@here", "\\n", "\u202e"))


def test_a_table_stays_within_slacks_limits() -> None:
    """A hundred rows with the heading, or as many as fit by their length."""
    drawn = exceptions(page(300, total=400))
    assert len(drawn.blocks[1]["rows"]) == MOST_ROWS + 1
    assert f"Showing {MOST_ROWS} of 400" in json.dumps(drawn.blocks[2])
    wide = page(300, facts={"carrier": "y" * 80}, assignee="z" * 80)
    shown = exceptions(wide).blocks
    assert 20 < len(shown[1]["rows"]) < MOST_ROWS
    assert faults([dict(block) for block in shown], "message") == []


async def test_slack_refusing_tables_gets_lines(world: World) -> None:
    """In a conversation as well as through a response URL."""
    async with world.storage.write() as tx:
        for number in range(100, 108):
            tx.state.exceptions[number] = replace(record(), id=number, order_id=f"SO-{number}")
    world.slack.errors["chat.postMessage"] = "invalid_blocks"
    await world.direct("exceptions")
    first, second, *_ = [call.said for call in world.slack.of("chat.postMessage")]
    assert first["blocks"][1]["type"] == "table"
    assert {block["type"] for block in second["blocks"]} == {"section", "context"}
    world.slack.errors["hook"] = 400
    await world.command("exceptions")
    assert "table" in world.slack.of("hook")[0].words
    assert '"type": "table"' not in world.slack.of("hook")[1].words

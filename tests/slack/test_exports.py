"""Long lists come as files: where to, for whom, and what a spreadsheet makes of them."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks.ids import Field, Shortcut
from handlers.blocks.lists import exceptions
from handlers.blocks.sheets import MOST_ROWS, trail_sheet, written
from jobs.export_rows import all_exceptions, export_trail
from policies.queries import ExceptionFilter
from policies.records import AuditEntry
from policies.roles import Role, RoleGrant
from storage.memory import MemoryStorage
from tests.slack.values import ACME, HISTORY, NOW, listed, record
from tests.slack.world import World

FILES = ("files.getUploadURLExternal", "upload", "files.completeUploadExternal")


async def many(world: World, count: int = 24) -> None:
    """So many more exceptions of Acme's."""
    async with world.storage.write() as tx:
        for number in range(100, 100 + count):
            order = replace(record(), id=number, order_id=f"SO-{number}", assignee="U0JOE")
            tx.state.exceptions[number] = order


async def allow(world: World, role: Role, tenant_id: int | None = None) -> None:
    """Maria has that role, and no other."""
    grant = RoleGrant(principal="user:U0MARIA", role=role, tenant_id=tenant_id)
    await world.services.authority.give(grant, trail=[1], now=NOW)


def rows(world: World) -> list[dict[str, str]]:
    """What stands in the file that was uploaded last."""
    return list(csv.DictReader(io.StringIO(world.slack.of("upload")[-1].said["content"])))


def place(world: World) -> tuple[Any, Any]:
    """Where the file went: its channel and its thread."""
    said = world.slack.of("files.completeUploadExternal")[-1].said
    return said["channel_id"], said.get("thread_ts")


async def test_a_short_list_is_no_file(world: World) -> None:
    """Twenty rows are read at a glance; there is no file."""
    await many(world, 19)
    await world.command("exceptions")
    assert [call.method for call in world.slack.told()] == ["hook"]


async def test_a_long_list_comes_whole_as_a_file(world: World) -> None:
    """A table with all of them to read, and a file, newest first, owners by name."""
    await many(world)
    await world.command("exceptions")
    shown = world.slack.of("hook")[0].words
    assert "Showing 25 of 25" in shown
    assert "a file has all of them" in shown
    found = rows(world)
    assert [row["number"] for row in found] == [*map(str, range(123, 99, -1)), "7"]
    assert (found[0]["order"], found[0]["owner"], found[0]["client"]) == (
        "SO-123",
        "Joe",
        "Acme Outdoors",
    )
    assert (found[0]["deadline_at"], found[0]["delay_minutes"]) == ("2026-03-03T16:40:00Z", "35.0")
    assert "GX-1" not in world.slack.of("upload")[0].words
    assert place(world) == ("D0ALONE", None)


async def test_the_filter_holds_for_the_file(world: World) -> None:
    """What was left out of the list is left out of the file."""
    await many(world, 30)
    await world.command("exceptions client Acme unowned")
    assert world.slack.of("upload") == []
    await world.command("exceptions order SO-101")
    assert world.slack.of("upload") == []


async def test_a_file_goes_where_the_answer_goes(world: World) -> None:
    """Into the thread of a mention, the direct message, and to nobody else from a form."""
    await many(world)
    await world.mention("exceptions", ts="5.5")
    assert place(world) == ("C0ACME", "5.5")
    await world.direct("exceptions")
    assert place(world) == ("D0MARIA", None)
    used = {"type": "shortcut", "callback_id": Shortcut.ASK.value, "action_ts": "1.1"}
    await world.interact(used)
    form = world.slack.of("views.open")[-1].said["view"]
    await world.submit(form, {Field.WORDS: {"value": "exceptions"}})
    assert place(world) == ("D0ALONE", None)
    assert "Showing 20 of 25" in world.slack.of("views.update")[-1].words


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "conversations.open"])
async def test_a_file_that_slack_does_not_take_is_told(world: World, method: str) -> None:
    """The list is there all the same, and the reason why there is no file."""
    await many(world)
    world.slack.errors[method] = "missing_scope"
    await world.command("exceptions")
    first, second = world.slack.of("hook")
    assert "Showing 25 of 25" in first.words
    assert "did not take the file (missing_scope)" in second.words


async def test_the_trail_is_exported_to_who_may(world: World) -> None:
    """A lead gets the trail of the clients in sight, oldest first, alone; that is on the trail."""
    await allow(world, Role.LEAD)
    async with world.storage.write() as tx:
        await tx.audit.append([*HISTORY, replace(HISTORY[0], tenant_id=2, subject="exception:8")])
    await world.mention("audit export", ts="5.5")
    aside = world.slack.of("chat.postEphemeral")[0].words
    assert "Audit trail of Acme Outdoors: 3 entries" in aside
    assert place(world) == ("D0ALONE", None)
    found = [(row["action"], row["who"], row["subject"]) for row in rows(world)]
    assert found == [
        ("give_role", "", "roles"),
        ("opened", "", "exception:7"),
        ("acknowledge", "Maria", "exception:7"),
    ]
    async with world.storage.read() as tx:
        took = await tx.audit.of_subject(1, "audit")
        assert await tx.audit.of_subject(2, "audit") == []
    assert [(one.actor, one.action, one.note) for one in took] == [
        ("slack:U0MARIA", "export", "3 entries")
    ]
    assert world.slack.of("chat.postMessage") == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
async def test_who_may_not_gets_no_trail(world: World, role: Role) -> None:
    """An operator changes things, but does not carry the trail away."""
    await allow(world, role)
    await world.command("audit export")
    assert "To export takes a billing, a lead or an admin." in world.slack.of("hook")[0].words
    assert world.slack.of("upload") == []


async def test_only_the_clients_are_exported_for_whom_they_may(world: World) -> None:
    """Billing for Globex alone is of no use in Acme's channel."""
    await allow(world, Role.BILLING, tenant_id=2)
    await world.command("audit export")
    assert world.slack.of("upload") == []


async def test_since_narrows_the_trail(world: World) -> None:
    """From then on; nothing from then on is said, not sent."""
    await allow(world, Role.ADMIN)
    entry = AuditEntry(
        tenant_id=1, at=NOW - timedelta(days=9), actor="cli", action="x", subject="y"
    )
    async with world.storage.write() as tx:
        await tx.audit.append([entry, replace(entry, at=NOW - timedelta(days=2), action="z")])
    await world.command("audit export since 7d")
    assert [row["action"] for row in rows(world)][-1] == "z"
    assert "x" not in [row["action"] for row in rows(world)]


async def test_no_more_than_the_most_is_taken() -> None:
    """The newest, and it is said that older ones were left out."""
    storage = MemoryStorage()
    wanted = ExceptionFilter(tenant_ids=(1,))
    async with storage.write() as tx:
        await tx.tenants.add(ACME)
        for number in range(1, 1203):
            tx.state.exceptions[number] = replace(record(), id=number, order_id=f"SO-{number}")
        await tx.audit.append([replace(HISTORY[0], note=str(number)) for number in range(1202)])
    found = await all_exceptions(wanted, 1100, storage=storage)
    assert [one.id for one in found] == list(range(1202, 102, -1))
    assert len(await all_exceptions(wanted, MOST_ROWS, storage=storage)) == 1202
    take = partial(
        export_trail, [1], None, actor="cli", correlation_id=None, storage=storage, now=NOW
    )
    trail = await take(1100)
    assert ([one.note for one in trail.entries[:1]], trail.cut) == (["102"], True)
    assert len(trail.entries) == 1100
    whole = await take(MOST_ROWS)
    assert (len(whole.entries), whole.cut) == (1203, False)


def test_a_list_says_what_its_file_has() -> None:
    """All of them, or where there are too many how many of the newest."""
    assert "a file has all of them" in str(exceptions(listed(record(), total=MOST_ROWS)))
    assert "the newest 5,000 of them" in str(exceptions(listed(record(), total=MOST_ROWS + 1)))
    assert "a file" not in str(exceptions(listed(record(), total=1)))


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\u200b=1", "\uff1d1", '"=1']


@pytest.mark.parametrize("text", FORMULAS)
def test_data_is_no_formula(text: str) -> None:
    """What a spreadsheet would run begins with an apostrophe; numbers of ours stay numbers."""
    body = written(("a", "b"), [(text, -5)]).decode("utf-8-sig")
    cell, number = list(csv.reader(io.StringIO(body, newline="")))[1]
    assert (cell, number) == (f"'{text}", "-5")


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_every_text_comes_back_from_the_file(texts: list[str]) -> None:
    """Commas, quotes and line ends stay within their cell; nothing begins a formula."""
    safe = [text.encode("utf-8", "replace").decode() for text in texts]
    body = written(tuple("abcde")[: len(safe)], [safe]).decode("utf-8-sig")
    cells = list(csv.reader(io.StringIO(body, newline="")))[1]
    assert [cell.removeprefix("'") for cell in cells] == [one.removeprefix("'") for one in safe]
    assert not any(cell[:1] in tuple("=+-@\t\r") for cell in cells if cell)


def test_values_are_written_as_json() -> None:
    """Before and after are objects, which a script can read again."""
    sheet = trail_sheet(HISTORY, [ACME], {"U0MARIA": "Maria"}, title="t", now=NOW)
    found = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))[1]
    assert found["after"] == '{"status": "ACKNOWLEDGED", "assignee": "U0MARIA"}'
    assert sheet.name == "audit-20260303-1715.csv"

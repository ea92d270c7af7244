"""`e2a workspace`: which Slack workspaces installed E2A, and whose clients are told where."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from policies.installations import Installation
from storage.engine import open_engines
from storage.transaction import SqlStorage
from tests.cli.conftest import Run
from tests.storage.builders import MINUTE, T0
from tests.storage.test_installations import ONE, TWO


def installed(place: Path, *known: Installation) -> None:
    """Puts installations into the database of the command line."""

    async def save() -> None:
        storage = SqlStorage(open_engines(f"sqlite+aiosqlite:///{place}/e2a.db"))
        async with storage.write() as tx:
            for one in known:
                await tx.installations.save(one)
            await tx.installations.remove("T0TWO", "app_uninstalled", T0 + 2 * MINUTE)
        await storage.close()

    asyncio.run(save())


def test_workspaces_are_listed_with_their_clients(e2a: Run, acme: str, place: Path) -> None:
    """The first one has the clients that were assigned to none; no token is shown."""
    installed(place, ONE, replace(TWO, installed_at=T0 + MINUTE))
    added = e2a("tenant", "add", "Globex", "--channel", "C0GLOBEX", "--workspace", "T0TWO")
    assert added.code == 0
    first, second = e2a("workspace", "list", "--json").json
    assert (first["id"], first["tenants"], first["removal"]) == ("T0ONE", [acme], None)
    assert (second["id"], second["tenants"]) == ("T0TWO", ["Globex"])
    words = e2a("workspace", "list").out
    assert "T0TWO  Two  removed (app_uninstalled)  Globex" in words
    assert "xox" not in words + str(first)


def test_a_client_is_assigned(e2a: Run, place: Path) -> None:
    """From then on it is listed there."""
    e2a("tenant", "add", "Globex", "--channel", "C0GLOBEX")
    installed(place, ONE, replace(TWO, installed_at=T0 + MINUTE))
    assert e2a("workspace", "assign", "Globex", "T0TWO").code == 0
    assert e2a("workspace", "list", "--json").json[1]["tenants"] == ["Globex"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Acme", "T0TWO"), "--channel C0123ABCD"),
        (("Globex", "two"), "write its id"),
        (("Nobody", "T0TWO"), "there is no tenant"),
    ],
)
def test_what_cannot_be_assigned(e2a: Run, arguments: tuple[str, str], words: str) -> None:
    """A channel that is known by name only, what is no id, a client that is not there."""
    e2a("tenant", "add", "Acme", "--channel", "#acme-ops")
    e2a("tenant", "add", "Globex", "--channel", "C0GLOBEX")
    assert words in e2a("workspace", "assign", *arguments).complaint

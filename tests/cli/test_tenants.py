"""`e2a tenant`, `key` and `hook`: who sends, and how they prove it."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Run


def test_a_tenant_is_added_once(e2a: Run) -> None:
    """A new name is added and told on stderr; the same name again is refused in one line."""
    added = e2a("tenant", "add", "Acme Outdoors", "--timezone", "Europe/Madrid")
    assert (added.code, added.out) == (0, "")
    assert "Added Acme Outdoors" in added.err
    assert e2a("tenant", "add", "Acme Outdoors").complaint


def test_the_default_channel_is_changed(e2a: Run, acme: str, place: Path) -> None:
    """Alerts go elsewhere; the channel before sees the client until that is ended, on the trail."""
    assert "#ops" in e2a("tenant", "channel", acme, "#ops").err
    told = e2a("tenant", "channel", acme, "C0OPS")
    assert (told.code, told.out) == (0, "")
    kept = e2a("tenant", "channel", acme, "C0NEW")
    assert "C0OPS still sees it" in kept.err
    assert "C0OPS" not in e2a("tenant", "channel", acme, "#last", "--forget-old").err
    with closing(sqlite3.connect(place / "e2a.db")) as database:
        rows = database.execute("SELECT channel, channel_id FROM tenants WHERE name = ?", [acme])
        assert rows.fetchall() == [("#last", None)]
        assert database.execute("SELECT channel_id FROM showings").fetchall() == [("C0OPS",)]
        trail = database.execute("SELECT actor, action, subject FROM audit ORDER BY seq")
        assert trail.fetchall()[-1] == ("cli", "default_channel", "channel:#last")


def test_a_channel_has_a_name_or_an_id(e2a: Run, acme: str) -> None:
    """Anything else is refused as wrong use, and an unknown client in one line."""
    assert e2a("tenant", "channel", acme, "ops").code == 2
    assert "there is no tenant" in e2a("tenant", "channel", "nobody", "#ops").complaint


def test_a_key_is_printed_alone_and_kept_as_hash(e2a: Run, acme: str, place: Path) -> None:
    """The new key is the only thing on stdout, and its secret is nowhere in the database."""
    made = e2a("key", "create", "--tenant", acme, "--scope", "ingest")
    assert (made.code, made.err) == (0, "")
    key = made.out.removesuffix("\n")
    assert re.fullmatch(r"e2a_[0-9a-f]{12}_[\w-]{22,}", key)
    secret = key.split("_", 2)[2].encode()
    assert not any(secret in file.read_bytes() for file in place.glob("e2a.db*"))


def test_keys_are_listed_without_secrets(e2a: Run, acme: str) -> None:
    """The list names tenant, prefix, scopes and state, as JSON or as words, never the secret."""
    key = e2a("key", "create", "--tenant", acme, "--scope", "read", "--scope", "ingest").out.strip()
    (row,) = e2a("key", "list", "--json").json
    assert (row["id"], row["tenant"], row["scopes"]) == (1, "acme", ["ingest", "read"])
    assert (row["last_used_at"], row["revoked_at"]) == (None, None)
    words = e2a("key", "list").out
    assert "acme" in words
    assert "live" in words
    for shown in (str(row), words):
        assert key.split("_", 2)[2] not in shown


def test_a_key_is_revoked_once(e2a: Run, acme: str) -> None:
    """A revoked key shows as revoked; revoking it again or an unknown one fails."""
    e2a("key", "create", "--tenant", acme, "--scope", "read")
    assert e2a("key", "revoke", "1").code == 0
    assert e2a("key", "list", "--json").json[0]["revoked_at"].endswith("Z")
    assert "e2a key list" in e2a("key", "revoke", "1").complaint
    assert e2a("key", "revoke", "99").complaint


def test_a_hook_is_a_path_nobody_can_guess(e2a: Run, acme: str) -> None:
    """Adding a hook prints its path alone, another one each time, and not the secret."""
    made = [
        e2a("hook", "add", "--tenant", acme, "--source", "shopify", "--secret", "shh-secret")
        for _ in range(2)
    ]
    for ran in made:
        assert (ran.code, ran.err) == (0, "")
        assert re.fullmatch(r"/hooks/[\w-]{16,}\n", ran.out)
        assert "shh" not in ran.out
    assert made[0].out != made[1].out


def hook_of(ran: Ran) -> str:
    """The id in a printed path."""
    return ran.out.strip().removeprefix("/hooks/").partition("?")[0]


def test_a_source_that_cannot_sign_gets_a_token(e2a: Run, acme: str) -> None:
    """Its path holds a token that is made of the secret and does not show it."""
    made = e2a("hook", "add", "--tenant", acme, "--source", "shippo", "--secret", "shh-secret")
    assert re.fullmatch(r"/hooks/[\w-]{16,}\?token=[0-9a-f]{32}\n", made.out)
    assert "shh" not in made.out
    rotated = e2a("hook", "rotate", hook_of(made), "--secret", "next-secret")
    assert hook_of(rotated) == hook_of(made)
    assert rotated.out != made.out


def test_two_secrets_live_until_the_old_one_is_retired(e2a: Run, acme: str, place: Path) -> None:
    """Rotating keeps the one before; retiring leaves the newest alone."""
    add = ("hook", "add", "--tenant", acme, "--source", "shopify", "--secret", "first-secret")
    hook = hook_of(e2a(*add))
    assert e2a("hook", "rotate", hook, "--secret", "second-secret").code == 0
    assert secrets_of(place) == ["second-secret", "first-secret"]
    assert e2a("hook", "retire", hook).code == 0
    newest, other = secrets_of(place)
    assert newest == "second-secret"
    assert other != "first-secret"
    assert len(other) == 64


def secrets_of(place: Path) -> list[str]:
    """What the one hook knows."""
    with closing(sqlite3.connect(place / "e2a.db")) as connection:
        ((secrets,),) = connection.execute("SELECT secrets FROM hooks").fetchall()
    found: list[str] = json.loads(secrets)
    return found


def test_hooks_are_listed_without_secrets_and_removed_once(e2a: Run, acme: str) -> None:
    """The list names id, tenant and source; a removed hook is gone, an unknown one is told."""
    add = ("hook", "add", "--tenant", acme, "--source", "shippo", "--secret", "shh-secret")
    hook = hook_of(e2a(*add))
    listed = e2a("hook", "list", "--json")
    assert listed.json == [{"id": hook, "tenant": acme, "source": "shippo"}]
    assert e2a("hook", "list").out == f"{hook}  {acme}  shippo\n"
    assert e2a("hook", "remove", hook).code == 0
    assert e2a("hook", "list").out == ""
    for words in (("remove", hook), ("retire", hook), ("rotate", hook, "--secret", "s")):
        assert "e2a hook list" in e2a("hook", *words).complaint


@pytest.mark.parametrize(
    ("source", "secret", "told"),
    [
        ("nobody", "s", "there is no source nobody"),
        ("shopify", " ", "an empty secret"),
        ("shipstation", "only-a-key", "KEY:SECRET"),
    ],
)
def test_a_hook_that_could_not_work_is_refused(
    e2a: Run, acme: str, source: str, secret: str, told: str
) -> None:
    """An unknown source, an empty secret and half of a credential are wrong use."""
    ran = e2a("hook", "add", "--tenant", acme, "--source", source, "--secret", secret)
    assert (ran.code, ran.out) == (2, "")
    assert told in " ".join(ran.err.split())


@pytest.mark.parametrize(
    "words",
    [
        "key create --tenant nobody --scope read",
        "hook add --tenant nobody --source wms --secret s3cr3t-of-nobody",
        "ask hello --tenant nobody",
        "export events --tenant nobody",
    ],
)
def test_an_unknown_tenant_is_told_with_those_there_are(e2a: Run, acme: str, words: str) -> None:
    """A tenant that does not exist is one line that names the known ones and the remedy."""
    told = e2a(*words.split()).complaint
    assert f"known are: {acme}" in told
    assert "e2a tenant add nobody" in told
    assert "s3cr3t" not in told

"""`e2a tenant`, `key` and `hook`: who sends, and how they prove it."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_a_tenant_is_added_once(e2a: Run) -> None:
    """A new name is added and told on stderr; the same name again is refused in one line."""
    added = e2a("tenant", "add", "Acme Outdoors", "--timezone", "Europe/Madrid")
    assert (added.code, added.out) == (0, "")
    assert "Added Acme Outdoors" in added.err
    assert e2a("tenant", "add", "Acme Outdoors").complaint


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

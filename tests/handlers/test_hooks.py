"""POST /hooks/{hook_id}: the vendor's signature over the raw body is the only way in."""

import json
from dataclasses import replace

import pytest

from handlers.ingest.signatures import HEADERS, is_signed, sign
from policies.records import Hook
from tests.handlers.world import NEXT_SECRET, SECRET, World, event

BODY = json.dumps(event()).encode()


def test_known_signature() -> None:
    """The scheme is base64(HMAC-SHA256(secret, body)), checked against openssl's result."""
    assert sign("secret", b"{}") == "dzJZAsrKgS3CWXM6rNBGtzgXNyx3e42VtAJkdHRRbhM="


@pytest.mark.parametrize("secret", [SECRET, NEXT_SECRET])
@pytest.mark.parametrize("source", ["wms", "carrier"])
async def test_either_live_secret_opens(world: World, source: str, secret: str) -> None:
    """While a secret is rotated, both are good."""
    body = json.dumps(event(source=source)).encode()
    headers = {HEADERS[source]: sign(secret, body)}
    status, answer = await world.send(body, f"/hooks/{source}", key=None, headers=headers)
    assert (status, answer["status"]) == (202, "accepted")


@pytest.mark.parametrize(
    "signature",
    [None, "", "x", "ä", sign("other", BODY), sign(SECRET, BODY + b" "), sign(SECRET, b"")],
)
async def test_bad_signature_is_401(world: World, signature: str | None) -> None:
    """A missing, malformed or wrong signature is refused, and nothing is kept of the body."""
    headers = {} if signature is None else {"X-E2A-Hmac-Sha256": signature}
    status, answer = await world.send(BODY, "/hooks/wms", key=None, headers=headers)
    assert (status, answer["error"]) == (401, "unauthorized")
    assert await world.letters() == []


async def test_unknown_hook_looks_like_a_bad_signature(world: World) -> None:
    """Nobody learns which hooks exist."""
    headers = {"X-E2A-Hmac-Sha256": sign(SECRET, BODY)}
    known = await world.send(BODY, "/hooks/wms", key=None, headers={})
    unknown = await world.send(BODY, "/hooks/nobody", key=None, headers=headers)
    assert (known[0], known[1]["message"]) == (unknown[0], unknown[1]["message"])


async def test_a_key_does_not_replace_the_signature(world: World) -> None:
    """A hook is opened by its signature and by nothing else."""
    assert (await world.send(BODY, "/hooks/wms", key="ingest"))[0] == 401


@pytest.mark.parametrize("source", ["easypost", "nobody"])
def test_source_without_a_scheme_fails_closed(source: str) -> None:
    """A source whose signature we cannot check yet is refused."""
    hook = Hook(id="h", tenant_id=1, source=source, secrets=(SECRET,))
    assert not is_signed(hook, {"X-E2A-Hmac-Sha256": sign(SECRET, BODY)}, BODY)


@pytest.mark.parametrize("secrets", [(), ("",), ("a", "b", SECRET)])
def test_no_live_secret_fails_closed(secrets: tuple[str, ...]) -> None:
    """No secret, an empty one, or a third one opens nothing."""
    hook = Hook(id="h", tenant_id=1, source="wms", secrets=secrets)
    for secret in (SECRET, ""):
        assert not is_signed(hook, {"X-E2A-Hmac-Sha256": sign(secret, BODY)}, BODY)


async def test_signed_and_rejected_is_kept(world: World) -> None:
    """What was authenticated and is not valid is in the hook's tenant's dead letters."""
    body = b'{"event_type": 1}'
    headers = {"X-E2A-Hmac-Sha256": sign(SECRET, body)}
    assert (await world.send(body, "/hooks/wms", key=None, headers=headers))[0] == 422
    [letter] = await world.letters()
    assert letter.payload["source"] == "wms"


async def test_hook_speaks_for_its_tenant(world: World) -> None:
    """The tenant is the hook's; the body cannot choose another."""
    world.keys.hooks["wms"] = replace(world.keys.hooks["wms"], tenant_id=world.other.id)
    headers = {"X-E2A-Hmac-Sha256": sign(SECRET, BODY)}
    assert (await world.send(BODY, "/hooks/wms", key=None, headers=headers))[0] == 202
    assert world.watcher.events[0][2] == world.other.id

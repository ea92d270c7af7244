"""POST /hooks/{hook_id}: the vendor's signature over the raw body is the only way in."""

import json
from dataclasses import replace

import pytest
from multidict import CIMultiDict

from handlers.ingest.signatures import E2A_SIGNATURE, Proof, is_authentic, sign, token_of
from handlers.ingest.sources import SOURCES
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
    headers = {E2A_SIGNATURE: sign(secret, body)}
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


PROVEN = {
    "shopify": ("X-Shopify-Hmac-Sha256", "dzJZAsrKgS3CWXM6rNBGtzgXNyx3e42VtAJkdHRRbhM="),
    "shiphero": ("x-shiphero-hmac-sha256", "dzJZAsrKgS3CWXM6rNBGtzgXNyx3e42VtAJkdHRRbhM="),
    "aftership": ("aftership-hmac-sha256", "dzJZAsrKgS3CWXM6rNBGtzgXNyx3e42VtAJkdHRRbhM="),
    "wms": ("X-E2A-Hmac-Sha256", "dzJZAsrKgS3CWXM6rNBGtzgXNyx3e42VtAJkdHRRbhM="),
    "carrier": ("X-E2A-Hmac-Sha256", "dzJZAsrKgS3CWXM6rNBGtzgXNyx3e42VtAJkdHRRbhM="),
    "easypost": (
        "X-Hmac-Signature",
        "hmac-sha256-hex=77325902caca812dc259733aacd046b73817372c777b8d95b402647474516e13",
    ),
}
"""By `secret` over `{}`, with openssl."""
BY_TOKEN = ("shipengine", "shipstation", "shippo")


def test_every_source_proves_itself() -> None:
    """Each source signs or has a token in its address; there is no third way."""
    assert {name for name, source in SOURCES.items() if source.scheme.header} == PROVEN.keys()
    assert SOURCES.keys() == PROVEN.keys() | set(BY_TOKEN)


@pytest.mark.parametrize("source", PROVEN)
def test_signature_of_each_source(source: str) -> None:
    """Only the source's own header opens, with the value that its vendor documents."""
    header, value = PROVEN[source]
    hook = Hook(id="h", tenant_id=1, source=source, secrets=("secret",))
    scheme = SOURCES[source].scheme
    headers = CIMultiDict({header: value})
    assert is_authentic(hook, scheme, Proof(headers=headers, body=b"{}"))
    for wrong in ({"X-Other": value}, {header: value[:-1]}, {header: ""}):
        assert not is_authentic(hook, scheme, Proof(headers=wrong, body=b"{}"))
    token = token_of("secret", "h")
    assert not is_authentic(hook, scheme, Proof(headers={}, body=b"{}", token=token))


@pytest.mark.parametrize("source", BY_TOKEN)
def test_token_in_the_address(source: str) -> None:
    """A source that cannot sign is known by its hook's token, which is not the secret."""
    hook = Hook(id="h", tenant_id=1, source=source, secrets=("new", "old"))
    scheme = SOURCES[source].scheme
    for secret, opens in (("new", True), ("old", True), ("other", False)):
        proof = Proof(headers={}, body=b"{}", token=token_of(secret, "h"))
        assert is_authentic(hook, scheme, proof) is opens
    for token in ("new", "", token_of("new", "another-hook")):
        assert not is_authentic(hook, scheme, Proof(headers={}, body=b"{}", token=token))


@pytest.mark.parametrize("secrets", [(), ("",), ("a", "b", SECRET)])
def test_no_live_secret_fails_closed(secrets: tuple[str, ...]) -> None:
    """No secret, an empty one, or a third one opens nothing."""
    hook = Hook(id="h", tenant_id=1, source="wms", secrets=secrets)
    for secret in (SECRET, ""):
        proof = Proof(headers={E2A_SIGNATURE: sign(secret, BODY)}, body=BODY)
        assert not is_authentic(hook, SOURCES["wms"].scheme, proof)


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


async def test_token_of_the_address_end_to_end(world: World) -> None:
    """The same body is taken with the token and refused without, and nothing is kept then."""
    world.keys.hooks["shippo"] = replace(
        world.keys.hooks["wms"], id="shippo", source="shippo", secrets=(SECRET,)
    )
    body = json.dumps(event(source="shippo")).encode()
    path = f"/hooks/shippo?token={token_of(SECRET, 'shippo')}"
    assert (await world.send(body, path, key=None))[0] == 202
    for wrong in ("/hooks/shippo", f"/hooks/shippo?token={SECRET}", "/hooks/shippo?token="):
        assert (await world.send(body, wrong, key=None))[0] == 401
    assert await world.letters() == []

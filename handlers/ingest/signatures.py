"""Proves that a vendor sent a body: its signature over the raw bytes, or a token in the address.

Must not look into the body. Fails closed: no secret, no scheme or no proof is a refusal.
"""

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from policies.records import Hook

E2A_SIGNATURE = "X-E2A-Hmac-Sha256"
_LIVE_SECRETS = 2
_TOKEN_LENGTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What came with a body to prove it. `token` is the `token` of the address, if there is one."""

    headers: Mapping[str, str]
    body: bytes
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """How a source proves itself: what it has to offer, and where that stands.

    `expected` computes it from a secret, the hook's id and the body. `header` is None where it
    is the token in the address.
    """

    header: str | None
    expected: Callable[[str, str, bytes], str]


def sign(secret: str, body: bytes) -> str:
    """The base64 of HMAC-SHA256 over a body."""
    return base64.b64encode(_digest(secret, body)).decode("ascii")


def token_of(secret: str, hook_id: str) -> str:
    """What stands in a hook's address, so that the secret itself never does."""
    return _digest(secret, f"hook:{hook_id}".encode()).hex()[:_TOKEN_LENGTH]


def base64_in(header: str) -> Scheme:
    """Base64 of HMAC-SHA256 over the raw body."""
    return Scheme(header=header, expected=lambda secret, _id, body: sign(secret, body))


def hex_in(header: str, prefix: str) -> Scheme:
    """Hex of HMAC-SHA256 over the raw body, after a prefix; the secret is taken in form NFKD."""

    def expected(secret: str, _id: str, body: bytes) -> str:
        return prefix + _digest(unicodedata.normalize("NFKD", secret), body).hex()

    return Scheme(header=header, expected=expected)


TOKEN = Scheme(header=None, expected=lambda secret, hook_id, _body: token_of(secret, hook_id))
"""For sources that do not sign, or in a way that could not be confirmed."""


def is_authentic(hook: Hook, scheme: Scheme, proof: Proof) -> bool:
    """Whether one of the hook's live secrets (two while rotating) made what is offered."""
    offered = proof.token if scheme.header is None else proof.headers.get(scheme.header, "")
    secrets = [secret for secret in hook.secrets[:_LIVE_SECRETS] if secret]
    if not offered or not secrets:
        return False
    given = offered.strip().encode("utf-8", "replace")
    wanted = [scheme.expected(secret, hook.id, proof.body).encode() for secret in secrets]
    matches = [hmac.compare_digest(one, given) for one in wanted]
    return any(matches)


def _digest(secret: str, content: bytes) -> bytes:
    return hmac.new(secret.encode("utf-8", "surrogatepass"), content, hashlib.sha256).digest()

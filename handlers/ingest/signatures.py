"""Proves that a vendor sent a body: HMAC-SHA256 over the raw bytes, base64 in a header.

Must not look into the body. Fails closed: no secret, no scheme or no header is a refusal.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from policies.records import Hook

HEADERS = {
    "shopify": "X-Shopify-Hmac-Sha256",
    "wms": "X-E2A-Hmac-Sha256",
    "carrier": "X-E2A-Hmac-Sha256",
}
"""Where each source puts its signature; a source without a row cannot be verified yet."""

_LIVE_SECRETS = 2


def sign(secret: str, body: bytes) -> str:
    """The header's value for a body, as the vendor computes it."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


def is_signed(hook: Hook, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one of the hook's live secrets (two while rotating) signed this body."""
    header = HEADERS.get(hook.source)
    given = headers.get(header, "") if header else ""
    secrets = [secret for secret in hook.secrets[:_LIVE_SECRETS] if secret]
    if not given or not secrets:
        return False
    offered = given.strip().encode("utf-8", "replace")
    matches = [hmac.compare_digest(sign(secret, body).encode(), offered) for secret in secrets]
    return any(matches)

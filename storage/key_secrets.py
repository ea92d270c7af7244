"""How an API key looks, is drawn and is compared.

Must not store anything; the secret itself is shown once and never kept.
"""

import hashlib
import secrets
from dataclasses import dataclass

_PARTS = 3
_PREFIX_BYTES, _SECRET_BYTES = 6, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key just drawn: `plain` is for the caller's eyes, the rest is kept."""

    plain: str
    prefix: str
    secret_hash: bytes


def draw_key() -> NewKey:
    """`e2a_<prefix>_<secret>` with 192 random bits in the secret."""
    prefix, secret = secrets.token_hex(_PREFIX_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
    return NewKey(plain=f"e2a_{prefix}_{secret}", prefix=prefix, secret_hash=_hash(secret))


def split_key(plain: str) -> tuple[str, str] | None:
    """Prefix and secret of what was presented, or None when it is no key of ours."""
    parts = plain.split("_", _PARTS - 1)
    if len(parts) != _PARTS or parts[0] != "e2a" or len(parts[1]) != 2 * _PREFIX_BYTES:
        return None
    return (parts[1], parts[2]) if plain.isascii() and plain.isprintable() else None


def fits(secret: str, secret_hash: bytes) -> bool:
    """Whether that is the secret, compared in constant time."""
    return secrets.compare_digest(_hash(secret), secret_hash)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()

"""The chain of an audit trail: every entry's hash covers the entry before it.

Pure. Must not read or write: the stores keep what is computed here.
"""

import hashlib
import json
from collections.abc import Iterable

from policies.records import AuditEntry
from storage.columns import from_json, storable, storable_or_none, to_json
from storage.instants import micros

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
START = bytes(32)
"""What stands before a tenant's first entry."""


def entry_hash(previous: bytes, seq: int, entry: AuditEntry) -> bytes:
    """SHA-256 of the entry as it is stored, after the hash of the one before."""
    content = [
        entry.tenant_id,
        seq,
        micros(entry.at),
        storable(entry.actor),
        entry.action,
        storable(entry.subject),
        from_json(to_json(entry.before)),
        from_json(to_json(entry.after)),
        storable_or_none(entry.note),
        storable_or_none(entry.correlation_id),
    ]
    canonical = _CANONICAL.encode(content)
    return hashlib.sha256(previous + canonical.encode("ascii")).digest()


def first_broken(links: Iterable[tuple[int, AuditEntry, bytes, bytes]]) -> int | None:
    """The number of the first entry that was altered, moved or lacks its predecessor.

    Args:
        links: Sequence number, entry, stored previous hash and stored hash, in order.
    """
    previous = START
    for expected, (seq, entry, stored_previous, stored) in enumerate(links, start=1):
        whole = seq == expected and stored_previous == previous
        if not whole or entry_hash(previous, seq, entry) != stored:
            return seq
        previous = stored
    return None

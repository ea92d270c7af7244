"""Takes the policy texts at hand into force: a changed text governs what starts from now on.

Must not read files. What was adopted is kept, so that what began under it stays judged by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from jobs.ports import Storage
from policies.book.read import SlaBook, read_sla_book
from policies.errors import PolicyError
from policies.promises import Adopted, Promises, one_after_the_other
from policies.queries import PolicyVersion

_REMEMBERED = timedelta(days=400)
"""Longer than any clock runs: versions that ended before it judge nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """A policy as it lies in its file. `scope` is a tenant's name, or empty for everyone."""

    scope: str
    file: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The promises, the latest text by scope, and what was adopted or cannot be read any more."""

    promises: Promises
    texts: Mapping[str, PolicyText]
    adopted: tuple[PolicyVersion, ...]
    unreadable: tuple[PolicyVersion, ...]


async def adopt_policies(
    texts: Sequence[PolicyText], *, storage: Storage, now: datetime
) -> InForce:
    """Adopts what is new and answers what is in force.

    The first text of a scope is in force always; a later one from now on, or from its own
    `effective.from` where that is still to come.

    Raises:
        PolicyError: a text at hand cannot be read; nothing was adopted.
    """
    books = {text.scope: read_sla_book(text.text, text.file) for text in texts}
    async with storage.write() as tx:
        known = await tx.policies.all()
        fresh = [
            await tx.policies.adopt(_version(text, books[text.scope], known, now))
            for text in texts
            if _digest(text) != _latest_digest(known, text.scope)
        ]
    scopes = [text.scope for text in texts]
    return _in_force([*known, *fresh], scopes, texts, tuple(fresh), now)


async def policies_at_hand(
    texts: Sequence[PolicyText], *, storage: Storage, now: datetime
) -> InForce:
    """What would be in force if these texts were adopted now. Writes nothing.

    Raises:
        PolicyError: a text at hand cannot be read.
    """
    books = {text.scope: read_sla_book(text.text, text.file) for text in texts}
    async with storage.read() as tx:
        known = await tx.policies.all()
    fresh = [
        _version(text, books[text.scope], known, now)
        for text in texts
        if _digest(text) != _latest_digest(known, text.scope)
    ]
    return _in_force([*known, *fresh], [text.scope for text in texts], texts, (), now)


def _version(
    text: PolicyText, book: SlaBook, known: Sequence[PolicyVersion], now: datetime
) -> PolicyVersion:
    first = _latest_digest(known, text.scope) is None
    return PolicyVersion(
        scope=text.scope,
        version=book.version,
        digest=_digest(text),
        text=text.text,
        file=text.file,
        adopted_at=now,
        since=None if first else max(now, book.effective_from or now),
    )


def _digest(text: PolicyText) -> str:
    return sha256(text.text.encode()).hexdigest()


def _latest_digest(known: Sequence[PolicyVersion], scope: str) -> str | None:
    return next((v.digest for v in reversed(known) if v.scope == scope), None)


def _in_force(
    versions: Sequence[PolicyVersion],
    scopes: Sequence[str],
    texts: Sequence[PolicyText],
    fresh: tuple[PolicyVersion, ...],
    now: datetime,
) -> InForce:
    unreadable: list[PolicyVersion] = []
    shelves = {
        scope: _shelf([v for v in versions if v.scope == scope], now, unreadable)
        for scope in scopes
    }
    rules = {scope: one_after_the_other(shelf) for scope, shelf in shelves.items()}
    targets = {scope: shelf[-1].book.targets for scope, shelf in shelves.items()}
    return InForce(
        promises=Promises(
            rules=rules.pop("", ()),
            targets=targets.pop("", ()),
            own_rules=rules,
            own_targets=targets,
        ),
        texts={text.scope: text for text in texts},
        adopted=fresh,
        unreadable=tuple(unreadable),
    )


def _shelf(
    versions: Sequence[PolicyVersion], now: datetime, unreadable: list[PolicyVersion]
) -> list[Adopted]:
    """The books of a scope, oldest first, without those that ended long ago.

    Two versions that begin at one instant: the later adopted one counts.
    """
    shelf: list[Adopted] = []
    for place, version in enumerate(versions):
        later = versions[place + 1 :]
        ends = min((v.since for v in later if v.since is not None), default=None)
        begins = version.since
        if ends is not None and (ends < now - _REMEMBERED or (begins and begins >= ends)):
            continue
        try:
            book = read_sla_book(version.text, version.file)
        except PolicyError:
            unreadable.append(version)
            continue
        shelf.append(Adopted(book=book, since=begins))
    return shelf

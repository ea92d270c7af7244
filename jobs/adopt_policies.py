"""Takes the policy texts at hand into force: a changed text governs what starts from now on.

Must not read files. What was adopted is kept, so that what began under it stays judged by it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from jobs.ports import Storage
from policies.book.read import SlaBook, read_sla_book
from policies.errors import PolicyError
from policies.promises import Adopted, Promises, one_after_the_other
from policies.queries import PolicyVersion
from policies.targets import Target

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
        await tx.policies.one_at_a_time()  # replicas that start together adopt a text once
        known = await tx.policies.all()
        fresh = [await tx.policies.adopt(version) for version in _fresh(texts, books, known, now)]
    return _in_force([*known, *fresh], texts, tuple(fresh), now)


def _withdrawn(texts: Sequence[PolicyText], known: Sequence[PolicyVersion]) -> Iterator[PolicyText]:
    """The scopes whose policy is gone: an empty text, so that everyone's holds from now on."""
    at_hand = {text.scope for text in texts}
    for scope in dict.fromkeys(version.scope for version in known):
        if scope and scope not in at_hand:
            yield PolicyText(scope=scope, file="", text="")


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
    return _in_force([*known, *_fresh(texts, books, known, now)], texts, (), now)


def _fresh(
    texts: Sequence[PolicyText],
    books: Mapping[str, SlaBook],
    known: Sequence[PolicyVersion],
    now: datetime,
) -> list[PolicyVersion]:
    """What is to be adopted: the texts that changed, and those that are gone."""
    return [
        _version(text, books.get(text.scope), known, now)
        for text in [*texts, *_withdrawn(texts, known)]
        if _digest(text) != _latest_digest(known, text.scope)
    ]


def _version(
    text: PolicyText, book: SlaBook | None, known: Sequence[PolicyVersion], now: datetime
) -> PolicyVersion:
    """Nothing was promised before the very first text, so that it holds always.

    A client's first text takes everyone's place from now on, not for what is under way.
    """
    stated = book.effective_from if book else None
    first = stated if text.scope else None
    return PolicyVersion(
        scope=text.scope,
        version=book.version if book else "",
        digest=_digest(text),
        text=text.text,
        file=text.file,
        adopted_at=now,
        since=max(now, stated or now) if known else first,
    )


def _digest(text: PolicyText) -> str:
    return sha256(text.text.encode()).hexdigest()


def _latest_digest(known: Sequence[PolicyVersion], scope: str) -> str | None:
    return next((v.digest for v in reversed(known) if v.scope == scope), None)


def _in_force(
    versions: Sequence[PolicyVersion],
    texts: Sequence[PolicyText],
    fresh: tuple[PolicyVersion, ...],
    now: datetime,
) -> InForce:
    unreadable: list[PolicyVersion] = []
    shelves = {
        scope: _shelf([v for v in versions if v.scope == scope], now, unreadable)
        for scope in dict.fromkeys(["", *(version.scope for version in versions)])
    }
    everyone = shelves.pop("")
    rules = one_after_the_other(everyone)
    latest = {scope: shelf[-1].book for scope, shelf in shelves.items() if shelf}
    return InForce(
        promises=Promises(
            rules=rules,
            targets=_targets(everyone),
            own_rules={s: one_after_the_other(shelf, rules) for s, shelf in shelves.items()},
            own_targets={scope: book.targets for scope, book in latest.items() if book},
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
            book = read_sla_book(version.text, version.file) if version.text else None
        except PolicyError:
            unreadable.append(version)
            continue
        told_apart = _told_apart(book, versions[:place]) if book else None
        shelf.append(Adopted(book=told_apart, since=begins))
    return shelf


def _told_apart(book: SlaBook, earlier: Sequence[PolicyVersion]) -> SlaBook:
    """A changed text that kept its version's name is the name's second, third, ... text."""
    same = sum(version.version == book.version for version in earlier)
    if not same:
        return book
    name = f"{book.version}+{same + 1}"
    rules = tuple(replace(rule, version=name) for rule in book.rules)
    return replace(book, version=name, rules=rules)


def _targets(shelf: Sequence[Adopted]) -> tuple[Target, ...]:
    latest = shelf[-1].book if shelf else None
    return latest.targets if latest else ()

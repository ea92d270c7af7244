"""Which policy text held for whom from when to when: an earlier one is never taken for today's.

Must not read what a text says: its author's own dates may be narrower and hold as well.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath

from policies.queries import PolicyVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A text and the time for which it held: None where it has no such end.

    `tenant` is empty for everyone but `not_for`; a tenant that had no policy of its own for a
    while has everyone's for that while. `last` is False where a later text took its place.
    """

    tenant: str
    text: str
    file: str
    version: str
    adopted_at: datetime
    begins: datetime | None
    ends: datetime | None
    not_for: tuple[str, ...] = ()
    last: bool = True

    @property
    def name(self) -> str:
        """What citations call it."""
        bare = PurePath(self.file).name
        return bare if self.last else f"{bare}, version {self.version or 'without a name'}"


def spells_of(versions: Sequence[PolicyVersion]) -> list[Spell]:
    """Everyone's texts, then each tenant's own with everyone's in between.

    Args:
        versions: as they were adopted, oldest first; an empty text gives way to everyone's.
    """
    tenants = tuple(sorted({one.scope for one in versions} - {""}))
    everyone = list(_spells([one for one in versions if not one.scope], ""))
    found = [replace(spell, not_for=tenants) for spell in everyone]
    for tenant in tenants:
        own = list(_spells([one for one in versions if one.scope == tenant], tenant))
        found += [one for one in own if one.text]
        for begins, ends in _gaps(own):
            found += _lent(everyone, tenant, begins, ends)
    return found


def _spells(versions: Sequence[PolicyVersion], tenant: str) -> Iterator[Spell]:
    """Each version until the next one begins; what was replaced before it began never held."""
    for place, one in enumerate(versions):
        later = versions[place + 1 :]
        ends = min((v.since for v in later if v.since is not None), default=None)
        if ends is not None and one.since is not None and one.since >= ends:
            continue
        same = sum(v.version == one.version for v in versions[:place])
        yield Spell(
            tenant=tenant,
            text=one.text,
            file=one.file,
            version=f"{one.version}+{same + 1}" if same else one.version,
            adopted_at=one.adopted_at,
            begins=one.since,
            ends=ends,
            last=not later,
        )


def _gaps(own: Iterable[Spell]) -> Iterator[tuple[datetime | None, datetime | None]]:
    """When a tenant had no text of its own: before the first, and while it was withdrawn."""
    for place, spell in enumerate(own):
        if place == 0 and spell.begins is not None:
            yield None, spell.begins
        if not spell.text:
            yield spell.begins, spell.ends


def _lent(
    everyone: Iterable[Spell], tenant: str, begins: datetime | None, ends: datetime | None
) -> Iterator[Spell]:
    for spell in everyone:
        first = [at for at in (spell.begins, begins) if at is not None]
        last = [at for at in (spell.ends, ends) if at is not None]
        begin, end = max(first, default=None), min(last, default=None)
        if begin is None or end is None or begin < end:
            yield replace(spell, tenant=tenant, begins=begin, ends=end)

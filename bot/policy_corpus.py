"""The policies as documents to be found: what is in force and what was, for whom and until when.

Must not adopt anything: what governs promises is in the database, the other files are read.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.policy_files import policy_texts
from policies.errors import PolicyError
from policies.queries import PolicyVersion
from policies.spells import Spell, spells_of
from policies.yaml_text import parse_yaml
from rag.passage import EVERYONE, Corpus, Document, Form

_LAID_OVER = ("alerting.yaml", "reactions.yaml")
"""An operator's file takes the place of the sections that it has."""
_LAID_FOR_ALL = ("retention.yaml",)
"""The same, and a client may have one of its own that takes everyone's place."""
_TRIED_FIRST = "next_steps.yaml"
"""An operator's rows stand before the packaged ones."""
_TARIFFS = "tariff*.yaml"
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""For packaged texts that lie in no file of their own."""


def policy_documents(
    policies_dir: Path | None, versions: Sequence[PolicyVersion]
) -> Iterator[Document]:
    """Every policy that holds or held for somebody.

    Args:
        policies_dir: the operator's folder.
        versions: promises as they were adopted, oldest first.
    """
    yield from map(_promises, spells_of([*versions, *_at_hand(policies_dir, versions)]))
    yield from _tariffs(policies_dir)
    for name in (*_LAID_OVER, *_LAID_FOR_ALL):
        yield from _laid_over(policies_dir, name, of_clients=name in _LAID_FOR_ALL)
    yield from _steps(policies_dir)


def _steps(policies_dir: Path | None) -> Iterator[Document]:
    own = policies_dir / _TRIED_FIRST if policies_dir else None
    if own is not None and own.is_file():
        yield _document(EVERYONE, own, _TRIED_FIRST, ())
    yield _document(EVERYONE, _packaged(_TRIED_FIRST), f"{_TRIED_FIRST} (packaged)", ())


def _promises(spell: Spell) -> Document:
    return Document(
        tenant=spell.tenant,
        corpus=Corpus.POLICIES,
        name=spell.name,
        form=Form.YAML,
        pages=(spell.text,),
        changed_at=spell.adopted_at,
        version=spell.version,
        not_for=spell.not_for,
        effective_from=spell.begins,
        effective_until=spell.ends,
    )


def _at_hand(
    policies_dir: Path | None, versions: Sequence[PolicyVersion]
) -> Iterator[PolicyVersion]:
    """Texts of those of whom nothing was adopted yet, before the first start."""
    known = {one.scope for one in versions}
    for text in policy_texts(policies_dir):
        if text.scope not in known:
            yield PolicyVersion(
                scope=text.scope,
                version="",
                digest="",
                text=text.text,
                file=text.file,
                adopted_at=_BEGINNING,
            )


def _tariffs(policies_dir: Path | None) -> Iterator[Document]:
    """Each file until the next of the same client begins; a file's own dates hold as well."""
    own = sorted(policies_dir.glob(_TARIFFS)) if policies_dir else []
    theirs = sorted(policies_dir.glob(f"tenants/*/{_TARIFFS}")) if policies_dir else []
    clients = tuple(sorted({path.parent.name for path in theirs}))
    if own:
        yield from _one_after_the_other(EVERYONE, own, clients)
    else:
        yield _document(EVERYONE, _packaged("tariff.yaml"), "tariff.yaml (packaged)", clients)
    for client in clients:
        mine = [path for path in theirs if path.parent.name == client]
        yield from _one_after_the_other(client, mine, ())


def _one_after_the_other(
    tenant: str, paths: Sequence[Path], not_for: tuple[str, ...]
) -> Iterator[Document]:
    begins = {path: _begins(path) for path in paths}
    starts = sorted(at for at in begins.values() if at is not None)
    for path in paths:
        mine = begins[path]
        ends = next((at for at in starts if mine is not None and at > mine), None)
        yield _document(tenant, path, path.name, not_for, until=ends)


def _begins(path: Path) -> datetime | None:
    """The first day of the latest version in a file; None where it says none."""
    try:
        document = parse_yaml(path.read_text(encoding="utf-8"), path.name)
    except PolicyError:
        return None  # such a file stops the start before anybody asks
    versions = document.get("versions") or [document]
    days = [_first_day(one) for one in versions if isinstance(one, Mapping)]
    last = max((day for day in days if day is not None), default=None)
    return datetime.combine(last, time(), UTC) if last else None


def _first_day(document: Mapping[str, Any]) -> date | None:
    effective = document.get("effective")
    day = effective.get("from") if isinstance(effective, Mapping) else None
    return day if isinstance(day, date) else None


def _laid_over(policies_dir: Path | None, name: str, *, of_clients: bool) -> Iterator[Document]:
    own = policies_dir / name if policies_dir else None
    theirs = sorted(policies_dir.glob(f"tenants/*/{name}")) if policies_dir and of_clients else []
    clients = tuple(path.parent.name for path in theirs)
    replaced: tuple[str, ...] = ()
    if own is not None and own.is_file():
        replaced = _sections(own)
        yield _document(EVERYONE, own, name, clients)
    yield _document(EVERYONE, _packaged(name), f"{name} (packaged)", clients, without=replaced)
    for path in theirs:
        yield _document(path.parent.name, path, name, ())


def _sections(own: Path) -> tuple[str, ...]:
    try:
        return tuple(map(str, parse_yaml(own.read_text(encoding="utf-8"), str(own))))
    except PolicyError:
        return ()  # such a file stops the start before anybody asks


def _packaged(name: str) -> Path:
    return Path(str(files("policies") / "defaults" / name))


def _document(
    tenant: str,
    path: Path,
    name: str,
    not_for: tuple[str, ...],
    *,
    without: tuple[str, ...] = (),
    until: datetime | None = None,
) -> Document:
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else _BEGINNING
    return Document(
        tenant=tenant,
        corpus=Corpus.POLICIES,
        name=name,
        form=Form.YAML,
        pages=(path.read_text(encoding="utf-8"),),
        changed_at=changed,
        not_for=not_for,
        without=without,
        effective_until=until,
    )

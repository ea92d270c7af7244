"""Papers of the generated workspace, and how each becomes a document of the index.

Must not say what is in them: library.py does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from rag.passage import EVERYONE, Corpus, Document, Form, Visibility

_WRITTEN = datetime(2026, 2, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A text in sections, in one version. `direct` ones may not be read in a channel."""

    name: str
    title: str
    version: str
    sections: Mapping[str, str]
    tenant: str
    corpus: str
    since: datetime | None
    until: datetime | None
    direct: bool

    @property
    def document(self) -> Document:
        """As it is put on its shelf."""
        parts = [f"# {self.title}", *(f"## {name}\n\n{s}" for name, s in self.sections.items())]
        return Document(
            tenant=self.tenant,
            corpus=Corpus(self.corpus),
            name=self.name,
            form=Form.MARKDOWN,
            title=self.title,
            pages=("\n\n".join(parts) + "\n",),
            changed_at=_WRITTEN,
            version=self.version,
            effective_from=self.since,
            effective_until=self.until,
            visibility=Visibility.DIRECT if self.direct else Visibility.CHANNEL,
        )


def paper(
    name: str,
    title: str,
    *,
    sections: Mapping[str, str],
    version: str = "1",
    tenant: str = EVERYONE,
    dates: tuple[str, str] = ("", ""),
    direct: bool = False,
) -> Paper:
    """A paper; it stands on the shelf that its name begins with.

    `dates` are the first day on which it holds and the first on which it does not, in UTC.
    """
    return Paper(
        name=name,
        title=title,
        version=version,
        sections=sections,
        tenant=tenant,
        corpus=name.partition("/")[0],
        since=_day(dates[0]),
        until=_day(dates[1]),
        direct=direct,
    )


def _day(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None

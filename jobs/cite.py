"""Numbers the sources of an answer, each once. Must not look anything up."""

from dataclasses import dataclass, field

from jobs.views import Citation
from policies.records import ExceptionRecord


@dataclass(slots=True)
class Cited:
    """The sources named so far; `mark` is what stands behind the sentence."""

    _found: dict[str, Citation] = field(default_factory=dict)

    def mark(self, ref: str, label: str) -> str:
        """`[2]`: the number of that source, which is new where it was not named before."""
        known = self._found.get(ref)
        if known is None:
            known = Citation(number=len(self._found) + 1, label=label, ref=ref)
            self._found[ref] = known
        return f"[{known.number}]"

    def exception(self, record: ExceptionRecord) -> str:
        """An exception by its number."""
        return self.mark(f"exception:{record.id}", f"exception #{record.id}")

    @property
    def all(self) -> tuple[Citation, ...]:
        """In the order of their numbers."""
        return tuple(self._found.values())

"""What can be wrong with a policy text, told with its place and remedy.

Must not print or log.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFault:
    """One fault in a policy text: where it is, what is wrong, what to do."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        """As compilers print it: `sla.yaml:4: slas.0.stage: ...`."""
        return f"{self.file}:{self.line}: {self.path}: {self.message}"


class PolicyError(ValueError):
    """A policy text cannot be used; `faults` names every place."""

    def __init__(self, faults: tuple[PolicyFault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults

"""Gathers what is wrong with a policy, each with its line. Must not stop at the first."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from policies.errors import PolicyError, PolicyFault
from policies.yaml_text import Step, line_of


class Faults:
    """The faults of one text so far."""

    def __init__(self, document: Mapping[str, Any], file: str) -> None:
        self._document = document
        self._file = file
        self._found: list[PolicyFault] = []

    def add(self, steps: tuple[Step, ...], message: str) -> None:
        """Notes a fault at a place of the document."""
        path = ".".join(str(step) for step in steps)
        line = self.line(steps)
        self._found.append(PolicyFault(file=self._file, line=line, path=path, message=message))

    def __len__(self) -> int:
        """How many there are so far."""
        return len(self._found)

    def line(self, steps: tuple[Step, ...]) -> int:
        """The line of a place, or of what holds it."""
        return line_of(self._document, steps)

    @contextmanager
    def at(self, *steps: Step) -> Iterator[None]:
        """Takes a refusal of what is inside as a fault of that place."""
        try:
            yield
        except ValueError as error:
            self.add(steps, str(error))

    def stop_if_any(self) -> None:
        """Raises PolicyError with all of them, in the order of their lines."""
        if self._found:
            ordered = sorted(self._found, key=lambda fault: fault.line)
            raise PolicyError(tuple(ordered))

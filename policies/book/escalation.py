"""The section `escalation` of alerting.yaml: who is called when nobody answers.

Must not read a file: alerting.py does, for all sections.
"""

from datetime import timedelta
from itertools import pairwise
from typing import Annotated

from pydantic import BeforeValidator, Field

from policies.book.faults import Faults
from policies.book.grouping import Reason
from policies.book.model import Level, Minutes, MinutesOrNone, Model, Text, Texts
from policies.callees import CHANNEL, GROUP, KNOWN, PERSON, Kind, Whom, whom_of
from policies.escalation import Ladder, Step

EXAMPLES = {
    "ladders": "write ladders: {critical: {severity: [CRITICAL], steps: [...]}}",
    "steps": "write steps: [{after: 10 min, to: on_shift}, {after: 30 min, to: lead}]",
    "after": "write after: 10 min",
}
_ONE = "write one of to, channel and dm, as {after: 10 min, to: on_shift}"


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _or_off(value: object) -> object:
    """YAML reads `off` as the word, or as false."""
    return None if value is False or str(value).strip().lower() in ("off", "never") else value


class StepText(Model):
    """One level as written: a word, another channel, or people and user groups directly."""

    after: MinutesOrNone
    to: Text | None = None
    channel: Text | None = None
    dm: Texts | None = None

    def whom(self) -> Whom | None:
        """Who that is; None where it means nobody."""
        if self.dm:
            people = tuple(one for one in self.dm if PERSON.match(one))
            groups = tuple(one for one in self.dm if GROUP.match(one))
            known = len(people) + len(groups) == len(self.dm)
            return Whom(kind=Kind.DM, people=people, groups=groups) if known else None
        if self.channel is not None:
            known = bool(CHANNEL.match(self.channel))
            return Whom(kind=Kind.POST, channel=self.channel) if known else None
        return whom_of(self.to or "")


class LadderText(Model):
    """One ladder as written."""

    severity: Annotated[list[Level], BeforeValidator(_listed)] | None = None
    reasons: list[Reason] | None = None
    silence: Annotated[Minutes | None, BeforeValidator(_or_off)] = None
    steps: Annotated[list[StepText], Field(max_length=10)]


class EscalationText(Model):
    """The section as written; ladders are tried from the top."""

    ladders: dict[str, LadderText]

    def check(self, faults: Faults) -> None:
        """Notes what pydantic cannot see."""
        for name, ladder in self.ladders.items():
            place = ("escalation", "ladders", name)
            for index, step in enumerate(ladder.steps):
                here = (*place, "steps", index)
                if sum((step.to is not None, step.channel is not None, bool(step.dm))) != 1:
                    faults.add(here, f"whom to call is not clear; {_ONE}")
                elif step.whom() is None:
                    said = step.to or step.channel or ", ".join(step.dm or ())
                    faults.add(here, f"nobody is called {said}; known are {KNOWN}")
            for index, (one, other) in enumerate(pairwise(ladder.steps), start=1):
                if other.after <= one.after:
                    message = "this level is no later than the one before; write a longer `after`"
                    faults.add((*place, "steps", index), message)

    def compiled(self) -> tuple[Ladder, ...]:
        """What escalation.py decides by."""
        return tuple(_ladder(name, written) for name, written in self.ladders.items())


def _ladder(name: str, written: LadderText) -> Ladder:
    steps = [
        Step(after=timedelta(minutes=step.after), whom=whom)
        for step in written.steps
        if (whom := step.whom()) is not None
    ]
    return Ladder(
        name=name,
        steps=tuple(steps),
        severities=frozenset(written.severity or ()),
        reasons=frozenset(written.reasons or ()),
        silence=timedelta(minutes=written.silence) if written.silence else None,
    )

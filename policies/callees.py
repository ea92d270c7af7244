"""Whom a level of a ladder calls: the words of a policy as values, and who that is just now.

Must not call anybody. Ids come from what the operator wrote; what an order says never names one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policies.shifts import ShiftBook, on_shift

PERSON = re.compile(r"^[UW][A-Z0-9]{1,30}$")
GROUP = re.compile(r"^S[A-Z0-9]{1,30}$")
CHANNEL = re.compile(r"^(?:#[^\s#@<>|&]{1,80}|[CG][A-Z0-9]{1,30})$")
KNOWN = "channel, on_shift, lead, #a-channel, or the id of a person (U...) or user group (S...)"
_WORDS = {
    "channel": "channel",
    "the channel": "channel",
    "on_shift": "on_shift",
    "on-shift": "on_shift",
    "on shift": "on_shift",
    "shift": "on_shift",
    "lead": "lead",
    "leads": "lead",
    "shift-lead": "lead",
    "shift lead": "lead",
    "ops-lead": "lead",
    "ops lead": "lead",
}


class Kind(StrEnum):
    """How somebody is called."""

    CHANNEL = "channel"
    ON_SHIFT = "on_shift"
    LEAD = "lead"
    DM = "dm"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Whom to call: in the thread, in another `channel`, or `people` and `groups` directly."""

    kind: Kind
    channel: str | None = None
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """For the trail: `on shift`, `lead`, `#ops-urgent`."""
        told = {Kind.ON_SHIFT: "who is on shift", Kind.LEAD: "the lead", Kind.DM: "people directly"}
        return self.channel or told.get(self.kind, "the channel")


def whom_of(written: str) -> Whom | None:
    """What `to` of a policy means; None where it means nobody."""
    name = written.strip()
    word = _WORDS.get(name.removeprefix("@").lower())
    if word is not None:
        return Whom(kind=Kind(word))
    if PERSON.match(name):
        return Whom(kind=Kind.DM, people=(name,))
    if GROUP.match(name):
        return Whom(kind=Kind.DM, groups=(name,))
    return Whom(kind=Kind.POST, channel=name) if CHANNEL.match(name) else None


def read_whom(written: str) -> Whom:
    """The same; who means nobody is told in the channel, so that it is told at all."""
    return whom_of(written) or Whom(kind=Kind.CHANNEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callees:
    """Who is called now: mentioned in the thread, or told directly. `shift` says whose they are."""

    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    direct: tuple[str, ...] = ()
    shift: str = ""

    @property
    def nobody(self) -> bool:
        """Whether there is nobody to call."""
        return not (self.people or self.groups or self.direct)


def callees(whom: Whom, shifts: ShiftBook, site: str | None, now: datetime) -> Callees:
    """Who that is at a site now.

    A lead is mentioned and told directly; where the shift has none, who is on shift is called.
    `groups` of somebody who is to be told directly are for the caller to look up.
    """
    if whom.kind is Kind.DM:
        return Callees(direct=whom.people, groups=whom.groups)
    turns = on_shift(shifts, site, now) if whom.kind in (Kind.ON_SHIFT, Kind.LEAD) else ()
    named = ", ".join(turn.shift.name for turn in turns)
    leads = _once(lead for turn in turns for lead in turn.shift.leads)
    if whom.kind is Kind.LEAD and leads:
        return Callees(people=leads, direct=leads, shift=named)
    return Callees(
        people=_once(person for turn in turns for person in turn.shift.people),
        groups=_once(turn.shift.group for turn in turns if turn.shift.group),
        shift=named,
    )


def _once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))

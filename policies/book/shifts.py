"""The section `shifts` of alerting.yaml: who is on shift where and when.

Must not read a file: alerting.py does, for all sections.
"""

from typing import Annotated

from pydantic import BeforeValidator, Field

from policies.book import words
from policies.book.calendars import checked_zone
from policies.book.faults import Faults
from policies.book.model import Model, Texts
from policies.callees import GROUP, PERSON
from policies.shifts import Shift, ShiftBook

EXAMPLES = {
    "rota": 'write rota: [{name: day, from: "06:00", until: "14:00", group: S0123ABCD}]',
    "from": 'write from: "06:00"',
    "until": 'write until: "14:00"',
}
_ID = "open the profile in Slack, or the user group's page, and copy the id"
At = Annotated[int, BeforeValidator(words.minute_of_day)]
Days = Annotated[tuple[int, ...], BeforeValidator(words.weekdays)]


class ShiftText(Model):
    """One shift as written."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    sites: Texts | None = None
    timezone: str | None = None
    days: Days = (0, 1, 2, 3, 4, 5, 6)
    from_: At = Field(alias="from")
    until: At
    group: str | None = None
    people: Texts | None = None
    lead: Texts | None = None


class ShiftsText(Model):
    """The section as written; `timezone` is that of shifts that name none."""

    timezone: str = "UTC"
    rota: list[ShiftText]

    def check(self, faults: Faults) -> None:
        """Notes what pydantic cannot see."""
        with faults.at("shifts", "timezone"):
            checked_zone(self.timezone)
        seen: set[str] = set()
        for index, shift in enumerate(self.rota):
            place = ("shifts", "rota", index)
            if shift.timezone is not None:
                with faults.at(*place, "timezone"):
                    checked_zone(shift.timezone)
            if shift.from_ == shift.until:
                faults.add((*place, "until"), 'the shift has no length; write until: "14:00"')
            _check_ids(faults, place, shift)
            if shift.name.strip().casefold() in seen:
                faults.add((*place, "name"), f"another shift is called {shift.name}; rename one")
            seen.add(shift.name.strip().casefold())

    def compiled(self) -> ShiftBook:
        """What shifts.py decides by."""
        return ShiftBook(shifts=tuple(_shift(one, self.timezone) for one in self.rota))


def _check_ids(faults: Faults, place: tuple[str | int, ...], shift: ShiftText) -> None:
    """Names would be guessed at; an id is one person or group for good."""
    if shift.group is not None and not GROUP.match(shift.group):
        message = f"{shift.group} is no id of a user group (S...); {_ID}"
        faults.add((*place, "group"), message)
    for name, people in (("people", shift.people), ("lead", shift.lead)):
        for person in people or ():
            if not PERSON.match(person):
                faults.add((*place, name), f"{person} is no id of a person (U...); {_ID}")
    if shift.group is None and not shift.people:
        message = "nobody is on this shift; name a group: S0123ABCD, or people: [U0123ABCD]"
        faults.add(place, message)


def _shift(written: ShiftText, zone: str) -> Shift:
    over_midnight = written.until <= written.from_
    return Shift(
        name=written.name.strip(),
        zone=written.timezone or zone,
        days=written.days,
        begins=written.from_,
        ends=written.until + (words.WHOLE_DAY if over_midnight else 0),
        sites=tuple(written.sites or ()),
        group=written.group,
        people=tuple(written.people or ()),
        leads=tuple(written.lead or ()),
    )

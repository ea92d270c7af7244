"""Makes the calendars of a policy. Must not count time."""

from collections.abc import Mapping
from typing import Any

from policies.book import words
from policies.book.faults import Faults
from policies.book.model_book import Calendar as CalendarModel
from policies.calendar import CALENDARS, Calendar
from policies.calendar_plan import CalendarPlan, Closure
from policies.sites import CalendarChoice, Zone, is_zone

AT_WAREHOUSE = "at(warehouse)"
AT_DESTINATION = "at(destination)"
OF_CARRIER = "carrier.of(shipment)"
_CARRIER = "carrier."
_MON_FRI = (0, 1, 2, 3, 4)


class Calendars:
    """The calendars that a policy names, its own and the packaged ones."""

    def __init__(self, models: Mapping[str, CalendarModel], zone: str, faults: Faults) -> None:
        plans = {}
        sound: set[str] = set()
        for name, model in models.items():
            before = len(faults)
            with faults.at("calendars", name):
                plans[name] = _plan(name, model, zone, faults)
            if len(faults) == before:
                sound.add(name)
        plans = {name: plan for name, plan in plans.items() if name in sound}
        sites = {n: p for n, p in plans.items() if not _moves(models[n])}
        self.fixed: dict[str, Calendar] = {**CALENDARS}
        for name, plan in sites.items():
            with faults.at("calendars", name, "holidays"):
                self.fixed[name] = Calendar(plan)
            with faults.at("calendars", name):
                if not any(plan.week.values()):
                    message = f'{name} is never open; give it shifts: {{mon-fri: ["08:00-18:00"]}}'
                    raise ValueError(message)
        self.zones = {name.lower(): plan.timezone for name, plan in sites.items()}
        self.moving = {name for name in plans if name not in sites}
        self._by_site: dict[str, dict[str, Calendar]] = {}
        for name in self.moving:
            with faults.at("calendars", name, "holidays"):
                sited = {site: plans[name].in_timezone(z) for site, z in self.zones.items()}
                everywhere = {"": plans[name], **sited}
                self._by_site[name] = {site: Calendar(plan) for site, plan in everywhere.items()}
        self._default_zone = zone
        self._unusable = models.keys() - self.fixed.keys() - self._by_site.keys()

    def named(self, name: str) -> tuple[Calendar, CalendarChoice | None]:
        """The calendar of that name, and the choice where the order decides.

        Raises:
            ValueError: naming those that there are.
        """
        always = self.fixed["always"]
        if name == AT_WAREHOUSE:
            table = {n.lower(): {"": calendar} for n, calendar in self.fixed.items()}
            return always, CalendarChoice(key="warehouse", table=table)
        if name == OF_CARRIER:
            return always, CalendarChoice(key="carrier", table=self._carriers())
        if name in self._by_site:
            # every order under the same name, in the zone of its site
            sites = self._by_site[name]
            return sites[""], CalendarChoice(key="warehouse", table=_each(sites), default=sites[""])
        if name in self._unusable:  # which is told where it stands
            return always, None
        if name not in self.fixed:
            known = ", ".join(sorted({*self.fixed, *self.moving}))
            message = f"no calendar named {name}; known are {known}"
            raise ValueError(message)
        return self.fixed[name], None

    def zone(self, text: str | None, calendar: Calendar) -> Zone:
        """`at(warehouse)`, `at(destination)`, a zone's name, or the calendar's own zone."""
        if text is None:
            return Zone(default=calendar.timezone)
        if text == AT_WAREHOUSE:
            return Zone(default=calendar.timezone, key="warehouse", table=self.zones)
        if text == AT_DESTINATION:
            return Zone(default=self._default_zone, key="destination_timezone")
        return Zone(default=checked_zone(text))

    def _carriers(self) -> dict[str, dict[str, Calendar]]:
        fixed = {
            name.removeprefix(_CARRIER).lower(): {"": calendar}
            for name, calendar in self.fixed.items()
            if name.startswith(_CARRIER)
        }
        moving = {
            name.removeprefix(_CARRIER).lower(): sites
            for name, sites in self._by_site.items()
            if name.startswith(_CARRIER)
        }
        return {**fixed, **moving}


def checked_zone(name: str) -> str:
    """The name, if there is such a time zone."""
    if not is_zone(name):
        message = f"no time zone named {name}; write one as America/New_York"
        raise ValueError(message)
    return name


def _each(sites: Mapping[str, Calendar]) -> dict[str, dict[str, Calendar]]:
    return {site: {"": calendar} for site, calendar in sites.items()}


def _moves(model: CalendarModel) -> bool:
    return (model.tz or model.timezone) == AT_WAREHOUSE


def _plan(name: str, model: CalendarModel, zone: str, faults: Faults) -> CalendarPlan:
    zone = zone if _moves(model) else checked_zone(model.tz or model.timezone or zone)
    week: dict[int, tuple[tuple[int, int], ...]] = {}
    for days, shifts in (model.shifts or {}).items():
        with faults.at("calendars", name, "shifts", days):
            parts = tuple(words.shift(text) for text in shifts)
            for day in words.weekdays(days):
                week[day] = (*week.get(day, ()), *parts)
    if model.shifts is None:
        days_open = words.weekdays(model.days) if model.days else _MON_FRI
        week = dict.fromkeys(days_open, ((0, words.WHOLE_DAY),))
    return CalendarPlan(
        name=name,
        timezone=zone,
        week=week,
        holidays=tuple(model.holidays),
        days_off=tuple(words.wall_time(day).date() for day in model.days_off),
        days_on=tuple(words.wall_time(day).date() for day in model.days_on),
        closures=tuple(_closure(c.from_, c.to, c.why) for c in model.closures),
        pickups={site: words.minute_of_day(at) for site, at in model.pickups.items()},
    )


def _closure(begin: Any, end: Any, why: str) -> Closure:  # noqa: ANN401 - as YAML reads them
    starts, ends = words.wall_time(begin), words.wall_time(end)
    if ends <= starts:
        message = f"the closure for {why} ends before it begins"
        raise ValueError(message)
    return Closure(starts=starts, ends=ends, why=why)

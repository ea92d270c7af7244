"""How long each kind of data is kept: the YAML text, read and laid over the packaged one.

Must not delete anything and must not know where data is: storage/retention.py does.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from policies.book.faults import Faults
from policies.yaml_text import parse_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of data: what it takes along, the fewest days, and in words what goes.

    `of_tenants` says whether a client can have its own number; `by_wall` that it ages by the wall
    clock and not by the one that promises are judged by.
    """

    shelves: tuple[str, ...]
    at_least: int
    words: str
    of_tenants: bool = True
    by_wall: bool = False


_MONTH = 30
KINDS: Mapping[str, Kind] = {
    "payloads": Kind(
        shelves=("payloads",), at_least=_MONTH, words="payloads of finished orders' events"
    ),
    "events": Kind(
        shelves=("events", "order_names"), at_least=_MONTH, words="events of finished orders"
    ),
    "clocks": Kind(
        shelves=("clocks", "clock_ledger", "warnings"),
        at_least=_MONTH,
        words="ended clocks, their ledger and warnings",
    ),
    "exceptions": Kind(
        shelves=("exceptions",), at_least=_MONTH, words="closed exceptions with their alerts"
    ),
    "dead_letters": Kind(
        shelves=("dead_letters",), at_least=7, words="replayed and discarded letters", by_wall=True
    ),
    "outbox": Kind(shelves=("outbox",), at_least=7, words="messages that were sent", by_wall=True),
    "model_usage": Kind(
        shelves=("model_usage",), at_least=_MONTH, words="what the model used a day", by_wall=True
    ),
    "model_answers": Kind(
        shelves=("model_answers",), at_least=1, words="what the model answered", by_wall=True
    ),
    "answers": Kind(
        shelves=("answers",), at_least=1, words="questions, and what was answered", by_wall=True
    ),
    "target_alarms": Kind(shelves=("target_alarms",), at_least=100, words="alarms of targets"),
    "seen": Kind(
        shelves=("seen",), at_least=1, words="Slack's deliveries", of_tenants=False, by_wall=True
    ),
    "fires": Kind(
        shelves=("fires",), at_least=8, words="runs of jobs", of_tenants=False, by_wall=True
    ),
}
ALWAYS = ("audit", "policy_versions")
"""What is never deleted: the trail is a chain, and old verdicts are read by old policies."""
RETENTION, APPLIED = "retention", "retention_applied"
"""Subject and action of the trail's entry that tells what was deleted."""
_OF_ORDERS = ("payloads", "events", "clocks", "exceptions")
_DAYS = re.compile(r"(\d{1,5}) days?")
Days = Mapping[str, int | None]
"""Days by kind; None is for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What may go: a kind's shelf of a tenant (None: of everyone), from before that moment."""

    kind: str
    shelf: str
    tenant_id: int | None
    before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """The days in force: everyone's, and those of single tenants by name."""

    everyone: Days = field(default_factory=dict)
    own: Mapping[str, Days] = field(default_factory=dict)

    def days(self, kind: str, tenant: str = "") -> int | None:
        """For how many days a kind is kept; None is for ever."""
        return {**self.everyone, **self.own.get(tenant, {})}.get(kind)

    def since(self, kind: str, now: datetime, tenant: str = "") -> datetime | None:
        """Since when a kind is kept; None is since ever."""
        days = self.days(kind, tenant)
        return None if days is None else now - timedelta(days=days)

    def is_news(self, broke_at: datetime, tenant: str, now: datetime) -> bool:
        """Whether a breach is recent enough to be told: what is older may have been forgotten."""
        horizon = self.horizon(tenant)
        return horizon is None or broke_at >= now - horizon

    def horizon(self, tenant: str) -> timedelta | None:
        """How far back a tenant's orders are known whole; None is all the way.

        What broke before that may have been settled long ago and forgotten: it is no news.
        """
        known = [days for kind in _OF_ORDERS if (days := self.days(kind, tenant)) is not None]
        return timedelta(days=min(known)) if known else None

    def due(
        self, tenant_id: int | None, tenant: str, now: datetime, wall_now: datetime
    ) -> list[Due]:
        """What may go of a tenant, or with None of what belongs to nobody."""
        return [
            Due(
                kind=name,
                shelf=shelf,
                tenant_id=tenant_id,
                before=(wall_now if kind.by_wall else now) - timedelta(days=days),
            )
            for name, kind in KINDS.items()
            if kind.of_tenants is (tenant_id is not None)
            and (days := self.days(name, tenant)) is not None
            for shelf in kind.shelves
        ]


FOR_EVER = Keeping()


def read_retention(text: str, file: str, scope: str = "") -> Days:
    """Reads a file of days; `scope` is the tenant whose file it is, or empty for everyone's.

    Raises:
        PolicyError: with every fault, its file and line.
    """
    document = parse_yaml(text, file)
    faults = Faults(document, file)
    for name in document:
        if name not in ("version", "keep"):
            faults.add((str(name),), "there is no such field; write version and keep")
    if document.get("version") != "1":
        faults.add(("version",), 'write version: "1"')
    keep = document.get("keep")
    if not isinstance(keep, Mapping):
        faults.add(("keep",), "write kinds and days under it, such as payloads: 400 days")
        keep = {}
    days = {str(kind): _days(str(kind), said, scope, faults) for kind, said in keep.items()}
    faults.stop_if_any()
    return {kind: number for kind, number in days.items() if kind in KINDS}


def _days(kind: str, said: Any, scope: str, faults: Faults) -> int | None:  # noqa: ANN401 - YAML
    place = ("keep", kind)
    known = KINDS.get(kind)
    if kind in ALWAYS:
        if said != "never":
            faults.add(place, f"{kind} is never shortened; write never or leave it out")
    elif known is None:
        faults.add(place, f"there is no such kind; known are {', '.join((*KINDS, *ALWAYS))}")
    elif scope and not known.of_tenants:
        faults.add(place, "this belongs to no client; write it into retention.yaml for everyone")
    elif said != "never":
        return _number(place, said, known, faults)
    return None


def _number(place: tuple[str, str], said: Any, kind: Kind, faults: Faults) -> int | None:  # noqa: ANN401 - YAML
    found = _DAYS.fullmatch(str(said))
    if found is None:
        faults.add(place, f"{said} is no number of days; write it as 400 days, or never")
        return None
    number = int(found[1])
    if number < kind.at_least:
        faults.add(place, f"keep it for {kind.at_least} days or more, because {_why(kind)}")
        return None
    return number


def _why(kind: Kind) -> str:
    if kind.of_tenants and not kind.by_wall and kind.at_least == _MONTH:
        return "nothing that broke before then is told any more"
    return "E2A looks back that far itself"


def laid(packaged: Days, everyone: Days, own: Mapping[str, Days]) -> Keeping:
    """The days in force, kind by kind: the operator's over the packaged, a tenant's over both."""
    return Keeping(everyone={**packaged, **everyone}, own=own)


def forgotten_before(trail: Sequence[Mapping[str, Any]]) -> datetime | None:
    """Until when orders may be known in part only; None where nothing of any was deleted.

    Args:
        trail: what each application of retention deleted: by shelf the rows and from before when.
    """
    moments = [
        datetime.fromisoformat(gone["before"])
        for went in trail
        for shelf, gone in went.items()
        if shelf in _OF_ORDERS
    ]
    return max(moments, default=None)

"""Says what of a question each measure can honour, so that no filter is ever dropped in silence.

Must not count anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from policies.questions.shape import BY_TIME, Figures, Measure, Names, Only, Split
from policies.questions.windows import month_of

_ALL = frozenset(field.name for field in fields(Only))
_CLIENTS = frozenset({"clients"})
_WORDS = {
    "statuses": "status",
    "severities": "severity",
    "reasons": "reason",
    "stages": "stage",
    "clients": "client",
    "sites": "site",
    "carriers": "carrier",
    "services": "service",
    "waves": "wave",
    "owner": "owner",
    "snoozed": "snoozes",
    "over_minutes": "delay",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Honours:
    """What narrows a measure (names of `Only`), splits it, dates it and compares it.

    Of `months` only whole ones can be told.
    """

    only: frozenset[str] = _ALL
    splits: frozenset[Split] = frozenset()
    dated: bool = True
    compared: bool = False
    months: bool = False


GAUGED = frozenset(Split) - {*BY_TIME, Split.PROMISE}
"""Kinds by which a figure that is read off, such as an average, can be told."""
_PLAIN = _Honours()
_GAUGE = _Honours(splits=GAUGED, compared=True)
_HONOURS: Mapping[Measure, _Honours] = {
    Measure.COUNT: _Honours(splits=frozenset(Split), compared=True),
    Measure.TOP: _Honours(splits=frozenset(Split)),
    Measure.TREND: _Honours(splits=frozenset(BY_TIME)),
    Measure.DELAY: _GAUGE,
    Measure.SETTLING: _GAUGE,
    Measure.ANSWERING: _GAUGE,
    Measure.MONEY: _GAUGE,
    Measure.COMPLIANCE: _Honours(
        only=_CLIENTS | {"stages"},
        splits=frozenset({Split.CLIENT, Split.PROMISE}),
        compared=True,
    ),
    Measure.AT_RISK: _Honours(only=_CLIENTS | {"reasons", "severities", "stages"}),
    Measure.SILENT: _Honours(only=_CLIENTS, dated=False),
    Measure.FAILED: _Honours(only=_CLIENTS, dated=False),
    Measure.FINDINGS: _Honours(
        only=_CLIENTS, splits=frozenset({Split.CLIENT, Split.REASON}), months=True
    ),
    Measure.NOTES: _Honours(
        only=_CLIENTS, splits=frozenset({Split.CLIENT, Split.STATUS}), months=True
    ),
}


def not_honoured(asked: Figures, zone: str) -> tuple[str, ...]:
    """In words what the measure would have to leave aside; empty where it honours everything.

    Args:
        asked: the question.
        zone: IANA name, by which a month begins.
    """
    honours = _HONOURS.get(asked.measure, _PLAIN)
    left = [
        _WORDS[name]
        for name in _WORDS
        if name not in honours.only
        and (_stated(asked.only, name) or (asked.only.but and _stated(asked.only.but, name)))
    ]
    if asked.split is not None and asked.split not in honours.splits:
        left.append(f"each {asked.split.value}")
    if asked.window is not None and not honours.dated:
        left.append("time")
    if asked.window is not None and honours.months and month_of(asked.window, zone) is None:
        left.append("less or more than one month")
    if asked.against is not None and not honours.compared:
        left.append("a second time to compare with")
    return tuple(left)


def _stated(names: Only | Names, name: str) -> bool:
    return getattr(names, name, None) not in ((), None, False)

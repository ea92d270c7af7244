"""What a measure cannot honour is named, so that no filter is ever dropped in silence."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from jobs.figure_answers import ANSWERS
from jobs.figure_cases import NARROWED
from policies.questions.honoured import GAUGED, not_honoured
from policies.questions.shape import Figures, Measure, Names, Only, Split, Window
from policies.reasons import Stage

UTC_ZONE = "UTC"
FEBRUARY = Window(
    since=datetime(2026, 2, 1, tzinfo=UTC), until=datetime(2026, 3, 1, tzinfo=UTC), words="February"
)
A_DAY = replace(FEBRUARY, until=datetime(2026, 2, 2, tzinfo=UTC))


@pytest.mark.parametrize("measure", Measure)
def test_a_client_narrows_everything(measure: Measure) -> None:
    """Every measure can be told for one client, and every measure has an answer."""
    asked = Figures(measure=measure, only=Only(clients=("Acme",)))
    assert not_honoured(asked, UTC_ZONE) == ()
    assert measure in ANSWERS


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        (Figures(measure=Measure.COMPLIANCE, only=Only(carriers=("UPS",))), ("carrier",)),
        (Figures(measure=Measure.COMPLIANCE, only=Only(stages=(Stage.PICK,))), ()),
        (Figures(measure=Measure.AT_RISK, only=Only(sites=("ATL1",))), ("site",)),
        (Figures(measure=Measure.AT_RISK, only=Only(but=Names(sites=("ATL1",)))), ("site",)),
        (Figures(measure=Measure.AT_RISK, only=Only(but=Names(clients=("Acme",)))), ()),
        (Figures(measure=Measure.SILENT, window=A_DAY), ("time",)),
        (Figures(measure=Measure.DELAY, split=Split.CARRIER), ()),
        (Figures(measure=Measure.DELAY, split=Split.HOUR), ("each hour",)),
        (Figures(measure=Measure.FINDINGS, window=FEBRUARY), ()),
        (Figures(measure=Measure.FINDINGS, window=A_DAY), ("less or more than one month",)),
        (
            Figures(measure=Measure.OLDEST, against=A_DAY),
            ("a second time to compare with",),
        ),
    ],
)
def test_what_is_left_aside_is_said(asked: Figures, left: tuple[str, ...]) -> None:
    """A filter, split, time or comparison beyond a measure is named; what it honours is not."""
    assert not_honoured(asked, UTC_ZONE) == left


def test_every_filter_has_a_word() -> None:
    """Whatever can narrow a question can be named when a measure cannot honour it."""
    values = {"owner": "U1", "snoozed": True, "over_minutes": 5, "but": None}
    for field in fields(Only):
        if field.name in ("but", "clients"):
            continue
        only = replace(Only(), **{field.name: values.get(field.name, ("x",))})  # type: ignore[arg-type] # any
        assert len(not_honoured(Figures(measure=Measure.FAILED, only=only), UTC_ZONE)) == 1


def test_what_is_told_by_kind_can_be_narrowed_to_it() -> None:
    """A figure by kind is read off each kind alone, so that each of them has to be a filter."""
    assert {*GAUGED} == {*NARROWED, Split.CLIENT}

"""JSON out of what a model wrote: what is accepted and what is refused; nothing is guessed."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.recover import NotJsonError, Recovered, recover

SCHEMA = {"type": "object", "required": ["label", "ops_note"]}
GOOD = '{"label": "Late", "ops_note": "Not picked.", "evidence": ["e-1"]}'
VALUE = json.loads(GOOD)

ACCEPTED = {
    "plain": GOOD,
    "spaces": f"\n\n  {GOOD}\n",
    "fence": f"```json\n{GOOD}\n```",
    "fence without a language": f"```\n{GOOD}\n```",
    "fence that is not closed": f"```json\n{GOOD}",
    "prose before": f"Here is the JSON you asked for: {GOOD}",
    "prose with brackets": f"As [1] and {{x}} show (see [2, 3]): {GOOD} I hope {{this}} helps [1].",
    "a thought before": f'<think>I could say "late". {{maybe}}</think>{GOOD}',
    "twice the same": f"{GOOD}\n\nAgain:\n```json\n{GOOD}\n```",
    "comma before the end": '{"label": "Late", "ops_note": "Not picked.", "evidence": ["e-1",],}',
    "a name twice with one value": GOOD[:-1] + ', "label": "Late"}',
    "byte order mark": "\ufeff" + GOOD,
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_decorated_answers_are_read(text: str) -> None:
    """What stands around the one object does not matter, nor a comma that changes no value."""
    assert recover(text, SCHEMA) == Recovered(value=VALUE)


REFUSED = {
    "empty": "",
    "prose": "The order is late because nobody picked it.",
    "prose with a brace": "It is {late} and [1] says so.",
    "a list": f"[{GOOD}]",
    "two that differ": f'{GOOD} or rather {{"label": "Lost", "ops_note": "x"}}',
    "a whole one and half a one": f'{GOOD} and {{"label": "Lo',
    "NaN": '{"label": "Late", "ops_note": "x", "confidence": NaN}',
    "Infinity": '{"label": "Late", "ops_note": "x", "confidence": -Infinity}',
    "1e999": '{"label": "Late", "ops_note": "x", "confidence": 1e999}',
    "a name twice": '{"label": "Late", "ops_note": "x", "label": "Lost"}',
    "a name twice, true and 1": '{"label": true, "ops_note": "x", "label": 1}',
    "a name twice below": '{"label": {"a": 1, "a": 2}, "ops_note": "x"}',
    "single quotes": "{'label': 'Late', 'ops_note': 'x'}",
    "bare names": "{label: 1, ops_note: 2}",
    "a comment": '{"label": "Late", // why\n"ops_note": "x"}',
    "a missing comma": '{"label": "Late" "ops_note": "x"}',
    "two commas": '{"label": "Late",, "ops_note": "x"}',
    "raw line break in a string": '{"label": "La\nte", "ops_note": "x"}',
    "too deep": '{"label": ' + "[" * 40 + "]" * 40 + ', "ops_note": "x"}',
    "bottomless": '{"label": ' + "[" * 100_000,
    "wrong bracket": '{"label": ["x"}, "ops_note": "x"]',
    "cut in a required string": '{"label": "Late", "ops_note": "Not pi',
    "cut in a name": '{"label": "Late", "ops_n',
    "cut behind a colon": '{"label": "Late", "ops_note":',
    "cut behind the first": '{"label": "Late",',
    "cut in the last required, maybe whole": '{"label": "Late", "ops_note": "Not picked."',
    "cut in a list": f"[{GOOD}, ",
    "cut in a backslash": '{"label": "Late", "ops_note": "Not \\',
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_doubtful_is_refused(text: str) -> None:
    """Where a value would have to be chosen or mended, there is no answer."""
    with pytest.raises(NotJsonError):
        recover(text, SCHEMA)


CUT = {
    "in a further string": ('{"label": "L", "ops_note": "N", "reasoning": "Because the', {}),
    "in a further number": ('{"label": "L", "ops_note": "N", "confidence": 0.9', {}),
    "in a further list": ('{"label": "L", "ops_note": "N", "evidence": ["e-1", "e-', {}),
    "behind a comma": ('{"label": "L", "ops_note": "N",', {}),
    "behind a whole one": (
        '```json\n{"label": "L", "ops_note": "N", "evidence": ["a, b", "}"], "x',
        {"evidence": ["a, b", "}"]},
    ),
}


@pytest.mark.parametrize(("text", "more"), CUT.values(), ids=CUT)
def test_cut_off_behind_what_is_required(text: str, more: dict[str, Any]) -> None:
    """All required members are whole: they count, what was cut off is left out and told."""
    value = {"label": "L", "ops_note": "N", **more}
    assert recover(text, SCHEMA) == Recovered(value=value, whole=False)


def test_without_required_members_nothing_is_kept_of_a_half() -> None:
    """A schema that requires nothing cannot say that a half is enough."""
    with pytest.raises(NotJsonError):
        recover('{"label": "L", "x', {})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(value=st.dictionaries(st.text(max_size=8), JSON, min_size=1, max_size=5), data=st.data())
def test_any_object_survives_and_any_half_is_refused(
    value: dict[str, Any], data: st.DataObject
) -> None:
    """Whatever the values: the whole comes back as it was, and no cut of it is taken for whole."""
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans()))
    assert recover(f"Sure:\n```json\n{text}\n```", SCHEMA).value == value
    half = text[: data.draw(st.integers(0, len(text) - 1))]
    with pytest.raises(NotJsonError):
        recover(half, {"required": list(value)})

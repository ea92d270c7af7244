"""A dozen explanations as people read them: right, short, and with a receipt for each claim."""

import os
import re
from pathlib import Path

import pytest

from policies.records import Explanation
from tests.jobs.scenes import SCENES

GOLDEN = Path(__file__).parent / "golden"
MOST_TO_ACT, MOST_WORDS = 80, 125
"""Why, what next and until when is read in fifteen seconds; all of it in twice that."""


def as_text(told: Explanation) -> str:
    """The reply as it stands in the thread, without markup."""
    lines = [
        f"{told.label} (cause: {told.cause or 'none known'})",
        f"Why     {told.ops_note}",
        f"Next    {told.next_step}",
        f"Until   {told.until}" if told.until else "",
        f"Before  {told.similar}" if told.similar else "",
        f"Client  {told.client_note}",
    ]
    lines += [
        f"[{number}] {words}" + ("" if name.startswith("count:") else f" {name}")
        for number, (name, words) in enumerate(
            zip(told.evidence, told.sources, strict=True), start=1
        )
    ]
    return "\n".join(line for line in lines if line) + "\n"


@pytest.mark.parametrize("name", SCENES)
async def test_an_explanation_is_as_agreed(name: str) -> None:
    """What is said in each situation changes only on purpose."""
    text = as_text(await (await SCENES[name]()).explained())
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("E2A_TEST_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCENES)
async def test_it_is_read_in_fifteen_seconds(name: str) -> None:
    """A tired person reads the reply in one go, and every receipt that it names is there."""
    told = await (await SCENES[name]()).explained()
    to_act = _words(told.ops_note, told.next_step, told.until)
    assert to_act <= MOST_TO_ACT
    assert to_act + _words(told.similar, told.client_note) <= MOST_WORDS
    named = {
        int(number) for number in re.findall(r"\[(\d+)]", told.ops_note + told.until + told.similar)
    }
    assert named <= set(range(1, len(told.evidence) + 1))
    assert len(told.evidence) == len(told.sources)


def _words(*texts: str) -> int:
    return sum(not word.startswith("[") for text in texts for word in text.split())


def test_no_golden_text_is_left_over() -> None:
    """A situation that is gone takes its text along."""
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(SCENES)

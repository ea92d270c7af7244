"""How right answers are: a generated workspace, some hundred questions, and the bars they reach.

Run it with `make eval`, or `python -m bench.ask`. The truth of every question is counted by plain
code. Must not be tuned on its never-tune set: `--failures` shows those of the tune set alone,
unless `--report` asks for the others at the very end.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.asking.asked import (
    Scene,
    never_tune_set,
    ranks_of,
    scene,
    searching,
    tune_set,
    verdicts_on,
)
from bench.asking.bars import bars, ranking
from bench.asking.fill import Question
from bench.asking.judge import Verdict
from bench.asking.models import GoodModel, LyingModel, NoModel, with_model
from bench.asking.shelf import opened_shelf
from bench.asking.template import Kind
from bench.asking.workspace import CLIENTS, HIDDEN, SEEN
from bot.knowledge import encoder_of
from bot.settings import Settings
from jobs.ports.search import NoSearch
from policies.records import ExceptionRecord
from rag.encoder import Encoder

_WORDED = (Kind.POLICY, Kind.NEAR_MISS, Kind.OFF_TOPIC, Kind.INJECTION)


async def measure(*, by_words: bool, failures: bool, report: bool) -> bool:
    """Prints every table; whether each bar of the never-tune set was held."""
    encoder, without = encoder_of(Settings(), by_words=by_words)
    print(f"encoder: {without or 'all-MiniLM-L6-v2'}")
    empty = await scene()
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with opened_shelf(Path(folder), encoder, _open_ones(empty)) as shelf:
                return await _tables(
                    searching(empty, shelf), encoder, failures=failures, report=report
                )
    finally:
        if encoder is not None:
            await encoder.close()


async def _tables(found: Scene, encoder: Encoder | None, *, failures: bool, report: bool) -> bool:
    tune, never = tune_set(found.workspace), never_tune_set(found.workspace)
    await table("tune set", found, tune, shown=failures)
    held = await table("never-tune set", found, never, shown=report)
    await worded(found, never)
    await down(found, never)
    return held and encoder is not None


async def table(name: str, found: Scene, asked: Sequence[Question], *, shown: bool) -> bool:
    """The bars of a set; whether all are held."""
    print(f"\n{name}: {len(asked)} questions")
    verdicts = await verdicts_on(found, asked)
    ranks = await ranks_of(found, asked)
    hits, reciprocal = ranking(ranks)
    measured = [*bars(verdicts), hits]
    for bar in measured:
        print(bar)
    print(f"{'policy passages, mean reciprocal rank of 10':<44}{reciprocal:8.3f}{'>= 0.85':>43}")
    for verdict in verdicts if shown else ():
        if not verdict.right or not verdict.routed:
            _show(verdict)
    return all(bar.held for bar in measured)


def _show(verdict: Verdict) -> None:
    answer = verdict.answer
    what = "refused" if answer.refused else "told"
    text = answer.text.replace("\n", " / ")[:160]
    print(f"  {verdict.question.kind.value} | {verdict.question.text}")
    print(f"    {answer.route}, {what}: {text}")


async def worded(found: Scene, asked: Sequence[Question]) -> None:
    """The same texts with models: each client by itself, as models word for one client only."""
    texts = [one for one in asked if one.kind in _WORDED]
    for model in (None, GoodModel(), LyingModel()):
        verdicts: list[Verdict] = []
        for number in SEEN:
            alone = replace(found, asking=replace(found.asking, tenant_ids=(number,)))
            told = alone if model is None else with_model(found, model, (number,))
            verdicts += await verdicts_on(told, [one for one in texts if _whose(one) == number])
        by_model = sum(one.answer.model is not None for one in verdicts)
        name = "no model" if model is None else f"the {model.model} model, {by_model} worded by it"
        print(f"\nnever-tune texts, one client alone, {name}")
        for bar in bars(verdicts):
            if bar.of:
                print(bar)


def _whose(question: Question) -> int:
    """The client whose channel would ask that: the one that is named, else the first."""
    text = question.text.casefold()
    words = {CLIENTS[number].split()[0].casefold(): number for number in SEEN if number != HIDDEN}
    return next((number for word, number in words.items() if word in text), SEEN[0])


async def down(found: Scene, asked: Sequence[Question]) -> None:
    """Every question with the model, the index, or both down: each gets an answer or a reason."""
    no_index = searching(found, NoSearch("the index is down"))
    scenes = {
        "model down": with_model(found, NoModel()),
        "index down": no_index,
        "both down": with_model(no_index, NoModel()),
    }
    print()
    for name, one in scenes.items():
        verdicts = await verdicts_on(one, asked)
        told = sum(bool(verdict.answer.text.strip()) for verdict in verdicts)
        figures = [v for v in verdicts if v.question.kind in (Kind.FIGURES, Kind.IDENTIFIER)]
        right = sum(verdict.right for verdict in figures)
        leaks = sum(verdict.leaked for verdict in verdicts)
        print(
            f"{name}: {told} of {len(verdicts)} questions got an answer or a reason, "
            f"{right} of {len(figures)} figures and identifiers right, {leaks} leaks"
        )


def _open_ones(found: Scene) -> list[ExceptionRecord]:
    return [one for one in found.storage.state.exceptions.values() if one.active]


def main() -> int:
    """Reads the options and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--by-words", action="store_true", help="without the embedding model")
    parser.add_argument("--failures", action="store_true", help="failures of the tune set")
    parser.add_argument("--report", action="store_true", help="failures of the never-tune set")
    given = parser.parse_args()
    held = asyncio.run(
        measure(by_words=given.by_words, failures=given.failures, report=given.report)
    )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())

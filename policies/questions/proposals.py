"""Turns answers that helped often into text for a runbook, for a lead to look over.

Must not publish anything: a proposal is a draft with its sources, and whoever uploads it answers
for it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policies.questions.given import GivenAnswer
from policies.questions.route import Route
from policies.questions.terms import terms_of

OFTEN = 3
"""From so many people's thumbs on alike questions on, an answer is worth writing down."""
_LASTING = (Route.POLICY, Route.SIMILAR, Route.WHY)
"""Figures and records are of their day; only these say what lasts."""
_ALIKE = 0.6
_MOST = 10
_MARK = re.compile(r" ?\[\d+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A question that helped often, its latest answer, and how often and whence."""

    question: str
    text: str
    sources: tuple[str, ...]
    times: int


def proposals(helped: Sequence[GivenAnswer]) -> tuple[Proposal, ...]:
    """What is worth writing down, the oftenest first.

    Args:
        helped: answers that helped, judged last first.
    """
    groups: list[tuple[set[str], list[GivenAnswer]]] = []
    for given in helped:
        if given.route not in _LASTING or given.refused:
            continue
        words = {term.stem for term in terms_of(given.question)}
        home = next((group for known, group in groups if _alike(known, words)), None)
        if home is None:
            groups.append((words, [given]))
        else:
            home.append(given)
    often = [group for _, group in groups if len(group) >= OFTEN]
    often.sort(key=len, reverse=True)
    return tuple(map(_proposal, often[:_MOST]))


def as_markdown(found: Sequence[Proposal], *, clients: str, day: str) -> str:
    """The draft of a runbook: a section for each question."""
    told = f"Draft of {day}, made of answers that people marked as helpful. Check it before use."
    lines = [f"# Answers that helped: {clients}", "", told, ""]
    for one in found:
        lines += [f"## {_title(one.question)}", "", one.text, ""]
        lines += [f"Helped {one.times} times. Source: {'; '.join(one.sources) or 'none'}.", ""]
    return "\n".join(lines)


def _alike(known: set[str], words: set[str]) -> bool:
    return bool(known and words) and len(known & words) >= _ALIKE * len(known | words)


def _proposal(group: Sequence[GivenAnswer]) -> Proposal:
    latest = group[0]
    return Proposal(
        question=latest.question,
        text=_MARK.sub("", latest.text),
        sources=tuple(label for label, _ in latest.sources),
        times=len(group),
    )


def _title(question: str) -> str:
    words = " ".join(question.replace("#", "").split())
    return f"{words[:1].upper()}{words[1:120]}"

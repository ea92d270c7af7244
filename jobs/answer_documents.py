"""Answers from policies and runbooks: verbatim sentences with where they stand, or an honest no.

Must not say more than the passages do, and must not show what its reader may not see: the search
is told who that is.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.asking import Asking
from jobs.cite import Cited
from jobs.compose_answer import compose_answer
from jobs.ports.search import (
    POLICIES,
    RUNBOOKS,
    Found,
    FoundPassage,
    SearchUnavailableError,
)
from jobs.views import Answer
from policies.questions.grounds import Candidate, Ground, answering, grounds, nearest
from policies.questions.plain import plain
from policies.questions.route import Route
from policies.questions.windows import read_window
from policies.records import Tenant

_LOOKED_AT, _MOST = 8, 3
_NEAR = 0.3
"""From this share of the question's words on, a refusal names the nearest passage."""
_LONGEST_QUESTION = 2000
_THEN = re.compile(
    r"\b(?:was|were|did|used to|then|valid|in force|back|apply|applied|effective|as of)\b",
    re.IGNORECASE,
)
"""Only then a time in the question says as of when; else it is what is asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """What was found for a question, as of when, and how each passage stands to it."""

    found: Found
    at: datetime
    question: str
    several: bool
    candidates: tuple[Candidate, ...]
    grounds: tuple[Ground, ...]

    def answering(self, tenants: Sequence[Tenant]) -> list[tuple[Ground, FoundPassage]]:
        """What answers, for each client by itself where several are seen."""
        chosen: dict[int, Ground] = {}
        for tenant in tenants:
            theirs = [g for g in self.grounds if self._passage(g).tenant in ("", tenant.name)]
            for ground in answering(theirs, self.candidates):
                chosen.setdefault(ground.place, ground)
        return [(ground, self._passage(ground)) for ground in chosen.values()][:_MOST]

    def _passage(self, ground: Ground) -> FoundPassage:
        return self.found.passages[ground.place]


async def answer_documents(question: str, asking: Asking) -> Answer:
    """The answer, or that there is none and what was looked at."""
    tenants, asked = await _whose(question[:_LONGEST_QUESTION], asking)
    if not tenants:
        return _refused("I don't know: no client is to be seen from here.", asking)
    try:
        looked = await _look(asked, tenants, asking, named=asked != question[:_LONGEST_QUESTION])
    except SearchUnavailableError as error:
        return _unsearchable(str(error), asking)
    chosen = looked.answering(tenants)
    if not chosen:
        return _not_there(looked, tenants, asking)
    composed = await _composed(looked, chosen, tenants, asking)
    return composed or _verbatim(looked, chosen, asking)


async def _whose(question: str, asking: Asking) -> tuple[list[Tenant], str]:
    """The clients whose texts may answer, and the question without their names."""
    async with asking.storage.read() as tx:
        seen = [one for one in await tx.tenants.all() if one.id in asking.tenant_ids]
    named = [one for one in seen if re.search(_name(one), question, re.IGNORECASE)]
    for one in named:
        question = re.sub(
            rf"(?:\b(?:for|of|at|by|does|do) )?{_name(one)}", " ", question, flags=re.IGNORECASE
        )
    return named or seen, " ".join(question.split())


def _name(tenant: Tenant) -> str:
    return rf"(?<!\w){re.escape(tenant.name)}(?:'s)?(?!\w)"


async def _look(
    question: str, tenants: Sequence[Tenant], asking: Asking, *, named: bool
) -> _Looked:
    at, question = _as_of(question, asking)
    found = await asking.search.find(
        question,
        tenants=[one.name for one in tenants],
        at=at,
        public=asking.public,
        corpora=(POLICIES, RUNBOOKS),
        limit=_LOOKED_AT,
    )
    names = {one.name for one in tenants} if named else set()
    candidates = tuple(_candidate(one, names) for one in found.passages)
    stand = tuple(grounds(question, candidates))
    return _Looked(
        found=found,
        at=at,
        question=question,
        several=len(asking.tenant_ids) > 1,
        candidates=candidates,
        grounds=stand,
    )


def _as_of(question: str, asking: Asking) -> tuple[datetime, str]:
    """Now; or the time that a question about how it was then names, and the question without it."""
    read = read_window(plain(question), asking.now, asking.zone) if _THEN.search(question) else None
    if read is None or read[0].until >= asking.now:
        return asking.now, question
    return read[0].until - timedelta(seconds=1), read[1]


def _candidate(passage: FoundPassage, named: Collection[str]) -> Candidate:
    """A rule is quoted in its words; its YAML and a table's head only help to tell what it is."""
    rule = bool(passage.lead) and passage.corpus == POLICIES
    said = passage.lead if rule else passage.text
    around = passage.text if rule else passage.lead
    return Candidate(
        said=said,
        around=f"{passage.heading}\n{around}",
        cosine=passage.cosine,
        score=passage.score,
        trusted=passage.trusted,
        own=passage.tenant in named,
    )


async def _composed(
    looked: _Looked,
    chosen: Sequence[tuple[Ground, FoundPassage]],
    tenants: Sequence[Tenant],
    asking: Asking,
) -> Answer | None:
    """In a model's words, where there is one and they are borne out; several clients' never."""
    if asking.composing is None or len(tenants) > 1:
        return None
    passages = [passage for _, passage in chosen]
    composed = await compose_answer(looked.question, passages, tenants[0], asking.composing)
    if composed is None:
        return None
    cited = Cited()
    lines = [
        f"{text} {''.join(_mark(one, cited, looked, asking) for one in sources)}"
        for text, sources in composed.claims
    ]
    return _answer(" ".join(lines), cited, looked, asking, model=composed.model)


def _verbatim(
    looked: _Looked,
    chosen: Sequence[tuple[Ground, FoundPassage]],
    asking: Asking,
) -> Answer:
    cited = Cited()
    lines = []
    for ground, passage in chosen:
        whose = f"{passage.tenant}: " if looked.several and passage.tenant else ""
        said = " ".join(_ended(one) for one in ground.sentences)
        lines.append(f"{whose}{said} {_mark(passage, cited, looked, asking)}")
    return _answer("\n".join(lines), cited, looked, asking)


def _ended(sentence: str) -> str:
    return sentence if sentence[-1] in ".!?:;" else f"{sentence}."


def _mark(passage: FoundPassage, cited: Cited, looked: _Looked, asking: Asking) -> str:
    label = _label(passage, several=looked.several, then=looked.at < asking.now)
    return cited.mark(f"passage:{passage.id}", label)


def _label(passage: FoundPassage, *, several: bool, then: bool) -> str:
    """Where it stands, which version that is, and since when it is in force."""
    parts = [passage.citation]
    parts += [f"version {passage.version}"] if passage.version else []
    since, until = passage.effective_from, passage.effective_until
    if then and since and until:
        parts.append(f"in force {since:%Y-%m-%d} to {until - timedelta(seconds=1):%Y-%m-%d}")
    elif since:
        parts.append(f"in force since {since:%Y-%m-%d}")
    elif then and until:
        parts.append(f"in force until {until - timedelta(seconds=1):%Y-%m-%d}")
    parts += [f"of {passage.tenant}"] if several and passage.tenant else []
    return ", ".join(parts)


def _answer(
    text: str, cited: Cited, looked: _Looked, asking: Asking, *, model: str | None = None
) -> Answer:
    found = looked.found
    return Answer(
        text=text,
        citations=cited.all,
        route=Route.POLICY,
        refused=False,
        now=asking.now,
        passages=tuple(one.id for one in found.passages),
        indexed_at=found.as_of,
        degraded=found.degraded,
        model=model,
    )


def _not_there(looked: _Looked, tenants: Sequence[Tenant], asking: Asking) -> Answer:
    near = nearest(looked.grounds)
    whose = ", ".join(one.name for one in tenants[:_MOST])
    searched = f"I looked in the policies and runbooks of {whose}."
    off = near is None or near.coverage < _NEAR
    if near is None or off:
        head = "I don't know: nothing that is written down here speaks of that."
    else:
        lacks = " or ".join(near.lacks[:_MOST])
        where = looked.found.passages[near.place].citation
        of_what = f" of {lacks}" if lacks else ""
        head = f"I don't know. The nearest text, {where}, does not tell{of_what}."
    tail = "Ask a lead, or send me the document: I read it and cite it from then on."
    found = looked.found
    return Answer(
        text=f"{head} {searched} {tail}",
        citations=(),
        route=Route.NONE if off else Route.POLICY,
        refused=True,
        now=asking.now,
        passages=tuple(one.id for one in found.passages),
        indexed_at=found.as_of,
        degraded=found.degraded,
    )


def _unsearchable(why: str, asking: Asking) -> Answer:
    text = (
        f"I cannot look into policies and runbooks just now: {why.rstrip('.')}. Orders, "
        "exceptions and figures can still be asked for."
    )
    return Answer(
        text=text, citations=(), route=Route.POLICY, refused=True, now=asking.now, degraded=why
    )


def _refused(text: str, asking: Asking) -> Answer:
    return Answer(text=text, citations=(), route=Route.POLICY, refused=True, now=asking.now)

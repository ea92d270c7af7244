"""Answers from what happened before: cases like one, and why a kind of thing goes wrong.

Must not tell what the index says of an exception: it only names candidates, and each is read again
from the rows. Without an index the rows alone say what is alike.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from jobs.answer_figures import spelt_as_stored
from jobs.answer_records import Records, state
from jobs.asking import Asking
from jobs.cite import Cited
from jobs.ports import Transaction
from jobs.ports.search import EXCEPTIONS, FoundPassage, SearchUnavailableError
from jobs.views import Answer
from policies.cause_words import UNKNOWN, why_of
from policies.durations import duration
from policies.questions import told
from policies.questions.grounds import Candidate, grounds
from policies.questions.measures import NOT_FIGURES
from policies.questions.plain import Known
from policies.questions.read import read_figures
from policies.questions.route import Route
from policies.questions.shape import SETTLED_ONES, Dated, Figures, Measure, Only, Unclear
from policies.records import ExceptionRecord

_SHOWN, _LOOKED_AT, _COUNTED = 5, 20, 500
_SPEAKS_OF = 0.5
"""The share of a question's words that an account has to have."""
_DOCUMENT = re.compile(r"^exception[ /](\d{1,18})")
_RECEIPTS = re.compile(r" ?\[\d+\]")
_ASKS = re.compile(
    rf"\b(?:{NOT_FIGURES}|like|same|before|anything|something|cases?|ones?|happen(?:ed|s)?|wrong|"
    r"reasons?|causes?|caused|what|other|others|to|is|was|were|been|there|we|have|had|seen)\b",
    re.IGNORECASE,
)
"""Words that ask for cases or causes; what is left are filters and a topic."""


async def similar_cases(question: str, records: Records, asking: Asking, known: Known) -> Answer:
    """Exceptions like the named one, or like the words, with how they ended."""
    like = _meant(records)
    only = filters_of(question, asking, known)
    words = _as_words(like) if like else question
    numbers, degraded = await _found(words, asking, any_near=bool(like or only))
    async with asking.storage.read() as tx:
        known_ones = [
            one for one in await tx.exceptions.among(numbers) if _may_be_told(one, asking)
        ]
        ranked = sorted(known_ones, key=lambda one: numbers.index(one.id))
        if like is not None:
            ranked = _first([*await _by_facts(tx, like, asking), *ranked])
        ids = await _clients(tx, only, asking)
    chosen = [
        one for one in ranked if one.tenant_id in ids and _alike(one, like) and _within(one, only)
    ]
    if not chosen:
        return _none(like, only, degraded, asking)
    cited = Cited()
    head = f"Like #{like.id} {cited.exception(like)}: " if like else "Found: "
    lines = [f"{head}{_ends(chosen)}"]
    lines += [_line(one, asking, cited) for one in chosen[:_SHOWN]]
    lines += _counted(only, asking)
    return _answer(lines, cited, Route.SIMILAR, degraded, asking)


async def causes(question: str, asking: Asking, known: Known) -> Answer:
    """What the explanations of the exceptions that are meant say, counted, with examples."""
    only = filters_of(question, asking, known)
    degraded: str | None = None
    async with asking.storage.read() as tx:
        ids = await _clients(tx, only, asking)
        found = await tx.figures.find(ids, only, _COUNTED) if only else []
    if only is None:
        numbers, degraded = await _found(question, asking)
        async with asking.storage.read() as tx:
            read = await tx.exceptions.among(numbers[:_SHOWN])
        found = [one for one in read if _may_be_told(one, asking)]
    explained = [one for one in found if one.explanation is not None]
    if not explained:
        return _none(None, only, degraded, asking, route=Route.WHY)
    cited = Cited()
    counted = Counter(map(_cause, explained)).most_common(_SHOWN)
    lines = [_why(explained, *counted[0])]
    for why, count in counted:
        examples = [one for one in explained if _cause(one) == why][:2]
        marks = "".join(cited.exception(one) for one in examples)
        lines.append(f"{why}: {count} {marks}")
    lines += _next_step(explained, counted[0][0], cited)
    lines += _counted(only, asking)
    return _answer(lines, cited, Route.WHY, degraded, asking)


def filters_of(question: str, asking: Asking, known: Known) -> Figures | None:
    """What the question restricts itself to, as far as it was understood; None for nothing."""
    rest = _ASKS.sub(" ", question)
    read = read_figures(f"list exceptions {rest}", known, asking.now, asking.zone)
    if isinstance(read, Unclear):
        read = read.understood
    if read is None:
        return None
    stated = replace(read.only, statuses=())
    if stated == Only() and read.window is None:
        return None
    asked = replace(read, measure=Measure.LIST, split=None, against=None, dated=Dated.OPENED)
    return spelt_as_stored(replace(asked, only=stated), known)


async def _clients(tx: Transaction, only: Figures | None, asking: Asking) -> list[int]:
    """The clients that it is about: of those that may be seen, the named ones."""
    named = only.only.clients if only else ()
    seen = [one for one in await tx.tenants.all() if one.id in asking.tenant_ids]
    return [one.id for one in seen if not named or one.name in named]


async def _found(
    words: str, asking: Asking, *, any_near: bool = False
) -> tuple[list[int], str | None]:
    """Numbers of exceptions whose account is near these words, the nearest first.

    `any_near` where a record or filters say what is meant, so that nearness only sorts.
    """
    async with asking.storage.read() as tx:
        names = [one.name for one in await tx.tenants.all() if one.id in asking.tenant_ids]
    if not names:
        return [], None
    try:
        found = await asking.search.find(
            words,
            tenants=names,
            at=asking.now,
            public=asking.public,
            corpora=(EXCEPTIONS,),
            limit=_LOOKED_AT,
        )
    except SearchUnavailableError as error:
        return [], str(error)
    near = [one for one in found.passages if any_near or _speaks_of(words, one)]
    matches = (_DOCUMENT.match(one.document) for one in near)
    numbers = dict.fromkeys(int(match[1]) for match in matches if match)
    return list(numbers), found.degraded


def _speaks_of(words: str, passage: FoundPassage) -> bool:
    """Whether it has most of the words: there is always something that is nearest."""
    around = f"{passage.heading}\n{passage.lead}"
    one = Candidate(said=passage.text, around=around, cosine=passage.cosine, score=passage.score)
    (ground,) = grounds(_ASKS.sub(" ", words), [one])
    return ground.coverage >= _SPEAKS_OF


async def _by_facts(
    tx: Transaction, like: ExceptionRecord, asking: Asking
) -> list[ExceptionRecord]:
    """Of the same reason, at the same site and with the same carrier, the settled ones first."""
    facts = like.facts
    only = Only(
        reasons=(like.reason_code,),
        sites=_stated(facts.get("warehouse")),
        carriers=_stated(facts.get("carrier")),
    )
    asked = Figures(measure=Measure.LIST, only=only, now=asking.now)
    ended = replace(asked, only=replace(only, statuses=SETTLED_ONES))
    mine = [one for one in asking.tenant_ids if one == like.tenant_id]
    return [
        *await tx.figures.find(mine, ended, _LOOKED_AT),
        *await tx.figures.find(mine, asked, _LOOKED_AT),
    ]


def _stated(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value else ()


def _meant(records: Records) -> ExceptionRecord | None:
    """The named exception, or the latest of the named order."""
    if records.exceptions:
        return records.exceptions[0].record
    of_orders = [one for view in records.orders for one in view.records]
    return max(of_orders, key=lambda one: one.opened_at, default=None)


def _as_words(like: ExceptionRecord) -> str:
    """What is searched for in the place of a number."""
    reason = like.reason_code.value.replace("_", " ").lower()
    places = [str(like.facts[key]) for key in ("warehouse", "carrier") if like.facts.get(key)]
    cause = like.explanation.label if like.explanation else ""
    return " ".join([reason, *places, cause]).strip()


def _may_be_told(record: ExceptionRecord, asking: Asking) -> bool:
    return record.tenant_id in asking.tenant_ids


def _alike(one: ExceptionRecord, like: ExceptionRecord | None) -> bool:
    return like is None or (one.id != like.id and one.reason_code is like.reason_code)


def _within(one: ExceptionRecord, wanted: Figures | None) -> bool:
    """Whether a record fits the filters that were understood."""
    if wanted is None:
        return True
    only, window = wanted.only, wanted.window
    listed: tuple[tuple[Sequence[str], str], ...] = (
        (only.reasons, one.reason_code),
        (only.severities, one.severity),
        (only.stages, one.stage),
        (only.sites, str(one.facts.get("warehouse", ""))),
        (only.carriers, str(one.facts.get("carrier", ""))),
        (only.services, str(one.facts.get("service", ""))),
        (only.waves, str(one.facts.get("wave", ""))),
    )
    when = window is None or window.since <= one.opened_at < window.until
    return when and all(value in values for values, value in listed if values)


def _first(records: Sequence[ExceptionRecord]) -> list[ExceptionRecord]:
    return list({one.id: one for one in records}.values())


def _ends(chosen: Sequence[ExceptionRecord]) -> str:
    """How many there are, and how those that are over ended."""
    ended = [one for one in chosen if one.resolved_at is not None]
    counted = told.counted(len(chosen), "case").lower()
    if not ended:
        return f"{counted}, none of them settled yet."
    ways = Counter((one.resolution or "done").replace("_", " ") for one in ended)
    way, count = ways.most_common(1)[0]
    took = [
        (one.resolved_at - one.opened_at).total_seconds() / 60
        for one in ended
        if one.resolved_at is not None
    ]
    return (
        f"{counted}, {len(ended)} settled, {count} of them \u201c{way}\u201d; half of them "
        f"within {duration(median(took))}."
    )


def _line(one: ExceptionRecord, asking: Asking, cited: Cited) -> str:
    why = "" if _cause(one) == UNKNOWN else f", {_cause(one)}"
    return f"#{one.id} {state(one, asking)}{why} {cited.exception(one)}"


def _cause(one: ExceptionRecord) -> str:
    return why_of(one.explanation)


def _why(explained: Sequence[ExceptionRecord], why: str, count: int) -> str:
    if len(explained) == 1:
        note = explained[0].explanation.ops_note if explained[0].explanation else ""
        return f"#{explained[0].id}: {_RECEIPTS.sub('', note)}"
    return f"{len(explained)} explained exceptions, most often ({count}): {why}."


def _next_step(explained: Sequence[ExceptionRecord], why: str, cited: Cited) -> list[str]:
    """What is to be done about the commonest, where one of them is still open."""
    open_one = next((one for one in explained if one.active and _cause(one) == why), None)
    if open_one is None or open_one.explanation is None:
        return []
    return [f"Next: {open_one.explanation.next_step} {cited.exception(open_one)}"]


def _counted(only: Figures | None, asking: Asking) -> list[str]:
    return [f"Counted: {told.understood(only, asking.zone, asking.people)}."] if only else []


def _answer(
    lines: Sequence[str], cited: Cited, route: Route, degraded: str | None, asking: Asking
) -> Answer:
    return Answer(
        text="\n".join(lines),
        citations=cited.all,
        route=route,
        refused=False,
        now=asking.now,
        degraded=degraded,
    )


def _none(
    like: ExceptionRecord | None,
    only: Figures | None,
    degraded: str | None,
    asking: Asking,
    *,
    route: Route = Route.SIMILAR,
) -> Answer:
    """That there is none, and where was looked."""
    what = f"exception like #{like.id}" if like else "exception that is meant"
    scope = told.understood(only, asking.zone, asking.people) if only else told.ALL
    text = f"I found no {what} among {scope}, so I cannot say."
    text += f" Only the rows were looked at: {degraded.rstrip('.')}." if degraded else ""
    return Answer(
        text=text, citations=(), route=route, refused=True, now=asking.now, degraded=degraded
    )

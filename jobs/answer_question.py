"""Answers a question from the records that it names, with a citation for each, or says it cannot.

Must not guess: a question that names nothing known is told so. Retrieval over policies and past
exceptions is not here yet; the answer says what was looked at.
"""

from collections.abc import Sequence
from datetime import datetime

from jobs.ports import Storage
from jobs.show import list_exceptions, show_exception, show_order
from jobs.views import Answer, Citation, ExceptionView, OrderView
from policies.durations import duration
from policies.naming import named_in
from policies.promises import Promises
from policies.queries import ExceptionFilter
from policies.reasons import ACTIVE_STATUSES
from policies.records import ExceptionRecord

_SHOWN = 5


async def answer_question(
    question: str,
    tenant_ids: Sequence[int],
    *,
    about: int | None,
    storage: Storage,
    promises: Promises,
    now: datetime,
) -> Answer:
    """Answers in a sentence or two.

    Args:
        question: what was asked, as typed.
        tenant_ids: whose records may be spoken of.
        about: the exception of the thread in which it was asked, if any.
        storage: where the records are.
        promises: for the words of a promise.
        now: business time.
    """
    named = named_in(question)
    numbers = named.exceptions or ((about,) if about and not named.orders else ())
    for number in numbers:
        view = await show_exception(number, tenant_ids, storage=storage, promises=promises, now=now)
        if view is not None:
            return _about_exception(view)
    for order_id in named.orders:
        views = await show_order(order_id, tenant_ids, storage=storage, promises=promises, now=now)
        if views:
            return _about_order(views[0])
    if named.exceptions or named.orders:
        return _unknown(named.words, now)
    return await _open_ones(tenant_ids, storage, now)


def _about_exception(view: ExceptionView) -> Answer:
    record, explanation = view.record, view.record.explanation
    note = explanation.ops_note if explanation else ""
    text = f"#{record.id}: {_state(record, view.now)}. {note}"
    receipts = zip(
        explanation.evidence if explanation else (),
        explanation.sources if explanation else (),
        strict=False,
    )
    citations = [
        Citation(number=number, label=f"{source} ({event_id})", ref=f"event:{event_id}")
        for number, (event_id, source) in enumerate(receipts, start=1)
    ]
    citations.append(
        Citation(
            number=len(citations) + 1,
            label=f"exception #{record.id}",
            ref=f"exception:{record.id}",
        )
    )
    return Answer(
        text=f"{text.strip()} [{len(citations)}]",
        citations=tuple(citations),
        route="exception",
        refused=False,
        now=view.now,
    )


def _about_order(view: OrderView) -> Answer:
    last = view.events[-1] if view.events else None
    found = [
        f"Last heard of {view.order_id}: {last.kind.replace('_', ' ')} "
        f"{last.occurred_at:%a %H:%M} UTC [1]."
        if last
        else f"Nothing valid was ever received for {view.order_id}."
    ]
    citations = (
        [Citation(number=1, label=last.event_id, ref=f"event:{last.event_id}")] if last else []
    )
    for record in view.records[:_SHOWN]:
        citations.append(
            Citation(
                number=len(citations) + 1,
                label=f"exception #{record.id}",
                ref=f"exception:{record.id}",
            )
        )
        found.append(f"#{record.id} {_state(record, view.now)} [{len(citations)}].")
    if not view.records:
        found.append("It has no exception.")
    return Answer(
        text=" ".join(found), citations=tuple(citations), route="order", refused=False, now=view.now
    )


async def _open_ones(tenant_ids: Sequence[int], storage: Storage, now: datetime) -> Answer:
    wanted = ExceptionFilter(tenant_ids=tuple(tenant_ids), statuses=ACTIVE_STATUSES, limit=_SHOWN)
    listed = await list_exceptions(wanted, described="open", storage=storage, now=now)
    lines = [
        f"#{record.id} {_state(record, now)} [{number}]."
        for number, record in enumerate(listed.records, start=1)
    ]
    head = (
        "I can't answer that yet: I only speak of orders and exceptions that a question names, "
        "such as SO-1042 or #7."
    )
    tail = f"Open now: {listed.total}." if listed.total else "Nothing is open now."
    return Answer(
        text=" ".join([head, tail, *lines]),
        citations=tuple(
            Citation(number=number, label=f"exception #{record.id}", ref=f"exception:{record.id}")
            for number, record in enumerate(listed.records, start=1)
        ),
        route="none",
        refused=True,
        now=now,
    )


def _unknown(words: Sequence[str], now: datetime) -> Answer:
    text = f"I know no {' or '.join(words)} among the clients of this channel."
    return Answer(text=text, citations=(), route="unknown_record", refused=True, now=now)


def _state(record: ExceptionRecord, now: datetime) -> str:
    late = duration(record.delay_at(now))
    what = f"{record.order_id} {record.reason_code.value.replace('_', ' ').lower()}"
    if record.active:
        owner = "owned" if record.assignee else "nobody owns it"
        return f"{what}, {record.status.value.lower()}, {late} over, {owner}"
    return f"{what}, {record.status.value.lower()} ({record.resolution}), {late} late"

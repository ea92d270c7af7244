"""Explains an exception from its order's timeline: policies decide what, prompts word it.

Must not gather, store or send: explain_decisions and explain_exception do, with what it makes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from jobs.explain_around import Cited, similar_line, until_line
from jobs.explain_links import Worded, at_words, worded
from policies.causes import Beside, Chain, Silent, Surroundings, chain_of
from policies.clock import Clock
from policies.durations import duration
from policies.explanation import MANY, Account, account_for, kind_of_cause
from policies.facts import OrderEvent, Timeline
from policies.next_steps import NextSteps, next_step
from policies.place_names import name_of, place_of
from policies.queries import Peers
from policies.records import Explanation
from prompts.draft import in_words
from prompts.explanation import CAUSE, source, what, word


@dataclass(frozen=True, slots=True, kw_only=True)
class Explaining:
    """What an explanation needs besides the order: whose time, which steps, what is around it.

    `around` is None while nobody looked: then only the order's own events are told.
    """

    zone: tzinfo
    steps: NextSteps = ()
    around: Surroundings | None = None


def explain(
    clock: Clock, timeline: Timeline, peers: Peers, explaining: Explaining, now: datetime
) -> Explanation:
    """The rule-based explanation; its receipts are its own events in time order, then others."""
    account = account_for(clock, timeline, peers, now)
    zone, reason = explaining.zone, account.reason_code
    chain = chain_of(account, explaining.around)
    receipts = account.receipts
    links = [worded(link, now, zone) for link in chain.links]
    values = _values(account, chain, zone, now - account.start.occurred_at)
    values["links"] = _links(chain, links, len(receipts) + 1)
    values["promised"] = _promised(timeline, now, zone)
    notes = word(reason.value, _told_as(account), values)
    step = next_step(explaining.steps, reason, chain.cause, _known(account, chain, timeline))
    places = [
        Cited(text="", evidence=one.evidence, source=source(link.kind, reason.value, one.values))
        for link, one in zip(chain.links, links, strict=True)
    ]
    over = bool(notes.settled_step)
    lines = [] if over else _lines(explaining, clock, len(receipts) + len(places) + 1)
    cited = [*places, *(line for line in lines if line)]
    until, similar = (line.text if line else "" for line in lines or (None, None))
    return Explanation(
        label=notes.label,
        ops_note=notes.ops_note,
        client_note=notes.client_note,
        next_step=notes.settled_step or step,
        evidence=(*(e.event_id for e in receipts), *(one.evidence for one in cited)),
        sources=(
            *(f"{e.kind}, {at_words(e.occurred_at, zone)}" for e in receipts),
            *(one.source for one in cited),
        ),
        own=len(receipts),
        cause=chain.cause,
        until=until,
        similar=similar,
        as_of=explaining.around.as_of.isoformat() if explaining.around else None,
    )


def _lines(explaining: Explaining, clock: Clock, number: int) -> list[Cited | None]:
    """Until when it can be saved and how such cases ended, with receipts from `number` on."""
    around, zone = explaining.around, explaining.zone
    if around is None:
        return []
    until = until_line(around, clock, zone, f"[{number}]")
    return [until, similar_line(around, clock, zone, f"[{number + bool(until)}]")]


def _told_as(account: Account) -> str | None:
    """The recorded cause that the client hears of, as long as it stands or once it is over."""
    return kind_of_cause(account.told_cause) if account.told_cause and account.cause else None


_A_WEEK = timedelta(days=6)


class Told(NamedTuple):
    """An event as the texts name it: what happened, when, and the number of its receipt."""

    kind: str
    what: str
    at: str
    ref: str

    def __str__(self) -> str:
        """At the beginning of a sentence."""
        return f"{self.what} {self.at} {self.ref}"

    @property
    def within(self) -> str:
        """Within a sentence."""
        return f"{self.plain} {self.ref}"

    @property
    def plain(self) -> str:
        """Within a sentence for people who see no receipts."""
        return f"{self.what[0].lower()}{self.what[1:]} {self.at}"


def _values(account: Account, chain: Chain, zone: tzinfo, span: timedelta) -> dict[str, object]:
    """`span` is how much time the account is about; after a week a weekday alone misleads."""
    numbers = {
        (event.source, event.event_id): number
        for number, event in enumerate(account.receipts, start=1)
    }

    dated = span >= _A_WEEK

    def told(event: OrderEvent | None, *, with_zone: bool = False) -> Told | None:
        if event is None:
            return None
        at = at_words(event.occurred_at, zone, with_zone=with_zone, with_date=dated)
        ref = f"[{numbers[event.source, event.event_id]}]"
        return Told(event.kind, what(event.kind), at, ref)

    cause, gap = account.told_cause, account.gap
    over = account.in_time_after_all or account.called_off is not None
    return {
        "order_id": account.order_id,
        "start": told(account.start, with_zone=True),
        "stop": told(account.stop),
        "called_off": told(account.called_off),
        "ended": told(account.stop or account.called_off, with_zone=True),
        "last": told(account.last) if account.last not in _named(account) else None,
        "in_time_after_all": account.in_time_after_all,
        "due": at_words(account.deadline_at, zone, with_date=dated),
        "delay": duration(account.delay_minutes),
        "cause": told(cause),
        "relief": told(account.relief),
        "times": _times(account),
        "recorded": chain.recorded,
        "cause_sentence": CAUSE[kind_of_cause(cause)] if cause else None,
        "later": told(account.later, with_zone=True),
        "problem": account.problem,
        "promise": account.promise,
        "begins_so": cause is not None and cause is account.start,
        "nothing_says_why": chain.cause is None and not over and not account.problem,
        "compared": any(isinstance(link, Beside | Silent) for link in chain.links),
        "gap": gap
        and (gap.after, gap.before) != (account.told_cause, account.relief)
        and {
            "minutes": duration(gap.minutes),
            "after": told(gap.after),
            "before": told(gap.before),
        },
        **_others(account),
    }


def _times(account: Account) -> int:
    """How often the cause was told, by the start or since."""
    kind = account.told_cause.kind if account.told_cause else None
    return sum(one.kind == kind for one in (account.start, *account.causes))


def _others(account: Account) -> dict[str, object]:
    return {
        "others_late": account.others_late,
        "late": _how_many(account.others_late),
        "others_waiting": account.others_waiting,
        "waiting": _how_many(account.others_waiting),
        "many_wait": account.others_waiting >= MANY,
    }


def _named(account: Account) -> tuple[OrderEvent | None, ...]:
    """Events that another sentence names anyway."""
    return (account.told_cause, account.relief, account.later)


def _links(chain: Chain, links: Sequence[Worded], first: int) -> list[Mapping[str, object]]:
    return [
        {**one.values, "kind": link.kind, "ref": f"[{number}]"}
        for number, (link, one) in enumerate(zip(chain.links, links, strict=True), start=first)
    ]


def _known(account: Account, chain: Chain, timeline: Timeline) -> dict[str, str]:
    """What a next step may name of this order."""
    known = {"order": account.order_id, **place_of(timeline.facts())}
    for link in chain.links:
        if isinstance(link, Silent) and (name := name_of(link.silence.source)) is not None:
            known["source"] = name
    return known


def _promised(timeline: Timeline, now: datetime, zone: tzinfo) -> str | None:
    """The stated day of delivery in words, where it is still to come."""
    stated = timeline.known("promised_delivery")
    try:
        day = date.fromisoformat(str(stated)[:10]) if stated else None
    except ValueError:
        return None
    return in_words(day, "en") if day and day >= now.astimezone(zone).date() else None


def _how_many(number: int) -> str:
    return f"{MANY:,} or more" if number >= MANY else str(number)

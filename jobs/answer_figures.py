"""Answers a question about figures: reads it, counts, and says what was counted.

Must not guess: words that were not understood are asked about, and what was understood is printed
with the answer. The tenants are those whom the asker may see, whatever the words say.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from difflib import get_close_matches

from jobs.asking import Asking
from jobs.figure_answers import ANSWERS, EXCEPTIONS
from jobs.figure_cases import Case, Told
from jobs.ports import Transaction
from jobs.views import Answer, Citation
from policies.questions import told
from policies.questions.follow import read_following
from policies.questions.honoured import not_honoured
from policies.questions.plain import Known
from policies.questions.shape import ME, Figures, Names, Only, Unclear
from policies.records import Tenant

_NEAR = 4
_REMEMBERED = timedelta(days=400)
ROUTE = "figures"


async def answer_figures(question: str, asking: Asking) -> Answer | None:
    """The answer, or a question back; None where no figure was asked for."""
    async with asking.storage.read() as tx:
        tenants = [t for t in await tx.tenants.all() if t.id in asking.tenant_ids]
        known = await known_names(tx, tenants, asking)
        read = read_following(question, asking.before, known, asking.now, asking.zone)
        if read is None:
            return None
        if isinstance(read, Unclear):
            return _ask_back(read, known, asking)
        if left := not_honoured(read, asking.zone):
            return _cannot(read, left, asking)
        asked = _of_asker(spelt_as_stored(read, known), asking.person)
        named = tuple(tenant for tenant in tenants if _meant(tenant.name, read.only))
        case = Case(tx=tx, asked=asked, tenants=named, asking=asking)
        found = await ANSWERS[asked.measure](case)
    return _answer(found, read, asking)


async def known_names(tx: Transaction, tenants: Sequence[Tenant], asking: Asking) -> Known:
    """The names that rows state and that the asker may see."""
    stated = await tx.figures.known(asking.tenant_ids, asking.now - _REMEMBERED)
    names = asking.people or {}
    return replace(
        stated,
        clients=tuple(tenant.name for tenant in tenants),
        people={name: person for person, name in names.items()},
    )


def spelt_as_stored(asked: Figures, known: Known) -> Figures:
    """`ups` and `UPS` are one carrier: every spelling that rows have counts."""
    only = asked.only

    def all_of(names: Sequence[str], listed: Sequence[str]) -> tuple[str, ...]:
        wanted = {name.casefold().removesuffix(" service") for name in names}
        wanted |= {name.casefold() for name in names}
        return tuple(name for name in listed if name.casefold() in wanted)

    def spelt(names: Only | Names) -> Names:
        return Names(
            sites=all_of(names.sites, known.sites),
            carriers=all_of(names.carriers, known.carriers),
            services=all_of(names.services, known.services),
            waves=all_of(names.waves, known.waves),
        )

    but = replace(spelt(only.but), clients=only.but.clients) if only.but else None
    one = spelt(only)
    narrowed = replace(
        only,
        sites=one.sites,
        carriers=one.carriers,
        services=one.services,
        waves=one.waves,
        but=but,
    )
    return replace(asked, only=narrowed)


def _meant(client: str, only: Only) -> bool:
    left_out = only.but is not None and client in only.but.clients
    return not left_out and (not only.clients or client in only.clients)


def _of_asker(asked: Figures, person: str | None) -> Figures:
    mine = asked.only.owner == ME and person is not None
    return replace(asked, only=replace(asked.only, owner=person)) if mine else asked


def _ask_back(unclear: Unclear, known: Known, asking: Asking) -> Answer:
    words = ", ".join(f"“{word}”" for word in unclear.words[:5])
    text = f"I did not understand {words}, so I counted nothing."
    if unclear.understood is not None and unclear.understood.only != Only():
        rest = told.understood(unclear.understood, asking.zone, asking.people)
        text += f" The rest I read as: {rest}."
    text += _likely(unclear.words, known)
    names = [*known.clients[:3], *known.sites[:3], *known.carriers[:3]]
    text += " You can name a client, a site, a carrier, a reason, a severity, an owner or a time"
    text += f", for example {', '.join(names)}." if names else "."
    return Answer(text=text, citations=(), route=ROUTE, refused=True, now=asking.now)


def _likely(words: Sequence[str], known: Known) -> str:
    """A name that is nearly spelt so is offered and not taken."""
    names = {word: word for word in sorted(known.words) if len(word) >= _NEAR}
    near = [one for word in words for one in get_close_matches(word, names, n=1, cutoff=0.75)]
    return f" Did you mean {' or '.join(near)}?" if near else ""


def _cannot(asked: Figures, left: Sequence[str], asking: Asking) -> Answer:
    """What a measure cannot do is said; leaving it aside would answer another question."""
    what = asked.measure.value.replace("_", " ")
    text = f"I cannot tell {what} by {' or '.join(left)} yet, so I counted nothing."
    return Answer(text=text, citations=(), route=ROUTE, refused=True, now=asking.now)


def _answer(found: Told, asked: Figures, asking: Asking) -> Answer:
    citations = tuple(
        Citation(number=number, label=label, ref=ref)
        for number, (label, ref) in enumerate(found.sources, start=1)
    )
    scope = told.understood(asked, asking.zone, asking.people)
    counted = [f"Counted: {scope}."] if asked.measure in EXCEPTIONS or scope != told.ALL else []
    text = "\n".join([*found.lines, *counted])
    return Answer(text=text, citations=citations, route=ROUTE, refused=False, now=asking.now)

"""Compares what was billed for one order with what is due: the differences and their causes.

Must not price: what is due is handed in. The differences sum to what is due less what was billed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from policies.money.findings.finding import WHOLE, Cause, Finding
from policies.money.findings.follow_up import following, follows
from policies.money.findings.follow_up_causes import why_following
from policies.money.findings.named import Billed, named, repeated
from policies.money.findings.prices import OtherVersions, counts_of
from policies.money.pricing import ChargeLine
from policies.money.shares import shared_out
from policies.money.tariff import Tariff
from policies.money.usage import Usage

_OF_COUNTS = frozenset({Cause.QUANTITY, Cause.NO_EVENT, Cause.NOT_BILLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What an order is to be charged, by which version, and the events that prove each line.

    `lines` have the tax. `events` are those of the order, none where nothing is known of it;
    `evidence` are those behind each code.
    """

    order_id: str
    usage: Usage
    tariff: Tariff
    lines: tuple[ChargeLine, ...]
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    events: tuple[str, ...] = ()

    @property
    def amount_cents(self) -> int:
        """All of it."""
        return sum(line.amount_cents for line in self.lines)

    def about(self, billed: Sequence[Billed], code: str, cause: Cause) -> Finding:
        """A finding on these lines, with nothing due for them yet."""
        first = billed[0] if billed else None
        proof = self.evidence.get(code) or tuple(
            event for one in billed for event in one.line.event_ids
        )
        return Finding(
            order_id=self.order_id,
            invoice_id=first.invoice_id if first else 0,
            invoice=first.invoice if first else "",
            place=first.line.number if first and code != WHOLE else 0,
            code=code,
            cause=cause,
            expected_cents=0,
            billed_cents=sum(one.amount_cents for one in billed),
            currency=self.tariff.currency,
            tariff_version=self.tariff.version,
            service_date=self.usage.day or (first.line.service_date if first else None),
            evidence=tuple(dict.fromkeys(proof or self.events)),
            billed_quantity=sum(one.line.quantity for one in billed) if code != WHOLE else 0,
            billed_unit_cents=first.line.unit_cents if first and code != WHOLE else 0,
        )


def order_findings(due: Due, billed: Sequence[Billed], others: OtherVersions) -> list[Finding]:
    """Every difference of one order, each line in one of them at most.

    What only follows from another difference is no finding of its own: it is counted with that.
    Differences that cost nobody anything are left out.
    """
    return [one for one in _all(due, billed, others) if one.difference_cents]


def _all(due: Due, billed: Sequence[Billed], others: OtherVersions) -> list[Finding]:
    found, left = _whole_invoices(due, billed)
    if any(one.cause is Cause.CURRENCY for one in found):
        return found
    if not left:
        return [*found, *_never_billed(due)]
    roots, doubled = _counted(due, left, others)
    wrong, follow = _following(due, left, doubled)
    if not roots and not wrong:
        wrong, follow = follow, []
    rest = sum(one.difference_cents for one in follow)
    return found + _sharing(_on_invoice([*roots, *wrong], left[0]), rest)


def _on_invoice(found: Sequence[Finding], first: Billed) -> list[Finding]:
    """What was not billed at all is missing on the invoice that bills the order."""
    return [
        one if one.invoice_id else replace(one, invoice_id=first.invoice_id, invoice=first.invoice)
        for one in found
    ]


def _whole_invoices(due: Due, billed: Sequence[Billed]) -> tuple[list[Finding], list[Billed]]:
    """Invoices that should not have the order at all, and the lines of the others."""
    by_invoice: dict[int, list[Billed]] = defaultdict(list)
    for one in billed:
        by_invoice[one.invoice_id].append(one)
    found: list[Finding] = []
    left: list[Billed] = []
    seen: list[Counter[tuple[str, int, int]]] = []
    for lines in by_invoice.values():
        held = Counter(one.shape for one in lines)
        cause = _why_whole(due, lines, again=held in seen)
        seen.append(held)
        if cause is None:
            left += lines
        else:
            about = due.about(lines, WHOLE, cause)
            found.append(replace(about, currency=lines[0].line.currency))
    return found, left


def _why_whole(due: Due, lines: Sequence[Billed], *, again: bool) -> Cause | None:
    if any(one.line.currency != due.tariff.currency for one in lines):
        return Cause.CURRENCY
    if not due.events:
        return Cause.UNKNOWN_ORDER
    return Cause.ORDER_TWICE if again else None


def _never_billed(due: Due) -> Iterator[Finding]:
    if due.amount_cents:
        about = due.about((), WHOLE, Cause.ORDER_NOT_BILLED)
        yield replace(about, expected_cents=due.amount_cents)


def _counted(
    due: Due, billed: Sequence[Billed], others: OtherVersions
) -> tuple[list[Finding], list[Billed]]:
    """The differences of lines that count something, and lines that charge the same once more."""
    wanted: dict[str, list[ChargeLine]] = defaultdict(list)
    asked: dict[str, list[Billed]] = defaultdict(list)
    for line in due.lines:
        wanted[line.code].append(line)
    for one in billed:
        asked[one.line.code].append(one)
    found: list[Finding] = []
    doubled: list[Billed] = []
    for code in dict.fromkeys((*wanted, *asked)):
        again = repeated(wanted[code], asked[code])
        doubled += again
        found += [due.about([one], code, Cause.TWICE) for one in again]
        if not follows(code, due.tariff):
            once = [one for one in asked[code] if one not in again]
            found += _difference(due, code, wanted[code], once, others)
    return _of_one_count(found, due.tariff), doubled


def _of_one_count(found: Sequence[Finding], tariff: Tariff) -> list[Finding]:
    """Several lines that price one count, which is wrong, are one finding."""
    kept: dict[object, Finding] = {}
    per = counts_of(tariff)
    for one in found:
        same = (per.get(one.code), one.cause, one.expected_quantity, one.billed_quantity)
        key: object = same if one.cause in _OF_COUNTS and one.code in per else one.subject
        first = kept.get(key)
        more = one.difference_cents
        kept[key] = (
            one if first is None else replace(first, follow_up_cents=first.follow_up_cents + more)
        )
    return list(kept.values())


def _difference(
    due: Due,
    code: str,
    wanted: Sequence[ChargeLine],
    once: Sequence[Billed],
    others: OtherVersions,
) -> Iterator[Finding]:
    why = named(code, wanted, once, due.tariff, others)
    if why is not None:
        yield replace(
            due.about(once, code, why.cause),
            expected_cents=sum(one.amount_cents for one in wanted),
            expected_quantity=sum(one.quantity for one in wanted),
            expected_unit_cents=wanted[0].unit_cents if wanted else 0,
            billed_version=why.version,
        )


def _following(
    due: Due, billed: Sequence[Billed], doubled: Sequence[Billed]
) -> tuple[list[Finding], list[Finding]]:
    """Lines that follow from others: those wrong by themselves, and those that only follow."""
    once = [one for one in billed if one not in doubled]
    asked, wanted = _amounts(once), Counter[str]()
    for line in due.lines:
        wanted[line.code] += line.amount_cents
    right = [following(one, due.usage, due.tariff) for one in (asked, _amounts(billed))]
    wrong: list[Finding] = []
    follow: list[Finding] = []
    for code in dict.fromkeys((*right[0], *wanted, *asked)):
        is_, due_cents = asked.get(code, 0), wanted[code]
        if is_ == due_cents or not follows(code, due.tariff):
            continue
        cause = why_following(code, due_cents, asked.get(code), due.usage, due.tariff)
        about = due.about([one for one in once if one.line.code == code], code, cause)
        follows_on = any(is_ == one.get(code, 0) for one in right)
        (follow if follows_on else wrong).append(replace(about, expected_cents=due_cents))
    return wrong, follow


def _amounts(billed: Sequence[Billed]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in billed:
        found[one.line.code] = found.get(one.line.code, 0) + one.amount_cents
    return found


def _sharing(found: Sequence[Finding], rest: int) -> list[Finding]:
    """Each with its part of what follows from them, in proportion to what they are off."""
    if not rest or not found:
        return list(found)
    weights = [Decimal(abs(one.difference_cents)) for one in found]
    if not any(weights):
        weights[0] = Decimal(1)
    parts = shared_out(rest, weights)
    return [
        replace(one, follow_up_cents=one.follow_up_cents + part)
        for one, part in zip(found, parts, strict=True)
    ]

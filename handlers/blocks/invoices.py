"""Draws how clients' invoices stand: the morning digest, a proof, what is open by cause.

Must not look anything up.
"""

from collections.abc import Sequence
from dataclasses import replace

from handlers.blocks.amounts import amount, month
from handlers.blocks.chart import bars
from handlers.blocks.elements import Block, context, header, message, plain_button, section
from handlers.blocks.finding import finding_card
from handlers.blocks.finding_words import cluster_words, short_cause
from handlers.blocks.ids import Verb
from handlers.blocks.invoice_ids import GroupTarget, encode_group
from handlers.blocks.text import clock_time, counted, data, joined
from jobs.ports.slack import Chart, Message
from jobs.views.findings import CheckReport, ClientFindings
from policies.briefs import ChartAs
from policies.money.currency import decimals
from policies.money.findings.clusters import Cluster
from policies.money.findings.filed import CORRECTED, FindingState

_MOST_CLIENTS, _MOST_CLUSTERS, _LEAST_BARS = 6, 8, 2


def invoice_digest(view: ClientFindings, chart: ChartAs) -> Message:
    """The morning message of one client."""
    drawn_chart = _chart(view)
    blocks: list[Block] = [
        header(f"Invoices of {data(view.tenant.name, 60)}"),
        *_client(view),
    ]
    if drawn_chart is not None:
        native = chart is ChartAs.NATIVE
        blocks.insert(2, bars(drawn_chart) if native else section(drawn_chart.words))
    drawn = message(f"Good morning. {_headline(view)}", blocks)
    pictured = drawn_chart is not None and chart is not ChartAs.WORDS
    return replace(drawn, chart=drawn_chart) if pictured else drawn


def invoices(views: Sequence[ClientFindings]) -> Message:
    """How the invoices of each client stand, when somebody asks."""
    text = " ".join(_headline(view) for view in views[:_MOST_CLIENTS])
    blocks: list[Block] = []
    for view in views[:_MOST_CLIENTS]:
        blocks += [header(f"Invoices of {data(view.tenant.name, 60)}"), *_client(view)]
    return message(text or "No client.", blocks)


def checked(report: CheckReport) -> Message:
    """What a proof came to, just now."""
    name, when = data(report.tenant.name, 60), month(report.period)
    due = amount(report.expected_cents, report.currency)
    billed = amount(report.billed_cents, report.currency)
    found = f"{counted(len(report.found), 'finding')}, {report.filed:,} new"
    text = (
        f"{name}, {when}: {counted(report.orders, 'order')}, due {due}, billed {billed}. "
        f"{found if report.found else 'No findings'}."
    )
    lines = [cluster_words(one) for one in report.clusters[:_MOST_CLUSTERS]]
    skipped = len(report.unbillable)
    unproved = f"{counted(skipped, 'order')} could not be proved" if skipped else None
    again = "The same invoices and events were proved before." if report.unchanged else None
    return message(text, [section(f"*{text}*", *lines, unproved, again)])


def _client(view: ClientFindings) -> list[Block]:
    blocks: list[Block] = [section(*_proofs(view))]
    for cluster in view.open[:_MOST_CLUSTERS]:
        value = encode_group(GroupTarget(tenant_id=view.tenant.id, key=cluster.key))
        decide = plain_button(Verb.FINDING_GROUP, value)
        blocks.append(section(f"• {cluster_words(cluster)}", accessory=decide))
    rest = view.open[_MOST_CLUSTERS:]
    if rest:
        many = sum(one.count for one in rest)
        blocks.append(context(f"and {counted(many, 'finding')} of {len(rest)} other kinds"))
    for one in view.largest:
        blocks += finding_card(one)
    blocks.append(context(joined(*_saved(view), f"as of {clock_time(view.now)}")))
    return blocks


def _headline(view: ClientFindings) -> str:
    name = data(view.tenant.name, 60)
    many = sum(one.count for one in view.open)
    if not view.checks:
        return f"No invoice of {name} was proved yet."
    if not many:
        return f"Every invoice of {name} proves right."
    return f"{counted(many, 'finding')} on invoices of {name} wait for a decision."


def _proofs(view: ClientFindings) -> list[str]:
    """The months that were proved, and what is open in all."""
    lines = [f"*{_headline(view)}*"]
    lines += [
        joined(
            month(check.period),
            counted(check.orders, "order"),
            f"due {amount(check.expected_cents, check.currency)}",
            f"billed {amount(check.billed_cents, check.currency)}",
        )
        for check in view.checks[:2]
    ]
    for currency in sorted({one.key.currency for one in view.open}):
        mine = [one for one in view.open if one.key.currency == currency]
        over = _sum(mine, over=True)
        under = _sum(mine, over=False)
        told = [
            f"{amount(cents, currency)} too {way}"
            for cents, way in ((over, "much"), (under, "little"))
            if cents
        ]
        lines.append(f"Open: {', '.join(told)}")
    return lines


def _saved(view: ClientFindings) -> list[str]:
    """What decisions of this month brought back, and what they gave back before a dispute."""
    told: list[str] = []
    for currency in sorted({one.currency for one in view.decided}):
        mine = [one for one in view.decided if one.currency == currency]
        righted = [one for one in mine if one.state in CORRECTED]
        back = sum(-one.difference_cents for one in righted if one.over)
        gained = sum(one.difference_cents for one in righted if not one.over)
        ours = sum(one.count for one in mine if one.state is FindingState.OUR_ERROR)
        told += [
            f"Saved in {month(view.month)}: {amount(back + gained, currency)}",
            f"{amount(back, currency)} billed too much, {amount(gained, currency)} never billed",
            *([f"{ours:,} our error"] if ours else []),
        ]
    return told or [f"Nothing was decided in {month(view.month)} yet"]


def _chart(view: ClientFindings) -> Chart | None:
    """Open money by cause, in the currency with most of it."""
    if not view.open:
        return None
    currency = view.open[0].key.currency
    by_cause: dict[str, int] = {}
    for one in view.open:
        if one.key.currency == currency:
            name = short_cause(one.key.cause)
            by_cause[name] = by_cause.get(name, 0) + abs(one.difference_cents)
    if len(by_cause) < _LEAST_BARS:
        return None
    told = ", ".join(f"{name} {amount(cents, currency)}" for name, cents in by_cause.items())
    return Chart(
        title="Open by cause",
        words=f"By cause: {told}",
        labels=tuple(by_cause),
        values=tuple(
            max(1, round(cents / 10 ** decimals(currency))) for cents in by_cause.values()
        ),
        x_label="Cause",
        y_label=currency,
    )


def _sum(found: Sequence[Cluster], *, over: bool) -> int:
    return sum(abs(one.difference_cents) for one in found if one.key.over is over)

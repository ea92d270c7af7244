"""Shows how invoices stand, has them proved, and decides on findings.

Must not compare or price, and does nothing for clients for whom the person may not.
"""

from handlers.blocks import notices
from handlers.blocks.elements import message, section
from handlers.blocks.finding import decided, finding_card, one_finding
from handlers.blocks.finding_words import difference
from handlers.blocks.invoices import checked, invoices
from handlers.blocks.text import counted, data
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk
from handlers.slack.invoice_intents import (
    AskAboutFinding,
    CheckInvoices,
    DecideFinding,
    DecideGroup,
    ShowFinding,
    ShowInvoices,
)
from jobs.check_invoices import Checking, check_month
from jobs.decide_finding import (
    DecidedBefore,
    FindingDone,
    Group,
    NoFinding,
    Verdict,
    decide_finding,
    decide_group,
)
from jobs.show_findings import show_clients, show_finding
from policies.local_time import local_date
from policies.money.currency import MixedCurrenciesError
from policies.money.findings.filed import FindingState
from policies.money.notes import Decider, NotTheirs
from policies.money.usage import UsageError
from policies.roles import Role

Outcome = tuple[Reply, str]
_LEADS = frozenset({Role.LEAD, Role.ADMIN})
_DONE = {
    FindingState.ACCEPTED: "accepted",
    FindingState.OUR_ERROR: "put down as our error",
    FindingState.DISPUTED: "disputed",
}


async def show_the_invoices(intent: ShowInvoices, desk: Desk) -> Outcome:
    """Of each client that they see."""
    views = await show_clients(
        desk.tenants, storage=desk.services.storage, now=desk.now, period=intent.period
    )
    return Reply(message=invoices(views)), "answered"


async def check_the_invoices(intent: CheckInvoices, desk: Desk) -> Outcome:
    """Proves one month of each client, now."""
    tariffs = desk.services.tariffs
    if tariffs is None:
        return _aside("No tariff is known here, so nothing can be proved."), "impossible"
    checking = Checking(
        storage=desk.services.storage, tariffs=tariffs, promises=desk.services.promises
    )
    drawn = []
    for tenant in desk.tenants:
        period = intent.period or f"{local_date(desk.now, tenant.timezone):%Y-%m}"
        try:
            report = await check_month(tenant, period, checking=checking, now=desk.now)
        except (UsageError, MixedCurrenciesError) as error:
            drawn.append(notices.told(f"{tenant.name}, {period}: {error}"))
            continue
        drawn.append(checked(report))
    text = " ".join(one.text for one in drawn)
    return Reply(message=message(text, [dict(b) for one in drawn for b in one.blocks])), "done"


async def show_one_finding(intent: ShowFinding, desk: Desk) -> Outcome:
    """The card of a finding."""
    storage = desk.services.storage
    view = await show_finding(intent.finding_id, desk.tenants, storage=storage)
    if view is None:
        return _no_finding(intent.finding_id)
    return Reply(message=one_finding(view)), "answered"


async def decide_one(intent: DecideFinding, desk: Desk) -> Outcome:
    """Accepts, disputes, or takes it as our error."""
    storage = desk.services.storage
    view = await show_finding(intent.finding_id, desk.tenants, storage=storage)
    if view is None:
        return _no_finding(intent.finding_id)
    outcome = await decide_finding(
        intent.finding_id,
        _verdict(intent, view.tenant.id, desk),
        desk.tenant_ids,
        storage=storage,
        now=desk.now,
    )
    match outcome:
        case FindingDone():
            return Reply(message=decided(outcome, desk.person.name)), "done"
        case NotTheirs():
            return _aside(outcome.why), "refused"
        case DecidedBefore():
            words = f"Finding {outcome.filed.id} was decided before. Nothing was changed."
            return _aside(words), "stale"
        case NoFinding():
            return _no_finding(intent.finding_id)


async def decide_on_all(intent: DecideGroup, desk: Desk) -> Outcome:
    """Decides on all of a cause that were shown."""
    target = intent.target
    if target.tenant_id not in desk.tenant_ids:
        return _aside("There is nothing of that here for which you may decide."), "not_found"
    done = await decide_group(
        Group(tenant_id=target.tenant_id, key=target.key, up_to=target.up_to),
        _verdict(intent, target.tenant_id, desk),
        storage=desk.services.storage,
        now=desk.now,
    )
    if not done.decided and not done.not_theirs:
        return _aside("All of them were decided before. Nothing was changed."), "stale"
    text = (
        f"{data(desk.person.name, 60)}: {counted(done.decided, 'finding')} "
        f"{_DONE[intent.state]}, {difference(done.difference_cents, done.currency)}."
    )
    left = (
        f"{counted(done.not_theirs, 'finding')} stay open. {done.why}" if done.not_theirs else None
    )
    return Reply(message=message(text, [section(text, left)])), "done"


async def ask_about(intent: AskAboutFinding, desk: Desk) -> Outcome:
    """Posts a question to a colleague with the finding."""
    storage = desk.services.storage
    view = await show_finding(intent.finding_id, desk.tenants, storage=storage)
    if view is None:
        return _no_finding(intent.finding_id)
    asked = f"{data(desk.person.name, 60)} asks <@{data(intent.whom, 40)}>"
    text = f"{asked} about finding {intent.finding_id}: {data(intent.question, 400)}"
    return Reply(message=message(text, [section(text), *finding_card(view)])), "done"


def _verdict(intent: DecideFinding | DecideGroup, tenant_id: int, desk: Desk) -> Verdict:
    lead = bool(desk.rights.roles(tenant_id) & _LEADS)
    return Verdict(
        state=intent.state,
        by=Decider(name=desk.asker.actor, lead=lead),
        words=intent.words,
        correlation_id=desk.asker.correlation_id,
    )


def _no_finding(number: int) -> Outcome:
    return _aside(f"There is no finding {number} here."), "not_found"


def _aside(words: str) -> Reply:
    return Reply(message=notices.told(words), private=True)

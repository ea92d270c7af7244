"""A question about figures with everything that is needed to count, and its parts by kind and time.

Must not count: figure_answers.py and its neighbours do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from jobs.asking import Asking
from jobs.ports import Transaction
from policies.questions.results import Share
from policies.questions.shape import NOBODY, Figures, Only, Split
from policies.reasons import ReasonCode, Severity, Stage, Status
from policies.records import Tenant

NARROWED: Mapping[Split, Callable[[Only, tuple[str, ...]], Only]] = {
    Split.SITE: lambda only, names: replace(only, sites=names),
    Split.CARRIER: lambda only, names: replace(only, carriers=names),
    Split.SERVICE: lambda only, names: replace(only, services=names),
    Split.WAVE: lambda only, names: replace(only, waves=names),
    Split.OWNER: lambda only, names: replace(only, owner=names[0] or NOBODY),
    Split.REASON: lambda only, names: replace(only, reasons=tuple(map(ReasonCode, names))),
    Split.SEVERITY: lambda only, names: replace(only, severities=tuple(map(Severity, names))),
    Split.STATUS: lambda only, names: replace(only, statuses=tuple(map(Status, names))),
    Split.STAGE: lambda only, names: replace(only, stages=tuple(map(Stage, names))),
}
"""How a question is narrowed to one kind, by the names that rows have for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Sentences, each with what it was taken from."""

    lines: tuple[str, ...]
    sources: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question with everything that is needed to count."""

    tx: Transaction
    asked: Figures
    tenants: tuple[Tenant, ...]
    asking: Asking

    @property
    def ids(self) -> tuple[int, ...]:
        """The tenants whose rows count."""
        return tuple(tenant.id for tenant in self.tenants)


def alike(asked: Figures) -> Figures:
    """A window that is not over is compared with as much of the other one."""
    window, other, now = asked.window, asked.against, asked.now
    if window is None or other is None or now is None or window.until <= now:
        return asked
    until = min(other.until, other.since + (now - window.since))
    return replace(asked, window=replace(window, until=now), against=replace(other, until=until))


def now_and_before(case: Case) -> tuple[Case, Case, str]:
    """The same question about its two windows, and how the second one is called."""
    cut = alike(case.asked)
    words = cut.against.words if cut.against else ""
    now = replace(case, asked=replace(cut, against=None))
    before = replace(case, asked=replace(cut, window=cut.against, against=None))
    return now, before, words


def up_to(case: Case) -> str:
    """Says that both windows end at the same time of theirs, where that was done."""
    return "" if alike(case.asked) == case.asked else ", both up to the same time"


def called(name: str, by: Split, case: Case) -> str:
    """Clients and people by their names, everything else as it is stated."""
    if by is Split.CLIENT:
        return next((tenant.name for tenant in case.tenants if str(tenant.id) == name), name)
    return (case.asking.people or {}).get(name, name) if by is Split.OWNER else name


def named(shares: Sequence[Share], by: Split, case: Case) -> list[Share]:
    """Clients and people by their names; two spellings of one name are one; a client may have 0."""
    found: dict[str, Share] = {}
    for share in shares:
        name = called(share.name, by, case)
        known = found.get(name.casefold(), Share(name=name, count=0))
        found[name.casefold()] = replace(known, count=known.count + share.count)
    if by is Split.CLIENT and found:
        for tenant in case.tenants:
            found.setdefault(tenant.name.casefold(), Share(name=tenant.name, count=0))
    return sorted(found.values(), key=lambda share: (-share.count, share.name))


async def parts(case: Case, by: Split) -> list[tuple[str, Case]]:
    """The question about each kind alone, by its name; kinds that nobody states are left out."""
    if by is Split.CLIENT:
        return [(tenant.name, replace(case, tenants=(tenant,))) for tenant in case.tenants]
    shares = await case.tx.figures.shares(case.ids, case.asked, by)
    spellings: dict[str, list[str]] = {}
    for share in shares:
        if share.name or by is Split.OWNER:
            spellings.setdefault(called(share.name, by, case).casefold(), []).append(share.name)
    return [
        (called(names[0], by, case), _only(case, NARROWED[by](case.asked.only, tuple(names))))
        for names in spellings.values()
    ]


def _only(case: Case, only: Only) -> Case:
    return replace(case, asked=replace(case.asked, only=only))

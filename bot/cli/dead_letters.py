"""`e2a replay-dlq`, `e2a discard-dlq`: dead letters tried again, or laid aside.

Must not decide what becomes of a letter: the jobs do.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.cli.app import CommandError, app
from bot.cli.moments import day_or_moment
from bot.cli.output import say, tell, tell_json
from bot.cli.person import actor
from bot.cli.progress import progress
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.intake import open_retelling
from bot.settings import Settings
from jobs.discard_dead_letters import Discarded, Unknown, discard_letters
from jobs.replay_dead_letters import (
    NOT_FOUND,
    REJECTED,
    REPLAYED,
    Replaying,
    Tried,
    replay_batches,
)
from policies.letter_reasons import without_reference
from policies.queries import LetterFilter
from policies.records import Tenant
from storage.transaction import SqlStorage
from storage.writer import GroupCommitWriter

_SHOWN = 10
_MOST = 2**63 - 1


class LetterKind(StrEnum):
    """Kinds of dead letters."""

    EVENT = "event"
    EVALUATE = "evaluate"
    SLACK = "slack"


@dataclass(kw_only=True)
class _Outcome:
    """What became of the letters, counted, with the first few of them."""

    counts: Counter[str] = field(default_factory=Counter)
    groups: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    shown: list[Tried] = field(default_factory=list)

    def add(self, tried: Sequence[Tried]) -> None:
        for one in tried:
            reason = without_reference(one.why or one.letter.reason)
            self.counts[one.result] += 1
            self.groups[one.letter.kind, reason, one.result] += 1
        self.shown += tried[: max(0, _SHOWN - len(self.shown))]


@app.command("replay-dlq")
def replay_dlq(  # noqa: PLR0913 - a command's options
    *,
    tenant: Annotated[str | None, typer.Option(help="Only this tenant's.")] = None,
    batch_size: Annotated[int, typer.Option(min=1, max=500, help="Letters at once.")] = 10,
    max_batches: Annotated[int | None, typer.Option(min=1, help="Else all of them.")] = None,
    rate: Annotated[float, typer.Option(min=0, help="Letters a second at most; 0: any.")] = 10,
    kind: Annotated[LetterKind | None, typer.Option(help="Only this kind.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only with this in the reason.")] = None,
    order: Annotated[str | None, typer.Option(help="Only of this order.")] = None,
    since: Annotated[str | None, typer.Option(help="Only those that came from then on.")] = None,
    until: Annotated[str | None, typer.Option(help="Only those that came before.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only says what would be.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Tries dead letters again, oldest first, in batches; safe to run twice or at once."""

    async def work(storage: SqlStorage, settings: Settings) -> _Outcome:
        tenants = await _tenants(storage, tenant)
        zone = tenants[0].timezone if tenant else "UTC"
        wanted = LetterFilter(
            tenant_ids=tuple(one.id for one in tenants),
            kinds=(kind.value,) if kind else (),
            reason=reason,
            order_id=order,
            since=day_or_moment(since, "--since", zone) if since else None,
            until=day_or_moment(until, "--until", zone) if until else None,
            limit=batch_size,
        )
        outcome = _Outcome()
        async with _replaying(storage, settings) as replaying:
            with progress("letters") as told:
                batches = replay_batches(
                    wanted,
                    replaying=replaying,
                    max_batches=max_batches,
                    rate=rate,
                    dry_run=dry_run,
                )
                async for tried in batches:
                    outcome.add(tried)
                    told(len(tried))
        return outcome

    outcome = with_storage(work)
    if as_json:
        tell_json(_as_json(outcome, dry_run=dry_run))
    else:
        _in_words(outcome, dry_run=dry_run)


@app.command("discard-dlq")
def discard_dlq(
    ids: Annotated[list[int], typer.Argument(min=1, max=_MOST, help="Numbers of letters.")],
    reason: Annotated[str, typer.Option(help="Why; it goes on the audit trail.")],
    tenant: Annotated[str | None, typer.Option(help="Only this tenant's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Lays dead letters aside for good, all or none of them; discarding twice is harmless."""
    if not reason.strip():
        message = "--reason must say why"
        raise typer.BadParameter(message)

    async def work(storage: SqlStorage, _settings: Settings) -> Discarded | Unknown:
        tenants = await _tenants(storage, tenant)
        return await discard_letters(
            ids,
            [one.id for one in tenants],
            reason=reason.strip(),
            actor=actor(),
            storage=storage,
            now=wall_now(),
        )

    done = with_storage(work)
    if isinstance(done, Unknown):
        message = f"there is no dead letter {_listed(done.ids)}; nothing was discarded"
        raise CommandError(message)
    aside = [letter.id for letter in done.laid_aside]
    if as_json:
        earlier = [{"id": letter.id, "state": letter.state} for letter in done.earlier]
        tell_json({"discarded": aside, "earlier": earlier})
        return
    if aside:
        tell(f"discarded {_listed(aside)}")
    for letter in done.earlier:
        tell(f"{letter.id} was {letter.state} before; left as it is")


async def _tenants(storage: SqlStorage, name: str | None) -> list[Tenant]:
    async with storage.read() as tx:
        return [await tenant_called(tx, name)] if name else await tx.tenants.all()


@asynccontextmanager
async def _replaying(storage: SqlStorage, settings: Settings) -> AsyncIterator[Replaying]:
    """With a writer for the events of rejected deliveries."""
    writer = GroupCommitWriter(storage.engines, wall_now=wall_now)
    await writer.start()
    try:
        yield Replaying(
            actor=actor(),
            storage=storage,
            log=writer,
            retell=open_retelling(settings, storage),
            business_now=wall_now,
            wall_now=wall_now,
        )
    finally:
        await writer.stop()


def _in_words(outcome: _Outcome, *, dry_run: bool) -> None:
    would = "would " if dry_run else ""
    words = {
        REPLAYED: "go back to work" if dry_run else "went back to work",
        REJECTED: "still be rejected" if dry_run else "still rejected",
        NOT_FOUND: "dealt with by somebody else meanwhile",
    }
    for (kind, reason, result), count in sorted(outcome.groups.items()):
        tell(f"{count:>6}  {kind:<8}  {would}{words[result]}: {reason}")
    if dry_run:
        for one in outcome.shown:
            letter = one.letter
            tell(f"        {letter.id}  {letter.order_id or letter.subject}  {letter.state}")
    total = sum(outcome.counts.values())
    if not total:
        say("No dead letter waits that fits.")
        return
    parts = [f"{outcome.counts[result]} {would}{words[result]}" for result in words]
    kept = [part for part, result in zip(parts, words, strict=True) if outcome.counts[result]]
    say(f"{total} letters: {', '.join(kept)}." + (" Nothing was changed." if dry_run else ""))


def _as_json(outcome: _Outcome, *, dry_run: bool) -> dict[str, Any]:
    results = (REPLAYED, REJECTED, NOT_FOUND)
    return {
        "dry_run": dry_run,
        **{result: outcome.counts[result] for result in results},
        "groups": [
            {"kind": kind, "reason": reason, "result": result, "count": count}
            for (kind, reason, result), count in sorted(outcome.groups.items())
        ],
        "letters": [
            {
                "id": one.letter.id,
                "kind": one.letter.kind,
                "order_id": one.letter.order_id,
                "result": one.result,
                "reason": one.why or one.letter.reason,
            }
            for one in outcome.shown
        ],
    }


def _listed(ids: Sequence[int]) -> str:
    return ", ".join(str(number) for number in ids)

"""Has a model look a policy over for `e2a policy lint --model`.

Must not print, and must not judge: the engine does, in jobs/lint_policy.py.
"""

from datetime import datetime
from typing import Any

from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.models import models_of
from bot.policy_files import load_telling
from bot.settings import Settings
from bot.telemetry import Metrics
from jobs.lint_policy import ModelLint, lint_with_model
from policies.lint.finding import Finding
from policies.lint.remarks import Remark, why_none
from policies.records import Tenant
from storage.transaction import SqlStorage

NO_CLIENT = "name the client whose budget it is taken from, with --client"


def hear_model(
    text: str, file: str, found: tuple[Finding, ...], client: str, now: datetime
) -> ModelLint:
    """What a model adds, on the budget of that client; of the only one where none is named."""

    async def ask(storage: SqlStorage, settings: Settings) -> ModelLint:
        tenant = await _payer(storage, client)
        if tenant is None:
            return ModelLint(reason=NO_CLIENT)
        models = models_of(settings, storage, Metrics(), load_telling(settings), wall_now=wall_now)
        try:
            return await lint_with_model(
                text,
                file,
                found,
                tenant=tenant,
                asking=models.asking,
                now=now,
                wall_now=wall_now(),
            )
        finally:
            await models.close()

    return with_storage(ask)


async def _payer(storage: SqlStorage, client: str) -> Tenant | None:
    async with storage.read() as tx:
        if client:
            return await tenant_called(tx, client)
        real = [one for one in await tx.tenants.all() if not one.synthetic]
    return real[0] if len(real) == 1 else None


def lines_of(heard: ModelLint, file: str) -> list[str]:
    """What it said, each remark with what the engine made of its examples; or why it did not."""
    if heard.reason:
        return [why_none(heard.reason)]
    lines = [line for remark in heard.remarks for line in _lines(remark, file)]
    kept = f"{len(heard.remarks)} of the model's remarks hold"
    return [*lines, f"{file}: {kept}, {heard.dropped} dropped: the engine says otherwise"]


def _lines(remark: Remark, file: str) -> list[str]:
    kind = remark.kind.value.replace("_", " ")
    title = f"{file}:{remark.line}: model {kind} {remark.sla_id}: {remark.title}"
    tried = [f"  {one.given} -> {one.outcome}" for one in remark.examples]
    return [title, f"  {remark.says}", *tried]


def as_json(heard: ModelLint) -> dict[str, Any]:
    """The same for machines."""
    remarks = [
        {
            "kind": one.kind.value,
            "sla_id": one.sla_id,
            "line": one.line,
            "title": one.title,
            "says": one.says,
            "examples": [
                {"given": tried.given, "outcome": tried.outcome} for tried in one.examples
            ],
        }
        for one in heard.remarks
    ]
    return {"remarks": remarks, "dropped": heard.dropped, "reason": heard.reason or None}

"""Looks a policy over that somebody sends. Must not put it into force."""

import asyncio
from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from handlers.api.asking import read_model
from handlers.api.auth import Access
from handlers.api.shapes import Shape, answer
from handlers.api.table import Call, Route
from jobs.lint_policy import lint_with_model
from policies.lint.finding import Finding, Level, count_of
from policies.lint.lint import lint
from policies.lint.remarks import Kind


class LintBody(BaseModel):
    """A policy as YAML text; `file` is what findings call it; `model` has a model asked, too."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    text: str
    file: Annotated[str, Field(min_length=1, max_length=128)] = "policy.yaml"
    model: bool = False


class FindingShape(Shape):
    """One spot of the policy: what is doubtful about it, and what to do."""

    level: Level
    rule: str
    file: str
    line: int
    path: str
    sla_id: str | None
    message: str
    remedy: str


class TriedShape(Shape):
    """An example, and what the engine made of it."""

    given: str
    outcome: str


class RemarkShape(Shape):
    """What a model says of a rule; its examples came out as it says."""

    kind: Kind
    sla_id: str
    line: int
    title: str
    says: str
    examples: tuple[TriedShape, ...]


class HeardShape(Shape):
    """What a model added; `dropped` remarks were not borne out, `reason` is why there is none."""

    remarks: tuple[RemarkShape, ...]
    dropped: int
    reason: str | None


class LintAnswer(Shape):
    """What was found, by line; a policy with errors is not to be used.

    `model` is there where it was asked for.
    """

    findings: tuple[FindingShape, ...]
    errors: int
    warnings: int
    model: HeardShape | None = Field(None, exclude_if=lambda heard: heard is None)


async def post_lint(call: Call) -> web.Response:
    """Lints in a thread of its own, so that a long policy holds nobody up."""
    body = await read_model(call, LintBody)
    now = call.services.business_now()
    found = await asyncio.to_thread(lint, body.text, body.file, now)
    return answer(
        LintAnswer(
            findings=tuple(FindingShape.model_validate(one) for one in found),
            errors=count_of(found, Level.ERROR),
            warnings=count_of(found, Level.WARNING),
            model=await _heard(body, found, call, now) if body.model else None,
        )
    )


async def _heard(
    body: LintBody, found: tuple[Finding, ...], call: Call, now: datetime
) -> HeardShape | None:
    """On the day's budget of the key's tenant; None where that is gone."""
    services = call.services
    async with services.storage.read() as tx:
        tenant = await tx.tenants.get(call.caller.tenant_id)
    if tenant is None:
        return None
    heard = await lint_with_model(
        body.text,
        body.file,
        found,
        tenant=tenant,
        asking=services.asking,
        now=now,
        wall_now=services.wall_now(),
    )
    return HeardShape(
        remarks=tuple(RemarkShape.model_validate(one) for one in heard.remarks),
        dropped=heard.dropped,
        reason=heard.reason or None,
    )


ROUTES = (
    Route(
        method="POST",
        path="/api/policies/lint",
        access=Access.ADMIN,
        handle=post_lint,
        summary="What is wrong or doubtful in a policy, with remedies",
        body=LintBody,
        answers={200: LintAnswer},
    ),
)

"""Looks a policy over that somebody sends. Must not put it into force."""

import asyncio
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from handlers.api.asking import read_model
from handlers.api.auth import Access
from handlers.api.shapes import Shape, answer
from handlers.api.table import Call, Route
from policies.lint.finding import Level, count_of
from policies.lint.lint import lint


class LintBody(BaseModel):
    """A policy as YAML text; `file` is what findings call it."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    text: str
    file: Annotated[str, Field(min_length=1, max_length=128)] = "policy.yaml"


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


class LintAnswer(Shape):
    """What was found, by line; a policy with errors is not to be used."""

    findings: tuple[FindingShape, ...]
    errors: int
    warnings: int


async def post_lint(call: Call) -> web.Response:
    """Lints in a thread of its own, so that a long policy holds nobody up."""
    body = await read_model(call, LintBody)
    found = await asyncio.to_thread(lint, body.text, body.file, call.services.business_now())
    return answer(
        LintAnswer(
            findings=tuple(FindingShape.model_validate(one) for one in found),
            errors=count_of(found, Level.ERROR),
            warnings=count_of(found, Level.WARNING),
        )
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

"""Looks a policy over by rules, and where it is wanted has a model add what rules cannot see.

Must not show anything of a model that the engine has not borne out, and changes nothing.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs.ask_model import Asking, Inquiry, NotTold, ask_model
from jobs.worded import worded
from policies.asking import AnswerLimits, Prompt, as_data
from policies.in_words import rule_in_words
from policies.lint.draft import Draft
from policies.lint.event_names import known_names
from policies.lint.finding import Finding, Level, count_of
from policies.lint.lint import draft_of
from policies.lint.remarks import Remark, borne_out, schema
from policies.records import Tenant
from prompts.lint_model import VERSION, ask_to_lint

NAME = "policy_lint"
OPERATION = "policy_lint"
MOST = 6
"""Remarks of a model that are asked for."""
_ANSWER = AnswerLimits(output_tokens=2_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLint:
    """What a model added, how much of it the engine did not bear out; or why nobody was asked.

    `reason` is empty where it answered; else nobody, unreadable, or a reason of asking.
    """

    remarks: tuple[Remark, ...] = ()
    dropped: int = 0
    reason: str = ""


async def lint_with_model(
    text: str,
    file: str,
    found: tuple[Finding, ...],
    *,
    tenant: Tenant,
    asking: Asking | None,
    now: datetime,
    wall_now: datetime,
) -> ModelLint:
    """Asks a model about a policy that rules have looked over.

    Args:
        text: the policy, YAML.
        file: what findings call it.
        found: what rules say of it.
        tenant: whose day's budget it is taken from.
        asking: how to ask; None where there is no model.
        now: business time, for the engine.
        wall_now: for the budget.

    Raises:
        TemporarilyUnavailableError: the database cannot count what it would cost.
    """
    if asking is None:
        return ModelLint(reason="nobody")
    draft = await asyncio.to_thread(draft_of, text, file, now)
    if draft is None or count_of(found, Level.ERROR):
        return ModelLint(reason="unreadable")
    told = await ask_model(_inquiry(text, draft, found, tenant), asking, wall_now=wall_now)
    if isinstance(told, NotTold):
        return ModelLint(reason=told.reason)
    remarks = await asyncio.to_thread(borne_out, told.value, draft)
    if remarks is None:
        return ModelLint(reason="refused_answer")
    return ModelLint(remarks=remarks.kept[:MOST], dropped=remarks.dropped)


def _inquiry(text: str, draft: Draft, found: tuple[Finding, ...], tenant: Tenant) -> Inquiry:
    events = ", ".join(sorted(known_names(draft)))

    def worded(redacted: Mapping[str, Any]) -> Prompt:
        return _prompt(redacted, events)

    return Inquiry(
        tenant=tenant,
        operation=OPERATION,
        facts={
            "policy": text,
            "in_words": [list(rule_in_words(one.rule)) for one in draft.rules],
            "found": [f"{one.rule}: {one.message}" for one in found],
        },
        prompt=worded,
        accept=lambda value: borne_out(value, draft) is not None,
    )


def _prompt(facts: Mapping[str, Any], events: str) -> Prompt:
    return worded(
        NAME,
        VERSION,
        schema(),
        lambda wanted: ask_to_lint(facts=as_data(facts), schema=wanted, events=events, most=MOST),
        limits=_ANSWER,
    )

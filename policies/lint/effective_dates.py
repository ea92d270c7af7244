"""Looks at when a policy is in force, opens exceptions and costs credits. Must not judge by it."""

from collections.abc import Iterator

from policies.lint.check import Check, PolicyCheck, Spot
from policies.lint.draft import Draft
from policies.lint.finding import Level

_UNTIL = ("effective", "until")
_ENFORCE = ("effective", "enforce_from")
_RAMP = ("effective", "ramp_days")


def over(draft: Draft) -> Iterator[Spot]:
    """A policy whose time is over."""
    until = draft.book.effective_until
    if until is not None and until <= draft.now:
        message = f"this policy ended on {until:%Y-%m-%d}: nothing that starts now is judged"
        yield Spot(message, "Set a later `until`, or put the next policy in its place", _UNTIL)


def never_enforced(draft: Draft) -> Iterator[Spot]:
    """Exceptions that would open only after the policy has ended."""
    until, enforce = draft.book.effective_until, draft.book.rules[0].enforce_from
    if until is not None and enforce is not None and enforce >= until:
        message = "the policy ends before its breaches open exceptions"
        yield Spot(message, "Set `enforce_from` before `until`", _ENFORCE)


def never_credited(draft: Draft) -> Iterator[Spot]:
    """Credits that would be due only after the policy has ended."""
    until, due = draft.book.effective_until, draft.book.rules[0].remedies_from
    if until is not None and due is not None and due >= until:
        message = "the policy ends before the ramp does, so no credit is ever due"
        yield Spot(message, "Shorten `ramp_days`, or set a later `until`", _RAMP)


def enforced_early(draft: Draft) -> Iterator[Spot]:
    """An enforcement that is dated before the policy."""
    begin, enforce = draft.book.effective_from, draft.book.rules[0].enforce_from
    if begin is not None and enforce is not None and enforce < begin:
        message = "`enforce_from` lies before `from`, where nothing is judged yet"
        yield Spot(message, "Remove it, or correct one of the two dates", _ENFORCE)


CHECKS: tuple[Check, ...] = (
    PolicyCheck("policy-over", Level.WARNING, over),
    PolicyCheck("never-enforced", Level.WARNING, never_enforced),
    PolicyCheck("never-credited", Level.WARNING, never_credited),
    PolicyCheck("enforced-early", Level.NOTE, enforced_early),
)

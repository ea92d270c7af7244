"""Every check of a whole policy, and what policies that cannot be read are told."""

import pytest

from policies.lint.finding import Level
from policies.lint.lint import lint
from tests.policies.lint_policy import NOW, line_of, spoilt

SHIFTS = '{tz: America/New_York, shifts: {mon-fri: ["08:00-18:00"]}, holidays: [US]}'
TARGET = "at_least: 99}"
FROM = "{from: 2026-01-01}"


def calendar(written: str) -> tuple[str, str]:
    """ATL1 written otherwise."""
    return SHIFTS, written


def closed(begin: str, end: str) -> tuple[str, str]:
    """ATL1 with a closure."""
    return (
        "holidays: [US]}",
        f"holidays: [US], closures: [{{from: {begin}, to: {end}, why: ice}}]}}",
    )


CASES: list[tuple[str, tuple[tuple[str, str], ...], str, str]] = [
    ("calendar-never-open", (calendar("{shifts: {}, holidays: [US]}"),), "ATL1:", "no minute"),
    (
        "calendar-never-open",
        (closed("2026-01-02", "2029-01-01"),),
        "ATL1:",
        "shorten closures",
    ),
    (
        "calendar-unused",
        (("  ATL1:", "  NYC2: {days: mon-fri, holidays: [US]}\n  ATL1:"),),
        "NYC2:",
        "no rule counts by the calendar NYC2",
    ),
    ("no-holidays", ((", holidays: [US]", ""),), "ATL1:", "Christmas"),
    (
        "holidays-not-known",
        ((FROM, "{from: 2026-01-01, until: 2150-01-01}"),),
        "ATL1:",
        "US are not known for all of 2026 to 2150",
    ),
    ("idle-closure", (closed("2026-02-01", "2026-02-02"),), "closures:", "was over on 2026-02-02"),
    ("idle-closure", (closed("2025-02-01", "2025-02-02"),), "closures:", "outside the time"),
    (
        "pickup-without-site",
        (("holidays: [US]}", 'holidays: [US], pickups: {ATL2: "18:30"}}'),),
        "pickups:",
        "Write ATL1",
    ),
    ("target-without-rule", (("sla: pick", "sla: pik"),), "sla: pik", "Did you mean pick?"),
    (
        "target-only-watched",
        ((FROM, "{from: 2026-01-01, enforce_from: 2026-04-01}"),),
        "sla: pick",
        "until 2026-04-01 pick is only watched",
    ),
    (
        "target-fits-no-order",
        ((TARGET, "at_least: 99, when: {client: globex}}"),),
        "globex",
        "no order fits both",
    ),
    (
        "target-not-measured",
        ((TARGET, "at_least: 99, when: {service: ground}}"),),
        "service:",
        "by client and channel only",
    ),
    ("target-without-budget", ((TARGET, "at_least: 100}"),), "at_least:", "no error budget"),
    ("target-very-low", ((TARGET, "at_least: 40}"),), "at_least:", "as at_least: 99.5"),
    ("target-very-low", ((TARGET, "at_least: 0.995}"),), "at_least:", "as at_least: 99.5"),
    (
        "alarms-crossed",
        ((TARGET, "at_least: 99, budget_alert: [80, 50]}"),),
        "budget_alert:",
        "do not grow",
    ),
    (
        "share-for-percent",
        ((TARGET, "at_least: 99, budget_alert: [0.5, 80%]}"),),
        "budget_alert:",
        "Write 50, or",
    ),
    (
        "share-for-percent",
        ((TARGET, "at_least: 99, remedy: {tiered: [[99, 0], [0, 0.02]]}}"),),
        "tiered:",
        "Write 2, or",
    ),
    (
        "tiers-beside-target",
        ((TARGET, "at_least: 99, remedy: {tiered: [[98, 0], [0, 10]]}}"),),
        "tiered:",
        "from 98 % to 99 % the target is missed for free",
    ),
    (
        "tiers-beside-target",
        ((TARGET, "at_least: 99, remedy: {tiered: [[99.5, 0], [0, 10]]}}"),),
        "tiered:",
        "gives credit, too",
    ),
    ("policy-over", ((FROM, "{from: 2026-01-01, until: 2026-02-01}"),), "effective:", "ended on"),
    (
        "never-enforced",
        ((FROM, "{from: 2026-01-01, until: 2026-05-01, enforce_from: 2026-06-01}"),),
        "effective:",
        "Set `enforce_from` before",
    ),
    (
        "never-credited",
        ((FROM, "{from: 2026-01-01, until: 2026-05-01, ramp_days: 200}"),),
        "effective:",
        "no credit is ever due",
    ),
    (
        "enforced-early",
        ((FROM, "{from: 2026-01-01, enforce_from: 2025-01-01}"),),
        "effective:",
        "lies before `from`",
    ),
]


@pytest.mark.parametrize(
    ("check", "changes", "place", "words"), CASES, ids=[f"{n}-{c[0]}" for n, c in enumerate(CASES)]
)
def test_each_check_finds_its_spot(
    check: str, changes: tuple[tuple[str, str], ...], place: str, words: str
) -> None:
    """One thing spoilt is found by its check, on its line, in words that help, and only by it."""
    text = spoilt(*changes)
    findings = lint(text, "acme.yaml", NOW)
    found = [one for one in findings if one.rule == check]
    assert [one for one in found if words in str(one) and one.line == line_of(text, place)], found
    assert {one.rule for one in findings} - {check} <= {"example-fails", "target-only-watched"}


FAULTS: list[tuple[str, str, str, str, str | None, str]] = [
    ("warn", "version:", "versoin:", "unknown-field", None, "Did you mean version?"),
    ("field", "stop: [", "stpo: [", "unknown-field", "pick", "Did you mean stop?"),
    ("gone", "  stop: [pick_completed]\n", "", "missing-field", "pick", "Add it, as"),
    (
        "deadline",
        "  deadline: {within: 2h, calendar: ATL1}\n",
        "",
        "missing-field",
        "pick",
        "Add d",
    ),
    ("kind", "kind: ola", "kind: olga", "unknown-value", "pick", "Write one of 'sla', 'ola'"),
    ("duration", "within: 2h", "within: 2 hours", "wrong-value", "pick", "Write 120m, 2h or 5d"),
    (
        "calendar",
        "2h, calendar: ATL1",
        "2h, calendar: ATL",
        "calendar-missing",
        "pick",
        "one of AT",
    ),
    ("fact", "stop: left", "stop: gone", "fact-missing", "ship", "List it under facts"),
    ("twice", "id: ship", "id: pick", "id-twice", "pick", "Rename one"),
    (
        "expect",
        "expect: met}\ntargets",
        "expect: on time}\ntargets",
        "wrong-value",
        "ship",
        "Write o",
    ),
    ("number", "at_least: 99", "at_least: much", "wrong-value", None, "Write 99.5"),
    ("list", "slas:\n", "slas: 5\nold:\n", "wrong-value", None, "docs/policies.md"),
    ("yaml", "facts: {", "facts: {{", "not-a-policy", None, "Check indentation"),
    ("tab", "- id: ship\n  ", "- id: ship\n\t", "not-a-policy", None, "indent with spaces"),
    (
        "zone",
        "tz: America/New_York",
        "tz: Mars/Olympus",
        "wrong-value",
        None,
        "as America/New_York",
    ),
]


@pytest.mark.parametrize(
    ("right", "wrong", "check", "sla_id", "words"),
    [fault[1:] for fault in FAULTS],
    ids=[fault[0] for fault in FAULTS],
)
def test_faults_are_errors_with_remedy(
    right: str, wrong: str, check: str, sla_id: str | None, words: str
) -> None:
    """A policy that cannot be read is told every fault as an error, with line, rule and remedy."""
    text = spoilt((right, wrong))
    found = lint(text, "acme.yaml", NOW)
    assert {one.level for one in found} == {Level.ERROR}
    (told,) = [one for one in found if one.rule == check and words in one.remedy]
    assert told.sla_id == sla_id
    assert told.file == "acme.yaml"
    if wrong:
        changed = next(part for part in wrong.splitlines() if part not in right.splitlines())
        assert abs(told.line - line_of(text, changed)) <= 1


@pytest.mark.parametrize(
    "text", ["", "- a\n", "version: [", "a: &x [*x]\n", "[" * 5000, "a: [b]: c"]
)
def test_no_policy_at_all_is_one_finding_or_more(text: str) -> None:
    """What is no policy is told as findings, never as a failure of ours."""
    found = lint(text, "acme.yaml", NOW)
    assert found
    assert all(one.level is Level.ERROR and one.message and one.remedy for one in found)


def test_aliases_of_aliases_are_not_followed() -> None:
    """A small text that stands for billions of parts is refused at once."""
    lines = [f"k{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    text = "\n".join(["k0: &a0 [x]", *lines, "version: *a11"])
    (found,) = lint(text, "acme.yaml", NOW)
    assert "too much for a policy" in found.message

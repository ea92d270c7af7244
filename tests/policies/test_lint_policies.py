"""Every check of a whole policy, and what policies that cannot be read are told."""

import pytest

from policies.lint.finding import Level
from policies.lint.lint import lint
from tests.policies.lint_policy import NOW, assert_found, spoilt

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
    ("wrong-value", (calendar("{shifts: {}, holidays: [US]}"),), "ATL1:", "never open"),
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
        "zone-without-summer-time",
        (("tz: America/New_York", "tz: EST"),),
        "ATL1: {tz: EST",
        "Write America/New_York",
    ),
    (
        "zone-without-summer-time",
        (("timezone: America/New_York", "timezone: Etc/GMT+6"),),
        "timezone:",
        "Write America/Chicago",
    ),
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
    beside = ("example-fails", "target-only-watched", "never-due")
    assert_found(check, changes, place, words, *beside)


FAULTS: list[tuple[str, str, int, str, str | None, str]] = [
    ("version:", "versoin:", 1, "unknown-field", None, "Did you mean `version`?"),
    ("stop: [", "stpo: [", 12, "unknown-field", "pick", "Did you mean `stop`?"),
    ("  stop: [pick_completed]\n", "", 8, "missing-field", "pick", "Add it, as"),
    ("  deadline: {within: 2h, calendar: ATL1}\n", "", 8, "missing-field", "pick", "Add it, docs"),
    ("kind: ola", "kind: olga", 9, "unknown-value", "pick", "Did you mean ola?"),
    ("within: 2h", "within: 2 hours", 13, "wrong-value", "pick", "Write 120m, 2h or 5d"),
    ("2h, calendar: ATL1", "2h, calendar: ATL", 13, "calendar-missing", "pick", "one of ATL1"),
    ("stop: left", "stop: gone", 21, "fact-missing", "ship", "List it under facts"),
    ("kind: ola", "multipliers: [storm]", 9, "multiplier-missing", "pick", "Write one of weekend"),
    ("id: ship", "id: pick", 19, "id-twice", "pick", "Rename one"),
    ("met}\ntargets", "on time}\ntargets", 24, "wrong-value", "ship", "Write one of"),
    ("at_least: 99", "at_least: much", 26, "wrong-value", None, "Write 99.5"),
    ("slas:\n", "slas: 5\nold:\n", 7, "wrong-value", None, "Write slas: [5]"),
    ("facts: {", "facts: {{", 7, "not-a-policy", None, "Close what was opened"),
    ("- id: ship\n  ", "- id: ship\n\t", 20, "not-a-policy", None, "Indent with spaces"),
    ("kind: ola", "calendar: ATL1", 9, "unknown-field", "pick", "mean it under `deadline`?"),
    (
        "2h, calendar",
        "2h, kind: ola, calendar",
        13,
        "unknown-field",
        "pick",
        "in the rule, further",
    ),
    ("kind: ola", "shifts: {}", 9, "unknown-field", "pick", "the policy's `calendars`"),
    ("kind: ola", "blame: me", 9, "unknown-field", "pick", "Write one of id, kind"),
    ('["08:00-18:00"]', '"08:00-18:00"', 5, "wrong-value", None, 'Write mon-fri: ["08:00-18:00"]'),
    ("calendar_month", "month", 26, "wrong-value", None, "calendar_month or trailing_7d"),
    (
        "on_breach: {exception: PICK_DELAY, ",
        "on_breach: {exception: PICK_LAET, ",
        14,
        "unknown-value",
        "pick",
        "Did you mean PICK_DELAY?",
    ),
    (
        "deadline: {within: 2h, calendar: ATL1}",
        "deadline: 2h",
        13,
        "wrong-value",
        "pick",
        "Write deadline: {within: 2h}",
    ),
    (
        "at_least: 99",
        "at_least: 99, remedy: {tiered: [99]}",
        26,
        "wrong-value",
        None,
        "Write tiered: [[99, 0], [0, 5]]",
    ),
    ("  stop: [p", "   stop: [p", 12, "not-a-policy", None, "Use as many spaces as they"),
    ("stop: left", "stop left", 21, "not-a-policy", None, "Write name: value"),
    ("tz: America/New_York", "tz: Mars/Olympus", 5, "wrong-value", None, "as America/New_York"),
]


@pytest.mark.parametrize(
    ("right", "wrong", "line", "check", "sla_id", "words"),
    FAULTS,
    ids=[fault[1].strip() or fault[0].strip() for fault in FAULTS],
)
def test_faults_are_errors_with_remedy(
    right: str, wrong: str, line: int, check: str, sla_id: str | None, words: str
) -> None:
    """A policy that cannot be read is told every fault as an error, with line, rule and remedy."""
    text = spoilt((right, wrong))
    found = lint(text, "acme.yaml", NOW)
    assert {one.level for one in found} == {Level.ERROR}
    (told,) = [one for one in found if one.rule == check and words in one.remedy]
    assert told.sla_id == sla_id
    assert told.file == "acme.yaml"
    assert told.line == line


def test_a_misspelt_field_is_not_missing_too() -> None:
    """A needed field under a wrong name is one finding: the name."""
    (told,) = lint(spoilt(("at_least: 99", "at_last: 99")), "acme.yaml", NOW)
    assert (told.rule, told.remedy) == ("unknown-field", "Did you mean `at_least`?")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("tz: America/New_York", "tz: Mars/Olympus"),
        ("mon-fri", "monfri"),
        ("holidays: [US]", "holidays: [XX-YY]"),
    ],
)
def test_a_calendar_that_cannot_be_made_is_told_once(right: str, wrong: str) -> None:
    """What follows from one mistake, no such calendar or no open hour, is not told as another."""
    (told,) = lint(spoilt((right, wrong)), "acme.yaml", NOW)
    assert (told.rule, told.line) == ("wrong-value", 5)


@pytest.mark.parametrize(
    "text", ["", "- a\n", "version: [", "a: &x [*x]\n", "[" * 500, "a: [b]: c"]
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

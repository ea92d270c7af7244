"""Every check of rules: what it finds in a policy that is spoilt in one place, and where."""

import pytest

from policies.lint.finding import Level
from policies.lint.lint import lint
from tests.policies.lint_policy import NOW, assert_found, spoilt

WITHIN = "within: 2h, calendar: ATL1"
CUT = 'cutoff: {at: "14:00"}, calendar: ATL1'
STOP = "stop: [pick_completed]"
OLA = "  kind: ola\n  start: [order.paid]"
BREACH = "severity: MEDIUM}"
PROVED = (
    "  examples: [{given: {order_created: 2026-03-02 10:00}, order: {none: 1}, expect: none}]\n"
)


def another(rule: str) -> tuple[str, str]:
    """One rule more, whose examples are beside the point."""
    return "targets:", f"- id: more\n  when: {{none: other}}\n{rule}\n{PROVED}targets:"


def in_group(when: str, first: str = "", second: str = "") -> tuple[tuple[str, str], ...]:
    """`pick` and another rule for `when` in one group."""
    rest = "start: [order_paid]\n  stop: [pick_started]\n  deadline: {within: 2h}"
    more = f"- id: more\n  group: g{second}\n  when: {when}\n  {rest}\n{PROVED}targets:"
    return ("kind: ola", f"kind: ola\n  group: g{first}"), ("targets:", more)


def with_pause(pause: str) -> tuple[str, str]:
    """`pick` with a pause."""
    return STOP, f"{STOP}\n  pause: [{pause}]"


def with_field(field: str) -> tuple[str, str]:
    """`pick` with a field more."""
    return STOP, f"{STOP}\n  {field}"


CASES: list[tuple[str, tuple[tuple[str, str], ...], str, str]] = [
    ("unreachable-rule", in_group("{client: acme}"), "- id: more", "pick comes first"),
    (
        "unreachable-rule",
        in_group("{client: acme, channel: [shopify]}"),
        "- id: more",
        "takes every order",
    ),
    (
        "unreachable-rule",
        in_group("{client: acme}", second="\n  priority: 5"),
        "- id: pick",
        "more comes first",
    ),
    ("equal-priority", in_group("{channel: shopify}"), "- id: more", "same priority"),
    (
        "timed-twice",
        (
            (
                "targets:",
                f"- id: more\n{OLA}\n  {STOP}\n  deadline: {{within: 3h}}\n{PROVED}targets:",
            ),
        ),
        "- id: more",
        "opens PICK_DELAY twice",
    ),
    (
        "fits-no-order",
        (("{client: acme}", "{client: acme, channel: []}"),),
        "channel: []",
        "values",
    ),
    (
        "fits-no-order",
        (("{client: acme}", "{client: acme, tags: [a], tags_none: [a, b]}"),),
        "tags: [a]",
        "a must be there and must not",
    ),
    (
        "start-is-stop",
        (
            ("facts: {", "facts: {paid: [order_paid], "),
            (STOP, "stop: paid"),
        ),
        "stop: paid",
        "starts the clock and stops it",
    ),
    ("start-is-stop", ((STOP, "stop: [order_paid]"),), "stop: [order_paid]", "Name another stop"),
    ("start-is-stop", ((STOP, "stop: [order.paid]"),), "stop: [order.paid]", "Name another stop"),
    ("start-cancels", (with_field("cancel: [order_paid]"),), "cancel:", "calls it off"),
    (
        "start-cancels",
        (another("  start: [delivered]\n  stop: [kitting_completed]\n  deadline: {within: 2d}"),),
        "- id: more",
        "delivered starts the clock",
    ),
    (
        "stop-before-start",
        (("start: [order_paid]", "start: [pack_completed]"),),
        STOP,
        "usually happens before",
    ),
    (
        "cancelled-before-stop",
        (another("  start: [order_paid]\n  stop: [return_processed]\n  deadline: {within: 9d}"),),
        "- id: more",
        "delivered calls the clock off",
    ),
    (
        "stop-among-cancels",
        (with_field("cancel: [order_cancelled, pick_completed]"),),
        "cancel:",
        "does nothing",
    ),
    (
        "endless-watchdog",
        (with_field("repeat: each\n  cancel: [order_cancelled]"),),
        "cancel:",
        "once the order is delivered",
    ),
    ("unknown-event", (with_field("reset: [order_editd]"),), "reset:", "mean order_edited?"),
    ("unknown-event", (("[manifested,", "[manifestd,"),), "facts:", "mean manifested?"),
    ("unknown-event", (with_pause("{event: storm, max: 1d}"),), "pause:", "tells storm"),
    (
        "unknown-event",
        (with_pause("{event: order_edited, until: order_mended}"),),
        "pause:",
        "tells order_mended",
    ),
    (
        "unknown-event",
        (with_field("milestones: [{event: pick_startd, within: 50%}]"),),
        "milestones:",
        "mean pick_started?",
    ),
    ("unused-fact", (("facts: {", "facts: {gone: [staged], "),), "facts:", "gone is used by no"),
    ("pause-without-end", (with_pause("{event: order_edited}"),), "pause:", "nothing ends"),
    ("unknown-hold", (with_pause("{hold: stock_out}"),), "pause:", "Write stockout"),
    ("unknown-hold", (with_pause("{hold: high_risk_of_fraud}"),), "pause:", "Write fraud_review"),
    ("unknown-hold", (with_pause("{hold: moon}"),), "pause:", "Known are awaiting_payment"),
    (
        "pause-by-own-fault",
        (with_pause("{hold: stockout, fault: 3pl}"),),
        "pause:",
        "own warehouse",
    ),
    (
        "cutoff-outside-shifts",
        (('{at: "14:00"}', '{at: "19:00"}'),),
        "19:00",
        "19:00 is outside the shifts of ATL1 on mon, tue, wed, thu, fri (mon 08:00-18:00)",
    ),
    (
        "cutoff-outside-shifts",
        (('{at: "14:00"}', '{at: "14:00", tz: Europe/Berlin}'), ('["08:00-', '["08:30-')),
        "14:00",
        "outside the shifts",
    ),
    (
        "due-outside-shifts",
        ((CUT, 'by: {day: +1 business, by: "20:00"}, calendar: ATL1'),),
        "20:00",
        "due at 20:00",
    ),
    (
        "last-minute-of-day",
        (('{at: "14:00"}', '{at: "14:00", before: {day: 0, by: "23:59"}}'),),
        "23:59",
        'Write "24:00"',
    ),
    (
        "no-closed-days",
        (
            (
                ", calendar: ATL1}\n  examples:\n  - {given: {pack",
                "}\n  examples:\n  - {given: {pack",
            ),
        ),
        'at: "14:00"',
        "Sundays",
    ),
    (
        "dates-in-utc",
        (
            ("timezone: America/New_York\n", ""),
            (CUT, "promise: promised_delivery"),
            ("expect: met}\ntargets", "expect: none}\ntargets"),
        ),
        "promise:",
        "ends in UTC",
    ),
    ("unlikely-duration", ((WITHIN, "within: 2m"),), "within: 2m", "less than anybody"),
    ("unlikely-duration", ((WITHIN, "within: 120d"),), "within: 120d", "PICK"),
    (
        "unlikely-duration",
        ((WITHIN, "within: {by_service: {ground: 48h, express: 1m}}"),),
        "express: 1m",
        "1m is less",
    ),
    (
        "days-on-short-shifts",
        ((WITHIN, "within: 5d, calendar: ATL1"),),
        "within: 5d",
        "is 12 working days of ATL1, which is open 10 h a day. Write 50h for 5 working days, or",
    ),
    (
        "idle-multipliers",
        ((f"{CUT}}}", f"{CUT}}}\n  multipliers: [weekend]"),),
        "multipliers:",
        "lengthen",
    ),
    ("warning-at-once", (with_field("warn: [{remaining: 3h}]"),), "warn:", "allows 2 h and warns"),
    (
        "milestone-at-once",
        (with_field("milestones: [{event: pick_started, within: 2h}]"),),
        "milestones:",
        "before the start",
    ),
    (
        "idle-milestone",
        (with_field("milestones: [{event: pick_completed, within: 50%}]"),),
        "milestones:",
        "stops the clock itself",
    ),
    (
        "milestones-crossed",
        (
            with_field(
                "milestones: [{event: allocated, within: 60%}, {event: pick_started, within: 50%}]"
            ),
        ),
        "milestones:",
        "pick_started is due before allocated",
    ),
    (
        "severity-crossed",
        ((BREACH, "severity: MEDIUM, grows: {4h: CRITICAL, 8h: HIGH}}"),),
        "grows:",
        "after 8 h the severity falls from CRITICAL to HIGH",
    ),
    (
        "severity-unchanged",
        ((BREACH, "severity: MEDIUM, grows: {4h: MEDIUM}}"),),
        "grows:",
        "which it was before",
    ),
    (
        "escalation-crossed",
        ((BREACH, 'severity: HIGH, escalate: [{after: 1h, to: "#a"}, {after: 5m, to: "#b"}]}'),),
        "escalate:",
        "#b is told no later than #a",
    ),
    ("escalation-to-nobody", ((BREACH, "escalate: [{to: joe}]}"),), "escalate:", "called joe,"),
    (
        "cap-below-credit",
        (with_field("remedy: {credit: {cents: 500}, cap: {cents: 100}}"),),
        "remedy:",
        "100 cents is lower",
    ),
    ("remedy-without-credit", (with_field("remedy: {code: A}"),), "remedy:", "costs nothing"),
    (
        "forecast-missing",
        (with_field("exclude: [{volume_over_forecast_pct: 20}]"),),
        "exclude:",
        "orders_per_day",
    ),
    ("idle-exclusion", (with_field("exclude: [{}]"),), "exclude:", "neither fault nor volume"),
    (
        "share-for-percent",
        (with_field("remedy: {credit: {amount: {pct_of: order_value, value: 0.05}}}"),),
        "remedy:",
        "Write 5, or",
    ),
]


@pytest.mark.parametrize(
    ("check", "changes", "place", "words"), CASES, ids=[f"{n}-{c[0]}" for n, c in enumerate(CASES)]
)
def test_each_check_finds_its_spot(
    check: str, changes: tuple[tuple[str, str], ...], place: str, words: str
) -> None:
    """One thing spoilt is found by its check, on its line, in words that help, and only by it."""
    assert_found(check, changes, place, words, "example-fails")  # which may well fail when spoilt


def test_a_fallback_is_no_overlap() -> None:
    """A general rule behind a special one of its group is how exceptions are written."""
    text = spoilt(*in_group('{client: "*"}'))
    assert [one for one in lint(text, "acme.yaml", NOW) if one.level is not Level.NOTE] == []


def test_overlapping_rules_of_different_kind_are_several_clocks() -> None:
    """To client, channel and carrier the same may be promised; each has its clock."""
    rule = f"- id: more\n  start: [order_paid]\n  {STOP}\n  deadline: {{within: 2h}}\n{PROVED}"
    assert lint(spoilt(("targets:", f"{rule}targets:")), "acme.yaml", NOW) == ()

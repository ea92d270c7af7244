"""What is wrong though nothing was promised: the order rules of the packaged problems.yaml."""

from pathlib import Path

import pytest

from bot.policy_files import with_problems
from policies.book.problems import read_problems
from policies.clock import Clock
from policies.errors import PolicyError
from policies.facts import OrderEvent
from policies.promises import Promises
from policies.reasons import ClockState, Severity
from policies.sla import evaluate
from tests.policies.builders import at, event, timeline

PACKAGED = with_problems(Promises(rules=()), None)
DAY = 1440
_CASES = {
    "a failed payment": ([event("payment_failed", 5)], 6, {"problem.payment": "HIGH"}),
    "paid after all": ([event("payment_failed", 5), event("order_paid", 9)], 60, {}),
    "failed again after it was paid": (
        [event("payment_failed", 5), event("order_paid", 9), event("payment_failed", 20)],
        30,
        {"problem.payment": "HIGH"},
    ),
    "pending within the hour": ([event("order_created", 0, financial_status="pending")], 60, {}),
    "pending for longer": (
        [event("order_created", 0, financial_status="pending")],
        61,
        {"problem.payment_pending": "HIGH"},
    ),
    "pending and then failed": (
        [event("order_created", 0, financial_status="pending"), event("payment_failed", 30)],
        90,
        {"problem.payment": "HIGH"},
    ),
    "an address that is refused": ([event("address_invalid", 5)], 6, {"problem.address": "MEDIUM"}),
    "an impossible postal code": (
        [event("order_paid", 0, destination_zip="00000")],
        1,
        {"problem.address": "MEDIUM"},
    ),
    "an empty postal code": (
        [event("order_paid", 0, destination_zip="")],
        1,
        {"problem.address": "MEDIUM"},
    ),
    "refused for a postal code": (
        [
            event("order_paid", 0, destination_zip="00000"),
            event("address_invalid", 2, destination_zip="00000"),
        ],
        3,
        {"problem.address": "MEDIUM"},
    ),
    "corrected": (
        [
            event("order_paid", 0, destination_zip="00000"),
            event("order_edited", 5, destination_zip="30301"),
        ],
        9,
        {},
    ),
    "edited, and still wrong": (
        [
            event("order_paid", 0, destination_zip="00000"),
            event("order_edited", 5, destination_zip="99999"),
        ],
        9,
        {"problem.address": "MEDIUM"},
    ),
    "it went on": ([event("address_invalid", 0), event("carrier_scan", 5)], 9, {}),
    "a good postal code": ([event("order_paid", 0, destination_zip="30301")], 1, {}),
    "no postal code stated": ([event("order_paid", 0)], 1, {}),
    "stock that is short": (
        [event("stock_short", 5, available_quantity=2)],
        6,
        {"problem.shortage": "HIGH"},
    ),
    "nothing left": (
        [event("stock_short", 5, available_quantity=0)],
        6,
        {"problem.out_of_stock": "CRITICAL"},
    ),
    "picked after all": (
        [event("stock_short", 5, available_quantity=0), event("pick_completed", 50)],
        60,
        {},
    ),
    "a damaged parcel": ([event("package_damaged", 5)], 6, {"problem.damage": "HIGH"}),
    "damaged and delivered": (
        [event("package_damaged", 5), event("delivered", 9)],
        60,
        {"problem.damage": "HIGH"},
    ),
    "one attempt": ([event("delivery_attempted", 5)], 6, {}),
    "two attempts": (
        [event("delivery_attempted", 5), event("delivery_attempted", DAY)],
        DAY + 1,
        {"problem.customer": "MEDIUM"},
    ),
    "three attempts": (
        [event("delivery_attempted", day * DAY) for day in (1, 2, 3)],
        3 * DAY + 1,
        {"problem.customer": "HIGH"},
    ),
    "promised for today": ([event("order_paid", 0, promised_delivery="2026-03-02")], 900, {}),
    "a day overdue": (
        [event("order_paid", 0, promised_delivery="2026-03-02")],
        2 * DAY,
        {"problem.overdue": "MEDIUM"},
    ),
    "two days overdue": (
        [event("order_paid", 0, promised_delivery="2026-03-02")],
        3 * DAY,
        {"problem.overdue": "HIGH"},
    ),
    "more than three days overdue": (
        [event("order_paid", 0, promised_delivery="2026-03-02")],
        5 * DAY,
        {"problem.overdue": "CRITICAL"},
    ),
    "overdue and delivered": (
        [event("order_paid", 0, promised_delivery="2026-03-02"), event("delivered", 300)],
        5 * DAY,
        {},
    ),
    "cancelled": ([event("payment_failed", 5), event("order_cancelled", 9)], 60, {}),
}


def _clocks(events: list[OrderEvent], minute: float) -> list[Clock]:
    return list(evaluate(timeline(*events), PACKAGED.judged("acme"), at(minute)))


def _wrong(events: list[OrderEvent], minute: float) -> dict[str, str]:
    """What is wrong and not mended, with its severity."""
    return {
        clock.rule.sla_id: clock.severity.value
        for clock in _clocks(events, minute)
        if clock.state is ClockState.BREACHED and clock.stop_event is None
        if clock.cancel_event is None
    }


@pytest.mark.parametrize("name", _CASES)
def test_the_packaged_problems(name: str) -> None:
    """Payment, address, stock, damage, attempts and overdue deliveries, as the order rules say."""
    events, minute, wrong = _CASES[name]
    assert _wrong(list(events), minute) == wrong
    assert _wrong(list(reversed(events)), minute) == wrong


def test_problems_are_no_promises() -> None:
    """They are judged with the promises and are counted for no compliance."""
    assert PACKAGED.of("acme") == ()
    assert len(PACKAGED.judged("acme")) == 8
    rule = PACKAGED.rule("acme", "problem.payment")
    assert rule is not None
    assert rule.promise == "the payment failed"


def test_each_episode_is_one_problem() -> None:
    """What fails, is mended and fails again are two; the first keeps the order's own subject."""
    events = [event("payment_failed", n) for n in (1, 2, 20)] + [event("order_paid", 9)]
    found = [clock for clock in _clocks(events, 30) if clock.rule.sla_id == "problem.payment"]
    assert [(clock.subject, clock.said) for clock in found] == [("", 2), ("2", 1)]


def test_a_file_is_laid_over_the_packaged_one(tmp_path: Path) -> None:
    """A problem of the same id takes the packaged one's place, `off` switches it off."""
    (tmp_path / "tenants" / "acme").mkdir(parents=True)
    (tmp_path / "problems.yaml").write_text(
        'version: "2"\nproblems: [{id: problem.damage, off: true}]\n', encoding="utf-8"
    )
    own = (
        'version: "3"\nproblems:\n  - {id: problem.payment, exception: PAYMENT_FAILED, '
        "severity: LOW, words: it failed, begins: [payment_failed], stage: PICK}\n"
    )
    (tmp_path / "tenants" / "acme" / "problems.yaml").write_text(own, encoding="utf-8")
    laid = with_problems(Promises(rules=()), tmp_path)
    assert "problem.damage" not in {rule.sla_id for rule in laid.judged("globex")}
    acme = laid.rule("acme", "problem.payment")
    assert acme is not None
    assert (acme.severity, acme.version) == (Severity.LOW, "3")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{id: pick, off: true}", "begin the id with problem."),
        ("{id: problem.x, begins: [order_paid]}", "`exception` is missing"),
        ("{id: problem.x, severity: HUGE}", "HUGE is none; known are"),
        ("{id: problem.x, sevrity: HIGH}", "there is no such field"),
        ("{id: problem.x, off: true}, {id: problem.x, off: true}", "there twice"),
    ],
)
def test_what_is_written_wrongly_is_told_with_its_line(text: str, said: str) -> None:
    """A fault names the file, the line and the remedy."""
    with pytest.raises(PolicyError) as told:
        read_problems(f'version: "1"\nproblems: [{text}]\n', "problems.yaml")
    assert "problems.yaml:" in str(told.value)
    assert said in str(told.value)

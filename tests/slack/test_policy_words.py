"""What people type behind `policy`, in a command, a mention and a direct message."""

from dataclasses import replace
from datetime import date, time

import pytest

from handlers.slack.grammar import parse
from handlers.slack.intents import (
    Ask,
    Incomplete,
    Intent,
    Unknown,
)
from handlers.slack.policy_intents import LintPolicy, ShowPolicy, SimulatePolicy, TryDuration
from handlers.slack.times import At


def what_if(
    event: str,
    *times: tuple[int, int],
    days_ahead: int | None = 0,
    on: date | None = None,
) -> SimulatePolicy:
    """That event at these times of one day."""
    moments = tuple(At(at=time(*one), days_ahead=days_ahead, on=on) for one in times)
    return SimulatePolicy(event=event, moments=moments)


EVERYWHERE: dict[str, Intent] = {
    "policy": ShowPolicy(),
    "policy show": ShowPolicy(),
    "Policy show same_day": ShowPolicy(rule="same_day"),
    "policy lint": LintPolicy(),
    "policy lint model": LintPolicy(model=True),
    "policy lint with a model": LintPolicy(model=True),
    "policy simulate order_paid 13:59 14:01": what_if("order_paid", (13, 59), (14, 1)),
    "policy simulate order_paid at 13:59 or 2:01pm": what_if("order_paid", (13, 59), (14, 1)),
    "policy simulate order.paid 13:59, 14:01": what_if("order.paid", (13, 59), (14, 1)),
    "policy simulate order_paid 13:59 service=ground warehouse=ATL1": replace(
        what_if("order_paid", (13, 59)), facts=(("service", "ground"), ("warehouse", "ATL1"))
    ),
    "policy simulate pick 90m": TryDuration(rule="pick", duration="90m"),
    "policy simulate pick within 2h over the last 14 days": TryDuration(
        rule="pick", duration="2h", days=14
    ),
    "policy backtest in_house.pick 5d 7d": TryDuration(rule="in_house.pick", duration="5d", days=7),
    "policy simulate SO-1042 order_paid 13:59": replace(
        what_if("order_paid", (13, 59)), order_id="SO-1042"
    ),
    "policy simulate SO 1042 order_paid 13:59": replace(
        what_if("order_paid", (13, 59)), order_id="SO 1042"
    ),
    "policy simulate order_paid tomorrow 13:59": what_if("order_paid", (13, 59), days_ahead=1),
    "policy simulate order_paid yesterday 13:59": what_if("order_paid", (13, 59), days_ahead=-1),
    "policy simulate order_paid 2026-03-02 13:59 14:01": what_if(
        "order_paid", (13, 59), (14, 1), days_ahead=None, on=date(2026, 3, 2)
    ),
    "policy simulate SO-1042 order_paid 13:59 2026-03-02 14:01": SimulatePolicy(
        event="order_paid",
        order_id="SO-1042",
        moments=(At(at=time(13, 59), days_ahead=0), At(at=time(14, 1), on=date(2026, 3, 2))),
    ),
}


@pytest.mark.parametrize("text", EVERYWHERE)
def test_the_same_words_mean_the_same_everywhere(text: str) -> None:
    """A command, a mention and a direct message share one grammar."""
    assert parse(text, talk=False) == EVERYWHERE[text]
    assert parse(f"<@U0E2A> {text}", talk=True) == EVERYWHERE[text]


@pytest.mark.parametrize(
    "text",
    [
        "policy for returns please",
        "policy show me everything",
        "policy simulate a busy day for me?",
        "policy on dogs, where is it?",
    ],
)
def test_in_talk_anything_else_is_a_question(text: str) -> None:
    """Whoever asks about policies in plain words is answered, not corrected."""
    assert parse(text, talk=True) == Ask(question=text)


POLICY_SLIPS = {
    "policy sohw": "Did you mean policy show?",
    "policy lnit": "Did you mean policy lint?",
    "policy simluate order_paid 13:59": "Did you mean policy simulate?",
    "policy backtets": "Did you mean policy backtest?",
    "policy backtest 30": "e2a sla backtest",
    "policy simulate": "policy simulate order_paid 13:59 14:01",
    "policy simulate order_paid": "policy simulate order_paid 13:59 14:01",
    "policy simulate 13:59 14:01": "policy simulate order_paid 13:59 14:01",
    "policy simulate order_paid 13:59 soon": "I don't know the time soon",
}


@pytest.mark.parametrize("text", POLICY_SLIPS)
def test_a_slip_behind_policy_is_explained_everywhere(text: str) -> None:
    """A word that is nearly one gets a suggestion, a missing one an example."""
    for talk in (False, True):
        intent = parse(text, talk=talk)
        assert isinstance(intent, Incomplete), intent
        assert POLICY_SLIPS[text] in intent.why


def test_a_slip_of_policy_itself_gets_a_suggestion() -> None:
    """The first word is corrected as any other is."""
    assert parse("polciy show", talk=False) == Unknown(word="polciy", suggestion="policy")


def test_at_most_four_moments_are_compared() -> None:
    """More would not be readable."""
    intent = parse("policy simulate order_paid 10:00 11:00 12:00 13:00 14:00 15:00", talk=False)
    assert isinstance(intent, SimulatePolicy)
    assert len(intent.moments) == 4

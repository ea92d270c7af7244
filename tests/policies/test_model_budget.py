"""What a model may cost: prices, a tenant's day, what is reserved, when somebody is told."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files

import pytest

from policies.asking import AnswerLimits, Prompt, PromptMessage, TokenCount
from policies.book.models import read_model_prices
from policies.errors import PolicyError
from policies.model_budget import (
    DailyLimits,
    Spent,
    cents,
    day_of,
    estimate,
    likely,
    resets_at,
    spent_on,
)
from policies.model_prices import ModelPrices, TokenPrice

PACKAGED = read_model_prices(
    (files("policies") / "defaults" / "models.yaml").read_text(encoding="utf-8"), "models.yaml"
)
MILLION = TokenCount(input=1_000_000, output=1_000_000)


@pytest.mark.parametrize(
    ("model", "price"),
    [
        ("gpt-4o-mini-2024-07-18", 75),
        ("GPT-4o-MINI", 75),
        ("gpt-4o-2024-11-20", 1250),
        ("claude-sonnet-4-5", 1800),
        ("llama3.1:8b", 3000),
        ("my-gpt-4o-mini", 3000),
    ],
)
def test_the_first_row_that_fits_counts(model: str, price: int) -> None:
    """A million tokens in and out, in cents; what no row names costs the stated default."""
    assert cents(PACKAGED.of(model).of(MILLION)) == price


def test_money_is_exact() -> None:
    """A token of 0.075 cents a million is 0.075 microcents: parts are rounded up, once a call."""
    price = TokenPrice(input=Decimal("0.075"), output=Decimal("0.3"))
    assert price.of(TokenCount(input=1, output=0)) == 1
    assert price.of(TokenCount(input=1000, output=100)) == 105
    assert price.of(TokenCount(input=0, output=0)) == 0
    assert spent_on(MILLION, price) == Spent(tokens=2_000_000, microcents=375_000)


def test_an_operators_prices_come_first() -> None:
    """A file that is laid over the packaged one adds rows before it and may change the default."""
    text = 'version: "1"\nmodels:\n  - {model: "gpt-4o*", input: 1, output: 1.5}\n'
    laid = read_model_prices(text, "models.yaml", over=PACKAGED)
    assert laid.of("gpt-4o-mini") == TokenPrice(input=Decimal(1), output=Decimal("1.5"))
    assert laid.of("claude-opus-4-1") == PACKAGED.of("claude-opus-4-1")
    assert laid.default == PACKAGED.default
    cheap = read_model_prices('version: "1"\ndefault: {input: 0, output: 0}\n', "m", over=laid)
    assert cheap.of("llama3.1:8b").of(MILLION) == 0
    assert cheap.of("gpt-4o") == laid.of("gpt-4o")
    assert isinstance(cheap, ModelPrices)


FAULTS = [
    ('version: "1"\n', "1: default: `default` is missing"),
    ("version: 2\ndefault: {input: 1, output: 1}\n", 'write version: "1"'),
    ('version: "1"\ndefault: {input: 1}\n', "2: default.output: `output` is missing"),
    ('version: "1"\ndefault: {input: -1, output: 1}\n', "2: default.input: this cannot be"),
    ('version: "1"\ndefault: {input: many, output: 1}\n', "cents for a million tokens"),
    ('version: "1"\ndefault: {input: 1, output: 1, each: 1}\n', "no such field; known are"),
    ('version: "1"\ndefault: {input: 1, output: 1}\nmodels: [{input: 1, output: 1}]', "`model`"),
    (
        'version: "1"\ndefault: {input: 1, output: 1}\nmodels:\n  - {model: "a b", input: 1}',
        "4: models.0.model: this cannot be; write model:",
    ),
]


@pytest.mark.parametrize(("text", "words"), FAULTS)
def test_a_fault_in_prices_names_its_line(text: str, words: str) -> None:
    """Line, field and remedy."""
    with pytest.raises(PolicyError) as caught:
        read_model_prices(text, "models.yaml")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("tokens", "money", "pct", "alarms"),
    [
        (0, 0, 0, False),
        (749, 0, 74, False),
        (750, 0, 75, True),
        (0, 3, 75, True),
        (900, 9, 225, True),
    ],
)
def test_when_somebody_is_told(tokens: int, money: int, pct: int, alarms: bool) -> None:  # noqa: FBT001
    """From 75 % of whichever limit is nearer."""
    limits = DailyLimits(tokens=1000, cents=4)
    used = Spent(tokens=tokens, microcents=money * 1_000_000)
    assert (limits.used_pct(used), limits.alarms(used)) == (pct, alarms)


def test_nought_is_no_limit() -> None:
    """Without limits everything fits and nobody is told."""
    much = Spent(tokens=10**12, microcents=10**15)
    assert DailyLimits().leaves_room(much, much)
    assert not DailyLimits().alarms(much)
    assert DailyLimits(tokens=10).leaves_room(Spent(tokens=4), Spent(tokens=6))
    assert not DailyLimits(tokens=10).leaves_room(Spent(tokens=4), Spent(tokens=7))
    assert not DailyLimits(cents=1).leaves_room(Spent(), Spent(microcents=1_000_001))


DAYS = [
    ("UTC", datetime(2026, 3, 2, 23, 59, tzinfo=UTC), date(2026, 3, 2), 3, 0),
    ("America/New_York", datetime(2026, 3, 2, 4, 59, tzinfo=UTC), date(2026, 3, 1), 2, 5),
    ("America/New_York", datetime(2026, 3, 8, 12, tzinfo=UTC), date(2026, 3, 8), 9, 4),
    ("Asia/Tokyo", datetime(2026, 3, 2, 15, tzinfo=UTC), date(2026, 3, 3), 3, 15),
    ("Asia/Kathmandu", datetime(2026, 3, 2, 12, tzinfo=UTC), date(2026, 3, 2), 2, 18),
]


@pytest.mark.parametrize(("zone", "now", "day", "until_day", "until_hour"), DAYS)
def test_a_day_is_the_tenants_own(
    zone: str, now: datetime, day: date, until_day: int, until_hour: int
) -> None:
    """It ends at midnight there, also on the day that the clocks change."""
    assert day_of(now, zone) == day
    until = resets_at(now, zone)
    assert (until.day, until.hour) == (until_day, until_hour)
    assert day_of(until, zone) > day


def test_what_is_reserved() -> None:
    """The prompt by its length, the schema with it, and the longest answer."""
    message = PromptMessage(role="user", text="x" * 3000)
    limits = AnswerLimits(output_tokens=500)
    prompt = Prompt(name="n", version="1", messages=(message,), schema={}, limits=limits)
    reserved = estimate(prompt)
    assert 1000 <= reserved.input <= 1050
    assert reserved.output == 500
    digits = replace(message, text="1" * 3000)
    assert estimate(replace(prompt, messages=(digits,))).input >= 3000
    script = replace(message, text="\u8377" * 1000)
    assert estimate(replace(prompt, messages=(script,))).input >= 3000


def test_what_a_model_that_does_not_count_took() -> None:
    """Three bytes a token, of the prompt and of what was really answered."""
    message = PromptMessage(role="user", text="1" * 3000)
    prompt = Prompt(name="n", version="1", messages=(message,), schema={})
    took = likely(prompt, "x" * 30)
    assert 1000 <= took.input <= 1050
    assert took.output == 10

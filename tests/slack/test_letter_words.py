"""What people type behind `dlq`, in a command, a mention and a direct message."""

import pytest

from handlers.blocks.ids import Letters
from handlers.slack.grammar import parse
from handlers.slack.intents import (
    Ask,
    Incomplete,
    Intent,
)
from handlers.slack.letter_intents import DiscardLetter, ReplayLetters, ShowLetters

MEANT: dict[str, Intent] = {
    "dlq": ShowLetters(),
    "dlq list": ShowLetters(),
    "dlq replay": ReplayLetters(letters=Letters()),
    "dlq replay all": ReplayLetters(letters=Letters()),
    "dlq replay 12": ReplayLetters(letters=Letters(ids=(12,))),
    "dlq replay 12, #13 and 12": ReplayLetters(letters=Letters(ids=(12, 13))),
    "dlq retry slack": ReplayLetters(letters=Letters(kind="slack")),
    "dlq replay deliveries": ReplayLetters(letters=Letters(kind="event")),
    "DLQ replay order SO 1042": ReplayLetters(letters=Letters(order_id="SO 1042")),
    "dlq discard 12 “a test order”": DiscardLetter(letter_id=12, reason="a test order"),
}


@pytest.mark.parametrize("text", MEANT)
def test_the_same_words_mean_the_same_everywhere(text: str) -> None:
    """A command, a mention and a direct message share one grammar."""
    assert parse(text, talk=False) == MEANT[text]
    assert parse(f"<@U0E2A> {text}", talk=True) == MEANT[text]


@pytest.mark.parametrize("text", ["dlq why is it so long?", "dlq replay what exactly?"])
def test_in_talk_a_question_stays_one(text: str) -> None:
    """Whoever asks about dead letters in plain words is answered."""
    assert parse(text, talk=True) == Ask(question=text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("dlq discard", "discard 12 the order was a test"),
        ("dlq discard 12", "discard 12 the order was a test"),
        ("dlq discard that one", "discard 12 the order was a test"),
        ("dlq repaly", "Did you mean dlq replay?"),
        ("dlq purge", "dlq replay order SO-1042"),
        ("dlq replay the blue ones", "dlq replay order SO-1042"),
        ("dlq replay " + " ".join(map(str, range(60))), "dlq replay order SO-1042"),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_missing_or_wrong_is_said(text: str, hint: str) -> None:
    """A reason that is left out, a slip, and what nobody can mean change nothing."""
    intent = parse(text, talk=False)
    assert isinstance(intent, Incomplete)
    assert hint in intent.why

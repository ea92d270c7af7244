"""Words, figures and ids as people and Slack should read them."""

import pytest

from handlers.blocks import ids, text
from handlers.blocks.ids import FormTarget, Target
from handlers.blocks.renderer import card, explanation, history
from policies.durations import duration
from policies.money.cents import money
from tests.slack.values import DUE, view


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0.4, "under 1 min"),
        (35, "35 min"),
        (60, "1 h"),
        (372, "6 h 12 min"),
        (1440, "1 d"),
        (3060, "2 d 3 h"),
        (1441, "1 d"),
    ],
)
def test_durations(minutes: float, said: str) -> None:
    """Two units at most, and none that is zero."""
    assert duration(minutes) == said


def test_money_and_dates() -> None:
    """Cents become units with their currency; instants become Slack's dates."""
    assert money(118440) == "1,184.40 USD"
    assert money(-5) == "-0.05 USD"
    shown = f"<!date^{int(DUE.timestamp())}^{{date_short_pretty}} {{time}}|2026-03-03 16:40 UTC>"
    assert text.moment(DUE) == shown


def test_data_is_dead_text() -> None:
    """A payload cannot call a channel, a person or a link."""
    assert text.data("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"
    assert text.data("@here") == f"@{text.JOINER}here"
    assert text.data("a\x00\n\u202eb") == "a b"
    assert text.mention("U0MARIA") == "<@U0MARIA>"
    assert text.mention("U0> <!channel") is None


def test_marked_text_is_cut_between_its_marks() -> None:
    """A cut never leaves half an entity or half a date."""
    assert text.cut_marked("ab &amp; cd", 6) == "ab…"
    assert text.cut_marked("at <!date^1^{time}|x> end", 10) == "at…"
    assert text.cut_marked("short", 10) == "short"


@pytest.mark.parametrize(
    "junk",
    [None, 7, "", "{", "[]", "{}", '{"id":"7","v":1}', '{"id":0,"v":1}', '{"id":true,"v":1}',
     '{"id":7}', "[" * 5000, '{"id":1e400,"v":1}', f'{{"id":{2**70},"v":1}}'],
)  # fmt: skip
def test_a_button_value_that_is_not_ours_is_refused(junk: object) -> None:
    """Values come back from clients and are read with care."""
    assert ids.decode(junk) is None
    assert ids.decode_form(junk) is None


def test_a_button_value_comes_back() -> None:
    """A button carries the id and the version, a form its channel, too."""
    target = Target(id=7, version=3)
    assert ids.encode(target) == '{"id":7,"v":3}'
    assert ids.decode(ids.encode(target)) == target
    for channel in ("C0ACME", None):
        form = FormTarget(target=target, channel=channel)
        assert ids.decode_form(ids.encode_form(form)) == form


def test_the_renderer_draws_the_three_parts() -> None:
    """The outbox finds every part of an alert under its name."""
    for draw in (card, explanation, history):
        assert draw(view()).blocks

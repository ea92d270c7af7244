"""The file that says what emoji do: what it means, and how its faults are told."""

from pathlib import Path

import pytest

from bot.policy_files import load_reactions
from handlers.slack.words import VERBS as WORDS
from policies.book.reactions import read_reactions
from policies.errors import PolicyError
from policies.reactions import VERBS, Reaction, meant_by

SHORT = """\
version: "1"
reactions:
  eyes: acknowledge
  white_check_mark: {do: resolve, reason: done}
  zzz: {do: snooze, for: 1h}
"""


def test_the_packaged_emoji() -> None:
    """Eyes acknowledge, a tick resolves as done, z's snooze for an hour."""
    assert load_reactions(None) == {
        "eyes": Reaction(verb="acknowledge"),
        "white_check_mark": Reaction(verb="resolve", reason="done"),
        "zzz": Reaction(verb="snooze", minutes=60),
    }


def test_an_own_file_is_laid_over_emoji_by_emoji(tmp_path: Path) -> None:
    """What it names is added, changed or switched off; the others stay."""
    own = 'version: "1"\nreactions: {eyes: nothing, "+1": assign, zzz: {do: snooze, for: 4h}}'
    (tmp_path / "reactions.yaml").write_text(own, encoding="utf-8")
    laid = load_reactions(tmp_path)
    assert sorted(laid) == ["+1", "white_check_mark", "zzz"]
    assert laid["zzz"].minutes == 240
    (tmp_path / "reactions.yaml").write_text('version: "1"\n', encoding="utf-8")
    assert load_reactions(tmp_path) == load_reactions(None)


def test_the_page_shows_a_file_that_can_be_read() -> None:
    """The example of docs/slack.md means what it says."""
    page = (Path(__file__).parents[2] / "docs" / "slack.md").read_text(encoding="utf-8")
    shown = page.partition("\n## Emoji\n")[2].split("```yaml\n")[1].split("```")[0]
    read = read_reactions(shown, "page", over=load_reactions(None))
    assert sorted(read) == ["raising_hand", "truck", "white_check_mark", "zzz"]
    assert read["truck"] == Reaction(verb="resolve", reason="carrier")


def test_a_snooze_without_a_time_lasts_an_hour() -> None:
    """The short form of a snooze means something, too."""
    read = read_reactions('version: "1"\nreactions: {zzz: snooze}', "own.yaml")
    assert read == {"zzz": Reaction(verb="snooze", minutes=60)}


def test_a_skin_tone_changes_nothing() -> None:
    """A thumb is a thumb in every colour; what is not in the file means nothing."""
    known = {"+1": Reaction(verb="assign")}
    assert meant_by("+1::skin-tone-4", known) == meant_by("+1", known) == known["+1"]
    assert meant_by("-1", known) is None


def test_the_verbs_are_those_of_the_grammar() -> None:
    """An emoji can do what a word can, and nothing else."""
    assert set(VERBS) == set(WORDS.values())


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("eyes:", '":eyes:":', "r.yaml:3: reactions.:eyes:: :eyes: is no emoji's name; write it"),
        ("acknowledge", "acknowledged", "r.yaml:3: reactions.eyes.do: no verb is called acknow"),
        ("acknowledge", "replay", "r.yaml:3: reactions.eyes.do: no verb is called replay; known"),
        ("acknowledge", "7", "r.yaml:3: reactions.eyes: this is no verb; write a word, as in"),
        ("reason: done", "reason: dnoe", "r.yaml:4: reactions.white_check_mark.reason: no reason "),
        ("do: resolve", "do: assign", "r.yaml:4: reactions.white_check_mark.reason: only resolve"),
        ("for: 1h", "for: soon", "r.yaml:5: reactions.zzz.for: soon is no duration; write"),
        ("for: 1h", "for: 60d", "r.yaml:5: reactions.zzz.for: nobody snoozes for that long; wr"),
        ("do: snooze", "do: reopen", "r.yaml:5: reactions.zzz.for: only snooze has a time; leave"),
        ("do: snooze, ", "", "r.yaml:5: reactions.zzz.do: `do` is missing; write do: acknowledge"),
        ("for: 1h", "fro: 1h", "r.yaml:5: reactions.zzz.fro: there is no such field; known are"),
        ("reactions:", "reaction:", "r.yaml:2: reaction: there is no such field; known are"),
        ('"1"', "2", "r.yaml:1: version: "),
    ],
)
def test_faults_name_line_and_remedy(was: str, now: str, told: str) -> None:
    """Every fault says where it is and what to write instead."""
    with pytest.raises(PolicyError) as refused:
        read_reactions(SHORT.replace(was, now), "r.yaml")
    assert any(str(fault).startswith(told) for fault in refused.value.faults), refused.value

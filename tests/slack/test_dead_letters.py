"""Dead letters in Slack: seen, shown before they are tried again, and never more than shown."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks import dead_letters as drawn
from handlers.blocks.ids import Letters, Verb, decode_letters, encode_letters
from policies.records import AuditEntry, DeadLetter
from tests.slack import letter_values as values
from tests.slack.test_limits import FEW, TEXT, check_message
from tests.slack.values import NOW
from tests.slack.world import MARIA, World

LETTER = DeadLetter(
    tenant_id=1,
    kind="evaluate",
    subject="SO-1042",
    order_id="SO-1042",
    reason="Evaluation failed 3 times; log line 0a1b2c3d",
    payload={},
)
EVENT = replace(LETTER, kind="event", subject="evt-1", order_id=None, reason="order_id: missing")


async def put(world: World, *letters: DeadLetter) -> None:
    """Letters that wait, numbered from 1."""
    async with world.storage.write() as tx:
        await tx.dead_letters.add(letters, NOW)


def states(world: World) -> list[str]:
    """The letters' states in the order of their numbers."""
    return [letter.state for letter in world.storage.state.dead_letters.values()]


def trail(world: World) -> list[AuditEntry]:
    """What was done to letters."""
    entries = [held.entry for held in world.storage.state.audit.values()]
    return [entry for entry in entries if entry.subject.startswith("dead_letter:")]


def button(world: World) -> dict[str, Any]:
    """The button of what was told last."""
    blocks = world.slack.told()[-1].said["blocks"]
    (found,) = [one for block in blocks for one in block.get("elements", []) if "value" in one]
    return dict(found)


async def press(world: World, value: str, **more: Any) -> None:  # noqa: ANN401
    """Maria presses Replay."""
    action = {"action_id": Verb.DLQ_REPLAY.value, "block_id": "b", "type": "button", "value": value}
    await world.press(Verb.DLQ_REPLAY, **{"actions": [action], **more})


async def test_what_waits_is_listed(world: World) -> None:
    """Counts by kind and reason, then the latest with number, order, reason, age and next try."""
    await put(world, LETTER, EVENT, replace(LETTER, tenant_id=2, order_id="GX-1"))
    await world.command("dlq")
    told = world.slack.told()[0].words
    assert "2 dead letters waiting" in told
    assert "1 order that could not be judged: failed 3 times on our side" in told
    assert "1 rejected delivery: order_id: missing" in told
    assert "`1` SO-1042" in told
    assert "waits for you" in told
    assert "GX-1" not in told


async def test_of_several_clients_each_letter_names_its_own(world: World) -> None:
    """Whoever sees two clients is told whose a letter is; with one that goes without saying."""
    await put(world, LETTER, replace(LETTER, tenant_id=2, order_id="GX-1"))
    world.directory.members["U0MARIA"] = frozenset({"C0ACME", "C0GLOBEX"})
    await world.command("dlq", channel_id="D0MARIA")
    await world.command("dlq")
    both, one = (call.words for call in world.slack.told())
    assert "`2` GX-1 · Globex · order" in both
    assert "Acme" not in one


async def test_nothing_waits(world: World) -> None:
    """Nothing to do is said as such, and a replay of nothing too."""
    await world.command("dlq")
    await world.command("dlq replay")
    assert "No dead letters" in world.slack.told()[0].words
    assert "No dead letter waits that fits" in world.slack.told()[1].words


async def test_a_replay_is_shown_before_it_is_done(world: World) -> None:
    """The words bring a preview for the asker alone; only the press puts letters back to work."""
    await put(world, LETTER, replace(LETTER, subject="SO-2", order_id="SO-2"))
    await world.mention("dlq replay")
    (shown,) = world.slack.told()
    assert shown.method == "chat.postEphemeral"
    assert "Replay 2 dead letters?" in shown.words
    assert (states(world), trail(world)) == (["waiting", "waiting"], [])
    assert button(world)["action_id"] == "e2a_dlq_replay"
    await press(world, button(world)["value"])
    assert "2 back at work" in world.slack.told()[-1].words
    assert states(world) == ["replayed", "replayed"]
    assert {(e.actor, e.action) for e in trail(world)} == {("slack:U0MARIA", "replay")}
    assert str(trail(world)[0].correlation_id).startswith("e2a-")
    assert world.watcher.actions[-1] == ("replay", "done")


async def test_a_press_takes_no_more_than_was_shown(world: World) -> None:
    """What failed after the preview is not taken along by its button."""
    await put(world, LETTER)
    await world.command("dlq replay all")
    value = button(world)["value"]
    await put(world, replace(LETTER, subject="SO-2"))
    await press(world, value)
    assert states(world) == ["replayed", "waiting"]


async def test_pressing_twice_is_harmless(world: World) -> None:
    """The second press finds nothing and says that somebody dealt with it."""
    await put(world, LETTER)
    await world.command("dlq replay 1")
    value = button(world)["value"]
    await press(world, value)
    await press(world, value)
    assert "Somebody has dealt with these meanwhile" in world.slack.told()[-1].words
    assert len(trail(world)) == 1


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        ("dlq replay", [1, 2, 3]),
        ("dlq replay 3 1", [1, 3]),
        ("dlq replay event", [2]),
        ("dlq replay order SO-9", [3]),
    ],
)
async def test_the_words_choose(world: World, words: str, taken: list[int]) -> None:
    """Numbers, a kind, an order or everything; foreign letters never."""
    await put(world, LETTER, EVENT, replace(LETTER, order_id="SO-9"), replace(LETTER, tenant_id=2))
    await world.command(words)
    value = button(world)["value"]
    await press(world, value)
    told = world.slack.told()[-1].words
    numbers = [n for n, state in enumerate(states(world), start=1) if state == "replayed"]
    assert numbers == [n for n in taken if n != 2]
    assert ("1 still rejected" in told) == (2 in taken)


async def test_a_delivery_without_its_body_says_who_can_help(world: World) -> None:
    """Where nothing was kept, its sender is to send it again."""
    await put(world, EVENT)
    await world.command("dlq replay")
    await press(world, button(world)["value"])
    assert "its sender must send it again" in world.slack.told()[-1].words
    assert states(world) == ["waiting"]


async def test_a_letter_is_laid_aside_with_a_reason(world: World) -> None:
    """Discarded, confirmed, on the trail with the reason; again it is as it was."""
    await put(world, LETTER)
    world.directory.people["U0MARIA"] = replace(MARIA, admin=True)
    await world.command("dlq discard 1 a test order")
    assert "is laid aside" in world.slack.told()[0].words
    assert states(world) == ["discarded"]
    assert [(e.actor, e.action, e.note) for e in trail(world)] == [
        ("slack:U0MARIA", "discard", "a test order")
    ]
    await world.command("dlq discard 1 again")
    assert "was discarded before. Nothing was changed" in world.slack.told()[1].words
    await world.command("dlq discard 99 why")
    assert "There is no dead letter 99 here" in world.slack.told()[2].words
    assert [result for _, result in world.watcher.actions] == ["done", "impossible", "not_found"]


async def test_laying_aside_takes_more_than_an_operator(world: World) -> None:
    """An operator may try letters again; to discard one is refused with who may."""
    await put(world, LETTER)
    await world.command("dlq discard 1 why")
    assert "takes a lead or an admin" in world.slack.told()[0].words
    assert (states(world), trail(world)) == (["waiting"], [])


async def test_foreign_letters_do_not_exist(world: World) -> None:
    """Another client's letter cannot be discarded or replayed by its number."""
    await put(world, replace(LETTER, tenant_id=2))
    world.directory.people["U0MARIA"] = replace(MARIA, admin=True)
    await world.command("dlq discard 1 why")
    await world.command("dlq replay 1")
    await press(world, encode_letters(Letters(newest=9)))
    assert states(world) == ["waiting"]


async def test_guests_neither_see_nor_touch_letters(world: World) -> None:
    """Words and button alike are refused to who may not, at the press by who they are then."""
    await put(world, LETTER)
    for words in ("dlq", "dlq replay", "dlq discard 1 why"):
        await world.command(words, user_id="U0GUEST")
    await press(world, encode_letters(Letters(newest=1)), user={"id": "U0GUEST"})
    assert all("Guests cannot" in call.words for call in world.slack.told())
    assert states(world) == ["waiting"]


@pytest.mark.parametrize(
    "value",
    ["", "7", "{}", '{"ids":[],"kind":null,"order":null,"to":null}', '{"ids":"1","to":3}',
     '{"ids":[1,true],"to":3}', '{"ids":[],"kind":7,"to":3}', '{"ids":[-1],"to":3}',
     json.dumps({"ids": list(range(1, 60)), "to": 3})],
)  # fmt: skip
async def test_a_forged_button_does_nothing(world: World, value: str) -> None:
    """A value that we did not write replays nothing, least of all everything."""
    await put(world, LETTER)
    assert decode_letters(value) is None
    await press(world, value)
    assert "older version" in world.slack.told()[0].words
    assert states(world) == ["waiting"]


@given(
    ids=st.lists(st.integers(1, 2**61), max_size=50, unique=True),
    kind=st.none() | st.text(max_size=10),
    order_id=st.none() | st.text(max_size=128),
    newest=st.integers(1, 2**61),
)
def test_a_button_comes_back_as_it_was_drawn(
    ids: list[int], kind: str | None, order_id: str | None, newest: int
) -> None:
    """What a button is about survives the way through Slack, within Slack's limit of a value."""
    for letters in (Letters(ids=tuple(ids)), Letters(kind=kind), Letters(order_id=order_id)):
        seen = replace(letters, newest=newest)
        value = encode_letters(seen)
        assert len(value) <= 2000
        assert decode_letters(value) == seen


@FEW
@given(words=TEXT, more=TEXT)
def test_letters_survive_any_words(words: str, more: str) -> None:
    """What senders and Slack wrote cannot break a message, call anybody, or show a payload."""
    letter = replace(values.EVENT, subject=words, order_id=more or None, reason=words, kind=words)
    counts = tuple(replace(one, reason=words, kind=more) for one in values.COUNTS * 9)
    view = replace(values.WAITING, counts=counts, latest=(letter,) * 8)
    check_message(drawn.dead_letters(view, {1: more}))
    going = replace(values.SOME_GO, counts=counts)
    check_message(drawn.preview(going, Letters(order_id=more[:128])))
    tried = [replace(values.TRIED[2], letter=letter, why=more)] * 30
    check_message(drawn.replayed(tried))
    check_message(drawn.discarded(replace(values.ASIDE, laid_aside=(letter,))))
    assert "secret" not in json.dumps([dict(block) for block in drawn.dead_letters(view).blocks])

"""Notes to clients: drafted from a strict template, edited, handed out, sent to nobody."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks.drafts import MOST, STYLE, text_of
from handlers.blocks.ids import Field, Verb
from policies.reasons import ReasonCode, Status
from prompts.draft import ENDINGS, LANGUAGES, SITUATIONS, TONES, draft, in_words
from tests.slack.values import EXPLANATION, NOW, SETTLED, view
from tests.slack.world import GUEST, World

STYLES = [(tone, language) for tone in TONES for language in LANGUAGES]


@pytest.mark.parametrize(("tone", "language"), STYLES)
@pytest.mark.parametrize("reason", [*ReasonCode])
def test_every_reason_has_words(tone: str, language: str, reason: ReasonCode) -> None:
    """In each tone and language the note names the order, and nothing is left blank."""
    told = draft(order_id="SO-1042", reason=reason.value, tone=tone, language=language)
    assert told.count("SO-1042") == 1
    assert "  " not in told
    assert len(told.split("\n\n")) == 4
    assert "¶" not in told


@pytest.mark.parametrize(("tone", "language"), STYLES)
@pytest.mark.parametrize("ending", ENDINGS)
def test_what_has_ended_is_said_as_ended(tone: str, language: str, ending: str) -> None:
    """A note about what is over does not say that it waits."""
    told = partial(draft, order_id="SO-1", reason="CARRIER_ISSUE", tone=tone, language=language)
    assert told(ending=ending) != told()


def test_tones_and_languages_differ() -> None:
    """No two choices give the same text."""
    texts = {
        draft(order_id="SO-1", reason="PICK_DELAY", tone=tone, language=language)
        for tone, language in STYLES
    }
    assert len(texts) == len(STYLES)
    with pytest.raises(KeyError):
        draft(order_id="SO-1", reason="PICK_DELAY", tone="rude")
    with pytest.raises(KeyError):
        draft(order_id="SO-1", reason="PICK_DELAY", language="../en")


def test_dates_are_written_as_people_write_them() -> None:
    """Each language has its months."""
    day = date(2026, 3, 5)
    assert [in_words(day, language) for language in LANGUAGES] == [
        "5 March 2026",
        "5. März 2026",
        "5 de marzo de 2026",
    ]
    assert {
        len({in_words(date(2026, month, 1), one) for month in range(1, 13)}) for one in LANGUAGES
    } == {12}


def test_the_table_knows_real_reasons() -> None:
    """Situations are of reason codes that there are."""
    assert set(SITUATIONS) <= {reason.value for reason in ReasonCode}


def test_the_explanations_words_come_first() -> None:
    """Plain English is what the explanation says by rule; a model's words are not taken over."""
    assert text_of(view()) == EXPLANATION.client_note
    assert text_of(view(explanation=replace(EXPLANATION, source="ai"))) != (EXPLANATION.client_note)
    assert "moving again" in text_of(view(**{**SETTLED, "explanation": None}))


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("2026-03-05", True),
        ("2026-03-05T12:00:00Z", True),
        ("2026-03-01", False),
        ("2026-02-30", False),
        ("2026-03-05 <!channel> call me", False),
        (20260305, False),
    ],
)
def test_a_promise_is_a_date_to_come(stated: object, said: bool) -> None:  # noqa: FBT001
    """Only a real date that has not passed is promised again."""
    facts = {**view().record.facts, "promised_delivery": stated}
    assert ("5 March 2026" in text_of(view(facts=facts), "apologetic")) is said


@given(free=st.text(min_size=8, max_size=40))
def test_no_free_text_of_payloads_is_in_it(free: str) -> None:
    """Whatever payloads say, the note is the same."""
    facts = dict.fromkeys(("carrier", "client", "note", "promised_delivery", "wave"), free)
    for tone, language in STYLES:
        assert text_of(view(facts=facts), tone, language) == text_of(view(facts={}), tone, language)


def style(tone: str, language: str) -> dict[str, Any]:
    """The form's state after a choice."""
    chosen = {Verb.DRAFT_TONE.value: tone, Verb.DRAFT_LANGUAGE.value: language}
    return {STYLE: {name: {"selected_option": {"value": one}} for name, one in chosen.items()}}


async def test_the_form_and_what_it_hands_out(world: World) -> None:
    """The edited text comes back to the person alone; the trail keeps its digest, not its words."""
    form = await world.form(Verb.DRAFT, version=1)
    assert EXPLANATION.client_note in json.dumps(form, ensure_ascii=False)
    block_id = f"{Field.DRAFT}-plain-en"
    edited = "Dear Ann,\n\nit leaves today."
    assert (await world.submit(form, {block_id: {"value": edited}})) == (200, "")
    (told,) = world.slack.of("chat.postEphemeral")
    assert told.said["user"] == "U0MARIA"
    assert edited in json.dumps(told.said, ensure_ascii=False).replace("\\\\n", "\n").replace(
        "\\n", "\n"
    )
    assert world.slack.of("chat.postMessage") == []
    (entry,) = await world.trail()
    assert (entry.actor, entry.action) == ("slack:U0MARIA", "drafted")
    assert entry.after["digest"] == hashlib.sha256(edited.encode()).hexdigest()
    assert "Ann" not in repr(entry)
    assert (await world.record()).version == 3
    assert "alert:1:history" in {
        held.message.dedup_key for held in world.storage.state.outbox.values()
    }


async def test_a_choice_draws_it_anew(world: World) -> None:
    """Another tone and language: the same form with the other text, and nothing changed."""
    form = await world.form(Verb.DRAFT)
    shown = {**form, "id": "V1", "state": {"values": style("formal", "de")}}
    action = {"action_id": Verb.DRAFT_TONE.value, "block_id": STYLE, "type": "static_select"}
    payload = {
        "type": "block_actions",
        "actions": [action],
        "view": shown,
        "container": {"type": "view", "view_id": "V1"},
    }
    await world.interact(payload)
    drawn = json.dumps(world.slack.of("views.update")[-1].said, ensure_ascii=False)
    assert "Sehr geehrte Damen und Herren" in drawn
    assert f"{Field.DRAFT}-formal-de" in drawn
    assert await world.trail() == []
    await world.interact({**payload, "view": {**shown, "state": {"values": style("x", "y")}}})
    drawn = json.dumps(world.slack.of("views.update")[-1].said, ensure_ascii=False)
    assert EXPLANATION.client_note in drawn


async def test_an_empty_note_is_not_handed_out(world: World) -> None:
    """The form stays open until there is a text; a long one is cut."""
    form = await world.form(Verb.DRAFT)
    block_id = f"{Field.DRAFT}-plain-en"
    said = json.loads((await world.submit(form, {block_id: {"value": "  "}}))[1])
    assert said == {"response_action": "errors", "errors": {block_id: "Write something."}}
    await world.submit(form, {block_id: {"value": "x" * (MOST + 9)}})
    (entry,) = await world.trail()
    assert entry.after["characters"] == MOST


async def test_words_offer_the_note(world: World) -> None:
    """`draft 7` shows the note and the button, to the asker alone."""
    await world.mention("draft 7")
    (told,) = world.slack.of("chat.postEphemeral")
    assert EXPLANATION.client_note in told.words
    assert Verb.DRAFT in told.words
    assert world.slack.of("chat.postMessage") == []


async def test_who_may_not_draft_is_refused(world: World) -> None:
    """The right is looked up when the form opens and again when it is submitted."""
    form = await world.form(Verb.DRAFT, user={"id": GUEST.id})
    assert "Guests cannot" in json.dumps(form)
    mine = await world.form(Verb.DRAFT)
    values = {f"{Field.DRAFT}-plain-en": {"value": "text"}}
    await world.submit(mine, values, user={"id": GUEST.id, "team_id": "T1"})
    assert await world.trail() == []


async def test_a_settled_one_can_be_written_about(world: World) -> None:
    """Clients are told that it moves again, too."""
    async with world.storage.write() as tx:
        settled = replace(await world.record(), **SETTLED, explanation=None)
        tx.state.exceptions[7] = settled
    assert settled.status is Status.RESOLVED
    assert "moving again" in json.dumps(await world.form(Verb.DRAFT))
    assert NOW.date() == date(2026, 3, 3)

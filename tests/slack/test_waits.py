"""Snooze until an event in Slack: words, the form, what is said of it, and asking who may."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from handlers.blocks.authority import request
from handlers.blocks.ids import Field, Target, Verb
from handlers.blocks.lists import audit
from handlers.blocks.thread import history
from handlers.blocks.waiting import COMES, comes
from handlers.blocks.wishes import Wish, decode_wish, encode_wish
from handlers.slack.asker import Asker
from handlers.slack.grammar import parse
from handlers.slack.intents import ActOn
from handlers.slack.run import run
from handlers.slack.times import At
from handlers.slack.waits import CUT_OFF
from policies.awaiting import awaited
from policies.facts import KINDS
from policies.promises import Promises
from tests.slack.authority_values import ASKED, REQUEST
from tests.slack.values import HISTORY, NOW, view
from tests.slack.world import World

TOMORROW = datetime(2026, 3, 4, 13, 0, tzinfo=UTC)
SAID = {
    "until carrier scan": ("carrier_scan", None, None),
    "until UPS scans": ("carrier_scan", None, None),
    "until the carrier scans it": ("carrier_scan", None, "it"),
    "until picked": ("pick_completed", None, None),
    "until it is delivered": ("delivered", None, None),
    "until picked or 16:30": ("pick_completed", At(at=time(16, 30)), None),
    "until packed, at the latest tomorrow 09:00 late truck": (
        "pack_completed",
        At(at=time(9), days_ahead=1),
        "late truck",
    ),
    "until cut-off": (CUT_OFF, None, None),
    "until the cutoff truck waits": (CUT_OFF, None, "truck waits"),
}


@pytest.mark.parametrize("words", SAID)
@pytest.mark.parametrize("talk", [True, False])
def test_what_is_waited_for(words: str, *, talk: bool) -> None:
    """Event, latest time and note are told apart, in a command and in talk."""
    kind, latest, note = SAID[words]
    wanted = ActOn(verb="snooze", exception_id=7, awaits=kind, until=latest, note=note)
    assert parse(f"snooze 7 {words}", talk=talk) == wanted


async def test_words_snooze_until_the_event(world: World) -> None:
    """It waits for the event and wakes at the latest tomorrow at eight; the answer says both."""
    await world.command("snooze 7 until carrier scan")
    record = await world.record()
    assert (awaited(record), record.snoozed_until) == ("carrier_scan", TOMORROW)
    told = world.slack.of("hook")[0].words
    assert "snoozed until UPS scans it, at the latest" in told
    assert "when it gets worse" in told


async def test_what_has_come_is_not_waited_for(world: World) -> None:
    """The parcel is packed already: nothing is changed, and that is said."""
    await world.command("snooze 7 until packed")
    assert "came already for #7: pack completed" in world.slack.of("hook")[0].words
    assert (await world.record()).version == 3


async def test_the_form_offers_what_is_missing(world: World) -> None:
    """A parcel that was not scanned can be quiet until it is; the choice says what that means."""
    form = await world.form(Verb.SNOOZE)
    assert "Until UPS scans it, at the latest tomorrow 08:00" in json.dumps(form)
    choice = {"selected_option": {"value": "until carrier scan"}}
    assert (await world.submit(form, {Field.UNTIL: choice})) == (200, "")
    record = await world.record()
    assert (awaited(record), record.snoozed_until) == ("carrier_scan", TOMORROW)


async def test_until_the_cut_off(world: World) -> None:
    """The client's next cut-off is meant, and the form names it in the person's time."""
    form = await world.form(Verb.SNOOZE)
    assert "Until the cut-off, Tue 14:00, your time" in json.dumps(form)
    await world.command("snooze 7 until cut-off")
    record = await world.record()
    cut_off = datetime(2026, 3, 3, 19, 0, tzinfo=UTC)
    assert (awaited(record), record.snoozed_until) == (None, cut_off)


async def test_no_cut_off_is_told(world: World) -> None:
    """Where no promise has a cut-off nothing is changed, and a time is asked for."""
    none = replace(world.services, promises=Promises(rules=()))
    asker = Asker(user_id="U0MARIA", team_id="T1", correlation_id="e2a-1", channel_id="C0ACME")
    reply = await run(ActOn(verb="snooze", exception_id=7, awaits=CUT_OFF), asker, none)
    assert "has a cut-off" in reply.message.text
    assert reply.private
    assert (await world.record()).version == 3


def test_the_trail_says_it_in_words() -> None:
    """Neither the history nor the audit shows our codes."""
    quiet = replace(
        HISTORY[1], action="snooze", at=NOW, note=None, after={"awaits": "carrier_scan"}
    )
    came = replace(HISTORY[0], action="wake", at=NOW, note="carrier_scan", after={})
    worse = replace(came, note="worse")
    shown = replace(view(), history=(quiet, came, worse))
    for message in (history(shown), audit(shown, {})):
        told = json.dumps(message.blocks)
        assert "snoozed until the carrier scans it" in told
        assert "snooze over: carrier scan came" in told
        assert "snooze over, it got worse" in told
        assert "carrier_scan" not in told


def test_every_phrase_is_of_a_known_event() -> None:
    """The table of phrases names events that there are; the others are named as they are."""
    assert set(COMES) <= KINDS
    assert comes("stock_short") == "stock short is recorded"


def test_a_wish_keeps_what_is_waited_for() -> None:
    """Who asks for approval of a snooze until an event gets just that."""
    wish = Wish(verb="snooze", target=Target(id=7, version=3), until=NOW, awaits="delivered")
    assert decode_wish(encode_wish(wish)) == wish


def test_whoever_decides_sees_until_when() -> None:
    """A request for a snooze says what is waited for and until when."""
    wish = {"until": NOW.isoformat(), "awaits": "carrier_scan"}
    asked = replace(ASKED, verb="snooze", wish=wish)
    told = request(replace(REQUEST, approval=asked), ()).text
    assert "asks to snooze #7 until UPS scans it, at the latest <!date" in told
    timed = replace(asked, wish={"until": NOW.isoformat()})
    assert "snooze #7 until <!date" in request(replace(REQUEST, approval=timed), ()).text

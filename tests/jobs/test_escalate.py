"""Nobody answers: each level is called once, in order, and an answer ends it."""

from dataclasses import replace
from datetime import datetime

import pytest

from jobs.spare_people import sparing
from policies.personal_settings import PersonalSettings
from policies.quiet import ChannelQuiet, Quiet, QuietHours
from policies.reasons import Severity
from policies.shifts import NO_SHIFTS
from tests.jobs.escalations import LADDERS, LEAD, MARIA, NIGHTS, Called, steps
from tests.policies.builders import at, event
from tests.storage.builders import received

GROUP, PERSON = f"<!subteam^{NIGHTS}>", f"<@{LEAD}>"


async def test_each_level_is_called_once_and_in_order(called: Called) -> None:
    """CRITICAL and unanswered: after 10 minutes the shift, after 30 the lead, then nobody more."""
    await called.late("SO-1")
    assert await called.go(121, 125, 130.9) == []
    ((channel, words),) = await called.go(131, 131, 132)
    assert channel == "#acme"
    assert words.startswith("10 min without an answer: *CRITICAL SO-1*, paid, not picked, ")
    assert words.endswith(f"{GROUP} please acknowledge or take it.")
    direct, lead = await called.go(151, 152, 200, 500)
    assert lead[1].endswith(f"{PERSON} please acknowledge or take it.")
    assert lead[1].startswith("30 min without an answer")
    assert direct[0] == LEAD
    assert "of &lt;!channel&gt;" in direct[1]
    assert (await called.trail()).count("escalate") == 2


async def test_the_call_stands_in_the_thread_of_the_card(called: Called) -> None:
    """The line is a reply below the card; the message to the lead leads back to it."""
    await called.late("SO-1")
    before = len(called.slack.posts)
    await called.go(131, 151)
    calls = [post for post in called.slack.posts[before:] if "notice" in post[2]["event_type"]]
    assert [where for _, where, _ in calls] == ["1.0", None, "1.0"]
    assert not called.slack.broadcasts
    told = "".join(str(one) for message in called.slack.drawn for one in message.blocks)
    assert "|Open the card>" in told


@pytest.mark.parametrize(
    ("verb", "assignee", "until"),
    [
        ("acknowledge", None, None),
        ("assign", "U0JOE", None),
        ("snooze", None, 900.0),
        ("resolve", None, None),
    ],
)
async def test_an_answer_ends_it(
    called: Called, verb: str, assignee: str | None, until: float | None
) -> None:
    """Whoever acknowledges, takes, snoozes or resolves it is left in peace, and so is the lead."""
    await called.late("SO-1")
    await called.go(131)
    await called.act(verb, 140, assignee=assignee, until=until)
    assert await called.go(141, 151, 160) == []


async def test_an_answer_that_comes_before_the_call_is_sent_takes_it_back(called: Called) -> None:
    """While Slack was down somebody acknowledged: the call that waited is not posted."""
    await called.late("SO-1")
    await called.sweep(131)
    await called.act("acknowledge", 132)
    await called.deliver(133)
    assert called.told == []


async def test_its_event_ends_it(called: Called) -> None:
    """What settled by itself calls nobody."""
    await called.late("SO-1")
    picked = event("pick_completed", 125)
    await called.log.record([received(called.tenant.id, picked, at=at(125))])
    await called.judge(126)
    assert not (await called.records())[0].active
    assert await called.go(131, 151) == []


async def test_silence_calls_again(called: Called) -> None:
    """An hour after the last act of who took it the shift hears whose silence it is."""
    await called.late("SO-1")
    await called.act("acknowledge", 125)
    assert await called.go(126, 150, 184.9) == []
    ((_, words),) = await called.go(185, 186)
    assert words.startswith("1 h without a word from Maria: *CRITICAL SO-1*")
    assert MARIA not in words
    assert words.endswith(f"{GROUP} please look after it.")
    assert [where for where, _ in await called.go(205)] == [LEAD, "#acme"]
    await called.act("assign", 206, assignee=MARIA)
    assert await called.go(207, 265) == []
    assert len(await called.go(266.1)) == 1


async def test_a_note_to_the_client_is_a_sign_of_life(called: Called) -> None:
    """Drafting is no answer to an open one, but whoever has it and drafts is not silent."""
    await called.late("SO-1")
    await called.go(121)
    await called.draft(125)
    assert len(await called.go(126, 131)) == 1
    await called.act("acknowledge", 132)
    await called.go(133)
    await called.draft(180)
    assert await called.go(181, 239) == []
    assert len(await called.go(240.1)) == 1


async def test_a_high_one_rests_once_it_is_acknowledged(called: Called) -> None:
    """Without a `silence` in its ladder nobody is reminded of what somebody took."""
    called.severity = "HIGH"
    await called.late("SO-1")
    assert await called.go(131, 150) == []
    assert len(await called.go(151)) == 1
    await called.act("acknowledge", 160)
    assert await called.go(161, 300, 900) == []


async def test_a_snooze_rests_and_waking_begins_anew(called: Called) -> None:
    """Nobody is called while it sleeps; once awake it waits its ten minutes again."""
    await called.late("SO-1")
    await called.act("snooze", 125, until=300)
    assert await called.go(126, 200, 299) == []
    assert await called.go(300.5, 310) == []
    assert len(await called.go(311)) == 1


async def test_reopening_begins_anew(called: Called) -> None:
    """What is opened again is called about as if it were new."""
    await called.late("SO-1")
    await called.go(131)
    await called.act("resolve", 132)
    await called.act("reopen", 400)
    assert await called.go(400, 409) == []
    assert len(await called.go(410.1)) == 1


async def test_getting_worse_calls_sooner(called: Called) -> None:
    """MEDIUM calls nobody; once it is CRITICAL the shift is called ten minutes later."""
    called.severity, called.grows = "MEDIUM", "{60m: CRITICAL}"
    await called.late("SO-1")
    assert await called.go(122, 179) == []
    await called.judge(181)
    assert (await called.records())[0].severity is Severity.CRITICAL
    assert await called.go(182, 190) == []
    assert len(await called.go(191)) == 1


async def test_medium_calls_nobody_and_keeps_no_timer(called: Called) -> None:
    """What no ladder is for has no row that the sweep would look at."""
    called.severity = "MEDIUM"
    await called.late("SO-1")
    async with called.storage.read() as tx:
        assert await tx.escalations.among([1]) == []
    assert await called.go(200, 900) == []


async def test_without_shifts_nobody_is_mentioned(called: Called) -> None:
    """CRITICAL is then a line that the channel sees, and HIGH calls nobody at all."""
    called.rota = NO_SHIFTS
    await called.late("SO-1")
    told = await called.go(131, 151)
    assert [where for where, _ in told] == ["#acme", "#acme"]
    assert called.slack.broadcasts == [words for _, words in told]
    assert all(words.endswith("Please acknowledge or take it.") for _, words in told)
    assert not any("<@" in words or "<!" in words for _, words in told)
    called.severity = "HIGH"
    await called.late("SO-2", minute=321)
    assert await called.go(351, 400) == []


async def test_another_site_does_not_call_this_shift(called: Called) -> None:
    """The shift of ATL1 is not called for an order of another warehouse."""
    await called.late("SO-1", site="DAL2")
    ((_, words),) = await called.go(131)
    assert GROUP not in words


async def test_a_name_from_data_mentions_nobody(called: Called) -> None:
    """Markup in an order's id or a client's name is dead text in every call."""
    called.ladders = (replace(LADDERS[0], steps=steps((10, "#ops-urgent"), (20, "U0ANN"))),)
    await called.late("<!here>")
    (post, direct) = await called.go(131, 141)
    assert (post[0], direct[0]) == ("#ops-urgent", "U0ANN")
    for _, words in (post, direct):
        assert "&lt;!here&gt;* of &lt;!channel&gt;" in words
        assert "<!" not in words
        assert "<@" not in words


async def test_people_of_a_group_are_told_directly(called: Called) -> None:
    """`dm` to a user group is a message to each of its people, or a mention where Slack is mute."""
    called.ladders = (replace(LADDERS[0], steps=steps((10, NIGHTS), (20, "S0AWAY"))),)
    await called.late("SO-1")
    assert [where for where, _ in await called.go(131)] == ["U0ANN", "U0BO"]
    ((where, words),) = await called.go(141)
    assert where == "#acme"
    assert "<!subteam^S0AWAY>" in words


async def test_whoever_wants_quiet_is_not_told_directly_unless_it_is_critical(
    called: Called,
) -> None:
    """HIGH spares who rests and is told in the thread; CRITICAL wakes them."""

    async def resting(_user: str, _severity: Severity, _now: datetime) -> bool:
        return True

    called.hold = resting
    direct = steps((10, "U0ANN"))
    called.ladders = (replace(LADDERS[0], steps=direct), replace(LADDERS[1], steps=direct))
    called.severity = "HIGH"
    await called.late("SO-1")
    assert [where for where, _ in await called.go(131)] == ["#acme"]
    called.severity = "CRITICAL"
    await called.late("SO-2", minute=321)
    assert [where for where, _ in await called.go(331)] == ["U0ANN"]


async def test_somebodys_own_quiet_hours_are_kept(called: Called) -> None:
    """What a person set for themselves decides: below CRITICAL nobody is told in their night."""
    called.hold = sparing(called.storage)
    night = Quiet(begins=720, ends=1020)  # 12:00 to 17:00; T0 is 10:00
    async with called.storage.write() as tx:
        await tx.people.set_settings(PersonalSettings(user_id="U0ANN", quiet=night), at(0))
    called.ladders = (replace(LADDERS[1], steps=steps((10, "U0ANN"), (400, "U0ANN"))),)
    called.severity = "HIGH"
    await called.late("SO-1")
    assert [where for where, _ in await called.go(131)] == ["#acme"]
    assert [where for where, _ in await called.go(522)] == ["U0ANN"]


async def test_a_channels_quiet_hours_put_a_call_off(called: Called) -> None:
    """While a channel is left in peace HIGH calls nobody there; the wait begins when it ends."""
    called.severity = "HIGH"
    await called.late("SO-1")
    night = ChannelQuiet(window=Quiet(begins=720, ends=780))  # until minute 180
    called.quiet = QuietHours(windows=(night,))
    assert await called.go(151, 180, 209) == []
    assert len(await called.go(210.1)) == 1


async def test_the_steps_of_the_promise_come_first(called: Called) -> None:
    """`on_breach.escalate` counts; its step at once to the card's own channel is the card."""
    called.severity = "MEDIUM"
    called.escalate = '[{after: 0m, to: "#acme"}, {after: 5m, to: "#boss"}, {after: 9m, to: lead}]'
    await called.late("SO-1")
    assert await called.go(121, 122) == []
    assert [where for where, _ in await called.go(126)] == ["#boss"]
    assert [where for where, _ in await called.go(130.5)] == [LEAD, "#acme"]
    assert (await called.trail()).count("escalate") == 2


async def test_notifications_off_call_nobody(called: Called) -> None:
    """Where nothing is told, no timer begins."""
    called.notify = False
    await called.late("SO-1")
    async with called.storage.read() as tx:
        assert await tx.escalations.among([1]) == []

"""A storm that nobody answers is called about as one."""

from policies.quiet import ChannelQuiet, Quiet, QuietHours
from tests.jobs.escalations import LEAD, NIGHTS, SHARED, Called

GROUP = f"<!subteam^{NIGHTS}>"


async def test_a_storm_is_called_about_once(called: Called) -> None:
    """Six orders of one cause: one line with their number a level, and late comers add none."""
    called.grouping = SHARED
    await called.late(*(f"SO-{n}" for n in range(6)))
    ((_, words),) = await called.go(131, 131.5, 132)
    assert words.startswith("10 min without an answer: *CRITICAL, 6 orders of 1 client*")
    assert words.endswith(f"{GROUP} please acknowledge or take them.")
    await called.late("SO-8", minute=140)
    assert await called.go(145, 150.5) == []
    lead = await called.go(151.6)
    assert [where for where, _ in lead] == [LEAD, "C0ACME"]
    assert all("*CRITICAL, 7 orders of 1 client*" in words for _, words in lead)
    assert await called.go(160, 170, 300) == []


async def test_a_storm_that_is_too_large_for_one_sweep_is_called_about_once(
    called: Called,
) -> None:
    """Timers are looked at in portions; the portions that come later add no line."""
    called.grouping = SHARED
    await called.late(*(f"SO-{n}" for n in range(9)))
    for minute in (131, 131.1, 131.2, 131.3, 131.4, 131.5):
        await called.sweep(minute, limit=2)
    await called.deliver(132)
    assert len(called.told) == 1


async def test_answered_members_of_a_storm_are_not_counted(called: Called) -> None:
    """Some were acknowledged: the line says how many of how many still wait."""
    called.grouping = SHARED
    await called.late(*(f"SO-{n}" for n in range(6)))
    await called.act("acknowledge", 125)
    ((_, words),) = await called.go(131)
    assert "*CRITICAL, 5 of 6 orders of 1 client*" in words


async def test_the_worst_of_a_storm_leads(called: Called) -> None:
    """The shift that was called about the CRITICAL ones is not called about HIGH ones besides."""
    called.grouping, called.severity = SHARED, "HIGH"
    called.grows = "{20m: CRITICAL}"
    await called.late(*(f"SO-{n}" for n in range(3)))
    await called.judge(141)
    await called.late(*(f"GX-{n}" for n in range(3)), minute=145)
    assert {record.severity.value for record in await called.records()} == {"HIGH", "CRITICAL"}
    ((_, words),) = await called.go(145, 151.5)
    assert "*CRITICAL, 6 orders of 1 client*" in words
    await called.go(171.6)
    assert await called.go(175.1, 180, 200) == []


async def test_what_quiet_hours_hold_back_is_called_about_in_the_morning(called: Called) -> None:
    """Nobody is called about what the channel was not told yet; its wait begins with the day."""
    called.severity = "HIGH"
    night = ChannelQuiet(window=Quiet(begins=720, ends=780))  # until minute 180
    called.quiet = QuietHours(windows=(night,))
    await called.late("SO-1", "SO-2")
    assert called.slack.posts == []
    assert await called.go(151, 180, 209) == []
    ((_, words),) = await called.go(210.1)
    assert "*HIGH, 2 orders of 1 client*, held overnight" in words

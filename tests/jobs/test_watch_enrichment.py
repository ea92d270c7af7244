"""Enrichment is measured, and whoever runs it hears once that it fell behind and once that not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.enriching import enrichment
from bot.telemetry import Metrics
from handlers.blocks import renderer
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from jobs.show_enrichment import enrichment_tiles, show_figures, show_report
from jobs.watch_enrichment import watch_enrichment
from policies.enrichment import COMPLETED, Enrichment, Note, failed, skipped
from policies.enrichment_figures import Figures
from policies.enrichment_states import begun
from policies.records import OutboxMessage
from tests.jobs.enrichments import Pipeline
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.world import World
from tests.policies.builders import at
from tests.storage.builders import a_record

NOON = 1440.0


async def enriched(world: World, well: int, failing: int, minute: float = NOON) -> None:
    """So many records are complete and so many failed for good, begun ten minutes before."""
    for number in range(1, well + failing + 1):
        world.storage.state.exceptions[number] = replace(a_record(1), id=number)
        row = begun(replace(a_record(1), id=number), at(minute - 10))
        note = skipped("no_model") if number <= well else failed("timeout")
        world.storage.state.enrichments[number] = _as(row, note, complete=number <= well)


def _as(row: Enrichment, note: Note, *, complete: bool) -> Enrichment:
    return replace(
        row,
        order_analysis=COMPLETED,
        classification=note,
        automation=skipped("no_policy"),
        ask_at=None,
        completed_at=row.begun_at if complete else None,
        next_at=None,
        filled=6,
        expected=6,
        quality=100,
    )


async def watch(world: World, minute: float = NOON) -> Mapping[str, Figures]:
    """The job."""
    return await watch_enrichment(Pipeline(world).enriching, wall_now=at(minute))


def notices(world: World) -> list[OutboxMessage]:
    """What it wants to be told."""
    return [one for one in world.outbox().values() if one.payload.get("notice") == "enrichment"]


async def test_it_is_told_once_when_it_turns_and_once_when_it_is_over(world: World) -> None:
    """Down to 50 %, still 50 %, up to 80 %, up to 100 %: two notices of each that was bad."""
    await enriched(world, 20, 20)
    for minute in (NOON, NOON + 1, NOON + 2):
        await watch(world, minute)
    told = [(one.payload["measure"], one.payload["level"]) for one in notices(world)]
    assert told == [("completeness", "critical"), ("failures", "critical")]
    await enriched(world, 32, 8)
    await watch(world, NOON + 3)
    assert [one.payload["measure"] for one in notices(world)[2:]] == ["failures"]
    await enriched(world, 40, 0)
    for minute in (NOON + 4, NOON + 5):
        await watch(world, minute)
    told = [(one.payload["measure"], one.payload["level"]) for one in notices(world)[2:]]
    assert told == [("failures", "ok"), ("completeness", "ok")]
    assert {one.lane for one in notices(world)} == {"#acme-ops"}


async def test_the_notice_says_what_is_behind_it(world: World) -> None:
    """The figure, the limit, how many of what failed why; drawn from what was noticed."""
    await enriched(world, 20, 20)
    await watch(world)
    slack = FakeMessenger()
    delivery = Delivery(
        storage=world.storage, promises=world.promises, renderer=renderer, messenger=slack
    )
    for notice in notices(world):
        await deliver_notice(notice, delivery=delivery, now=at(NOON))
    assert slack.texts == [
        "Enrichment · Acme: 50 % of exceptions enriched (critical: below 70)",
        "Enrichment · Acme: 100 % of tries failed (critical: over 20)",
    ]
    shown = str(slack.drawn[0].blocks)
    assert "classification failed for 20: the model did not answer in time" in shown


async def test_few_young_or_old_records_alarm_nobody(world: World) -> None:
    """Under twenty, opened within three minutes, or a day ago: there is nothing to tell."""
    await enriched(world, 1, 9)
    await watch(world)
    await enriched(world, 1, 39, minute=NOON + 8)
    await watch(world)
    await watch(world, NOON + 3000)
    assert notices(world) == []


async def test_without_notifications_nothing_is_posted_and_everything_measured(
    world: World,
) -> None:
    """The gauges are set either way; a reserved client is left out of them."""
    world.telling = replace(world.telling, notify=False)
    await enriched(world, 30, 10)
    globex = world.storage.state.tenants[2]
    world.storage.state.tenants[2] = replace(globex, synthetic=True)
    metrics = Metrics()
    clocks = (lambda: at(NOON), lambda: at(NOON))
    await enrichment(Pipeline(world).enriching, metrics, *clocks)["watch_enrichment"]()
    assert notices(world) == []

    def value(name: str, tenant: str = "Acme") -> float | None:
        return metrics.registry.get_sample_value(f"e2a_enrichment_{name}", {"tenant": tenant})

    assert (value("completeness"), value("quality"), value("backlog")) == (75, 100, 0)
    assert value("backlog", "Globex") is None


async def test_home_and_report_tell_the_same(world: World) -> None:
    """Tiles with what they are made of; a week in days with what is aimed at."""
    await enriched(world, 30, 10)
    figures = await show_figures([1, 2], storage=world.storage, wall_now=at(NOON))
    tiles = [(one.name, one.figure, one.note) for one in enrichment_tiles(figures)]
    assert tiles == [
        ("Enriched", "75 %", ""),
        ("Enrichment quality", "100", "100 % of fields"),
    ]
    report = await show_report(1, storage=world.storage, wall_now=at(NOON))
    assert [day.figures.records for day in report.days] == [40, 0, 0, 0, 0, 0, 0]
    assert report.days[0].until - report.days[-1].since == timedelta(hours=168)
    assert [(goal.name, goal.met) for goal in report.goals][:2] == [
        ("complete_within_24_hours", False),
        ("quality", True),
    ]
    assert enrichment_tiles(await show_figures([2], storage=world.storage, wall_now=at(0))) == ()

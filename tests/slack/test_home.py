"""Home: what is on it, that it keeps itself up to date within limits, and its settings."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.ids import Verb
from handlers.blocks.order_form import decode_order, encode_order
from handlers.services import Services
from handlers.slack.home import PAUSE, STAYS, claim_homes, refresh_home
from handlers.slack.home_forms import filled_in
from policies.personal_settings import PersonalSettings
from policies.quiet import Quiet
from policies.reasons import Severity
from policies.silence import Feed
from tests.slack.values import NOW, clock, record
from tests.slack.world import World, wall_now

OPENED = {"type": "app_home_opened", "user": "U0MARIA", "channel": "D0MARIA", "tab": "home"}
AT_HOME: dict[str, Any] = {
    "container": {"type": "view", "view_id": "V1"},
    "channel": None,
    "message": None,
    "response_url": None,
    "view": {"type": "home", "id": "V1"},
}
MINUTE = timedelta(minutes=1)


def published(world: World) -> str:
    """What Maria's Home says, as it was published last."""
    return world.slack.of("views.publish")[-1].words


async def test_home_sorts_by_what_saves_most(world: World) -> None:
    """An order at risk stands between a rich late one and a poor one that was late before it."""
    async with world.storage.write() as tx:
        poor = {"order_value_cents": 100}
        rich = {"order_value_cents": 900_000, "customer_tier": "gold"}
        tx.state.exceptions[7] = replace(record(), facts=poor, severity=Severity.LOW)
        late = replace(record(), id=9, order_id="SO-RICH", facts=rich)
        tx.state.exceptions[9] = late
    await world.event(OPENED)
    words = published(world)
    assert words.index("SO-RICH") < words.index("SO-1042")
    assert "Sorted by what saves most" in words
    assert "9,000.00 USD" in words


async def test_silence_is_never_mistaken_for_calm(world: World) -> None:
    """A source is on Home with when it was heard, also where nothing is known of its rhythm."""
    feed = Feed(tenant_id=1, source="wms", last_at=NOW - 12 * MINUTE, first_at=NOW)
    async with world.storage.write() as tx:
        await tx.feeds.save([feed])
    await world.event(OPENED)
    assert "heard 12 min ago" in published(world)
    assert "silence is not noticed" in published(world)


async def test_only_what_they_see_is_on_it(world: World) -> None:
    """Subscriptions of their own channels only, and no other client's work."""
    async with world.storage.write() as tx:
        await tx.subscriptions.add("digest", "C0ACME", [1], "slack:U0MARIA", NOW)
        await tx.subscriptions.add("digest", "C0GLOBEX", [2], "slack:U0JOE", NOW)
        tx.state.clocks[1, "SO-1050", "pick", ""] = clock()
    await world.event(OPENED)
    assert "C0ACME" in published(world)
    assert "C0GLOBEX" not in published(world)
    assert "GX-1" not in published(world)


class Later:
    """The services some time from now, and the client that publishes."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.passed = timedelta()

    @property
    def services(self) -> Services:
        """With the wall clock moved on."""
        return replace(self._world.services, wall_now=lambda: wall_now() + self.passed)

    async def step(self) -> int:
        """One look of the worker; how many Homes were published."""
        client = AsyncWebClient(
            token="xoxb-test", base_url=self._world.hook.replace("/hook", "/api/")
        )
        homes = await claim_homes(self.services)
        return sum([await refresh_home(one, self.services, client) for one in homes])


async def test_a_home_keeps_itself_up_to_date(world: World) -> None:
    """Anew when something changed, after a pause, not without need, and not once they are gone."""
    later = Later(world)
    await world.event(OPENED)
    assert await later.step() == 0
    async with world.storage.write() as tx:
        tx.state.exceptions[11] = replace(record(), id=11, order_id="SO-NEW")
    assert await later.step() == 0
    later.passed = PAUSE + timedelta(seconds=1)
    assert await later.step() == 1
    assert "SO-NEW" in published(world)
    later.passed *= 2
    assert await later.step() == 0
    async with world.storage.write() as tx:
        del tx.state.exceptions[11]
    later.passed = STAYS + timedelta(seconds=1)
    assert await later.step() == 0
    assert len(world.slack.of("views.publish")) == 2


async def test_what_slack_does_not_take_has_a_next_turn(world: World) -> None:
    """A refused Home is published after the next pause, though nothing changed since."""
    later = Later(world)
    await world.event(OPENED)
    async with world.storage.write() as tx:
        tx.state.exceptions[11] = replace(record(), id=11, order_id="SO-NEW")
    later.passed = PAUSE + timedelta(seconds=1)
    world.slack.errors["views.publish"] = "internal_error"
    assert await later.step() == 0
    del world.slack.errors["views.publish"]
    later.passed *= 2
    assert await later.step() == 1


async def test_settings_are_filled_in_and_kept(world: World) -> None:
    """The form shows what is set; what is chosen is kept in the person's own zone."""
    await world.press(Verb.SETTINGS, **AT_HOME)
    form = world.slack.of("views.update")[-1].said["view"]
    assert "America/New_York" in str(form)
    chosen = {
        "tell": {"selected_options": [{"value": "worse"}]},
        "quiet_days": {"selected_options": [{"value": "4"}, {"value": "0"}]},
        "quiet_from": {"selected_time": "19:30"},
        "quiet_until": {"selected_time": "07:00"},
        "language": {"selected_option": {"value": "es"}},
    }
    await world.submit(form, chosen)
    assert await world.services.personal.of("U0MARIA") == PersonalSettings(
        user_id="U0MARIA",
        quiet=Quiet(begins=1170, ends=420, days=(0, 4), zone="America/New_York"),
        tell_assigned=False,
        language="es",
    )
    assert "quiet 19:30 to 07:00" in published(world)


async def test_a_draft_begins_in_the_language_that_was_set(world: World) -> None:
    """The form of a note to the client opens in the person's language."""
    await world.services.personal.keep(PersonalSettings(user_id="U0MARIA", language="de"), NOW)
    form = await world.form(Verb.DRAFT)
    assert "draft-plain-de" in str(form)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"quiet_days": {"selected_options": [{"value": "9"}]}},
        {"quiet_days": {"selected_options": [{"value": "1"}]}, "quiet_from": {}},
        {
            "quiet_days": {"selected_options": [{"value": "1"}]},
            "quiet_from": {"selected_time": "25:00"},
            "quiet_until": {"selected_time": "07:00"},
        },
        {"language": {"selected_option": {"value": "tlh"}}},
    ],
)
def test_what_was_not_offered_counts_for_nothing(values: dict[str, Any]) -> None:
    """A form that was tampered with sets nothing that the form does not have."""
    view = {"state": {"values": {name: {name: value} for name, value in values.items()}}}
    kept = filled_in("U1", view)
    assert (kept.quiet, kept.language) == (None, "en")


async def test_an_order_is_shown_from_home(world: World) -> None:
    """What is at risk has no exception yet: its button shows the order."""
    action = {"action_id": Verb.ORDER.value, "block_id": "b", "type": "button"}
    action["value"] = encode_order("SO-1042")
    await world.press(Verb.ORDER, actions=[action], **AT_HOME)
    assert "SO-1042" in world.slack.of("views.update")[-1].words


@pytest.mark.parametrize("value", [None, "", "{", "[]", '{"order":7}', '{"order":""}', "x" * 3000])
def test_a_strange_value_is_no_order(value: object) -> None:
    """Only what we wrote is read."""
    assert decode_order(value) is None
    assert decode_order(encode_order("SO-1 <!here>")) == "SO-1 <!here>"

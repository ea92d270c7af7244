"""Modals and Home: triggers, stacks, hashes, and what a submission's answer does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError

from tests.demo.workspace_bot import Stage, button, modal, section, staged, text_input

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

USER = "U0MARIA"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Run a workspace with a fake bot; a busy machine lets no trigger expire."""
    async with staged(trigger_seconds=60.0) as running:
        yield running


async def trigger(stage: Stage) -> str:
    """Type a command and return the trigger that the bot got."""
    await stage.workspace.command(USER, "C0ACME", "resolve 1")
    return str(stage.bot.of("command")[-1]["trigger_id"])


async def opened(stage: Stage, view: dict[str, Any] | None = None) -> dict[str, Any]:
    """Open a modal and return it."""
    shown = view or modal(text_input("note"), private_metadata="7", notify_on_close=True)
    answer = await stage.slack.views_open(trigger_id=await trigger(stage), view=shown)
    found: dict[str, Any] = answer["view"]
    return found


async def error_of(call: Awaitable[Any]) -> str:
    """Return the error code of a refused call."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def answered(stage: Stage, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Submit a modal that the bot answers so; return the open modals."""
    view = await opened(stage)
    stage.bot.answers["view_submission"] = [web.json_response(answer)]
    await stage.workspace.submit_view(USER, view["id"], {"note": "done"})
    return await stage.workspace.views(USER)


async def test_a_trigger_opens_one_view(stage: Stage) -> None:
    """Unknown and used triggers are refused."""
    name = await trigger(stage)
    await stage.slack.views_open(trigger_id=name, view=modal(section("x")))
    calls = [
        stage.slack.views_open(trigger_id=item, view=modal(section("x")))
        for item in ("1.2.3", name)
    ]
    assert [await error_of(call) for call in calls] == [
        "invalid_trigger_id",
        "exchanged_trigger_id",
    ]


async def test_a_trigger_opens_only_soon() -> None:
    """An old trigger is refused."""
    async with staged(trigger_seconds=0.1) as stage:
        late = await trigger(stage)
        await asyncio.sleep(0.15)
        call = stage.slack.views_open(trigger_id=late, view=modal(section("x")))
        assert await error_of(call) == "expired_trigger_id"


async def test_a_refused_view_names_the_place(stage: Stage) -> None:
    """Views are refused with invalid_arguments and a pointer into /view."""
    with pytest.raises(SlackApiError) as caught:
        await stage.slack.views_open(
            trigger_id=await trigger(stage), view=modal(section("x"), title="x" * 25)
        )
    assert caught.value.response["error"] == "invalid_arguments"
    assert "json-pointer:/view/title/text" in str(caught.value.response.data)


async def test_a_submission_carries_the_values_and_closes(stage: Stage) -> None:
    """view_submission has state, metadata and hash; an empty 200 closes the modal."""
    view = await opened(stage)
    outcome = await stage.workspace.submit_view(USER, view["id"], {"note": "late truck"})
    [payload] = stage.bot.of("view_submission")
    assert outcome.ok
    assert payload["view"]["state"]["values"]["note"]["text"] == {
        "type": "plain_text_input",
        "value": "late truck",
    }
    assert payload["view"]["private_metadata"] == "7"
    assert await stage.workspace.views(USER) == []


async def test_a_required_input_is_asked_for_without_the_bot(stage: Stage) -> None:
    """Slack itself does not send a modal whose required input is empty."""
    view = await opened(stage)
    outcome = await stage.workspace.submit_view(USER, view["id"], {})
    assert list(outcome.errors) == ["note"]
    assert stage.bot.of("view_submission") == []


async def test_the_answer_decides_what_happens(stage: Stage) -> None:
    """Errors keep, update replaces, push lays over, clear closes everything."""
    errors = {"response_action": "errors", "errors": {"note": "too short"}}
    assert len(await answered(stage, errors)) == 1
    replaced = {"response_action": "update", "view": modal(section("new"), title="New")}
    assert [view["title"]["text"] for view in await answered(stage, replaced)] == ["New"]
    pushed = {"response_action": "push", "view": modal(section("two"), title="Two")}
    assert [view["title"]["text"] for view in await answered(stage, pushed)] == ["Resolve", "Two"]
    assert await answered(stage, {"response_action": "clear"}) == []


async def test_errors_for_unknown_inputs_are_trouble(stage: Stage) -> None:
    """An answer that names no input of the view is a fault of the bot."""
    view = await opened(stage)
    bad = {"response_action": "errors", "errors": {"other": "no"}}
    stage.bot.answers["view_submission"] = [web.json_response(bad)]
    outcome = await stage.workspace.submit_view(USER, view["id"], {"note": "x"})
    assert (outcome.ok, outcome.error) == (False, "invalid_errors")


async def test_updates_with_an_old_hash_conflict(stage: Stage) -> None:
    """The hash of a view changes with every update."""
    view = await opened(stage)
    await stage.slack.views_update(view_id=view["id"], hash=view["hash"], view=modal(section("b")))
    again = stage.slack.views_update(
        view_id=view["id"], hash=view["hash"], view=modal(section("c"))
    )
    assert await error_of(again) == "hash_conflict"
    await stage.workspace.close_view(USER, view["id"])
    gone = stage.slack.views_update(view_id=view["id"], view=modal(section("d")))
    assert await error_of(gone) == "not_found"


async def test_three_modals_are_the_most(stage: Stage) -> None:
    """A click in a modal gives a trigger to push; the fourth modal is refused."""
    view = await opened(stage, modal({"type": "actions", "elements": [button("more")]}))

    async def pushed() -> dict[str, Any]:
        top = (await stage.workspace.views(USER))[-1]
        await stage.workspace.click(USER, None, None, "more", view_id=top["id"])
        name = stage.bot.of("block_actions")[-1]["trigger_id"]
        blocks = {"type": "actions", "elements": [button("more")]}
        answer = await stage.slack.views_push(trigger_id=name, view=modal(blocks))
        found: dict[str, Any] = answer["view"]
        return found

    second = await pushed()
    assert second["previous_view_id"] == view["id"]
    await pushed()
    assert await error_of(pushed()) == "push_limit_reached"
    assert "response_url" not in stage.bot.of("block_actions")[0]


async def test_closing_is_told_where_asked(stage: Stage) -> None:
    """notify_on_close sends view_closed with is_cleared."""
    view = await opened(stage)
    await stage.workspace.close_view(USER, view["id"])
    [payload] = stage.bot.of("view_closed")
    assert (payload["view"]["id"], payload["is_cleared"]) == (view["id"], False)


async def test_home_is_opened_and_published(stage: Stage) -> None:
    """Opening Home tells the bot; what it publishes is what the person sees."""
    assert await stage.workspace.open_home(USER) is None
    await stage.workspace.wait_for(lambda: stage.bot.of("app_home_opened"))
    event = stage.bot.of("app_home_opened")[0]["event"]
    assert (event["tab"], event["user"]) == ("home", USER)
    view = {"type": "home", "blocks": [section("my queue")]}
    first = await stage.slack.views_publish(user_id=USER, view=view)
    await stage.slack.views_publish(user_id=USER, view=view)
    old = stage.slack.views_publish(user_id=USER, view=view, hash=first["view"]["hash"])
    assert await error_of(old) == "hash_conflict"
    home = await stage.workspace.home(USER)
    assert home
    assert home["blocks"][0]["text"]["text"] == "my queue"
    await stage.workspace.open_home(USER)
    await stage.workspace.wait_for(lambda: len(stage.bot.of("app_home_opened")) == 2)
    assert stage.bot.of("app_home_opened")[1]["event"]["view"]["id"] == first["view"]["id"]

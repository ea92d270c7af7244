"""How listeners are wired: names that Bolt knows, no silent surface, work that is not lost."""

import ast
import asyncio
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest
from aiohttp import ClientSession
from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

import handlers.slack
from handlers.blocks.ids import Form, Verb
from handlers.slack import actions
from handlers.slack.app import (
    DIRECT_BUTTONS,
    FORM_BUTTONS,
    STORM_BUTTONS,
    create_bolt_app,
    own_workspace,
)
from handlers.slack.errors import told_kindly
from handlers.slack.tasks import Background
from handlers.slack.voice import UntoldError
from jobs.errors import SlackRetryError
from jobs.ports.slack import Message
from tests.slack.conftest import Logs
from tests.slack.world import World

SURFACES = tuple(
    importlib.import_module(f"handlers.slack.{found.name}")
    for found in pkgutil.iter_modules(handlers.slack.__path__)
)
KNOWN = set(inspect.signature(AsyncArgs.__init__).parameters) - {"self", "kwargs"}


def listeners(app: AsyncApp) -> list[object]:
    """Every registered listener."""
    return [one.ack_function for one in app._async_listeners]  # noqa: SLF001


def test_parameters_are_names_that_bolt_fills() -> None:
    """An unknown parameter would become None with a log line nobody reads."""
    for module in SURFACES:
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction):
            if name.startswith("on_"):
                assert set(inspect.signature(function).parameters) <= KNOWN, name


async def test_every_listener_is_registered(world: World) -> None:
    """What is written as a listener listens, and the catch-alls come last."""
    client = AsyncWebClient(token="xoxb-test")
    app = create_bolt_app(
        world.services,
        client=client,
        signing_secret="s",
        authorize=own_workspace(client),
        background=Background(),
    )
    written = {
        function
        for module in SURFACES
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction)
        if name.startswith("on_") and function.__module__ == module.__name__
    }
    assert set(listeners(app)) == written
    others = {Verb.EXPLAIN, Verb.DLQ_REPLAY, Verb.ASK, Verb.APPROVE, Verb.DECLINE}
    others |= {Verb.UNDO, Verb.DRAFT_TONE, Verb.DRAFT_LANGUAGE}
    others |= {Verb.MAP, Verb.SUBSCRIPTION_ADD, Verb.SUBSCRIPTION_EDIT}
    others |= {Verb.SUBSCRIPTION_REMOVE, Verb.SUBSCRIPTION_TEST, Verb.TAKE_OVER}
    others |= {Verb.ORDER, Verb.SETTINGS, Verb.REFRESH}
    others |= {Verb.BILL_CONFIRM, Verb.BILL_COLUMNS, Verb.BILL_FILED}
    others |= {Verb.FINDING_ACCEPT, Verb.FINDING_OURS, Verb.FINDING_DISPUTE, Verb.FINDING_ASK}
    others |= {Verb.FINDING_EVIDENCE, Verb.FINDING_GROUP}
    others |= {Verb.ANSWER_HELPED, Verb.ANSWER_NO_HELP, Verb.ANSWER_SHARE, Verb.ANSWER_KEEP}
    others |= {Verb.STORM_PAGE, Verb.STORM_CLIENT, Verb.STORM_UNDO, *STORM_BUTTONS}
    assert set(DIRECT_BUTTONS) | set(FORM_BUTTONS) | others == set(Verb)
    assert set(actions.VERBS) == set(DIRECT_BUTTONS)
    assert {form for form in Form if form.endswith("_form")} == {
        Form.DRAFT,
        Form.BILL,
        Form.FINDING_ASK,
        Form.FINDING_DISPUTE,
        Form.FINDING_GROUP,
        Form.RESOLVE,
        Form.SNOOZE,
        Form.REPLAY,
        Form.STORM_ACT,
        Form.STORM_SPLIT,
        Form.ASK,
        Form.ANSWER,
        Form.SETTINGS,
        Form.SUBSCRIPTION,
        Form.TAKE_OVER,
    }


def test_there_is_one_broad_catch() -> None:
    """Only errors.py catches everything; run.py counts and raises again."""
    broad = []
    for path in Path(handlers.slack.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else ""
                reraised = any(isinstance(part, ast.Raise) for part in ast.walk(node))
                if caught in ("", "Exception", "BaseException") and not reraised:
                    broad.append(path.name)
    assert set(broad) == {"errors.py"}


async def test_background_work_is_waited_for_and_then_cancelled() -> None:
    """A stop waits for what is under way, but not for ever."""
    background, ended = Background(), []

    async def quick() -> None:
        await asyncio.sleep(0.01)
        ended.append("quick")

    async def endless() -> None:
        await asyncio.Event().wait()

    background.start(quick())
    assert await background.drain() == 0
    background.start(endless())
    assert background.under_way == 1
    assert await background.drain(0.01) == 1
    assert (ended, background.under_way) == (["quick"], 0)


async def test_faults_are_logged_and_told_never_raised(logs: Logs) -> None:
    """Whatever happens, nobody hears an exception; failing to tell is logged, too."""
    heard: list[Message] = []

    async def tell(message: Message) -> None:
        heard.append(message)

    async def deaf(_message: Message) -> None:
        reason = "Slack is away"
        raise UntoldError(reason)

    refused = SlackApiError("no", {"error": "channel_not_found"})  # type: ignore[no-untyped-call]
    for error in (ValueError("x"), refused):

        async def work(error: Exception = error) -> None:
            raise error

        await told_kindly(work, tell=tell, correlation_id="e2a-1")
        await told_kindly(work, tell=deaf, correlation_id="e2a-1")
    assert all("quote e2a-1" in message.text for message in heard)
    assert len(heard) == 2
    assert [line["event"] for line in logs].count("slack_request_failed") == 4
    assert [line["event"] for line in logs].count("slack_fault_not_told") == 2


async def test_who_we_are_is_asked_once(world: World) -> None:
    """auth.test is asked at the first request and remembered; a failure is asked again."""
    async with ClientSession() as session:
        base_url = world.hook.replace("/hook", "/api/")
        client = AsyncWebClient(token="xoxb-x", base_url=base_url, session=session)
        authorize = own_workspace(client)
        world.slack.errors["auth.test"] = "invalid_auth"
        with pytest.raises(SlackRetryError, match="invalid_auth"):
            await authorize()
        del world.slack.errors["auth.test"]
        results = await asyncio.gather(*(authorize() for _ in range(5)))
    assert {(one.team_id, one.bot_user_id, one.bot_token) for one in results} == {
        ("T1", "U0E2A", "xoxb-x")
    }
    assert len(world.slack.of("auth.test")) == 2


async def test_an_acknowledgement_does_not_wait_for_the_work(world: World) -> None:
    """Slack is answered at once, however long the work takes."""
    gate = asyncio.Event()
    real = world.directory.person

    async def slow(user_id: str) -> object:
        await gate.wait()
        return await real(user_id)

    world.directory.person = slow  # type: ignore[method-assign,assignment]
    settle, world.settle = world.settle, _nothing  # type: ignore[method-assign]
    for verb in (world.command("status"), world.mention("status"), world.press(Verb.ACKNOWLEDGE)):
        assert (await verb)[0] == 200
    assert world.background.under_way == 3
    assert all(seconds < 0.1 for _, seconds in world.watcher.acknowledgements)
    gate.set()
    await settle()
    assert len(world.slack.told()) == 2


async def _nothing() -> None:
    """Does not wait."""

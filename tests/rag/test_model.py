"""The client of a model against a server that behaves in every way that servers do."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from demo.model.server import ModelServer
from policies.asking import (
    AnswerLimits,
    AnswerTooLargeError,
    ModelAwayError,
    ModelBrokeOffError,
    ModelBusyError,
    ModelError,
    ModelFailedError,
    ModelRefusedError,
    ModelTimeoutError,
    NoAnswerError,
    Prompt,
    PromptMessage,
    PromptRefusedError,
)
from rag.completion import seconds_to_wait
from rag.model import ModelClient

SECONDS = 0.2
SCHEMA = {
    "type": "object",
    "properties": {"label": {"type": "string"}, "evidence": {"type": "array"}},
    "required": ["label", "evidence"],
    "additionalProperties": False,
}
PROMPT = Prompt(
    name="explanation",
    version="1",
    messages=(
        PromptMessage(role="system", text="Explain."),
        PromptMessage(role="user", text='{"order_id": "SO-1", "events": [{"event_id": "evt-1"}]}'),
    ),
    schema=SCHEMA,
    limits=AnswerLimits(output_tokens=300),
)


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    """A model's server on a port of its own."""
    one = ModelServer()
    async with one.serving():
        yield one


def client(server: ModelServer, **given: Any) -> ModelClient:  # noqa: ANN401
    """A client that waits for fractions of a second."""
    usual: dict[str, Any] = {
        "base_url": server.url,
        "api_key": "sk-of-the-tests",
        "model": "demo-model",
        "timeout_seconds": SECONDS,
        "pause_seconds": 0.01,
    }
    return ModelClient(**usual | given)


async def test_an_answer_comes_with_its_tokens(server: ModelServer) -> None:
    """Text, model and the tokens that the server counted; the schema and the limits were sent."""
    model = client(server)
    answer = await model.ask(PROMPT)
    assert answer.text == '{"label": "Delay", "evidence": ["evt-1"]}'
    assert answer.model == "demo-model"
    assert answer.tokens is not None
    assert answer.tokens.total == answer.tokens.input + answer.tokens.output > 10
    [asked] = server.asked
    assert asked["response_format"]["json_schema"]["schema"] == SCHEMA
    assert (asked["max_tokens"], asked["temperature"]) == (300, 0)
    assert asked["_headers"]["Authorization"] == "Bearer sk-of-the-tests"
    await model.close()


FAULTS = [
    ("hang", ModelTimeoutError, 1),
    ("drip", ModelTimeoutError, 1),
    ("500", ModelFailedError, 2),
    ("disconnect", ModelBrokeOffError, 2),
    ("html", NoAnswerError, 1),
    ("huge", AnswerTooLargeError, 1),
    ("429", ModelBusyError, 1),
    ("redirect", ModelRefusedError, 1),
]


@pytest.mark.parametrize(("mode", "outcome", "calls"), FAULTS, ids=[row[0] for row in FAULTS])
async def test_every_fault_has_a_name_and_an_end(
    server: ModelServer, mode: str, outcome: type[ModelError], calls: int
) -> None:
    """Each ends within its time with one named outcome; only what may pass is tried again."""
    server.mode = mode
    model = client(server)
    began = time.perf_counter()
    with pytest.raises(outcome) as caught:
        await model.ask(PROMPT)
    assert time.perf_counter() - began < SECONDS * 2 + 0.5
    assert type(caught.value) is outcome
    assert len(server.asked) == calls
    server.mode = "good"
    assert (await model.ask(PROMPT)).text.startswith("{")  # the client is none the worse
    await model.close()


async def test_what_passes_is_tried_again(server: ModelServer) -> None:
    """A server that fails once is asked once more, and no more often than is set."""
    told: list[str] = []
    model = client(server, retried=lambda: told.append("again"))
    server.mode, server.calls = "500", 1
    assert (await model.ask(PROMPT)).text.startswith("{")
    assert (len(server.asked), told) == (2, ["again"])
    server.mode, server.calls = "500", None
    alone = client(server, attempts=1)
    with pytest.raises(ModelFailedError):
        await alone.ask(PROMPT)
    assert len(server.asked) == 3
    await model.close()
    await alone.close()


async def test_an_address_where_nobody_is(server: ModelServer) -> None:
    """A refused connection is told from a slow one; nothing was taken in."""
    model = client(server, base_url="http://127.0.0.1:9/v1")
    with pytest.raises(ModelAwayError) as caught:
        await model.ask(PROMPT)
    assert not caught.value.taken_in
    with pytest.raises(ModelAwayError):
        await model.models()
    await model.close()


async def test_a_wrong_key_is_refused_and_not_shown(server: ModelServer) -> None:
    """401 is final, and the key is in no word of the refusal."""
    server.api_key = "another"
    model = client(server)
    with pytest.raises(ModelRefusedError, match="401") as caught:
        await model.ask(PROMPT)
    assert "sk-of" not in f"{caught.value!r} {caught.value.__cause__}"
    with pytest.raises(ModelRefusedError):
        await model.models()
    await model.close()


async def test_without_a_key_none_is_sent(server: ModelServer) -> None:
    """A server of one's own needs no key and gets no header for it."""
    model = client(server, api_key=None)
    await model.ask(PROMPT)
    assert "Authorization" not in server.asked[0]["_headers"]
    assert await model.models() == ["demo-model"]
    await model.close()


@pytest.mark.parametrize(
    ("refuses", "sent"),
    [
        (("json_schema",), {"max_tokens", "temperature", "response_format"}),
        (("json_schema", "json_object"), {"max_tokens", "temperature"}),
        (("max_tokens", "temperature"), {"max_completion_tokens", "response_format"}),
        (
            ("json_schema", "response_format", "max_tokens"),
            {"max_completion_tokens", "temperature"},
        ),
    ],
)
async def test_older_and_newer_servers(
    server: ModelServer, refuses: tuple[str, ...], sent: set[str]
) -> None:
    """What a server answers with 400 is left out, the schema then stands in words; learnt once."""
    server.refuses = refuses
    model = client(server, timeout_seconds=2)
    for _ in range(2):
        assert (await model.ask(PROMPT)).text == '{"label": "Delay", "evidence": ["evt-1"]}'
    assert len(server.asked) == 2
    fields = {"max_tokens", "max_completion_tokens", "temperature", "response_format"}
    assert set(server.asked[1]) & fields == sent
    await model.close()


async def test_a_prompt_that_is_refused_says_nothing_of_the_server(server: ModelServer) -> None:
    """A 400 whatever is left out belongs to the prompt: not unwell, and nothing is learnt."""
    server.refuses = ("messages",)
    model = client(server, timeout_seconds=2)
    with pytest.raises(PromptRefusedError) as caught:
        await model.ask(PROMPT)
    assert not caught.value.unwell
    server.refuses = ()
    await model.ask(PROMPT)
    assert server.asked[0]["response_format"]["type"] == "json_schema"
    await model.close()


async def test_any_text_can_be_sent(server: ModelServer) -> None:
    """Halves of characters, which payloads may hold, do not stop a prompt."""
    model = client(server, timeout_seconds=2)
    odd = PromptMessage(role="user", text='{"note": "\ud800 \x00"}')
    await model.ask(replace(PROMPT, messages=(odd,)))
    assert server.asked[0]["messages"][0]["content"] == '{"note": "? \x00"}'
    await model.close()


@pytest.mark.parametrize("given", [{"api_key": "sk-\u00e4"}, {"api_key": "sk\nx"}])
async def test_a_key_that_cannot_be_sent(server: ModelServer, given: dict[str, str]) -> None:
    """It is a refusal with a name, not a crash."""
    model = client(server, **given)
    with pytest.raises(ModelError):
        await model.ask(PROMPT)
    await model.close()


async def test_cancelling_leaves_nothing_behind(server: ModelServer) -> None:
    """Whoever gives up is let go at once."""
    server.mode = "hang"
    model = client(server, timeout_seconds=30)
    asking = asyncio.create_task(model.ask(PROMPT))
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await model.close()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
        (
            {
                "retry-after": "Mon, 02 Mar 2026 10:00:07 GMT",
                "date": "Mon, 02 Mar 2026 10:00:00 GMT",
            },
            7.0,
        ),
        ({"retry-after": "Mon, 02 Mar 2026 10:00:07 GMT"}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    """Retry-After is seconds or a date; what makes no sense says nothing."""
    assert seconds_to_wait(headers) == seconds


async def test_a_short_wait_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait within the time-out is waited, a longer one is a refusal for now."""
    waited: list[float] = []

    async def ask_twice(after: float) -> None:
        model = ModelClient(
            base_url="http://127.0.0.1:9/v1", api_key=None, model="m", timeout_seconds=1
        )

        async def busy(_prompt: Prompt) -> None:
            waited.append(time.perf_counter())
            raise ModelBusyError(after)

        monkeypatch.setattr(model, "_attempt", busy)
        with pytest.raises(ModelBusyError):
            await model.ask(PROMPT)
        await model.close()

    await ask_twice(0.1)
    assert 0.1 <= waited[1] - waited[0] < 0.9
    await ask_twice(5)
    assert len(waited) == 3

"""Asks a model at any OpenAI-compatible address: in time, in size, in one of a few outcomes.

Must not believe an answer, count a budget or keep a prompt; tries again only what may help.
"""

import asyncio
import random
from collections.abc import Callable, Sequence

import httpx2
import openai
import stamina

from policies.asking import (
    Answer,
    ModelAwayError,
    ModelBrokeOffError,
    ModelBusyError,
    ModelError,
    ModelFailedError,
    ModelRefusedError,
    ModelTimeoutError,
    NoAnswerError,
    Prompt,
    PromptRefusedError,
)
from rag.capped import capped_at
from rag.completion import read_answer, read_models, seconds_to_wait
from rag.dialect import Dialect

MOST_BYTES = 256 * 1024
"""An explanation has a few thousand; more is no answer."""
_PAUSE_SECONDS = 0.2
_UNSPOKEN = frozenset({400, 422})
"""How servers refuse a field that they do not know."""
_ABOUT_THE_PROMPT = _UNSPOKEN | {413}
_TOO_MANY, _SERVER_FAULT = 429, 500
_UNSENDABLE = (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError)
_FAILURES = (openai.OpenAIError, TimeoutError, *_UNSENDABLE)


class ModelClient:
    """One model at one address. How the address wants to be asked is remembered.

    Args:
        base_url: of the API, up to and without `/chat/completions`.
        api_key: None where the address asks for none.
        model: its name there.
        timeout_seconds: for a whole attempt, from connecting to the last byte.
        attempts: the first one counts too.
        most_bytes: of an answer's body.
        pause_seconds: about how long to wait before the second attempt; jitter is added.
        retried: told of every attempt after the first.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str | None,
        model: str,
        timeout_seconds: float = 3.0,
        attempts: int = 2,
        most_bytes: int = MOST_BYTES,
        pause_seconds: float = _PAUSE_SECONDS,
        retried: Callable[[], None] = lambda: None,
    ) -> None:
        self.model = model
        self._timeout = timeout_seconds
        self._attempts = attempts
        self._pause = pause_seconds
        self._retried = retried
        self._dialect = Dialect()
        self._http = httpx2.AsyncClient(
            timeout=timeout_seconds, event_hooks={"response": [capped_at(most_bytes)]}
        )
        keyless: openai.RequestOptions = {"headers": {"Authorization": openai.omit}}
        self._options: openai.RequestOptions = {} if api_key else keyless
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            max_retries=0,
            timeout=timeout_seconds,
            http_client=self._http,
            default_headers={"Accept-Encoding": "identity"},
        )

    async def ask(self, prompt: Prompt) -> Answer:
        """What the model says.

        Ends after `attempts` times the time-out at the most, and the pauses between them.

        Raises:
            ModelError: one of its kinds, after the last attempt.
        """
        async for attempt in stamina.retry_context(
            self._worth_another,
            attempts=self._attempts,
            timeout=None,
            wait_initial=self._pause,
            wait_max=self._timeout,
            wait_jitter=self._pause,
        ):
            if attempt.num > 1:
                self._retried()
            with attempt:
                return await self._attempt(prompt)
        raise ModelError

    async def models(self) -> Sequence[str]:
        """The names that the address lists; raises ModelError as `ask` does."""
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.get(
                    "/models", cast_to=httpx2.Response, options=self._options
                )
        except _FAILURES as error:
            raise _named(error) from error
        return read_models(response.content)

    async def close(self) -> None:
        """Closes every connection."""
        await self._http.aclose()

    async def _attempt(self, prompt: Prompt) -> Answer:
        """One attempt; asking in another dialect is part of it and of its time."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._in_some_dialect(prompt)
        except _FAILURES as error:
            raise _named(error) from error

    async def _in_some_dialect(self, prompt: Prompt) -> Answer:
        """What was understood is kept only once it worked: a refusal may have been the prompt's."""
        dialect = self._dialect
        while True:
            try:
                answer = await self._send(prompt, dialect)
            except openai.APIStatusError as error:
                other = dialect.other_than(_words(error)) if _is_unspoken(error) else None
                if other is None:
                    raise
                dialect = other
            else:
                self._dialect = dialect
                return answer

    async def _send(self, prompt: Prompt, dialect: Dialect) -> Answer:
        response = await self._client.post(
            "/chat/completions",
            body=dialect.body(prompt, self.model),
            cast_to=httpx2.Response,
            options=self._options,
        )
        return read_answer(response.content, self.model)

    def _worth_another(self, error: Exception) -> bool | float:
        """Whether to try again; a number is how many seconds to wait before that."""
        if isinstance(error, ModelBusyError) and error.after is not None:
            too_long = error.after > self._timeout
            return False if too_long else error.after + random.uniform(0, self._pause)  # noqa: S311
        passing = (ModelBusyError, ModelFailedError, ModelAwayError, ModelBrokeOffError)
        return isinstance(error, passing)


def _is_unspoken(error: openai.APIStatusError) -> bool:
    return error.status_code in _UNSPOKEN


def _words(error: openai.APIStatusError) -> str:
    """What a refusal says, as far as it can matter."""
    return error.response.text[:4000]


def _named(error: BaseException) -> ModelError:
    """By what name the failure is known here."""
    if isinstance(error, TimeoutError | openai.APITimeoutError):
        return ModelTimeoutError()
    if isinstance(error, openai.APIConnectionError):
        broke = isinstance(error.__cause__, httpx2.ReadError | httpx2.RemoteProtocolError)
        return ModelBrokeOffError() if broke else ModelAwayError()
    if isinstance(error, openai.APIStatusError):
        return _of_status(error.status_code, error.response.headers)
    if isinstance(error, _UNSENDABLE):
        return ModelRefusedError("the address or the key cannot be sent")
    return NoAnswerError()


def _of_status(status: int, headers: httpx2.Headers) -> ModelError:
    if status == _TOO_MANY:
        return ModelBusyError(seconds_to_wait(headers))
    if status >= _SERVER_FAULT:
        return ModelFailedError(f"the model's server failed ({status})")
    if status in _ABOUT_THE_PROMPT:
        return PromptRefusedError(f"the model's server refuses this prompt ({status})")
    return ModelRefusedError(f"the model's server refuses every request ({status})")

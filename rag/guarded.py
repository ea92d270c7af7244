"""A model behind its circuit breaker.

Must not try again: the client does, and one failure here is all of its attempts.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from policies.asking import Answer, CircuitOpenError, ModelError, Prompt
from rag.breaker import Breaker, CircuitState

Changed = Callable[[CircuitState], None]


class _Client(Protocol):
    """What is guarded."""

    @property
    def model(self) -> str: ...

    async def ask(self, prompt: Prompt) -> Answer: ...


class GuardedModel:
    """Asks through a breaker.

    Args:
        client: the model.
        breaker: its own.
        wall_now: by which the breaker counts.
        changed: told the state each time that it is another one.
    """

    def __init__(
        self,
        client: _Client,
        breaker: Breaker,
        wall_now: Callable[[], datetime],
        changed: Changed,
    ) -> None:
        self._client = client
        self._wall_now = wall_now
        self._changed = changed
        self._told = breaker.circuit.state
        self.breaker = breaker

    @property
    def model(self) -> str:
        """The model's name."""
        return self._client.model

    def lets_through(self) -> bool:
        """Whether asking is worth it just now."""
        return self.breaker.lets_through(self._wall_now())

    async def ask(self, prompt: Prompt) -> Answer:
        """As the client's; raises CircuitOpenError while the model is left alone."""
        permit = self.breaker.admit(self._wall_now())
        self._tell()
        if permit is None:
            raise CircuitOpenError
        try:
            answer = await self._client.ask(prompt)
        except ModelError as error:
            note = self.breaker.failed if error.unwell else self.breaker.succeeded
            note(permit, self._wall_now())
            raise
        except BaseException:
            self.breaker.withdrew(permit, self._wall_now())
            raise
        else:
            self.breaker.succeeded(permit, self._wall_now())
            return answer
        finally:
            self._tell()

    def reset(self) -> None:
        """A person says that the model is well again."""
        self.breaker.reset(self._wall_now())
        self._tell()

    def _tell(self) -> None:
        if self.breaker.circuit.state is not self._told:
            self._told = self.breaker.circuit.state
            self._changed(self._told)

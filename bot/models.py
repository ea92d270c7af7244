"""Opens the model that the settings name, with its breaker, its budget and its metrics.

Must not ask it anything. Without a model nothing of it is imported: its library takes a second.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from bot.clock import Now
from bot.parts import Parts
from bot.policy_files import load_model_prices
from bot.settings import Settings
from bot.telemetry import Metrics
from jobs.ask_model import Asking
from jobs.ports import Storage
from jobs.put_on_record import Telling
from jobs.views.models import CircuitView
from policies.asking import JsonSchema
from policies.model_budget import AiMode, DailyLimits, Spent
from policies.model_prices import MICROCENTS
from rag.breaker import Breaker, CircuitState
from rag.guarded import GuardedModel
from rag.recover import recover

if TYPE_CHECKING:
    from rag.model import ModelClient

log = structlog.get_logger(__name__)

MODEL = "model"
"""What the breaker before the model is called."""
_SHOWN = {CircuitState.CLOSED: 0, CircuitState.HALF_OPEN: 1, CircuitState.OPEN: 2}


async def _nothing_to_close() -> None:
    """There is no model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The model as the house needs it: how to ask it (None without one), breakers, the end."""

    asking: Asking | None = None
    circuits: "Circuits"
    close: Callable[[], Awaitable[None]] = field(default=_nothing_to_close)


class Circuits:
    """The breakers of this process, by name."""

    def __init__(self, guarded: Mapping[str, GuardedModel]) -> None:
        self._guarded = guarded

    def all(self) -> tuple[CircuitView, ...]:
        """How each of them stands."""
        return tuple(_view(name, model.breaker) for name, model in self._guarded.items())

    def reset(self, name: str) -> CircuitView | None:
        """Closes one; None where there is none of that name."""
        if name not in self._guarded:
            return None
        self._guarded[name].reset()
        return _view(name, self._guarded[name].breaker)


class CountedModel:
    """Turns what is told of asking into metrics.

    Args:
        metrics: where it counts.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def asked(self, model: str, operation: str, status: str) -> None:
        """Counts a call that ended."""
        self._metrics.ai_requests.labels(model, operation, status).inc()

    def spent(self, model: str, spent: Spent) -> None:
        """Adds what a call took."""
        self._metrics.ai_tokens.labels(model).inc(spent.tokens)
        self._metrics.ai_cost_cents.labels(model).inc(spent.microcents / MICROCENTS)

    def fell_back(self, reason: str) -> None:
        """Counts that rules had to do."""
        self._metrics.ai_fallbacks.labels(reason).inc()

    def stated(self, confidence: float) -> None:
        """Adds how sure the model was."""
        self._metrics.ai_confidence.observe(confidence)

    def looked_up(self, cache: str, *, found: bool) -> None:
        """Counts a look into a cache."""
        self._metrics.cache_requests.labels(cache, "hit" if found else "miss").inc()


def open_models(parts: Parts) -> Models:
    """The model that is set up, or none; raises PolicyError where its prices cannot be read."""
    return models_of(
        parts.settings, parts.storage, parts.metrics, parts.telling, wall_now=parts.wall_now
    )


def models_of(
    settings: Settings, storage: Storage, metrics: Metrics, telling: Telling, *, wall_now: Now
) -> Models:
    """The same for whoever has no other parts, such as a command."""
    prices = load_model_prices(settings.policies_dir)
    if not settings.ai_provider_base_url or not settings.ai_model:
        return Models(circuits=Circuits({}))
    client = _client(settings, metrics.retries.labels(MODEL).inc)
    guarded = GuardedModel(client, _breaker(settings), wall_now, _changed(MODEL, metrics))
    asking = Asking(
        storage=storage,
        model=guarded,
        read=_read,
        prices=prices,
        limits=limits_of(settings),
        mode=AiMode(settings.ai_mode),
        telling=telling,
        observe=CountedModel(metrics),
    )
    return Models(asking=asking, circuits=Circuits({MODEL: guarded}), close=client.close)


def limits_of(settings: Settings) -> DailyLimits:
    """What a tenant may use in a day."""
    return DailyLimits(tokens=settings.ai_max_daily_tokens, cents=settings.ai_max_daily_cost_cents)


def _client(settings: Settings, retried: Callable[[], None]) -> "ModelClient":
    from rag.model import ModelClient  # noqa: PLC0415 - the library takes a second to load

    key = settings.ai_api_key
    return ModelClient(
        base_url=settings.ai_provider_base_url or "",
        api_key=key.get_secret_value() if key else None,
        model=settings.ai_model or "",
        timeout_seconds=settings.ai_timeout_seconds,
        attempts=settings.ai_retry_max_attempts,
        retried=retried,
    )


def _breaker(settings: Settings) -> Breaker:
    recovery = timedelta(seconds=settings.ai_circuit_recovery_seconds)
    return Breaker(settings.ai_circuit_failure_threshold, recovery)


def _changed(name: str, metrics: Metrics) -> Callable[[CircuitState], None]:
    metrics.circuit_state.labels(name).set(_SHOWN[CircuitState.CLOSED])

    def changed(state: CircuitState) -> None:
        metrics.circuit_state.labels(name).set(_SHOWN[state])
        metrics.circuit_changes.labels(name, state.value).inc()
        log.warning("circuit_changed", name=name, to=state.value)

    return changed


def _read(text: str, schema: JsonSchema) -> Mapping[str, object]:
    return recover(text, schema).value


def _view(name: str, breaker: Breaker) -> CircuitView:
    circuit = breaker.circuit
    since: datetime | None = circuit.since
    return CircuitView(
        name=name,
        state=circuit.state.value,
        failures=circuit.failures,
        since=since,
        retry_at=breaker.retry_at(),
    )

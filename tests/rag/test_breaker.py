"""The circuit breaker: what it lets through, by its own rules and under any sequence of calls."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from policies.asking import (
    Answer,
    CircuitOpenError,
    ModelFailedError,
    Prompt,
    PromptRefusedError,
)
from rag.breaker import Breaker, CircuitState, Permit
from rag.guarded import GuardedModel

T0 = datetime(2026, 3, 2, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
RECOVERY = 30 * SECOND
PROMPT = Prompt(name="n", version="1", messages=(), schema={})


def opened(threshold: int = 3) -> Breaker:
    """A breaker that has just opened at T0."""
    breaker = Breaker(threshold, RECOVERY)
    for _ in range(threshold):
        permit = breaker.admit(T0)
        assert permit is not None
        breaker.failed(permit, T0)
    return breaker


def state_of(breaker: Breaker) -> str:
    """How it stands now."""
    return breaker.circuit.state.value


def test_it_opens_after_failures_in_a_row() -> None:
    """One success in between starts the count anew; the third in a row opens it."""
    breaker = Breaker(3, RECOVERY)
    for good in (False, False, True, False, False):
        permit = breaker.admit(T0)
        assert permit is not None
        (breaker.succeeded if good else breaker.failed)(permit, T0)
    assert state_of(breaker) == "closed"
    permit = breaker.admit(T0)
    assert permit is not None
    breaker.failed(permit, T0)
    assert state_of(breaker) == "open"
    assert breaker.admit(T0 + RECOVERY - SECOND) is None
    assert breaker.retry_at() == T0 + RECOVERY


@pytest.mark.parametrize("good", [True, False])
def test_one_probe_at_a_time(good: bool) -> None:  # noqa: FBT001
    """After the recovery one call tries, the others wait for its outcome."""
    breaker, later = opened(), T0 + RECOVERY
    probe = breaker.admit(later)
    assert probe is not None
    assert [breaker.admit(later + n * SECOND) for n in range(3)] == [None] * 3
    (breaker.succeeded if good else breaker.failed)(probe, later + 3 * SECOND)
    wanted = CircuitState.CLOSED if good else CircuitState.OPEN
    assert breaker.circuit.state is wanted
    assert (breaker.admit(later + 4 * SECOND) is not None) is good


def test_a_probe_that_never_ends_gives_its_place_up() -> None:
    """A probe without an outcome blocks nobody for longer than the recovery."""
    breaker = opened()
    lost = breaker.admit(T0 + RECOVERY)
    assert lost is not None
    second = breaker.admit(T0 + 2 * RECOVERY)
    assert second is not None
    breaker.succeeded(lost, T0 + 2 * RECOVERY)
    assert breaker.circuit.state is CircuitState.HALF_OPEN
    breaker.withdrew(second, T0 + 2 * RECOVERY)
    assert breaker.admit(T0 + 2 * RECOVERY) is not None


def test_calls_from_before_say_nothing() -> None:
    """A slow call that began before the circuit opened neither closes nor opens it again."""
    breaker = Breaker(1, RECOVERY)
    slow, fast = breaker.admit(T0), breaker.admit(T0)
    assert slow is not None
    assert fast is not None
    breaker.failed(fast, T0)
    breaker.succeeded(slow, T0)
    assert state_of(breaker) == "open"
    breaker.reset(T0)
    breaker.failed(slow, T0)
    assert state_of(breaker) == "closed"


def test_a_clock_that_was_set_back() -> None:
    """An opening that lies in the future holds nobody up."""
    assert opened().lets_through(T0 - timedelta(hours=1))


class AnyCalls(RuleBasedStateMachine):
    """Calls begin, end and are given up in any order, while time goes on."""

    @initialize(threshold=st.integers(1, 4))
    def begin(self, threshold: int) -> None:
        """A breaker, and nothing under way."""
        self.threshold = threshold
        self.breaker = Breaker(threshold, RECOVERY)
        self.now = T0
        self.under_way: list[Permit] = []
        self.states = [CircuitState.CLOSED]

    @rule(seconds=st.integers(0, 40))
    def time_passes(self, seconds: int) -> None:
        """Nothing happens by time alone."""
        self.now += seconds * SECOND

    @rule()
    def call(self) -> None:
        """What `lets_through` says is what `admit` does, and nobody passes an open circuit."""
        state, since = self.breaker.circuit.state, self.breaker.circuit.since
        may = self.breaker.lets_through(self.now)
        permit = self.breaker.admit(self.now)
        assert may is (permit is not None)
        if (
            state is CircuitState.OPEN
            and since is not None
            and since <= self.now < since + RECOVERY
        ):
            assert permit is None
        if permit is not None:
            self.under_way.append(permit)

    @precondition(lambda self: self.under_way)
    @rule(how=st.sampled_from(["succeeded", "failed", "withdrew"]), which=st.integers(0, 9))
    def end(self, how: str, which: int) -> None:
        """A call ends; failures below the threshold never open a closed circuit."""
        before = self.breaker.circuit
        permit = self.under_way.pop(which % len(self.under_way))
        getattr(self.breaker, how)(permit, self.now)
        after = self.breaker.circuit
        if (before.state, after.state) == (CircuitState.CLOSED, CircuitState.OPEN):
            assert how == "failed"
            assert before.failures + 1 >= self.threshold
        if permit.generation != before.generation:
            assert after == before

    @rule()
    def reset(self) -> None:
        """A person closes it."""
        self.breaker.reset(self.now)
        assert self.breaker.admit(self.now) is not None

    @invariant()
    def only_known_steps(self) -> None:
        """Closed goes to open, open to half open, half open to either; a reset to closed."""
        if not hasattr(self, "breaker"):
            return
        self.states.append(self.breaker.circuit.state)
        assert (CircuitState.CLOSED, CircuitState.HALF_OPEN) not in pairwise(self.states)

    @invariant()
    def one_probe(self) -> None:
        """Of the calls under way at most one belongs to a circuit that is half open."""
        if hasattr(self, "breaker") and self.breaker.circuit.state is CircuitState.HALF_OPEN:
            now = self.breaker.circuit.generation
            assert sum(permit.generation == now for permit in self.under_way) <= 1


TestAnyCalls = AnyCalls.TestCase


class Scripted:
    """A model whose outcomes are given."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self.outcomes = list(outcomes)
        self.model = "m"

    async def ask(self, prompt: Prompt) -> Answer:
        """The next outcome; hangs when there is none left."""
        assert prompt is PROMPT
        if not self.outcomes:
            await asyncio.sleep(60)
        if (failure := self.outcomes.pop(0)) is not None:
            raise failure
        return Answer(text="{}", model="m", tokens=None)


async def test_a_model_behind_its_breaker() -> None:
    """Three failures and it is left alone, a probe closes it; each change is told once."""
    told: list[CircuitState] = []
    now = [T0]
    failing = [ModelFailedError() for _ in range(3)]
    model = Scripted(*failing, None, None)
    guarded = GuardedModel(model, Breaker(3, RECOVERY), lambda: now[0], told.append)
    for _ in range(3):
        with pytest.raises(ModelFailedError):
            await guarded.ask(PROMPT)
    with pytest.raises(CircuitOpenError):
        await guarded.ask(PROMPT)
    assert not guarded.lets_through()
    now[0] += RECOVERY
    await guarded.ask(PROMPT)
    await guarded.ask(PROMPT)
    assert told == [CircuitState.OPEN, CircuitState.HALF_OPEN, CircuitState.CLOSED]


async def test_a_refused_prompt_is_no_failure_of_the_model() -> None:
    """A server that answers a prompt with 400 is well: the breaker stays closed."""
    model = Scripted(*(PromptRefusedError() for _ in range(5)))
    guarded = GuardedModel(model, Breaker(2, RECOVERY), lambda: T0, lambda _state: None)
    for _ in range(5):
        with pytest.raises(PromptRefusedError):
            await guarded.ask(PROMPT)
    assert guarded.lets_through()


async def test_a_probe_that_is_given_up_frees_its_place() -> None:
    """Cancelling the probe lets the next one try at once; a reset closes by hand."""
    told: list[CircuitState] = []
    guarded = GuardedModel(Scripted(), opened(), lambda: T0 + RECOVERY, told.append)
    probe = asyncio.create_task(guarded.ask(PROMPT))
    await asyncio.sleep(0)
    assert not guarded.lets_through()
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert guarded.lets_through()
    guarded.reset()
    assert told[-1] is CircuitState.CLOSED

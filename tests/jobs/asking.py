"""Asking as it is wired, over storage in memory and a model that the test scripts."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from jobs.ask_model import Asking, Inquiry
from jobs.put_on_record import Telling
from policies.asking import (
    Answer,
    AnswerLimits,
    JsonSchema,
    Prompt,
    PromptMessage,
    TokenCount,
)
from policies.known_people import Known
from policies.model_budget import AiMode, DailyLimits, Spent
from policies.model_prices import ModelPrices, TokenPrice
from policies.reasons import Severity
from policies.records import Tenant
from rag.recover import recover
from storage.memory import MemoryStorage

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PRICE = Decimal(100)
CANARY = "Jane Canary"
SCHEMA: JsonSchema = {
    "type": "object",
    "properties": {"ops_note": {"type": "string"}, "evidence": {"type": "array"}},
    "required": ["ops_note", "evidence"],
    "additionalProperties": False,
}
FACTS = {"order_id": "SO-1001", "note": f"{CANARY} wrote from jane@canary.example, +34 600123456"}
KNOWN = Known(names=frozenset({CANARY}), kept=frozenset({"SO-1001"}))


def prompt_of(facts: Any) -> Prompt:  # noqa: ANN401 - JSON
    """The facts as JSON, in the usual words."""
    words = json.dumps(facts, ensure_ascii=False)
    return Prompt(
        name="explanation",
        version="1",
        messages=(
            PromptMessage(role="system", text="Explain from the facts only."),
            PromptMessage(role="user", text=f"Facts: {words}"),
        ),
        schema=SCHEMA,
        limits=AnswerLimits(output_tokens=200),
    )


@dataclass
class ScriptedModel:
    """Says what is scripted, or raises it; keeps the prompts. `open_for` False is left alone."""

    says: list[str | Exception] = field(default_factory=list)
    tokens: TokenCount | None = field(default_factory=lambda: TokenCount(input=300, output=100))
    open_for: bool = True
    model: str = "demo-model"
    prompts: list[Prompt] = field(default_factory=list)

    def lets_through(self) -> bool:
        """As told."""
        return self.open_for

    async def ask(self, prompt: Prompt) -> Answer:
        """The next of the script; the last one again and again."""
        self.prompts.append(prompt)
        await asyncio.sleep(0)
        said = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if isinstance(said, Exception):
            raise said
        return Answer(text=said, model=self.model, tokens=self.tokens)


@dataclass
class Counting:
    """An observer that remembers."""

    calls: list[tuple[str, ...]] = field(default_factory=list)
    tokens: int = 0

    def asked(self, model: str, operation: str, status: str) -> None:
        """Remembers it."""
        self.calls.append((model, operation, status))

    def spent(self, model: str, spent: Spent) -> None:
        """Adds it up."""
        assert model
        self.tokens += spent.tokens

    def fell_back(self, reason: str) -> None:
        """Remembers it."""
        self.calls.append(("fell back", reason))

    def stated(self, confidence: float) -> None:
        """Remembers it."""
        self.calls.append(("stated", f"{confidence:g}"))

    def looked_up(self, cache: str, *, found: bool) -> None:
        """Remembers it."""
        self.calls.append((cache, "hit" if found else "miss"))


def read(text: str, schema: JsonSchema) -> Mapping[str, Any]:
    """As wired."""
    return recover(text, schema).value


def an_asking(storage: Any, model: Any, **given: Any) -> Asking:  # noqa: ANN401
    """Everything that asking needs, with ample limits."""
    usual: dict[str, Any] = {
        "storage": storage,
        "model": model,
        "read": read,
        "prices": ModelPrices(default=TokenPrice(input=PRICE, output=PRICE)),
        "limits": DailyLimits(tokens=100_000, cents=2_000),
        "mode": AiMode.SMART,
        "telling": Telling(default_channel="#ops"),
    }
    return Asking(**usual | given)


async def a_tenant(storage: MemoryStorage, **given: Any) -> Tenant:  # noqa: ANN401
    """A tenant with a channel of its own."""
    async with storage.write() as tx:
        usual: dict[str, Any] = {"id": 0, "name": "acme", "channel": "#acme"}
        return await tx.tenants.add(Tenant(**usual | given))


def inquiry(tenant: Tenant, **given: Any) -> Inquiry:  # noqa: ANN401
    """About an order whose note names somebody."""
    usual: dict[str, Any] = {
        "tenant": tenant,
        "operation": "explain",
        "facts": FACTS,
        "known": KNOWN,
        "prompt": prompt_of,
        "severity": Severity.HIGH,
        "order_id": "SO-1001",
    }
    return Inquiry(**usual | given)


def good(note: str = "It is late.") -> str:
    """An answer that fits."""
    return json.dumps({"ops_note": note, "evidence": []}, ensure_ascii=False)


DAY = timedelta(days=1)

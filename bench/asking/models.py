"""Models that word answers in the same process: one that keeps to the passages, one that lies.

Must not be believed: the product checks what they say, and that is what is measured.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bench.asking.asked import Scene
from bench.asking.workspace import NOW, SEEN
from jobs.ask_model import Asking as ModelAsking
from jobs.asking import Composing
from jobs.put_on_record import Telling
from policies.asking import Answer, ModelAwayError, Prompt, TokenCount
from policies.model_budget import AiMode, DailyLimits
from policies.model_prices import ModelPrices, TokenPrice
from rag.recover import recover

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_MANY = 10**9
Said = Mapping[str, Any]


class GoodModel:
    """Repeats what the first passages say, with its quote."""

    model = "good"

    def lets_through(self) -> bool:
        """Always."""
        return True

    async def ask(self, prompt: Prompt) -> Answer:
        """Claims of what stands in the passages."""
        claims = [self._claim(one) for one in _passages(prompt)[:2]]
        return self._answer({"claims": claims})

    def _claim(self, passage: Said) -> Said:
        text = _body(passage)
        said = _SENTENCE.split(text)[0]
        return {"text": said, "source_ids": [passage["id"]], "quote": said[:200]}

    def _answer(self, said: Said) -> Answer:
        tokens = TokenCount(input=100, output=50)
        return Answer(text=json.dumps(said), model=self.model, tokens=tokens)


class LyingModel(GoodModel):
    """Invents figures, quotes and sources, and turns what stands there into its contrary."""

    model = "liar"

    def _claim(self, passage: Said) -> Said:
        said = _SENTENCE.split(_body(passage))[0]
        turned = re.sub(r"\d+", lambda found: str(int(found[0]) + 3), said)
        lies: tuple[Said, ...] = (
            {"text": turned, "source_ids": [passage["id"]], "quote": said[:200]},
            {"text": f"Never: {said}", "source_ids": [passage["id"]], "quote": said[:200]},
            {"text": said, "source_ids": ["P9"], "quote": said[:200]},
            {"text": "Umbrella Foods pays 0.87 USD.", "source_ids": ["P1"], "quote": "0.87 USD"},
            {"text": "It takes 99 days.", "source_ids": [passage["id"]], "quote": "99 days"},
        )
        return lies[len(said) % len(lies)]


class NoModel(GoodModel):
    """Does not answer."""

    model = "away"

    async def ask(self, prompt: Prompt) -> Answer:
        """Raises ModelAwayError."""
        del prompt
        raise ModelAwayError


def with_model(found: Scene, model: GoodModel, tenants: Sequence[int] = SEEN) -> Scene:
    """The same asking in a channel of these clients, with that model for the wording of answers."""
    asking = ModelAsking(
        storage=found.storage,
        model=model,
        read=lambda text, schema: recover(text, schema).value,
        prices=ModelPrices(default=TokenPrice(input=Decimal(1), output=Decimal(1))),
        limits=DailyLimits(tokens=_MANY, cents=_MANY),
        mode=AiMode.FULL,
        telling=Telling(default_channel="#ops", notify=False),
    )
    composing = Composing(asking=asking, wall_now=NOW)
    asked = replace(found.asking, tenant_ids=tuple(tenants), composing=composing)
    return replace(found, asking=asked)


def _passages(prompt: Prompt) -> list[Said]:
    """Those in the facts of the prompt."""
    text = "\n".join(one.text for one in prompt.messages if one.role == "user")
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\{", text):
        try:
            facts, _ = decoder.raw_decode(text[match.start() :])
        except ValueError:
            continue
        if isinstance(facts, dict) and isinstance(facts.get("passages"), list):
            return [dict(one) for one in facts["passages"]]
    return []


def _body(passage: Said) -> str:
    """Without its heading."""
    return str(passage["text"]).partition("\n")[2].strip() or str(passage["text"])

"""How much a tenant's model may cost in a day, and whether it is to be asked at all.

Must not count: what was used is an argument. A day is the tenant's own.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from policies.asking import Prompt, TokenCount
from policies.local_time import at_local, local_date
from policies.model_prices import MICROCENTS, TokenPrice
from policies.reasons import Severity

ALARM_PCT = 75
"""Of a day's limit: from here on somebody is told, once a day."""
_BYTES_A_TOKEN = 3
"""Text in English has about four."""
_TOKENS_A_MESSAGE = 8
_LETTERS = re.compile(r"[A-Za-z ]")
_IMPORTANT = frozenset({Severity.HIGH, Severity.CRITICAL})


class AiMode(StrEnum):
    """When a model is asked: for what is important, always, never."""

    SMART = "smart"
    FULL = "full"
    FALLBACK = "fallback"


def wants_model(mode: AiMode, severity: Severity | None) -> bool:
    """Whether a model is asked about something of that severity; None is a person's question."""
    if mode is AiMode.SMART:
        return severity is None or severity in _IMPORTANT
    return mode is AiMode.FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Tokens, and microcents."""

    tokens: int = 0
    microcents: int = 0

    def __sub__(self, other: "Spent") -> "Spent":
        """What is left, or owed where it is below nothing."""
        return Spent(
            tokens=self.tokens - other.tokens, microcents=self.microcents - other.microcents
        )


NOTHING = Spent()


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyLimits:
    """What a tenant may use in a day; 0 is no limit."""

    tokens: int = 0
    cents: int = 0

    @property
    def microcents(self) -> int:
        """The same money, as it is counted."""
        return self.cents * MICROCENTS

    def leaves_room(self, used: Spent, wanted: Spent) -> bool:
        """Whether what is wanted fits into what is left."""
        return not any(
            limit and before + more > limit
            for limit, before, more in (
                (self.tokens, used.tokens, wanted.tokens),
                (self.microcents, used.microcents, wanted.microcents),
            )
        )

    def used_pct(self, used: Spent) -> int:
        """How much of the tighter limit is used, in whole percent; 0 without limits."""
        pairs = ((self.tokens, used.tokens), (self.microcents, used.microcents))
        return max((100 * part // limit for limit, part in pairs if limit), default=0)

    def alarms(self, used: Spent) -> bool:
        """Whether so much is used that somebody is to be told."""
        return self.used_pct(used) >= ALARM_PCT


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUsage:
    """What a tenant used on one of its days. `calls` count failed ones too."""

    tenant_id: int
    day: date
    spent: Spent = NOTHING
    calls: int = 0
    failures: int = 0


def day_of(moment: datetime, timezone: str) -> date:
    """The tenant's date at that moment (wall time)."""
    return local_date(moment, timezone)


def resets_at(moment: datetime, timezone: str) -> datetime:
    """The tenant's next midnight, in UTC."""
    return at_local(local_date(moment, timezone) + timedelta(days=1), 0, timezone)


def estimate(prompt: Prompt) -> TokenCount:
    """How many tokens a call may take at the most: its prompt, and the longest answer.

    Only the model's own count is exact; this one is reserved before the call. Letters go together,
    three of them at least; there are models to which each digit, each mark and each byte of other
    alphabets is one.
    """
    texts = _texts(prompt)
    letters = sum(len(_LETTERS.findall(text)) for text in texts)
    others = sum(map(_bytes, texts)) - letters
    return TokenCount(
        input=_tokens(letters) + others + _head(prompt), output=prompt.limits.output_tokens
    )


def likely(prompt: Prompt, answer: str) -> TokenCount:
    """How many tokens a call took where the model does not count them."""
    size = sum(map(_bytes, _texts(prompt)))
    return TokenCount(input=_tokens(size) + _head(prompt), output=_tokens(_bytes(answer)))


def _texts(prompt: Prompt) -> list[str]:
    return [str(dict(prompt.schema)), *(one.text for one in prompt.messages)]


def _head(prompt: Prompt) -> int:
    return _TOKENS_A_MESSAGE * (len(prompt.messages) + 1)


def spent_on(tokens: TokenCount, price: TokenPrice) -> Spent:
    """Tokens with what they cost."""
    return Spent(tokens=tokens.total, microcents=price.of(tokens))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _tokens(size: int) -> int:
    return math.ceil(size / _BYTES_A_TOKEN)


def cents(microcents: int) -> int:
    """Whole cents, rounded up: what was begun is shown."""
    return math.ceil(microcents / MICROCENTS)


def total(parts: Sequence[Spent]) -> Spent:
    """Together."""
    return Spent(
        tokens=sum(one.tokens for one in parts), microcents=sum(one.microcents for one in parts)
    )

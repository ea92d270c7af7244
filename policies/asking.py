"""What a model is asked and what it answers, as values, and by what name it can fail.

Must not ask: rag/model.py speaks to one, jobs/ask_model.py decides whether it does.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

JsonSchema = Mapping[str, Any]
Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptMessage:
    """One message of a prompt."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLimits:
    """How long an answer may be, in tokens."""

    output_tokens: int = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What is sent: the messages, and the JSON schema that the answer is to fit.

    `name` is the schema's (letters, digits, `_`); `version` changes whenever the words do.
    """

    name: str
    version: str
    messages: Sequence[PromptMessage]
    schema: JsonSchema
    limits: AnswerLimits = AnswerLimits()


def as_data(shown: object) -> str:
    """Compact JSON, the same for the same facts; no text in it can end a tag around it."""
    text = json.dumps(shown, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCount:
    """Tokens that went in and came out."""

    input: int
    output: int

    @property
    def total(self) -> int:
        """Both."""
        return self.input + self.output


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a model answered, not yet believed. `tokens` is None where it did not count them."""

    text: str
    model: str
    tokens: TokenCount | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer as it is kept, by the hash of all that it was asked with.

    `text` is as the model wrote it, with placeholders where a person's data would stand.
    """

    tenant_id: int
    key: str
    operation: str
    model: str
    text: str
    order_id: str | None = None


class ModelError(Exception):
    """The model gave no answer that can be used.

    `reason` is the label of metrics and logs. `taken_in` says whether the model may have worked
    on the prompt, so that its tokens count; `unwell` whether the next prompt would fare the same.
    """

    reason: ClassVar[str] = "failed"
    taken_in: ClassVar[bool] = True
    unwell: ClassVar[bool] = True

    def __str__(self) -> str:
        """The given words, else the docstring's first line."""
        return super().__str__() or (self.__doc__ or "").partition("\n")[0].strip()


class ModelTimeoutError(ModelError):
    """The model did not answer in time."""

    reason = "timeout"


class ModelAwayError(ModelError):
    """The model's address cannot be reached."""

    reason = "unreachable"
    taken_in = False


class ModelBrokeOffError(ModelError):
    """The connection ended in the middle of the answer."""

    reason = "disconnected"


class ModelFailedError(ModelError):
    """The model's server failed (5xx)."""

    reason = "server_error"


class ModelBusyError(ModelError):
    """The model takes no more for now (429). `after` is how many seconds it asked to wait."""

    reason = "rate_limited"
    taken_in = False

    def __init__(self, after: float | None = None) -> None:
        super().__init__()
        self.after = after


class ModelRefusedError(ModelError):
    """The model's server refuses every request: a wrong key, model or address."""

    reason = "refused"
    taken_in = False


class PromptRefusedError(ModelError):
    """The model's server refuses this one prompt (400, 413, 422)."""

    reason = "prompt_refused"
    taken_in = False
    unwell = False


class AnswerTooLargeError(ModelError):
    """The answer is longer than was agreed; it was cut off while it came in."""

    reason = "too_large"


class NoAnswerError(ModelError):
    """What came back is no answer: not the agreed form, empty, or cut off by the model itself."""

    reason = "junk"


class CircuitOpenError(ModelError):
    """The model failed several times in a row and is left alone for a while."""

    reason = "circuit_open"
    taken_in = False

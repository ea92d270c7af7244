"""Reads what a model's server sends: a completion, a list of models, how long to wait.

Must not send anything, and must not trust a field that it reads.
"""

import json
import math
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any

from policies.asking import Answer, NoAnswerError, TokenCount

_MOST_TOKENS = 100_000_000
"""A count above that is no count; it would lock a budget for good."""


def read_answer(body: bytes, model: str) -> Answer:
    """The text of the first choice.

    Args:
        body: of the response.
        model: what was asked, where the answer names none.

    Raises:
        NoAnswerError: it is no completion, or one without a text.
    """
    document = _object(body)
    choice = _first(document.get("choices"))
    message = choice.get("message")
    if not isinstance(message, Mapping):
        raise NoAnswerError
    if message.get("refusal") or choice.get("finish_reason") == "content_filter":
        reason = "the model declined to answer"
        raise NoAnswerError(reason)
    text = message.get("content")
    if not isinstance(text, str) or not text.strip():
        raise NoAnswerError
    named = document.get("model")
    told = named if isinstance(named, str) and named else model
    return Answer(text=text, model=told[:128], tokens=_tokens(document.get("usage")))


def read_models(body: bytes) -> Sequence[str]:
    """Names of the models that are listed; raises NoAnswerError where it is no list of them."""
    listed = _object(body).get("data")
    if not isinstance(listed, list):
        raise NoAnswerError
    names = [one.get("id") for one in listed if isinstance(one, Mapping)]
    return [name for name in names if isinstance(name, str)]


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """What Retry-After asks for, in seconds or as a date; None where it says nothing of use."""
    said = headers.get("retry-after", "")
    try:
        seconds = float(said)
    except ValueError:
        try:
            until = parsedate_to_datetime(said)
            seconds = (until - parsedate_to_datetime(headers.get("date", ""))).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoAnswerError from error
    if not isinstance(document, Mapping):
        raise NoAnswerError
    return document


def _first(choices: object) -> Mapping[str, Any]:
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], Mapping):
        raise NoAnswerError
    return choices[0]


def _tokens(usage: object) -> TokenCount | None:
    if not isinstance(usage, Mapping):
        return None
    counts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
    known = [one for one in counts if isinstance(one, int) and not isinstance(one, bool)]
    if len(known) != len(counts) or not all(0 <= one <= _MOST_TOKENS for one in known):
        return None
    return TokenCount(input=known[0], output=known[1])

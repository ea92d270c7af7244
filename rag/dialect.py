"""How an endpoint wants to be asked: not every compatible one knows every field.

Must not send anything: what was refused, and in which words, is an argument.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from policies.asking import Prompt

_FORMATS = ("json_schema", "json_object", "none")
_OF_THE_PROMPT = re.compile(r"context.?length|maximum context|content.?(filter|policy)|too long")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Which fields are sent. The first is how OpenAI itself is asked for structured output."""

    form: str = _FORMATS[0]
    limit_field: str = "max_tokens"
    temperature: bool = True

    def other_than(self, refusal: str) -> "Dialect | None":
        """The next one to try after a 400 in these words; None where nothing is left to try.

        An older field for the limit, a temperature, and the answer's form are what servers
        refuse; words about the prompt itself are not about how it was asked.
        """
        words = refusal.lower()
        if _OF_THE_PROMPT.search(words):
            return None
        if "max_completion_tokens" in words and self.limit_field == "max_tokens":
            return replace(self, limit_field="max_completion_tokens")
        if "temperature" in words and self.temperature:
            return replace(self, temperature=False)
        further = _FORMATS[_FORMATS.index(self.form) + 1 :]
        return replace(self, form=further[0]) if further else None

    def body(self, prompt: Prompt, model: str) -> dict[str, Any]:
        """The request. Where the endpoint takes no schema, the prompt says it in words."""
        messages = [{"role": one.role, "content": _sendable(one.text)} for one in prompt.messages]
        if self.form != "json_schema":
            messages.append({"role": "system", "content": _in_words(prompt.schema)})
        asked: dict[str, Any] = {
            "model": model,
            "messages": messages,
            self.limit_field: prompt.limits.output_tokens,
        }
        if self.temperature:
            asked["temperature"] = 0
        form = _form(self.form, prompt)
        return asked | ({"response_format": form} if form else {})


def _sendable(text: str) -> str:
    """The text as UTF-8 can hold it: payloads may have halves of characters."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _form(form: str, prompt: Prompt) -> dict[str, Any] | None:
    schema = {"name": prompt.name, "strict": True, "schema": dict(prompt.schema)}
    forms: dict[str, dict[str, Any]] = {
        "json_schema": {"type": "json_schema", "json_schema": schema},
        "json_object": {"type": "json_object"},
    }
    return forms.get(form)


def _in_words(schema: Mapping[str, Any]) -> str:
    text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    return f"Answer with one JSON object and nothing else. It has to fit this JSON schema: {text}"

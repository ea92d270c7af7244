"""A configured HTTP action: what is sent where, filled with checked facts, and how it is signed.

Must not send anything.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from policies.judgement import FACTS
from policies.records import ExceptionRecord

METHODS = ("POST", "PUT", "PATCH", "DELETE")
KNOWN = (
    "order_id",
    "exception_id",
    "tenant",
    "reason_code",
    "severity",
    "stage",
    "sla_id",
    "minutes_over",
    *FACTS,
)
"""What a template may name: facts of the record that E2A checked itself, never free text."""
_NAME = re.compile(r"\{([^{}]*)\}")
_LONGEST = 200
_SHOWN = 200

SIGNATURE, TIMESTAMP, KEY = "X-E2A-Signature", "X-E2A-Timestamp", "Idempotency-Key"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAction:
    """One call; `body` is a JSON template, `undo` the name of the action that takes it back.

    The secret is not shown when the action is.
    """

    name: str
    url: str
    secret: str = field(repr=False)
    method: str = "POST"
    body: Mapping[str, Any] = field(default_factory=dict)
    undo: str | None = None


Actions = Mapping[str, HttpAction]
"""A tenant's, by name."""


def names_in(template: object) -> frozenset[str]:
    """The facts that a template names, in a text or anywhere in a JSON value."""
    return frozenset(name for text in _texts(template) for name in _NAME.findall(text))


def filled(template: Any, facts: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """The template with every `{name}` replaced; a text that is one name alone keeps its kind.

    Raises:
        KeyError: a fact that is not known.
    """
    if isinstance(template, str):
        alone = _NAME.fullmatch(template)
        if alone:
            return _plain(facts[alone[1]])
        return _NAME.sub(lambda found: str(_plain(facts[found[1]])), template)
    if isinstance(template, Mapping):
        return {str(key): filled(value, facts) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [filled(value, facts) for value in template]
    return template


def template_facts(record: ExceptionRecord, tenant: str, now: datetime) -> dict[str, Any]:
    """What of a record a template may say; what is not known is left out."""
    facts: dict[str, Any] = {
        "order_id": record.order_id,
        "exception_id": record.id,
        "tenant": tenant,
        "reason_code": record.reason_code.value,
        "severity": record.severity.value,
        "stage": record.stage.value,
        "sla_id": record.sla_id,
        "minutes_over": int(record.delay_at(now)),
    }
    return facts | {name: record.facts[name] for name in FACTS if record.facts.get(name)}


def body_bytes(body: object) -> bytes:
    """The JSON that is sent, the same bytes for the same value."""
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


def signed(secret: str, key: str, body: bytes, wall_now: datetime) -> dict[str, str]:
    """The headers by which a receiver knows us, how old the call is and whether it had it before.

    The signature is `v1=` and the HMAC-SHA256 of `v1:TIMESTAMP:KEY:BODY` in hexadecimal.
    """
    stamp = str(int(wall_now.timestamp()))
    told = b":".join((b"v1", stamp.encode(), key.encode(), body))
    digest = hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()
    return {TIMESTAMP: stamp, KEY: key, SIGNATURE: f"v1={digest}"}


def shown(text: str, secret: str) -> str:
    """What is kept of an answer: its first characters in one line, without the secret."""
    line = " ".join(text.replace(secret, "[secret]").split()) if secret else text
    return "".join(one if one.isprintable() else "?" for one in line)[:_SHOWN]


def _plain(value: object) -> object:
    """Numbers stay; text is one line of bounded length."""
    if isinstance(value, int | float):
        return value
    return " ".join(str(value).split())[:_LONGEST]


def _texts(template: object) -> Iterator[str]:
    if isinstance(template, str):
        yield template
    elif isinstance(template, Mapping):
        for value in template.values():
            yield from _texts(value)
    elif isinstance(template, list | tuple):
        for value in template:
            yield from _texts(value)

"""Bodies that no honest sender makes, one after the other from a seed.

Must not know what becomes of them.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote_from_bytes, urlencode

from handlers.ingest.sources import SOURCES
from tests.handlers.test_source_any_body import FIELDS

FORM = "application/x-www-form-urlencoded"
VERBS = ("acknowledge", "resolve", "assign", "snooze", "reopen", "block", "replay", "explain")
_TEXTS = (
    "",
    "#",
    "SO-1",
    "paid",
    "\x00",
    "\ud800",
    "\U0001f4a9",
    "2026-03-02T10:00:00Z",
    "2026-13-45T99:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "order_paid",
    "tracker.updated",
    "track_updated",
    "Order Allocated",
    "<!channel>",
    "../../etc/passwd",
    "'; DROP TABLE events; --",
    "a" * 3000,
)
_NAMES = (
    *("event_id", "source", "event_type", "order_id", "occurred_at", "payload", "events"),
    *("ids", "reason", "user", "type", "actions", "view", "value", "text", "channel"),
)
_NUMBERS = (
    "0",
    "-1",
    "1e400",
    "-0.0",
    "1" * 400,
    "NaN",
    "-Infinity",
    "1e-999",
    "2147483648",
    "5.0",
)
_BROKEN = (
    b"",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe\x00",
    b"[" * 10_000,
    b'{"a":' * 10_000,
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    b'{"events":[' + b"[" * 500 + b"]" * 500 + b"]}",
    b"{" + b'"k":1,' * 2000 + b'"k":1}',
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One request; `signed` wants the signature of Slack."""

    method: str
    path: str
    body: bytes
    content_type: str
    signed: bool = False


class Maker:
    """Makes shots; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - the same bodies in every run

    def shots(self, count: int) -> Iterator[Shot]:
        """So many."""
        kinds: tuple[Callable[[], Shot], ...] = (self._ingest, self._ingest, self._slack, self._api)
        for _ in range(count):
            yield self._dice.choice(kinds)()

    def _ingest(self) -> Shot:
        source = self._dice.choice([*SOURCES, "unknown"])
        path = self._dice.choice(["/events", f"/ingest/{source}", f"/hooks/{source}"])
        return Shot("POST", path, self._body(source), self._charset("application/json"))

    def _slack(self) -> Shot:
        body = self._body("slack")
        if self._dice.random() < 0.5:
            fields = {
                "payload": body,
                "command": "/e2a",
                "text": self._text().encode("utf-8", "replace"),
            }
            chosen = self._dice.sample(sorted(fields), self._dice.randint(1, 3))
            body = urlencode({name: fields[name] for name in chosen}).encode()
        kind = self._charset(self._dice.choice([FORM, "application/json"]))
        return Shot("POST", "/slack/events", body, kind, signed=self._dice.random() < 0.7)

    def _api(self) -> Shot:
        word = quote_from_bytes(self._text().encode("utf-8", "surrogatepass"), safe="")
        number = self._dice.choice(["1", "0", "-1", "9" * 30, word])
        look = (
            f"/api/orders/{word}",
            f"/api/exceptions/{number}",
            f"/api/exceptions?status={word}&limit={number}&cursor={word}",
            f"/api/dead-letters?state={word}&limit={number}",
            f"/api/audit?subject={word}&cursor={number}",
        )
        act = (
            *(f"/api/exceptions/{number}/{verb}" for verb in VERBS),
            "/api/dead-letters/replay",
            "/api/policies/lint",
        )
        if self._dice.random() < 0.4:
            return Shot("GET", self._dice.choice(look), b"", "")
        return Shot("POST", self._dice.choice(act), self._body("api"), "application/json")

    def _body(self, source: str) -> bytes:
        """Mostly JSON with the fields of that source, sometimes torn, sometimes no JSON at all."""
        chance = self._dice.random()
        if chance < 0.08:
            return self._dice.choice(_BROKEN)
        if chance < 0.16:
            return self._dice.randbytes(self._dice.randint(1, 200))
        text = self._object(source, 0)
        if chance < 0.25:
            text = '{"events": [' + ",".join([text, self._value(source, 1), text]) + "]}"
        body = text.encode("utf-8", "surrogatepass")
        if chance < 0.35:
            at = self._dice.randrange(len(body))
            body = body[:at] + self._dice.randbytes(self._dice.randint(0, 3)) + body[at + 1 :]
        return body

    def _object(self, source: str, depth: int) -> str:
        names = [*FIELDS.get(source, "").split(), *_NAMES]
        chosen = [self._dice.choice(names) for _ in range(self._dice.randint(0, 9))]
        pairs = (f"{json.dumps(name)}: {self._value(source, depth + 1)}" for name in chosen)
        return "{" + ", ".join(pairs) + "}"  # the same name twice happens

    def _value(self, source: str, depth: int) -> str:
        chance = self._dice.random()
        if depth < 5 and chance < 0.2:
            return self._object(source, depth)
        if depth < 5 and chance < 0.35:
            some = (self._value(source, depth + 1) for _ in range(self._dice.randint(0, 3)))
            return "[" + ", ".join(some) + "]"
        if chance < 0.5:
            return self._dice.choice(_NUMBERS)
        if chance < 0.6:
            return self._dice.choice(["null", "true", "false", "undefined"])
        return json.dumps(self._text(), ensure_ascii=self._dice.random() < 0.5)

    def _text(self) -> str:
        if self._dice.random() < 0.8:
            return self._dice.choice(_TEXTS)
        return "".join(chr(self._dice.randint(1, 0xD7FF)) for _ in range(self._dice.randint(1, 12)))

    def _charset(self, kind: str) -> str:
        wrong = ("", "", "; charset=utf-16", "; charset=no-such", "; charset=\u00fc")
        return kind + self._dice.choice(wrong)

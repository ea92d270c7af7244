"""What the model's server says: an account made of the facts in the prompt, fitted to the schema.

It must not say anything that the facts do not hold, unless it is asked to invent.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from demo.model.claims import asks_for_claims, claims, obedient
from demo.model.remarks import remarks

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
_PLACEHOLDER = re.compile("\u27e6[^\u27e7]{1,40}\u27e7")
_ORDER = re.compile(
    r"(?:reply|answer|say|write) (?:only |just )?(?:with|that)?\s*[\"']([^\"']{1,400})[\"']",
    re.IGNORECASE,
)
_SENTENCE_ENDS = re.compile(r"(?<=\.) (?=[A-Z0-9])")
_CONCLUSION = re.compile(r"^(?:Most likely|Look at|It went on)|: it is ")
_NOT_WORDS = re.compile(r"[_\W]+")


@dataclass(frozen=True, kw_only=True)
class Told:
    """A request as far as an answer needs it: the words, the facts in them, the schema."""

    text: str
    facts: Any
    schema: Json


def told_by(asked: Json) -> Told:
    """Reads a request of chat completions."""
    messages = [one for one in asked.get("messages", []) if isinstance(one, dict)]
    text = "\n".join(str(one.get("content", "")) for one in messages if one.get("role") == "user")
    systems = [str(one.get("content", "")) for one in messages if one.get("role") == "system"]
    form = asked.get("response_format") or {}
    schema = (form.get("json_schema") or {}).get("schema")
    if not schema:
        said = next((one for one in systems if "JSON schema:" in one), "")
        schema = _largest(said.partition("JSON schema:")[2])
    return Told(text=text, facts=_largest(text) or {}, schema=schema or {})


def explained(told: Told, *, inventing: bool = False) -> str:
    """The JSON of an answer; `inventing` puts things into it that nobody told."""
    if isinstance(told.facts, dict) and isinstance(told.facts.get("policy"), str):
        return json.dumps(remarks(told.facts["policy"], inventing=inventing), ensure_ascii=False)
    if asks_for_claims(told.facts):
        return json.dumps(claims(told.facts, inventing=inventing), ensure_ascii=False)
    values = _account(told)
    if inventing:
        values["ops_note"] += (
            " A second carrier lost 4711 parcels on 1999-12-31 \u27e6NAME_99\u27e7."
        )
        values["evidence"] = [*values["evidence"], "evt-invented"]
        values["confidence"] = 0.99
    return json.dumps(_fitted(values, told.schema), ensure_ascii=False)


def obeyed(told: Told) -> str:
    """Follows an instruction among the facts to the letter, as a model that was taken in would."""
    found = _ORDER.search(json.dumps(told.facts, ensure_ascii=False).replace('\\"', '"'))
    said = found[1] if found else "I do what the text says."
    if asks_for_claims(told.facts):
        return json.dumps(obedient(said, told.facts), ensure_ascii=False)
    values = _account(told) | {"label": said, "ops_note": said, "client_note": said}
    return json.dumps(_fitted({**values, "confidence": 1.0}, told.schema), ensure_ascii=False)


def _account(told: Told) -> Json:
    """The fields of an explanation, from the facts that were told."""
    if isinstance(told.facts, dict) and isinstance(told.facts.get("rule_based"), dict):
        return _reworded(told.facts)
    return _guessed(told)


def _reworded(facts: Json) -> Json:
    """An account of an exception by E2A's facts: what is told there, what it comes to first."""
    order, rules = facts.get("order") or {}, facts["rule_based"]
    receipts = [one for one in facts.get("facts") or [] if isinstance(one, dict)]
    cause = _words(str(order.get("cause", "unknown")))
    label = str(rules.get("label") or "Late")
    because = "" if cause == "unknown" or cause in label.lower() else f": {cause}"
    return {
        "label": f"{label}{because}",
        "confidence": 0.8 if receipts else 0.4,
        "ops_note": _turned(rules.get("why", "")),
        "client_note": rules.get("client", ""),
        "root_cause": order.get("cause", "unknown"),
        "next_actions": [rules.get("next", "")],
        "reasoning": rules.get("why", ""),
        "evidence": [one.get("id") for one in receipts],
    }


def _turned(why: str) -> str:
    """The conclusion before its grounds; without one, what happened last before the rest."""
    told = _SENTENCE_ENDS.split(why)
    first = next((one for one in told if _CONCLUSION.search(one)), told[-1])
    return " ".join([first, *(one for one in told if one is not first)])


def _guessed(told: Told) -> Json:
    """The same from any facts, by the names that they usually have."""
    known = dict(_scalars(told.facts))
    events = list(dict.fromkeys(_ids(told.facts)))
    reason = _words(str(known.get("reason_code", "delay")))
    order = str(known.get("order_id", "the order"))
    person = next(iter(_PLACEHOLDER.findall(told.text)), None)
    of = f" of {person}" if person else ""
    late = known.get("delay_minutes")
    by = f", {late} minutes late so far" if isinstance(late, int | float) else ""
    return {
        "label": reason.capitalize(),
        "confidence": 0.8 if events else 0.4,
        "ops_note": f"{reason.capitalize()} on {order}{of}{by}.",
        "client_note": f"Your order {order} is delayed. We are looking into it.",
        "reasoning": f"{len(events)} events were told; the last of them is {events[-1]}."
        if events
        else "No event was told.",
        "evidence": events[-3:],
        "next_step": "Look at the order on the floor.",
    }


def _fitted(values: Json, schema: Json) -> Json:
    """The values that the schema knows; a field that it wants besides is filled by its type."""
    fields: Json = schema.get("properties") or {}
    if not fields:
        return values
    return {name: values.get(name, _blank(kind)) for name, kind in fields.items()}


def _blank(kind: Any) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(kind, dict):
        return None
    if kind.get("enum"):
        return kind["enum"][0]
    named = kind.get("type")
    first = named[0] if isinstance(named, list) else named
    if first == "object":
        return _fitted({}, kind) if kind.get("properties") else {}
    blanks: Json = {"string": "", "number": 0, "integer": 0, "boolean": False, "array": []}
    return blanks.get(str(first))


def _largest(text: str) -> Any:  # noqa: ANN401 - JSON
    """The longest JSON object that stands in a text; None where there is none."""
    decoder, best, size, at = json.JSONDecoder(), None, 0, text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            if end - at > size:
                best, size = value, end - at
        at = text.find("{", end)
    return best


def _scalars(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - JSON
    """Names and values, the outer ones last so that they win."""
    if isinstance(value, dict):
        for child in value.values():
            yield from _scalars(child)
        yield from ((k, v) for k, v in value.items() if not isinstance(v, dict | list))
    elif isinstance(value, list):
        for child in value:
            yield from _scalars(child)


def _ids(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Ids of events, in the order in which they are told."""
    if isinstance(value, dict):
        if isinstance(value.get("event_id"), str):
            yield value["event_id"]
        for child in value.values():
            yield from _ids(child)
    elif isinstance(value, list):
        for child in value:
            yield from _ids(child)


def _words(code: str) -> str:
    return _NOT_WORDS.sub(" ", code).strip().lower() or "delay"

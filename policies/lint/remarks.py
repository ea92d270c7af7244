"""What a model is asked to say about a policy, and how much of it is shown: what the engine bears.

Must not ask a model. A remark stands on its examples: each is judged by the engine that judges
orders, and one that comes out otherwise than claimed takes its remark with it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies.claim_words import POLICY_WORDS
from policies.claims import Evidence, check, evidence_of
from policies.in_words import rule_in_words
from policies.lint.draft import Draft, Written
from policies.lint.tried import Tried, try_example, written_example

_SAYS, _TITLE = 400, 60
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
_Value = Annotated[str, Field(pattern=r"^[\w][\w :/+-]{0,59}$")]
"""Of a fact: no mark with which anything could be called or opened."""
_When = Annotated[str, Field(max_length=40)]
State = Literal["met", "breached", "running", "paused", "cancelled", "none"]


class Kind(StrEnum):
    """What a remark is about."""

    AMBIGUITY = "ambiguity"
    RISK = "risk"
    MISSING_CASE = "missing_case"


class GivenEvent(BaseModel):
    """An event of an example; a time without offset is local to the rule's calendar."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    event: _Name
    at: _When = Field(description="YYYY-MM-DD HH:MM, in the time zone of the rule's calendar.")


class GivenFact(BaseModel):
    """A fact that the example's order states, such as client or service."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: _Name
    value: _Value


class ClaimedExample(BaseModel):
    """An order, and what the model says that the policy makes of it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    given: list[GivenEvent] = Field(min_length=1, max_length=12)
    order: list[GivenFact] = Field(default_factory=list, max_length=12)
    judged_at: _When | None = Field(None, description="When it is judged; null is long after.")
    expect: State = Field(description="State of the rule's clock; none where there is no clock.")
    deadline: _When | None = Field(None, description="When it is due, where you know it.")


class ModelRemark(BaseModel):
    """One ambiguity, risk or missing case, with examples that show it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    kind: Kind
    rule: _Name = Field(description="The id of the rule that it is about.")
    title: str = Field(max_length=200, description="What it is, in at most eight words.")
    says: str = Field(max_length=1200, description="What is doubtful, and what to decide.")
    examples: list[ClaimedExample] = Field(min_length=1, max_length=3)


class ModelRemarks(BaseModel):
    """All that a model has to say."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    remarks: list[Any] = Field(max_length=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What a model says of a rule, with examples that the engine has judged as it says."""

    kind: Kind
    sla_id: str
    line: int
    title: str
    says: str
    examples: tuple[Tried, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """What is left of a model's remarks, and how many went because the engine says otherwise."""

    kept: tuple[Remark, ...]
    dropped: int = 0


_WHY = {
    "nobody": "no model is set up",
    "mode": "AI_MODE is fallback",
    "budget": "today's budget for models is used up",
    "circuit_open": "the model failed several times and is left alone for a while",
    "too_long": "the policy is too long to be shown to a model",
    "unreadable": "it is asked about policies of promises without errors",
}


def why_none(reason: str) -> str:
    """Why no model had a say, in a line."""
    known = _WHY.get(reason, f"it gave no answer that can be used ({reason})")
    return f"No model was heard: {known}. The findings by rules stand."


def schema() -> Mapping[str, Any]:
    """Of the answer that is asked for."""
    remarks = {"type": "array", "maxItems": 8, "items": ModelRemark.model_json_schema()}
    return {"type": "object", "properties": {"remarks": remarks}, "required": ["remarks"]}


def borne_out(value: Mapping[str, Any], draft: Draft) -> Remarks | None:
    """The remarks whose examples hold and whose words claim nothing else; None of a junk answer."""
    try:
        said = ModelRemarks.model_validate(value).remarks
    except ValidationError:
        return None
    kept = [one for one in map(_read, said) if one is not None]
    believed = [remark for one in kept if (remark := _believed(one, draft)) is not None]
    return Remarks(kept=tuple(_once(believed)), dropped=len(said) - len(believed))


def _read(value: object) -> ModelRemark | None:
    try:
        return ModelRemark.model_validate(value)
    except ValidationError:
        return None


def _believed(said: ModelRemark, draft: Draft) -> Remark | None:
    written = next((one for one in draft.rules if one.rule.sla_id == said.rule), None)
    if written is None:
        return None
    tried = [_tried(one, draft, written) for one in said.examples]
    if any(one is None or not one.holds for one in tried):
        return None
    examples = tuple(one for one in tried if one is not None)
    evidence = _evidence(draft, written, examples)
    says = check(said.says, evidence, most=_SAYS).text
    if not says:
        return None
    return Remark(
        kind=said.kind,
        sla_id=written.rule.sla_id,
        line=draft.line(written.steps),
        title=check(said.title, evidence, most=_TITLE).text or _TITLES[said.kind],
        says=says,
        examples=examples,
    )


_TITLES = {
    Kind.AMBIGUITY: "It can be read in two ways",
    Kind.RISK: "It may not do what is meant",
    Kind.MISSING_CASE: "A case is not covered",
}


def _tried(claimed: ClaimedExample, draft: Draft, written: Written) -> Tried | None:
    """The example as the engine judges it; None where it cannot be executed."""
    expect: dict[str, Any] = {"state": claimed.expect}
    if claimed.deadline is not None and claimed.expect != "none":
        expect["deadline"] = claimed.deadline
    example = written_example(
        written,
        [{one.event: one.at} for one in claimed.given],
        {one.name: one.value for one in claimed.order},
        claimed.judged_at,
        expect,
    )
    return try_example(draft, written, example) if example is not None else None


def _evidence(draft: Draft, written: Written, examples: Iterable[Tried]) -> Evidence:
    """What the words may claim: what the policy says, and what its examples are and became."""
    texts = [*rule_in_words(written.rule), *_scalars(draft.document)]
    texts += [text for one in examples for text in (one.given, one.outcome)]
    names = [one.rule.sla_id for one in draft.rules]
    return evidence_of(texts, names=[*POLICY_WORDS, *names, *_names(draft)])


def _names(draft: Draft) -> Iterator[str]:
    """Events and calendars stand for themselves."""
    for one in draft.rules:
        yield from (*one.rule.start, *one.rule.stop)
        yield from (calendar.name for calendar in one.calendars)


def _scalars(node: object) -> Iterator[str]:
    """Everything that was written, key and value."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield str(key)
            yield from _scalars(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _scalars(value)
    elif node is not None:
        yield str(node)


def _once(remarks: Iterable[Remark]) -> Iterator[Remark]:
    """By line; the same examples for the same rule are shown once."""
    seen = set()
    for one in sorted(remarks, key=lambda remark: remark.line):
        key = (one.sla_id, one.kind, tuple(tried.given for tried in one.examples))
        if key not in seen:
            seen.add(key)
            yield one

"""What the codes of carriers, trackers and shops mean here: a fact, a reason, whose fault it is.

Must not read payloads or files: handlers/ingest has the codes, bot/ has the files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from policies.reasons import Fault, ReasonCode
from policies.yaml_text import read_as

CodeList = Literal["x12", "easypost", "aftership", "shipengine", "shippo", "shopify"]
"""Whose codes: X12 1650 and 1651 for carriers, else the source of that name."""


def _row(value: object) -> object:
    """`in_transit` is short for `{event: in_transit}`, and nothing for `{}`."""
    if value is None:
        return {}
    return {"event": value} if isinstance(value, str) else value


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    event: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{1,63}$")] | None = None
    reason: ReasonCode | None = None
    fault: Fault | None = None


_Rows = dict[str, Annotated[_Row, BeforeValidator(_row)]]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: Literal["1"]
    sources: dict[CodeList, _Rows] = Field(default_factory=dict)
    partners: dict[str, dict[CodeList, _Rows]] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a code tells. Without an `event` it tells no fact, or only adds to another code."""

    event: str | None = None
    reason: ReasonCode | None = None
    fault: Fault | None = None


Meanings = Mapping[str, Meaning]
_NONE: Meanings = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCodes:
    """Meanings by list and code in lower case; `partners` bend lists, by carrier in lower case."""

    sources: Mapping[str, Meanings] = field(default_factory=dict)
    partners: Mapping[str, Mapping[str, Meanings]] = field(default_factory=dict)

    def meaning(self, source: str, codes: Sequence[str], partner: str = "") -> Meaning | None:
        """What the first known of these codes means: the partner's own word counts before all."""
        own = self.partners.get(partner.lower(), {}).get(source, _NONE)
        lists = (own, self.sources.get(source, _NONE))
        lowered = [code.lower() for code in codes]
        return next((rows[code] for rows in lists for code in lowered if code in rows), None)

    def over(self, packaged: "SourceCodes") -> "SourceCodes":
        """These, and where they say nothing the packaged ones, code by code."""
        names = self.partners.keys() | packaged.partners.keys()
        return SourceCodes(
            sources=_laid(self.sources, packaged.sources),
            partners={
                name: _laid(self.partners.get(name, {}), packaged.partners.get(name, {}))
                for name in names
            },
        )


def read_source_codes(text: str, file: str) -> SourceCodes:
    """Reads a file of codes.

    Raises:
        PolicyError: with every fault, its file and line.
    """
    valid, _ = read_as(_File, text, file)
    return SourceCodes(
        sources=_meanings(valid.sources),
        partners={name.lower(): _meanings(lists) for name, lists in valid.partners.items()},
    )


def _meanings(lists: Mapping[CodeList, Mapping[str, _Row]]) -> dict[str, Meanings]:
    return {
        name: {
            code.lower(): Meaning(event=row.event, reason=row.reason, fault=row.fault)
            for code, row in rows.items()
        }
        for name, rows in lists.items()
    }


def _laid(
    upper: Mapping[str, Meanings], lower: Mapping[str, Meanings]
) -> dict[str, dict[str, Meaning]]:
    return {
        name: {**lower.get(name, _NONE), **upper.get(name, _NONE)}
        for name in upper.keys() | lower.keys()
    }

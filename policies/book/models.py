"""Reads what models cost: the YAML text becomes a table, or faults that name their lines.

Must not read files.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import ErrorDetails

from policies.book.faults import Faults
from policies.book.model import Model
from policies.model_prices import ModelPrice, ModelPrices, TokenPrice
from policies.yaml_text import Step, read_as

_Cents = Annotated[Decimal, Field(ge=0, le=10_000_000, decimal_places=6, strict=False)]


class _Price(Model):
    input: _Cents
    output: _Cents


class _Row(_Price):
    model: Annotated[str, Field(pattern=r"^[^\s*][^\s]{0,127}$")]


class _Document(Model):
    version: Literal["1"]
    default: _Price | None = None
    models: list[_Row] = Field(default_factory=list)


def read_model_prices(text: str, file: str, *, over: ModelPrices | None = None) -> ModelPrices:
    """Reads a file; its rows are tried before those of `over`, whose default it may leave be.

    Raises:
        PolicyError: with every fault, its file and line.
    """
    document, parsed = read_as(_Document, text, file, _words)
    faults = Faults(parsed, file)
    if document.default is None and over is None:
        faults.add(("default",), f"`default` is missing; write {_EXAMPLES['default']}")
    faults.stop_if_any()
    rows = [ModelPrice(model=row.model, price=_price(row)) for row in document.models]
    under = over or ModelPrices(default=_NOTHING)
    default = _price(document.default) if document.default else under.default
    return ModelPrices(default=default, rows=(*rows, *under.rows))


_NOTHING = TokenPrice(input=Decimal(0), output=Decimal(0))


def _price(written: _Price) -> TokenPrice:
    return TokenPrice(input=written.input, output=written.output)


def _words(detail: ErrorDetails, steps: Sequence[Step]) -> str:
    """What is wrong; behind a semicolon what to do."""
    name = str(steps[-1]) if steps else "the file"
    if detail["type"] == "extra_forbidden":
        known = "model, input, output" if len(steps) > 1 else "version, default, models"
        return f"there is no such field; known are {known}"
    if detail["type"] == "missing":
        return f"`{name}` is missing; write {_EXAMPLES.get(name, name)}"
    return f"this cannot be; write {_EXAMPLES.get(name, _EXAMPLES['models'])}"


_EXAMPLES = {
    "version": 'version: "1"',
    "default": "default: {input: 500, output: 2500}",
    "models": 'models: [{model: "gpt-4o-mini*", input: 15, output: 60}]',
    "model": 'model: "gpt-4o-mini*"',
    "input": "input: 15 (cents for a million tokens)",
    "output": "output: 60 (cents for a million tokens)",
}

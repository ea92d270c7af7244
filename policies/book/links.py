"""Reads where a tenant's orders are looked at: the YAML text becomes a value, or faults with lines.

Must not read files.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import ErrorDetails

from policies.book.faults import Faults
from policies.book.model import Model
from policies.order_links import OrderLink
from policies.yaml_text import Step, read_as


class _Document(Model):
    version: Literal["1"]
    order_url: str
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 .&+-]{0,29}$")] = "the order"


def read_link(text: str, file: str) -> OrderLink:
    """Reads a file.

    Raises:
        PolicyError: with every fault, its file and line.
    """
    document, parsed = read_as(_Document, text, file, _words)
    faults = Faults(parsed, file)
    found: list[OrderLink] = []
    with faults.at("order_url"):
        found.append(OrderLink(template=document.order_url, name=document.name))
    faults.stop_if_any()
    return found[0]


def _words(detail: ErrorDetails, steps: Sequence[Step]) -> str:
    """What is wrong; behind a semicolon what to do."""
    name = str(steps[-1]) if steps else "the file"
    if detail["type"] == "extra_forbidden":
        return "there is no such field; known are version, order_url, name"
    if detail["type"] == "missing":
        return f"`{name}` is missing; write {_EXAMPLES[name]}"
    return f"this cannot be; write {_EXAMPLES.get(name, name)}"


_EXAMPLES = {
    "version": 'version: "1"',
    "order_url": "order_url: https://admin.shopify.com/store/acme/orders?query={order_id}",
    "name": "name: Shopify",
}

"""Reads a client's configured HTTP actions: the YAML text becomes values, or faults with lines.

Must not read files, and must not show a secret: a fault never quotes one.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_core import ErrorDetails

from policies.book.faults import Faults
from policies.book.model import Model
from policies.book.resolution import unknown_fact
from policies.http_actions import KNOWN, METHODS, Actions, HttpAction, names_in
from policies.resolution import BUILT_IN
from policies.yaml_text import Step, read_as

_SHORTEST_SECRET = 16
_IN_ADDRESS = frozenset({"order_id", "exception_id", "tracking_number"})
"""Facts that may stand in an address; they are escaped there."""


class _Row(Model):
    url: str
    secret: str | None = None
    secret_file: str | None = None
    method: Literal["POST", "PUT", "PATCH", "DELETE"] = "POST"
    body: dict[str, Any] = Field(default_factory=dict)
    undo: str | None = None


_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class _Document(Model):
    version: Literal["1"]
    actions: dict[_Name, _Row] = Field(default_factory=dict)


def read_actions(text: str, file: str, secret_of: Callable[[str], str | None]) -> Actions:
    """Reads a file.

    Args:
        text: the file's.
        file: its name, for faults.
        secret_of: the text of a file that `secret_file` names; None where there is none.

    Raises:
        PolicyError: with every fault, its file and line.
    """
    document, parsed = read_as(_Document, text, file, _words)
    faults = Faults(parsed, file)
    read = {}
    for name, row in document.actions.items():
        place = ("actions", name)
        _check(name, row, place, faults, document)
        secret = _secret(row, place, faults, secret_of)
        read[name] = HttpAction(
            name=name,
            url=row.url,
            secret=secret,
            method=row.method,
            body=_plain(row.body),
            undo=row.undo,
        )
    faults.stop_if_any()
    return read


def _check(
    name: str, row: _Row, place: tuple[Step, ...], faults: Faults, document: _Document
) -> None:
    if name in BUILT_IN:
        faults.add(place, f"{name} is built in; call yours otherwise")
    if urlsplit(row.url).scheme not in ("https", "http") or not urlsplit(row.url).hostname:
        faults.add((*place, "url"), "this is no address; write https://wms.example.com/hold")
    if names_in(urlsplit(row.url).netloc) or names_in(row.url) - _IN_ADDRESS:
        known = ", ".join(sorted(_IN_ADDRESS))
        faults.add((*place, "url"), f"only {known} may be named, and behind the host alone")
    if unknown := names_in(row.body) - set(KNOWN):
        faults.add((*place, "body"), unknown_fact(unknown))
    if row.undo is not None and row.undo not in document.actions:
        faults.add((*place, "undo"), f"no action here is called {row.undo}; name the inverse one")


def _secret(
    row: _Row,
    place: tuple[Step, ...],
    faults: Faults,
    secret_of: Callable[[str], str | None],
) -> str:
    if (row.secret is None) is (row.secret_file is None):
        faults.add(place, "write either secret or secret_file, a file beside this one")
        return ""
    field = "secret" if row.secret is not None else "secret_file"
    found = row.secret if row.secret is not None else secret_of(str(row.secret_file))
    if found is None:
        faults.add((*place, field), "there is no such file beside this one; put the secret into it")
    elif len(found.strip()) < _SHORTEST_SECRET:
        faults.add((*place, field), f"a secret has at least {_SHORTEST_SECRET} characters")
    return (found or "").strip()


def _plain(value: Any) -> Any:  # noqa: ANN401 - YAML
    """What YAML read as plain JSON values."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, bool | int | float) or value is None else str(value)


def _words(detail: ErrorDetails, steps: Sequence[Step]) -> str:
    """What is wrong; behind a semicolon what to do. Values are never quoted."""
    kind, name = detail["type"], str(steps[-1]) if steps else "the file"
    if "[key]" in detail["loc"]:
        return "this is no name of an action; write it as in hold_order"
    if kind == "extra_forbidden":
        return "there is no such field; known are url, method, secret, secret_file, body, undo"
    if kind == "missing":
        return f"`{name}` is missing; write {_EXAMPLES.get(name, name)}"
    return f"this is not right here; write {_EXAMPLES.get(name, 'what docs/resolution.md shows')}"


_EXAMPLES = {
    "version": 'version: "1"',
    "url": "url: https://wms.example.com/orders/hold",
    "method": f"one of {', '.join(METHODS)}",
    "body": 'body: {order: "{order_id}"}',
}

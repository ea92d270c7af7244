"""Where each client's three streams are posted to, read from the configuration file.

Reads and checks; it must not let a secret get into a message.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = ("shopify", "wms", "carrier")


class HooksError(Exception):
    """The configuration file of the warehouse cannot be used."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hook:
    """One stream's address and the secret that signs its posts."""

    url: str
    secret: str = field(repr=False)


def load_hooks(path: Path) -> dict[tuple[str, str], Hook]:
    """Read the hooks by (tenant, source).

    Raises:
        HooksError: The file is missing, no JSON, or a stream is incomplete.

    """
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{path}: {error}"
        raise HooksError(message) from error
    hooks = {}
    for client in _read(config, "clients", str(path)):
        tenant = _read(client, "tenant", "clients[]")
        for source in SOURCES:
            where = f"{tenant}.hooks.{source}"
            stream = _read(_read(client, "hooks", tenant), source, f"{tenant}.hooks")
            url, secret = _read(stream, "url", where), _read(stream, "secret", where)
            hooks[tenant, source] = Hook(url=url, secret=secret)
    return hooks


def _read(parent: Any, name: str, where: str) -> Any:  # noqa: ANN401 - a piece of parsed JSON
    if isinstance(parent, dict) and name in parent:
        return parent[name]
    message = f"{where}: {name} is missing"
    raise HooksError(message)

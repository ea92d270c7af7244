"""The Web API methods by name, with their tier and scopes.

It must not handle requests itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.methods import (
    apps,
    assistant,
    chat,
    conversations,
    files,
    history,
    people,
    reactions,
    streams,
    unfurl,
    views,
)
from demo.workspace.methods.method import Method

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["METHODS", "Method"]

METHODS: Mapping[str, Method] = {
    **apps.METHODS,
    **people.METHODS,
    **conversations.METHODS,
    **history.METHODS,
    **chat.METHODS,
    **streams.METHODS,
    **views.METHODS,
    **reactions.METHODS,
    **unfurl.METHODS,
    **files.METHODS,
    **assistant.METHODS,
}

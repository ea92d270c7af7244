"""Modals and Home tabs: stacks, hashes and what Slack returns for them.

It must not send anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from demo.workspace.people import APP_ID, BOT_ID, TEAM_ID
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.ids import Ids

_MOST_VIEWS: Final = 3
_FIELDS = ("title", "submit", "close", "blocks", "private_metadata", "callback_id", "external_id")
_FLAGS = ("clear_on_close", "notify_on_close")


@dataclass(kw_only=True)
class View:
    """One modal or Home tab of one person; `content` is what the app gave."""

    id: str
    user_id: str
    type: str
    content: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    state: Json = field(default_factory=dict)

    def to_json(self, state: Json | None = None) -> Json:
        """Return the `view` object with the given input values."""
        empty = {"private_metadata": "", "callback_id": "", "external_id": ""}
        shape: Json = {
            "id": self.id,
            "team_id": TEAM_ID,
            "type": self.type,
            **{name: self.content.get(name, empty.get(name)) for name in _FIELDS},
            **{name: bool(self.content.get(name, False)) for name in _FLAGS},
            "state": {"values": state or {}},
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
        }
        if self.type == "home":
            for name in ("submit", "close", "title"):
                shape.pop(name)
        return shape


class Views:
    """Every open modal and every published Home."""

    def __init__(self, ids: Ids) -> None:
        """Start with none."""
        self._ids = ids
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, user_id: str) -> list[View]:
        """Return a person's open modals, the visible one last."""
        return self._stacks.setdefault(user_id, [])

    def home(self, user_id: str) -> View | None:
        """Return a person's Home, or None before the first publish."""
        return self._homes.get(user_id)

    def find(self, view_id: str | None = None, external_id: str | None = None) -> View:
        """Return an open modal or Home, or raise `not_found`."""
        for view in [
            *(view for stack in self._stacks.values() for view in stack),
            *self._homes.values(),
        ]:
            if view.id == view_id or (
                external_id and view.content.get("external_id") == external_id
            ):
                return view
        raise ApiError(code="not_found")

    def open(self, user_id: str, content: Json) -> View:
        """Show a first modal; whatever was open is gone."""
        self._refuse_known_external_id(content)
        view_id = self._ids.next("V")
        view = self._new(view_id, user_id, content, root_id=view_id)
        self._stacks[user_id] = [view]
        return view

    def push(self, user_id: str, content: Json) -> View:
        """Lay a modal over the visible one; three are the most."""
        stack = self.stack(user_id)
        if len(stack) >= _MOST_VIEWS:
            raise ApiError(code="push_limit_reached")
        if not stack:
            raise ApiError(code="not_found")
        self._refuse_known_external_id(content)
        view = self._new(self._ids.next("V"), user_id, content, root_id=stack[0].id)
        view.previous_id = stack[-1].id
        stack.append(view)
        return view

    def update(self, view: View, content: Json, expected_hash: str | None = None) -> View:
        """Replace a view's content; raise `hash_conflict` where it changed since it was read."""
        if expected_hash and expected_hash != view.hash:
            raise ApiError(code="hash_conflict")
        if content.get("external_id") != view.content.get("external_id"):
            self._refuse_known_external_id(content)
        view.content = content
        view.hash = self._hash()
        return view

    def publish(self, user_id: str, content: Json, expected_hash: str | None = None) -> View:
        """Show a Home tab, for the first time or again."""
        view = self._homes.get(user_id)
        if view is not None:
            return self.update(view, content, expected_hash)
        view_id = self._ids.next("V")
        self._homes[user_id] = self._new(view_id, user_id, content, root_id=view_id)
        return self._homes[user_id]

    def close(self, view: View) -> None:
        """Take one modal away; the one below becomes visible."""
        stack = self.stack(view.user_id)
        if view in stack:
            del stack[stack.index(view) :]

    def clear(self, user_id: str) -> None:
        """Take every modal of a person away."""
        self._stacks[user_id] = []

    def _new(self, view_id: str, user_id: str, content: Json, *, root_id: str) -> View:
        kind = str(content.get("type", "modal"))
        return View(
            id=view_id,
            user_id=user_id,
            type=kind,
            content=content,
            hash=self._hash(),
            root_id=root_id,
        )

    def _hash(self) -> str:
        return f"{self._ids.next('')}.{self._ids.word('hash', 8)}"

    def _refuse_known_external_id(self, content: Json) -> None:
        external_id = content.get("external_id")
        if not external_id:
            return
        try:
            self.find(external_id=str(external_id))
        except ApiError:
            return
        raise ApiError(code="duplicate_external_id")

"""Uploaded files in memory.

It must not decide who may read them.
"""

from __future__ import annotations

import base64
import binascii
import mimetypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.ids import Ids


@dataclass(kw_only=True)
class StoredFile:
    """A file with its content; `content` is None until the upload came."""

    id: str
    name: str
    user_id: str
    title: str = ""
    content: bytes | None = None

    @property
    def mimetype(self) -> str:
        """Return what its name says of its content, as Slack's first guess does."""
        return mimetypes.guess_type(self.name)[0] or "text/plain"

    def to_json(self, base_url: str, now: float) -> Json:
        """Return the `file` object; `url_private` needs the bot's token."""
        url = f"{base_url}/files-pri/{self.id}/{self.name}"
        suffix = self.name.rpartition(".")[2] if "." in self.name else "text"
        return {
            "id": self.id,
            "created": int(now),
            "name": self.name,
            "title": self.title or self.name,
            "filetype": suffix,
            "mimetype": self.mimetype,
            "user": self.user_id,
            "size": len(self.content or b""),
            "mode": "hosted",
            "is_external": False,
            "url_private": url,
            "url_private_download": url,
        }


class Files:
    """Every file by id."""

    def __init__(self, ids: Ids) -> None:
        """Start with none."""
        self._ids = ids
        self._files: dict[str, StoredFile] = {}

    def reserve(self, name: str, user_id: str) -> StoredFile:
        """Return a file that still waits for its content."""
        file = StoredFile(id=self._ids.next("F"), name=name, user_id=user_id)
        self._files[file.id] = file
        return file

    def attach(self, item: Json, user_id: str) -> StoredFile:
        """Keep what a person attached: `name`, and `content` as text or `content_base64`."""
        file = self.reserve(str(item["name"]), user_id)
        coded = item.get("content_base64")
        try:
            file.content = (
                base64.b64decode(str(coded), validate=True)
                if coded is not None
                else str(item.get("content", "")).encode()
            )
        except binascii.Error as error:
            raise ApiError(code="bad_request", reason="content_base64 is not base64") from error
        return file

    def get(self, file_id: str) -> StoredFile:
        """Return a file, or raise `file_not_found`."""
        if file_id not in self._files:
            raise ApiError(code="file_not_found")
        return self._files[file_id]

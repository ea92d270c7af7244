"""A Slack that remembers what was posted, and fails where a test says so. Must not draw."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs.ports.slack import Document, Message, Posted


@dataclass
class FakeMessenger:
    """`failures` are raised by the method of that name, one a call."""

    posts: list[tuple[str, str | None, Mapping[str, Any]]] = field(default_factory=list)
    updates: list[tuple[str, str]] = field(default_factory=list)
    looks: list[tuple[str, str | None]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    broadcasts: list[str] = field(default_factory=list)
    drawn: list[Message] = field(default_factory=list)
    found: Posted | None = None
    files: list[tuple[str, str | None, Document]] = field(default_factory=list)
    failures: dict[str, list[Exception]] = field(default_factory=dict)

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        metadata: Mapping[str, Any],
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Posted:
        """Remembers it as the next number."""
        self._fail("post")
        self.posts.append((channel, thread_ts, metadata))
        if broadcast:
            self.broadcasts.append(message.text)
        self._remember(message)
        return Posted(channel_id="C0ACME", ts=f"{len(self.posts)}.0", thread_ts=thread_ts)

    async def update(
        self, channel_id: str, ts: str, message: Message, *, metadata: Mapping[str, Any]
    ) -> None:
        """Remembers it."""
        assert metadata
        self._fail("update")
        self.updates.append((channel_id, ts))
        self._remember(message)

    async def find(
        self, channel: str, *, metadata: Mapping[str, Any], thread_ts: str | None = None
    ) -> Posted | None:
        """Says what the test put there."""
        assert metadata
        self._fail("find")
        self.looks.append((channel, thread_ts))
        return self.found

    async def bring(
        self, channel: str, document: Document, *, thread_ts: str | None = None
    ) -> None:
        """Remembers it, also where the test has its answer lost."""
        self._fail("bring")
        self.files.append((channel, thread_ts, document))
        self._fail("brought")

    async def has_file(self, channel: str, name: str, *, thread_ts: str | None = None) -> bool:
        """Whether it was brought there."""
        self._fail("has_file")
        return any(
            (place, root, one.name) == (channel, thread_ts, name) for place, root, one in self.files
        )

    async def link(self, channel_id: str, ts: str) -> str:
        """As Slack would write it."""
        self._fail("link")
        return f"https://example.slack.com/archives/{channel_id}/p{ts}"

    def _remember(self, message: Message) -> None:
        self.texts.append(message.text)
        self.drawn.append(message)

    def _fail(self, method: str) -> None:
        waiting = self.failures.get(method)
        if waiting:
            raise waiting.pop(0)

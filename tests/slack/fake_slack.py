"""A Slack that remembers what it was told; a test can make a method fail."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

AUTH = {"ok": True, "team_id": "T1", "user_id": "U0E2A", "bot_id": "B0E2A", "user": "e2a"}
ANSWERS: Mapping[str, dict[str, Any]] = {
    "auth.test": AUTH,
    "views.open": {"ok": True, "view": {"id": "V1"}},
    "conversations.open": {"ok": True, "channel": {"id": "D0ALONE"}},
    "files.completeUploadExternal": {"ok": True, "files": [{"id": "F1"}]},
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a Web API method or of a response URL (`hook`)."""

    method: str
    said: Mapping[str, Any]

    @property
    def words(self) -> str:
        """Everything in it, for looking for words."""
        return json.dumps(self.said, ensure_ascii=False)


@dataclass
class FakeSlack:
    """Every call in order; `errors` names what a method answers instead of ok."""

    calls: list[Call] = field(default_factory=list)
    errors: dict[str, str | int] = field(default_factory=dict)

    def app(self) -> web.Application:
        """The server."""
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/hook", self._hook)
        app.router.add_post("/upload", self._upload)
        return app

    def of(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    def told(self) -> list[Call]:
        """Everything that people see."""
        return [call for call in self.calls if call.method != "auth.test"]

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls.append(Call(method=method, said=await _said(request)))
        error = self.errors.get(method)
        if isinstance(error, int):
            return web.Response(status=error)
        if error:
            return web.json_response({"ok": False, "error": error})
        if method == "files.getUploadURLExternal":
            url = str(request.url.origin() / "upload")
            return web.json_response({"ok": True, "file_id": "F1", "upload_url": url})
        return web.json_response(ANSWERS.get(method, {"ok": True}))

    async def _upload(self, request: web.Request) -> web.Response:
        said = {"content": (await request.read()).decode("utf-8-sig")}
        self.calls.append(Call(method="upload", said=said))
        return web.Response(text="OK")

    async def _hook(self, request: web.Request) -> web.Response:
        self.calls.append(Call(method="hook", said=await request.json()))
        return web.Response(text="ok", status=int(self.errors.get("hook", 200)))


async def _said(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return {**request.query, **(await request.json())}
    form = {name: str(value) for name, value in (await request.post()).items()}
    return {name: _read(value) for name, value in {**request.query, **form}.items()}


def _read(value: str) -> Any:  # noqa: ANN401
    return json.loads(value) if value[:1] in ("{", "[") else value

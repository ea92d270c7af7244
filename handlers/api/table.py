"""What a route is: its address, who may call it, what it takes and answers.

Must not list the routes: routes.py does.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from pydantic import BaseModel

from handlers.api.auth import Access, admit
from handlers.api.errors import CORRELATION, unauthorized
from handlers.services import Services
from policies.records import ApiKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One admitted request with everything that a handler needs to answer it."""

    request: web.Request
    services: Services
    key: ApiKey | None

    @property
    def correlation_id(self) -> str:
        """What this request is quoted by."""
        return self.request[CORRELATION]

    @property
    def caller(self) -> ApiKey:
        """The key that the route's access demanded."""
        if self.key is None:
            message = "This needs an API key."
            raise unauthorized(message)
        return self.key

    @property
    def tenant_ids(self) -> tuple[int, ...]:
        """Whose data the caller sees."""
        return (self.caller.tenant_id,)

    @property
    def actor(self) -> str:
        """How the audit trail names the caller."""
        return f"api:{self.caller.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One row of the table.

    `answers` maps a status to the body's model (None: free form, of type `media`).
    """

    method: str
    path: str
    access: Access
    handle: Callable[[Call], Awaitable[web.Response]]
    summary: str
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answers: Mapping[int, type[BaseModel] | None] = field(default_factory=lambda: {200: None})
    media: str = "application/json"


def mount(router: web.UrlDispatcher, route: Route, services: Services) -> None:
    """Registers a route behind its guard; there is no other way in.

    What a handler is given reaches the caller's tenant and no other.
    """

    async def guarded(request: web.Request) -> web.Response:
        key = await admit(request, route.access, services.keys)
        seen = services.of([key.tenant_id]) if key else services
        return await route.handle(Call(request=request, services=seen, key=key))

    if route.method == "GET":
        router.add_get(route.path, guarded)  # and HEAD
    else:
        router.add_route(route.method, route.path, guarded)

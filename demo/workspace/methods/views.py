"""views.open, push, update and publish.

It must not keep the views itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from demo.workspace.blockkit_views import view_faults
from demo.workspace.content import refuse
from demo.workspace.methods.method import Method
from demo.workspace.posting import with_ids
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.arguments import Arguments
    from demo.workspace.views import View
    from demo.workspace.world import World


async def open_view(world: World, args: Arguments) -> Json:
    """Open a modal with a fresh trigger."""
    content = read_view(world, args.parsed("view"), "modal")
    trigger = world.grants.spend(args.required("trigger_id"))
    return show_view(world, world.views.open(trigger.user_id, content))


async def push_view(world: World, args: Arguments) -> Json:
    """Lay a modal over the one in which the trigger was made."""
    content = read_view(world, args.parsed("view"), "modal")
    trigger = world.grants.spend(args.required("trigger_id"))
    if trigger.view_id is None:
        raise ApiError(code="invalid_trigger_id")
    return show_view(world, world.views.push(trigger.user_id, content))


async def update_view(world: World, args: Arguments) -> Json:
    """Replace a modal's content."""
    view = world.views.find(args.text("view_id") or None, args.text("external_id") or None)
    content = read_view(world, args.parsed("view"), "home" if view.type == "home" else "modal")
    return show_view(world, world.views.update(view, content, args.text("hash") or None))


async def publish_view(world: World, args: Arguments) -> Json:
    """Show a person's Home."""
    if not world.config.manifest.home_tab:
        raise ApiError(code="not_enabled")
    user = world.person(args.required("user_id"))
    content = read_view(world, args.parsed("view"), "home")
    return show_view(world, world.views.publish(user.id, content, args.text("hash") or None))


def read_view(world: World, view: object, surface: Literal["modal", "home"]) -> Json:
    """Return a view's content with generated ids, or raise Slack's error for what it refuses."""
    found = view_faults(view, surface)
    if found or not isinstance(view, dict):
        refuse(
            found, "view_too_large" if found[0].code == "view_too_large" else "invalid_arguments"
        )
        raise ApiError(code="invalid_arguments")
    return {**view, "blocks": with_ids(view["blocks"], world.ids)}


def show_view(world: World, view: View) -> Json:
    """Send a view to the page and return the method's answer."""
    tell_stack(world, view.user_id)
    if view.type == "home":
        world.hub.tell("home", user=view.user_id, view=view.to_json())
    return {"ok": True, "view": view.to_json()}


def tell_stack(world: World, user_id: str) -> None:
    """Send a person's open modals to the page."""
    world.hub.tell(
        "views", user=user_id, views=[view.to_json() for view in world.views.stack(user_id)]
    )


METHODS = {
    "views.open": Method(open_view, 4),
    "views.push": Method(push_view, 4),
    "views.update": Method(update_view, 4),
    "views.publish": Method(publish_view, 4),
}

"""The key under which an aiohttp application keeps its workspace.

It must not hold anything else.
"""

from __future__ import annotations

from aiohttp import web

from demo.workspace.world import World

WORLD = web.AppKey("world", World)

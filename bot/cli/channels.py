"""`e2a tenant channel`: where a client's alerts go. Must not serve.

Which further channels see a client is said in those channels, in Slack.
"""

from typing import Annotated

import typer

from bot.cli.output import say
from bot.cli.store import tenant_called, with_storage
from bot.cli.tenants import check_channel, tenant
from bot.clock import wall_now
from bot.policy_files import load_telling
from bot.settings import Settings
from jobs.map_channel import forget_channel, set_default
from storage.transaction import SqlStorage


@tenant.command("channel")
def set_channel(
    name: str,
    channel: Annotated[str, typer.Argument(help="#name or id of the channel.")],
    forget_old: Annotated[
        bool, typer.Option("--forget-old", help="The channel before sees the client no more.")
    ] = False,
) -> None:
    """Has a tenant's alerts go to that channel from now on.

    The channel before goes on seeing the client, so that its cards stay alive.
    """
    check_channel(channel)

    async def work(storage: SqlStorage, settings: Settings) -> str | None:
        telling, now = load_telling(settings), wall_now()
        async with storage.read() as tx:
            owner = await tenant_called(tx, name)
        before = telling.destination_of(owner)
        old = await set_default(owner, channel, storage=storage, telling=telling, now=now)
        if not forget_old:
            return old
        async with storage.read() as tx:
            moved = await tenant_called(tx, name)
        left = {before.home, before.channel} - {channel}
        await forget_channel(moved, left, storage=storage, telling=telling, now=now, wall_now=now)
        return None

    old = with_storage(work)
    still = f" {old} still sees it; --forget-old ends that." if old and old != channel else ""
    say(f"Alerts of {name} go to {channel} from now on.{still}")

"""`e2a workspace`: the Slack workspaces that installed E2A, and whose clients are told where.

Must not install: that happens in a browser, at /slack/install.
"""

import re
from typing import Annotated

import typer

from bot.cli.app import CommandError, app
from bot.cli.output import instant, say, tell, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.settings import Settings
from policies.records import Tenant
from storage.transaction import SqlStorage

workspace = typer.Typer(help="Slack workspaces that installed E2A.", no_args_is_help=True)
app.add_typer(workspace, name="workspace")

_ID = re.compile(r"^[TE][A-Z0-9]{2,30}$")


@workspace.command("list")
def list_workspaces(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Lists them, the first one first.

    Clients that were assigned to none are told there, but with SLACK_BOT_TOKEN in its workspace.
    """

    async def work(storage: SqlStorage, settings: Settings) -> None:
        first = 0 if settings.slack_bot_token is None else None
        async with storage.read() as tx:
            tenants = [one for one in await tx.tenants.all() if not one.synthetic]
            known = await tx.installations.all()
        for number, one in enumerate(known):
            mine = (one.workspace_id, None) if number == first else (one.workspace_id,)
            row = {
                "id": one.workspace_id,
                "name": one.name,
                "installed_at": instant(one.installed_at),
                "installed_by": one.installed_by,
                "token_ends_at": instant(one.expires_at),
                "removed_at": instant(one.removed_at),
                "removal": one.removal,
                "tenants": [tenant.name for tenant in tenants if tenant.workspace_id in mine],
            }
            if as_json:
                tell_json(row)
            else:
                state = f"removed ({one.removal})" if one.removal else "live"
                clients = ", ".join(row["tenants"] or ["no client"])
                tell(f"{one.workspace_id}  {one.name}  {state}  {clients}")

    with_storage(work)


@workspace.command("assign")
def assign(tenant_name: str, workspace_id: str) -> None:
    """Says in which workspace a client's channel is: its alerts go there, and nowhere else."""

    async def work(storage: SqlStorage, _settings: Settings) -> None:
        async with storage.write() as tx:
            owner = await tenant_called(tx, tenant_name)
            check_workspace(workspace_id, owner)
            await tx.tenants.move(owner.id, workspace_id)

    with_storage(work)
    say(f"{tenant_name} is told in {workspace_id} from now on.")


def check_workspace(workspace_id: str, owner: Tenant) -> None:
    """Refuses an id that is none, and a channel that has the same name elsewhere.

    Raises:
        CommandError: with what to write instead.
    """
    if not _ID.match(workspace_id):
        message = f"{workspace_id} is no workspace; write its id such as T0123ABCD"
        raise CommandError(message)
    if owner.channel is None or owner.channel.startswith("#"):
        message = (
            f"{owner.name} has its channel by name, which another workspace may have too; "
            "add the client with the channel's id: --channel C0123ABCD"
        )
        raise CommandError(message)

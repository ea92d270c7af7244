"""`e2a tenant`, `e2a key` and `e2a hook`: who sends, and how they prove it. Must not serve."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from bot.cli.app import CommandError, app
from bot.cli.output import instant, say, tell, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.clock import wall_now
from bot.settings import Settings
from policies.records import Tenant
from storage.transaction import SqlStorage

tenant = typer.Typer(help="Clients whose goods move.", no_args_is_help=True)
key = typer.Typer(help="API keys; only their hashes are kept.", no_args_is_help=True)
hook = typer.Typer(help="Addresses for vendor-signed webhooks.", no_args_is_help=True)
app.add_typer(tenant, name="tenant")
app.add_typer(key, name="key")
app.add_typer(hook, name="hook")

SCOPES = ("ingest", "read", "admin")
SIGNED_SOURCES = ("shopify", "wms", "carrier")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$")
_CHANNEL = re.compile(r"^(#[\w.-]{1,80}|[CG][A-Z0-9]{2,30})$")


@tenant.command("add")
def add_tenant(
    name: str,
    channel: Annotated[str | None, typer.Option(help="#name or id of its channel.")] = None,
    timezone: Annotated[str, typer.Option(help="IANA name, e.g. America/New_York.")] = "UTC",
) -> None:
    """Adds a tenant, mapped to that channel."""
    if not _NAME.match(name):
        message = "a tenant's name has 1-64 letters, digits, spaces, dots, dashes"
        raise typer.BadParameter(message)
    if channel is not None and not _CHANNEL.match(channel):
        message = f"{channel} is no channel; write #name or an id such as C0123ABCD"
        raise typer.BadParameter(message)
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        message = f"{timezone} is no time zone; write one such as Europe/Madrid"
        raise typer.BadParameter(message) from error
    channel_id = channel if channel and not channel.startswith("#") else None
    draft = Tenant(id=0, name=name, channel=channel, channel_id=channel_id, timezone=timezone)

    async def work(storage: SqlStorage, _settings: Settings) -> None:
        async with storage.write() as tx:
            await tx.tenants.add(draft)

    with_storage(work)
    say(f"Added {name}. Its alerts go to {channel or 'the default channel'}.")


@key.command("create")
def create_key(
    tenant_name: Annotated[str, typer.Option("--tenant")],
    scope: Annotated[list[str], typer.Option(help="ingest, read or admin.")],
) -> None:
    """Prints a new API key, alone, once."""
    unknown = [name for name in scope if name not in SCOPES]
    if unknown:
        message = f"there is no scope {unknown[0]}; choose from {', '.join(SCOPES)}"
        raise typer.BadParameter(message)

    async def work(storage: SqlStorage, _settings: Settings) -> str:
        async with storage.write() as tx:
            owner = await tenant_called(tx, tenant_name)
            plain, _ = await tx.keys.create(owner.id, frozenset(scope), wall_now())
            return plain

    tell(with_storage(work))


@key.command("revoke")
def revoke_key(key_id: int) -> None:
    """Refuses a key from now on, everywhere within five seconds."""

    async def work(storage: SqlStorage, _settings: Settings) -> bool:
        async with storage.write() as tx:
            return await tx.keys.revoke(key_id, wall_now())

    if not with_storage(work):
        message = f"there is no live key {key_id}; see e2a key list"
        raise CommandError(message)
    say(f"Revoked key {key_id}.")


@key.command("list")
def list_keys(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Lists keys without their secrets."""

    async def work(storage: SqlStorage, _settings: Settings) -> None:
        async with storage.read() as tx:
            names = {owner.id: owner.name for owner in await tx.tenants.all()}
            for known in await tx.keys.all():
                row = {
                    "id": known.id,
                    "tenant": names[known.tenant_id],
                    "prefix": known.prefix,
                    "scopes": sorted(known.scopes),
                    "created_at": instant(known.created_at),
                    "last_used_at": instant(known.last_used_at),
                    "revoked_at": instant(known.revoked_at),
                }
                if as_json:
                    tell_json(row)
                else:
                    state = "revoked" if known.revoked_at else "live"
                    scopes = ",".join(sorted(known.scopes))
                    tell(f"{known.id}  {row['tenant']}  {known.prefix}...  {scopes}  {state}")

    with_storage(work)


@hook.command("add")
def add_hook(
    tenant_name: Annotated[str, typer.Option("--tenant")],
    source: Annotated[str, typer.Option(help=f"One of {', '.join(SIGNED_SOURCES)}.")],
    secret: Annotated[str, typer.Option(help="The secret that the sender signs with.")],
) -> None:
    """Prints the path of a webhook address that checks the sender's signature."""
    if source not in SIGNED_SOURCES:
        message = f"{source} cannot sign to us yet; choose from {', '.join(SIGNED_SOURCES)}"
        raise typer.BadParameter(message)
    if not secret.strip():
        message = "an empty secret proves nothing; give the one the sender signs with"
        raise typer.BadParameter(message)

    async def work(storage: SqlStorage, _settings: Settings) -> str:
        async with storage.write() as tx:
            owner = await tenant_called(tx, tenant_name)
            return (await tx.hooks.add(owner.id, source, secret, wall_now())).id

    tell(f"/hooks/{with_storage(work)}")

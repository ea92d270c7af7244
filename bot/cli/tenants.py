"""`e2a tenant`, `e2a key` and `e2a hook`: who sends, and how they prove it. Must not serve."""

import re
import secrets
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from bot.cli.app import CommandError, app
from bot.cli.output import instant, say, tell, tell_json
from bot.cli.store import tenant_called, with_storage
from bot.cli.workspaces import check_workspace
from bot.clock import wall_now
from bot.settings import Settings
from handlers.ingest.signatures import token_of
from handlers.ingest.sources import SOURCES
from policies.records import Hook, Tenant
from storage.transaction import SqlStorage

tenant = typer.Typer(help="Clients whose goods move.", no_args_is_help=True)
key = typer.Typer(help="API keys; only their hashes are kept.", no_args_is_help=True)
hook = typer.Typer(help="Addresses for vendor-signed webhooks.", no_args_is_help=True)
app.add_typer(tenant, name="tenant")
app.add_typer(key, name="key")
app.add_typer(hook, name="hook")

SCOPES = ("ingest", "read", "admin")
_CREDENTIALS = re.compile(r"[^:\s]+:[^:\s]+")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$")
_CHANNEL = re.compile(r"^(#[\w.-]{1,80}|[CG][A-Z0-9]{2,30})$")


@tenant.command("add")
def add_tenant(
    name: str,
    channel: Annotated[str | None, typer.Option(help="#name or id of its channel.")] = None,
    timezone: Annotated[str, typer.Option(help="IANA name, e.g. America/New_York.")] = "UTC",
    workspace: Annotated[str | None, typer.Option(help="Id of its Slack workspace.")] = None,
) -> None:
    """Adds a tenant, mapped to that channel."""
    if not _NAME.match(name):
        message = "a tenant's name has 1-64 letters, digits, spaces, dots, dashes"
        raise typer.BadParameter(message)
    if channel is not None:
        check_channel(channel)
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        message = f"{timezone} is no time zone; write one such as Europe/Madrid"
        raise typer.BadParameter(message) from error
    channel_id = channel if channel and not channel.startswith("#") else None
    draft = Tenant(
        id=0,
        name=name,
        channel=channel,
        channel_id=channel_id,
        timezone=timezone,
        workspace_id=workspace,
    )
    if workspace is not None:
        check_workspace(workspace, draft)

    async def work(storage: SqlStorage, _settings: Settings) -> None:
        async with storage.write() as tx:
            await tx.tenants.add(draft)

    with_storage(work)
    say(f"Added {name}. Its alerts go to {channel or 'the default channel'}.")


def check_channel(channel: str) -> None:
    """Refuses what is neither a name nor an id.

    Raises:
        typer.BadParameter: it is neither.
    """
    if not _CHANNEL.match(channel):
        message = f"{channel} is no channel; write #name or an id such as C0123ABCD"
        raise typer.BadParameter(message)


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


_Secret = Annotated[
    str, typer.Option(help="What the sender signs with; for shipstation its API KEY:SECRET.")
]


@hook.command("add")
def add_hook(
    tenant_name: Annotated[str, typer.Option("--tenant")],
    source: Annotated[str, typer.Option(help=f"One of {', '.join(SOURCES)}.")],
    secret: _Secret,
) -> None:
    """Prints the path of a webhook address that checks who sends."""
    if source not in SOURCES:
        message = f"there is no source {source}; choose from {', '.join(SOURCES)}"
        raise typer.BadParameter(message)
    _check_secret(source, secret)

    async def work(storage: SqlStorage, _settings: Settings) -> Hook:
        async with storage.write() as tx:
            owner = await tenant_called(tx, tenant_name)
            return await tx.hooks.add(owner.id, source, secret, wall_now())

    tell(_path(with_storage(work)))


@hook.command("rotate")
def rotate_hook(hook_id: str, secret: _Secret) -> None:
    """Adds a new secret and prints the path; the one before stays valid until it is retired."""

    async def work(storage: SqlStorage, _settings: Settings) -> Hook:
        async with storage.write() as tx:
            known = await tx.hooks.get(hook_id)
            if known is not None:
                _check_secret(known.source, secret)
            return _found(await tx.hooks.rotate(hook_id, secret), hook_id)

    tell(_path(with_storage(work)))


@hook.command("retire")
def retire_secret(hook_id: str) -> None:
    """Ends a rotation: from now on only the newest secret is valid."""

    async def work(storage: SqlStorage, _settings: Settings) -> None:
        async with storage.write() as tx:
            newest = _found(await tx.hooks.get(hook_id), hook_id).secrets[0]
            await tx.hooks.rotate(hook_id, secrets.token_hex(32))  # takes the old one's place
            await tx.hooks.rotate(hook_id, newest)

    with_storage(work)
    say(f"Hook {hook_id} knows its newest secret only.")


@hook.command("remove")
def remove_hook(hook_id: str) -> None:
    """Closes an address."""

    async def work(storage: SqlStorage, _settings: Settings) -> bool:
        async with storage.write() as tx:
            return await tx.hooks.remove(hook_id)

    if not with_storage(work):
        raise CommandError(_unknown(hook_id))
    say(f"Removed hook {hook_id}.")


@hook.command("list")
def list_hooks(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Lists webhook addresses without their secrets and tokens."""

    async def work(storage: SqlStorage, _settings: Settings) -> None:
        async with storage.read() as tx:
            names = {owner.id: owner.name for owner in await tx.tenants.all()}
            for known in await tx.hooks.all():
                row = {"id": known.id, "tenant": names[known.tenant_id], "source": known.source}
                if as_json:
                    tell_json(row)
                else:
                    tell("  ".join(row.values()))

    with_storage(work)


def _check_secret(source: str, secret: str) -> None:
    message = ""
    if not secret.strip():
        message = "an empty secret proves nothing; give the one the sender signs with"
    elif SOURCES[source].thin and not _CREDENTIALS.fullmatch(secret):
        message = f"{source} is asked with its API's KEY:SECRET; give both, with a colon"
    if message:
        raise typer.BadParameter(message)


def _path(made: Hook) -> str:
    """The address's path; with a token where the source cannot sign, so that it proves itself."""
    if SOURCES[made.source].scheme.header is not None:
        return f"/hooks/{made.id}"
    return f"/hooks/{made.id}?token={token_of(made.secrets[0], made.id)}"


def _found(known: Hook | None, hook_id: str) -> Hook:
    if known is None:
        raise CommandError(_unknown(hook_id))
    return known


def _unknown(hook_id: str) -> str:
    return f"there is no hook {hook_id}; see e2a hook list"

"""Gives ingestion what the operator decided: the codes' meanings, the hosts it may ask.

Must not understand the codes: policies/source_codes.py does.
"""

from collections.abc import Sequence
from pathlib import Path

from bot.settings import Settings
from handlers.ingest.fetch import HttpFetcher
from handlers.ingest.intake import Intake, packaged_codes
from handlers.ingest.retelling import Retelling
from policies.source_codes import SourceCodes, read_source_codes
from storage.transaction import SqlStorage


def open_intake(settings: Settings) -> Intake:
    """The intake of these settings; raises PolicyError with every fault of the operator's file."""
    hosts = settings.outbound_allow_hosts.replace(",", " ").split()
    return Intake(codes=load_codes(settings.policies_dir), fetcher=HttpFetcher(frozenset(hosts)))


def open_retelling(settings: Settings, storage: SqlStorage) -> Retelling:
    """Reads rejected deliveries again, with the secrets of their tenant's hooks where needed."""

    async def secrets(tenant_id: int, source: str) -> Sequence[str]:
        async with storage.of([tenant_id]).read() as tx:
            hooks = await tx.hooks.all(tenant_id)
        return [secret for hook in hooks if hook.source == source for secret in hook.secrets]

    return Retelling(intake=open_intake(settings), secrets=secrets)


def load_codes(policies_dir: Path | None) -> SourceCodes:
    """The packaged codes, with `source_codes.yaml` of the operator's folder laid over them."""
    own = policies_dir / "source_codes.yaml" if policies_dir else None
    if own is None or not own.is_file():
        return packaged_codes()
    return read_source_codes(own.read_text(encoding="utf-8"), str(own)).over(packaged_codes())

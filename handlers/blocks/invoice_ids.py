"""What buttons and forms about findings carry: which finding, or all of one client and cause.

Must not draw or handle anything.
"""

import json
from dataclasses import dataclass

from handlers.blocks.values import FORM, count_of, read_back, text_of
from policies.money.findings.clusters import ClusterKey
from policies.money.findings.finding import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTarget:
    """All open findings of a client and cause up to a number; 0 is not known yet."""

    tenant_id: int
    key: ClusterKey
    up_to: int = 0
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingTarget:
    """One finding, and where its form was opened."""

    finding_id: int
    channel: str | None = None
    thread: str | None = None


def encode_group(target: GroupTarget) -> str:
    """A button's value, or a form's private_metadata."""
    key = target.key
    data = {
        "tenant": target.tenant_id,
        "cause": key.cause.value,
        "code": key.code,
        "currency": key.currency,
        "over": int(key.over),
        "to": target.up_to,
        "channel": target.channel,
    }
    return json.dumps(data, separators=(",", ":"))


def decode_group(value: object) -> GroupTarget | None:
    """The target, or None for anything that `encode_group` did not write."""
    data = read_back(value, FORM)
    if data is None:
        return None
    tenant, over, up_to = (count_of(data.get(name)) for name in ("tenant", "over", "to"))
    cause, code, currency = (text_of(data.get(name)) for name in ("cause", "code", "currency"))
    known = cause in set(Cause)
    if not tenant or over is None or up_to is None or not known or code is None or not currency:
        return None
    return GroupTarget(
        tenant_id=tenant,
        key=ClusterKey(Cause(str(cause)), code, currency, bool(over)),
        up_to=up_to,
        channel=text_of(data.get("channel")),
    )


def encode_finding(target: FindingTarget) -> str:
    """A button's value, or a form's private_metadata."""
    data = {"id": target.finding_id, "channel": target.channel, "thread": target.thread}
    return json.dumps(data, separators=(",", ":"))


def decode_finding(value: object) -> FindingTarget | None:
    """The target, or None for anything that `encode_finding` did not write."""
    data = read_back(value, FORM)
    number = count_of(data.get("id")) if data else None
    if data is None or not number:
        return None
    return FindingTarget(
        finding_id=number,
        channel=text_of(data.get("channel")),
        thread=text_of(data.get("thread")),
    )

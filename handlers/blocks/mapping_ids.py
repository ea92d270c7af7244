"""What the button remembers that maps a client to a channel which outsiders see.

Must not draw or handle anything; the press is checked anew, whatever it carries.
"""

import json
from dataclasses import dataclass

from handlers.blocks.values import count_of, read_back, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The client, by its number, the channel in which that was asked, and whether as default."""

    tenant_id: int
    channel_id: str
    default: bool = False


def encode_confirmed(confirmed: Confirmed) -> str:
    """The button's value: `{"client":1,"channel":"C0","default":false}`."""
    data = {
        "client": confirmed.tenant_id,
        "channel": confirmed.channel_id,
        "default": confirmed.default,
    }
    return json.dumps(data, separators=(",", ":"))


def decode_confirmed(value: object) -> Confirmed | None:
    """What the button is about, or None for anything that `encode_confirmed` did not write."""
    data = read_back(value)
    if data is None:
        return None
    client, channel = count_of(data.get("client")), text_of(data.get("channel"))
    if client is None or channel is None:
        return None
    return Confirmed(tenant_id=client, channel_id=channel, default=data.get("default") is True)

"""What the buttons and the form of an audited bill remember. Must not draw or handle anything."""

import json
from dataclasses import dataclass

from handlers.blocks.values import FORM, count_of, read_back, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class BillTarget:
    """The audit by its number, and the channel in which it was asked for."""

    audit_id: int
    channel: str = ""


def encode_bill(target: BillTarget) -> str:
    """A button's value, or a form's private_metadata: `{"bill":7,"channel":"C0"}`."""
    told = {"bill": target.audit_id, "channel": target.channel}
    return json.dumps(told, separators=(",", ":"))


def decode_bill(value: object) -> BillTarget | None:
    """What it is about, or None for anything that `encode_bill` did not write."""
    told = read_back(value, FORM)
    if told is None:
        return None
    number, channel = count_of(told.get("bill")), text_of(told.get("channel"))
    return (
        None if number is None or channel is None else BillTarget(audit_id=number, channel=channel)
    )

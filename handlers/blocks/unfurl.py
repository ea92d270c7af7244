"""Draws what stands below a link of ours that somebody pasted.

Must not look anything up. It is a picture of now: buttons, which would change what stands
elsewhere, are left to the card.
"""

from typing import Any

from handlers.blocks.ask_form import still
from handlers.blocks.elements import fit
from jobs.ports.slack import Message

MOST_LINKS = 5
_MOST_BLOCKS, _MOST_SHOWN = 20, 2200
"""Five of these stay within what Slack takes in one message."""


def unfurled(message: Message) -> dict[str, Any]:
    """An answer as the attachment of a link."""
    blocks = [still(block, frozenset()) for block in message.blocks]
    drawn = {"blocks": fit(blocks, _MOST_BLOCKS, _MOST_SHOWN), "fallback": message.text}
    return {**drawn, "color": message.color} if message.color else drawn

"""Draws what became of a channel's sight of a client, and what has to be asked before.

Must not decide who may.
"""

from handlers.blocks.elements import actions, message, plain_button, section
from handlers.blocks.ids import COMMAND, Verb
from handlers.blocks.mapping_ids import Confirmed, encode_confirmed
from handlers.blocks.subscriptions import channel_name
from handlers.blocks.text import data
from jobs.ports.slack import Message


def mapped(client: str, home: str, *, fresh: bool) -> Message:
    """The channel sees the client; its alerts go where they went."""
    name = data(client, 60)
    text = f"This channel sees {name} {'now' if fresh else 'already'}."
    goes = f"Its alerts go to {channel_name(home)}."
    say = f"`{COMMAND} subscribe client {name}` has them come here too."
    return message(text, [section(text, goes, say)])


def is_default(client: str, old: str | None, *, fresh: bool) -> Message:
    """The channel is the client's default channel."""
    name = data(client, 60)
    if not fresh:
        text = f"This is the default channel of {name} already."
        return message(text, [section(text)])
    text = f"Alerts of {name} come here from now on."
    still = f"{channel_name(old)} still sees it, so that the cards there stay alive." if old else ""
    end = f"`{COMMAND} unmap {name}` there ends that." if old else ""
    return message(text, [section(text, f"{still} {end}".strip())])


def unmapped_now(client: str) -> Message:
    """The channel sees the client no more."""
    name = data(client, 60)
    text = f"This channel does not see {name} any more."
    rest = "Its cards here stand still; what is open is told in its other channels."
    return message(text, [section(text, rest)])


def still_default(client: str) -> Message:
    """The default channel cannot be taken away, only changed."""
    name = data(client, 60)
    text = f"This is the default channel of {name}, so it sees it."
    how = f"Say `{COMMAND} map {name} as default` in another channel first."
    return message(text, [section(text, how)])


def outside(client: str, confirmed: Confirmed, *, known: bool) -> Message:
    """People of another company would see the client: that has to be meant."""
    name = data(client, 60)
    who = (
        "People outside this company are in this channel"
        if known
        else "Slack does not say whether people outside this company are in this channel"
    )
    text = f"{who}. They would see the orders and exceptions of {name}. Nothing was changed yet."
    anyway = plain_button(Verb.MAP, encode_confirmed(confirmed))
    return message(text, [section(text), actions([anyway])])

"""Makes of a long answer what can be written before one's eyes: its text in pieces, and the rest.

Must not send. The text becomes Slack's markdown, in which data is as dead as in a block: no
mention, no link, no heading.
"""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from handlers.blocks.text import JOINER, escape
from jobs.ports.slack import Message

LONG = 600
"""Characters from which an answer is written bit by bit; what is shorter is there at once."""
_PIECE = re.compile(r".{1,200}(?:\s|$)|\S{1,200}", re.DOTALL)
_MARK = re.compile(r"([*_`~])")
_LINE_MARK = re.compile(r"^(\s*)([#>|+-]|\d+[.)])", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """An answer that is being written. `pieces` are markdown and may take their time.

    `rest` stands below the text once it is whole. `whole` draws what was said until then as one
    message, for where nothing can be written bit by bit.
    """

    pieces: Callable[[], AsyncIterator[str]]
    rest: Message
    whole: Callable[[], Message]


def flow_of(text: str, rest: Message, whole: Message) -> Flow | None:
    """A text that is known already; None where it is short enough to be there at once."""
    if len(text) <= LONG:
        return None

    async def pieces() -> AsyncIterator[str]:
        for piece in _PIECE.findall(markdown_of(text)):
            yield piece

    return Flow(pieces=pieces, rest=rest, whole=lambda: whole)


def markdown_of(text: str) -> str:
    """Foreign text as markdown that shows as it is."""
    dead = escape(text).replace("://", f":{JOINER}//").replace("](", f"]{JOINER}(")
    return _LINE_MARK.sub(rf"\1{JOINER}\2", _MARK.sub(r"\\\1", dead))

"""The words that E2A understands, as a person would like to read them.

Must not know the grammar: a test holds this text to it.
"""

from handlers.blocks.elements import context, message, section
from handlers.blocks.ids import COMMAND
from jobs.ports_slack import Message

COMMANDS: tuple[tuple[str, str], ...] = (
    ("exceptions", "what is open; add `critical`, `mine`, `unowned`, `order SO-1`, `since 2h`"),
    ("exception 7", "one exception"),
    ("order SO-1", "one order: stages, its clocks minute by minute, events"),
    ("status", "how things stand, what breaks next"),
    ("ack 7", "you saw it and take it"),
    ("assign 7 me", "or `assign 7 @maria`"),
    ("resolve 7 what was done", "it is settled"),
    ("snooze 7 2h", "or `until 16:30`, `until carrier scan`, `until picked`, `until cut-off`"),
    ("reopen 7", "it is not settled after all"),
    ("split 7", "a card of its own, in a storm's thread; there `ack all`, `resolve all why`, too"),
    ("draft 7", "a note to the client, to edit and copy"),
    ("replay 7", "judge the order again from its events"),
    ("block 7 why", "no automatic resolution; `unblock 7` allows it again"),
    ("audit 7", "who changed what; `audit export since 7d` is all of it as a file"),
    ("policy show", "what is promised; `policy show pick` one rule, `policy lint` looks it over"),
    ("policy simulate order_paid 13:59 14:01", "what if it came then; `SO-1 order_paid 13:59` too"),
    ("policy simulate pick 90m", "what that would have meant for the last 30 days"),
    ("dlq", "what failed and waits; `dlq replay` tries it again, `dlq discard 12 why` drops it"),
    ("roles", "who may what; `role @maria lead for Acme` gives a role (admins)"),
    ("digest", "the last 24 hours; `subscribe digest` has it posted here every morning"),
    ("ask why is SO-1 late?", "an answer with its sources, or that there is none"),
)


def usage() -> Message:
    """What can be said to E2A, and where."""
    told = [f"`{words}`  {meaning}" for words, meaning in COMMANDS]
    where = (
        f"After `{COMMAND}`, after a mention, or in a direct message. "
        "In an alert's thread, `ack` alone means that alert. Anything else there is a question."
    )
    return message("What you can say to E2A", [section(*told), context(where)])

"""The words that E2A understands, as a person would like to read them.

Must not know the grammar: a test holds this text to it.
"""

from handlers.blocks.elements import context, message, section
from handlers.blocks.ids import COMMAND
from jobs.ports.slack import Message

COMMANDS: tuple[tuple[str, str], ...] = (
    (
        "exceptions",
        "open ones; add `critical`, `mine`, `unowned`, `order SO-1`, `carrier UPS`, `since 2h`",
    ),
    ("exception 7", "one exception"),
    ("order SO-1", "one order: stages, its clocks minute by minute, events"),
    ("status", "how things stand, what breaks next"),
    ("ack 7", "you saw it and take it"),
    ("assign 7 me", "or `assign 7 @maria`, or `assign 7 on shift` for whoever is there and free"),
    ("resolve 7 what was done", "it is settled"),
    ("snooze 7 2h", "or `until 16:30`, `until carrier scan`, `until picked`, `until cut-off`"),
    ("reopen 7", "it is not settled after all"),
    ("split 7", "a card of its own, in a storm's thread; there `ack all`, `resolve all why`, too"),
    ("draft 7", "a note to the client, to edit and copy"),
    ("explain 7", "a model asked about it, where one is set up"),
    ("replay 7", "judge the order again from its events"),
    ("block 7 why", "no automatic resolution; `unblock 7` allows it again"),
    ("resolution 7", "what may run by itself for it, and what was tried; alone: how it goes"),
    ("audit 7", "who changed what; `audit export since 7d` is all of it as a file"),
    ("policy show", "what is promised; `policy show pick` one rule, `policy lint` looks it over"),
    ("policy simulate order_paid 13:59 14:01", "what if it came then; `SO-1 order_paid 13:59` too"),
    ("policy simulate pick 90m", "what that would have meant for the last 30 days"),
    ("dlq", "what failed and waits; `dlq replay` tries it again, `dlq discard 12 why` drops it"),
    ("invoices", "what their proof found, to decide on; `invoices check` proves them now"),
    ("finding 12", "one finding; `finding 12 accept`, `ours`, or `dispute why` decides on it"),
    ("bills", "audited bills of carriers; share a CSV or XLSX with `audit ups` to add one"),
    ("roles", "who may what; `role @maria lead for Acme` gives a role (admins)"),
    ("digest", "the last 24 hours; `subscribe digest` has it posted here every morning"),
    ("brief", "yesterday, the night and what breaks today; `subscribe brief` for each morning"),
    ("handover", "what this shift leaves to the next; `subscribe handover` posts it in time"),
    ("insight", "what repeats and what changed; `subscribe insight` posts what is new, 4-hourly"),
    ("subscribe client Acme site ATL1 high and up", "its alerts come here; `unsubscribe` ends it"),
    ("subscriptions", "what comes here, to change it; `subscribe test` posts a test"),
    ("map Acme", "this channel sees a client; `map Acme as default`, `unmap Acme` (leads)"),
    ("ask why is SO-1 late?", "an answer with its sources, or that there is none"),
    ("documents", "what answers use besides policies; share a file with `learn`, or `forget` one"),
    ("answers", "answers that did not help, and what to write down; `answers runbook` (leads)"),
)


def usage() -> Message:
    """What can be said to E2A, and where."""
    told = [f"`{words}`  {meaning}" for words, meaning in COMMANDS]
    where = (
        f"After `{COMMAND}`, after a mention, or in a direct message. "
        "In an alert's thread, `ack` alone means that alert. Anything else there is a question."
    )
    return message("What you can say to E2A", [section(*told), context(where)])

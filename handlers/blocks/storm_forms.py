"""Draws the forms of a storm: who is in it, what an act on all would do, splitting one off.

Must not look anything up or decide who changes: a preview says that.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from handlers.blocks.elements import (
    Block,
    actions,
    context,
    field,
    message,
    option,
    plain_button,
    section,
    title,
    words,
)
from handlers.blocks.ids import Field, Form, Verb
from handlers.blocks.modals import NOTE_LENGTH, SNOOZES
from handlers.blocks.storm import member_lines, paragraphs, storm_headline
from handlers.blocks.storm_ids import (
    StormForm,
    UndoingAll,
    encode_storm,
    encode_undo_all,
    fitting,
)
from handlers.blocks.text import counted, data, joined, moment
from handlers.blocks.waiting import choices
from handlers.blocks.wording import STATUS
from jobs.act_on_storm import AllDone, Preview, SplitOff
from jobs.ports.slack import Message
from jobs.views.storms import InStorm, StormView
from policies.lifecycle import RESOLUTIONS
from policies.records import ExceptionRecord
from policies.storms import PAGE, Storm, Told

View = dict[str, Any]
_MOST_CHOICES = 100
EVERYBODY = "all"
"""The choice of all clients in the list."""
_DOES = {
    "acknowledge": ("Acknowledge", "acknowledged"),
    "resolve": ("Resolve", "resolved"),
    "snooze": ("Snooze", "snoozed"),
}


def storm_members(view: StormView, form: StormForm) -> View:
    """Who is in it, a page at a time; of one client where that is chosen."""
    chosen = [one for one in view.members if form.client in (None, one.tenant.id)]
    pages = max(1, -(-len(chosen) // PAGE))
    page = min(form.page, pages - 1)
    here = chosen[page * PAGE : (page + 1) * PAGE]
    shown = StormView(storm=view.storm, members=tuple(here), now=view.now)
    lines = member_lines(shown)
    blocks: list[Block] = [section(storm_headline(view)), *_filter(view, form)]
    blocks += paragraphs(lines)
    if pages > 1:
        blocks.append(_turning(page, pages))
    blocks.append(context(f"{page * PAGE + 1} to {page * PAGE + len(here)} of {len(chosen):,}"))
    metadata = StormForm(
        storm_id=view.storm.id, channel=form.channel, page=page, client=form.client
    )
    return _modal(Form.STORM, "Who is in it", blocks, metadata)


def act_form(preview: Preview, verb: str, channel: str | None, cut_off: str | None = None) -> View:
    """How many of which clients change, which do not and why; submitting does exactly that.

    `cut_off` is when the first of their cut-offs is, where there is one.
    """
    does, _ = _DOES[verb]
    versions = fitting(preview.versions)
    changing = [one for one in preview.changing if one.member.number in versions]
    form = StormForm(storm_id=preview.view.storm.id, channel=channel, verb=verb, versions=versions)
    if not changing:
        blocks = [section("Nothing would change."), *_staying(preview)]
        return _modal(Form.WAIT, f"{does} all", blocks, form)
    of = "" if not preview.staying else f" of {len(preview.view.members):,}"
    blocks = [
        section(f"*{does} {len(changing):,}{of}?* {_by_client(changing)}"),
        *_staying(preview),
        *_fields(verb, changing[0].record, cut_off),
        context(_small_print(preview, len(changing))),
    ]
    return {**_modal(Form.STORM_ACT, f"{does} all", blocks, form), "submit": words(does, 24)}


def split_form(view: StormView, channel: str | None) -> View:
    """Which one is to have a card of its own."""
    listed = [o for o in view.members if o.member.told is Told.LISTED and o.record.active]
    form = StormForm(storm_id=view.storm.id, channel=channel)
    if not listed:
        blocks = [section("Everybody who is open has a card of their own already.")]
        return _modal(Form.WAIT, "Split one off", blocks, form)
    choices = [
        option(joined(data(one.record.order_id, 50), data(one.tenant.name, 20)), str(one.record.id))
        for one in listed[:_MOST_CHOICES]
    ]
    typed = {"type": "plain_text_input", "max_length": 128}
    blocks = [
        section("It gets a card of its own in the channel. The storm's list says so."),
        field(Field.MEMBER, "Order", {"type": "static_select", "options": choices}, optional=True),
        field(Field.ORDER, "Or its order or number, typed", typed, optional=True),
    ]
    made = _modal(Form.STORM_SPLIT, "Split one off", blocks, form)
    return {**made, "submit": words("Split off", 24)}


def all_done(verb: str, done: AllDone) -> Message:
    """What became of an act on many."""
    said = f"{counted(done.done, 'exception')} {_DOES[verb][1]}"
    left = (
        f"{done.left:,} had changed meanwhile and {'was' if done.left == 1 else 'were'} left alone"
    )
    told = joined(said, left if done.left else None)
    return message(told, [section(told)])


def with_undo_all(drawn: Message, undoing: UndoingAll) -> Message:
    """The same with a button that takes it back; without where it cannot hold so many."""
    value = encode_undo_all(undoing)
    if value is None or not undoing.versions:
        return drawn
    pressed = plain_button(Verb.STORM_UNDO, value)
    return replace(drawn, blocks=(*drawn.blocks, actions([pressed])))


def all_undone(done: AllDone) -> Message:
    """How many were brought back, and which were not and why."""
    said = f"{counted(done.done, 'exception')} brought back"
    rest = done.left - len(done.left_orders)
    names = ", ".join(data(one, 60) for one in done.left_orders)
    more = f" and {rest:,} more" if rest > 0 else ""
    changed = done.left - done.unchanged
    why = joined(
        f"{changed:,} had changed since" if changed else None,
        f"{done.unchanged:,} were not changed by you last" if done.unchanged else None,
    )
    told = joined(said, f"left alone: {why} ({names}{more})" if done.left else None)
    return message(told, [section(told)])


def split_done(done: SplitOff) -> Message:
    """That one has a card of its own."""
    named = f"#{done.record.id} {data(done.record.order_id)}"
    told = f"{named} has a card of its own already" if done.already else f"{named} is split off"
    return message(told, [section(told)])


def which_of_storm(view: StormView, verb: str) -> Message:
    """The thread of a storm is about many: a number is needed, or `all`."""
    first = view.members[0].record.id
    told = f"This thread is about {counted(view.orders, 'order')}. Say which one: {verb} {first}"
    more = f", or all of them: {verb} all" if verb in ("ack", "acknowledge", *_DOES) else ""
    return message(told + more, [section(told + more)])


def within_storm(drawn: Message, storm: Storm) -> Message:
    """The same with a line that leads to the storm in which it is listed."""
    if storm.held_until is not None:
        held = context(f"Held in quiet hours until {moment(storm.held_until)}")
        return replace(drawn, blocks=(*drawn.blocks, held))
    named = "the overnight list" if storm.overnight else f"storm {storm.id}"
    card = storm.part("card").ts
    if card is not None and storm.channel_id is not None:
        link = f"https://slack.com/archives/{storm.channel_id}/p{card.replace('.', '')}"
        named = f"<{link}|{named}>"
    more = context(f"One of {storm.members:,} in {named}")
    return replace(drawn, blocks=(*drawn.blocks, more))


def _filter(view: StormView, form: StormForm) -> list[Block]:
    names = {one.tenant.id: one.tenant.name for one in view.members}
    if len(names) == 1:
        return []
    counts = Counter(one.tenant.id for one in view.members)
    choices = [option("All clients", EVERYBODY)]
    choices += [
        option(f"{data(names[number], 60)} ({count:,})", str(number))
        for number, count in counts.most_common(_MOST_CHOICES - 1)
    ]
    values = [choice["value"] for choice in choices]
    chosen = str(form.client) if form.client is not None else EVERYBODY
    initial = choices[values.index(chosen) if chosen in values else 0]
    select = {
        "type": "static_select",
        "action_id": Verb.STORM_CLIENT.value,
        "options": choices,
        "initial_option": initial,
    }
    return [actions([select])]


def _turning(page: int, pages: int) -> Block:
    turns = [("Earlier", page - 1)] if page > 0 else []
    turns += [("Later", page + 1)] if page < pages - 1 else []
    return actions(
        [
            {
                "type": "button",
                "action_id": f"{Verb.STORM_PAGE.value}_{to}",
                "text": words(text, 75),
                "value": str(to),
            }
            for text, to in turns
        ]
    )


def _by_client(members: Sequence[InStorm]) -> str:
    counts = Counter(one.tenant.name for one in members)
    named = [f"{data(name, 40)} {count:,}" for name, count in counts.most_common(10)]
    more = f" and {len(counts) - 10} clients more" if len(counts) > 10 else ""  # noqa: PLR2004
    return ", ".join(named) + more


def _staying(preview: Preview) -> list[Block]:
    """Which do not change, by the state that they are in."""
    counts = Counter(STATUS[one.record.status].lower() for one in preview.staying)
    named = ", ".join(f"{count:,} {state}" for state, count in counts.most_common())
    return [section(f"Not changed, because of their state: {named}.")] if named else []


def _small_print(preview: Preview, changing: int) -> str:
    rest = len(preview.changing) - changing
    more = f"the other {rest:,} need another go" if rest else None
    return joined("What changes before you submit is left as it is", more)


def _fields(verb: str, one: ExceptionRecord, cut_off: str | None) -> list[Block]:
    """What has to be said; `one` of them tells what there is to wait for."""
    note = {"type": "plain_text_input", "multiline": True, "max_length": NOTE_LENGTH}
    noted = field(Field.NOTE, "Note for colleagues", note, optional=True)
    if verb == "resolve":
        options = [option(text, code) for code, text in RESOLUTIONS.items()]
        reason = {"type": "static_select", "options": options, "initial_option": options[0]}
        return [field(Field.REASON, "What settled it", reason), noted]
    if verb == "snooze":
        departs = [("until cut-off", f"Until the first cut-off ({cut_off})")] if cut_off else []
        choice = [*SNOOZES[:-1], *choices(one), *departs, SNOOZES[-1]]
        options = [option(text, value) for value, text in choice]
        until = {"type": "radio_buttons", "options": options, "initial_option": options[1]}
        picker = {"type": "datetimepicker"}
        return [
            field(Field.UNTIL, "Quiet for", until),
            field(Field.CUSTOM, "Day and time", picker, optional=True),
            noted,
        ]
    return []


def _modal(callback: Form, name: str, blocks: list[Block], form: StormForm) -> View:
    return {
        "type": "modal",
        "callback_id": callback.value,
        "title": title(name),
        "close": title("Cancel" if callback in (Form.STORM_ACT, Form.STORM_SPLIT) else "Close"),
        "blocks": blocks,
        "private_metadata": encode_storm(form),
    }

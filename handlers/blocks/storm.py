"""Draws a storm: its card, the lists in its thread, and why they belong together.

Must not look anything up, and must not leave a member out of the lists.
"""

from collections import Counter
from collections.abc import Sequence

from handlers.blocks.elements import Block, actions, button, context, message, section
from handlers.blocks.ids import Target, Verb
from handlers.blocks.text import clock_time, counted, data, joined, moment
from handlers.blocks.wording import COLORS, QUIET, WAITING, owner
from jobs.ports.slack import Message
from jobs.views.storms import InStorm, StormView
from policies.durations import duration
from policies.money.cents import money
from policies.reasons import Status
from policies.records import ExceptionRecord
from policies.storms import Storm, Told, coarse

_MOST_CLIENTS, _LINES, _SECTION = 8, 20, 2_900
ROOM = 10_000
"""Characters of a list; where names are so long that they do not fit, only they are told."""
_MOSTLY = 0.9
_STEP = 160
_DEPARTURES = {"pickup": "next pick-up", "cut_off": "next cut-off"}
_ALSO = ("carrier", "warehouse", "wave", "zone", "service", "channel")
_BUTTONS = (
    Verb.STORM_LIST,
    Verb.STORM_ACKNOWLEDGE,
    Verb.STORM_RESOLVE,
    Verb.STORM_SNOOZE,
    Verb.STORM_SPLIT,
)


def storm_card(view: StormView) -> Message:
    """The parent message: how many of whom, what they share, and what can be done about all."""
    active = view.active
    color = COLORS[view.severity] if active else QUIET
    whose = joined(_states(view), owners(active))
    told = (times(view), _losses(view), whose, next_step(view, _STEP))
    since = f"since {moment(view.storm.opened_at)}"
    small = joined(f"Storm {view.storm.id}", since, _usually(view), _where(view))
    blocks = [section(clients(view), *told), context(small), actions(buttons(view))]
    return message(storm_headline(view), blocks, color)


def storm_headline(view: StormView) -> str:
    """The storm in one line."""
    if view.storm.overnight:
        counts = counted(len(view.clients), "client")
        return f"*{joined('Overnight', f'{len(view.members):,} held', counts)}*"
    begin = view.severity.value if view.active else "Settled"
    clients = counted(len(view.clients), "client")
    counts = joined(begin, counted(view.orders, "order"), clients)
    return f"*{counts}* · {shared_words(view.storm)}"


def shared_words(storm: Storm) -> str:
    """What they have in common: `UPS parcels of ATL1: packed, not scanned by UPS`."""
    if storm.overnight:
        return "held in quiet hours"
    known = dict(storm.shared)
    carrier, warehouse = known.pop("carrier", None), known.pop("warehouse", None)
    things = f"{data(carrier, 40)} parcels" if carrier else "orders"
    of = f" of {data(warehouse, 40)}" if warehouse else ""
    rest = "".join(f", {fact.replace('_', ' ')} {data(name, 40)}" for fact, name in known.items())
    what = WAITING[storm.reason_code].format(
        carrier=data(carrier, 40) if carrier else "the carrier"
    )
    if not storm.shared:
        return f"the same trouble: {what}"
    return f"{things}{of}{rest}: {what}"


def storm_list(view: StormView) -> Message:
    """A page of who is in it, one line each."""
    numbers = [one.member.number for one in view.members]
    title = f"Orders {numbers[0]} to {numbers[-1]} of this storm"
    lines = member_lines(view)
    return message(title, [section(f"*{title}*"), *paragraphs(lines)])


def paragraphs(lines: Sequence[str]) -> list[Block]:
    """The lines in sections none of which Slack would cut."""
    parts: list[list[str]] = [[]]
    for line in lines:
        taken = sum(len(one) + 1 for one in parts[-1])
        if len(parts[-1]) == _LINES or taken + len(line) > _SECTION:
            parts.append([])
        parts[-1].append(line)
    return [section(*part) for part in parts if part]


def member_lines(view: StormView) -> list[str]:
    """All members as lines that fit one message together."""
    shares = (60, 40, True), (60, 16, False), (40, 0, False), (16, 0, False)
    lines: list[str] = []
    for order, client, whole in shares:
        lines = [_line(one, view, order, client, whole=whole) for one in view.members]
        if sum(map(len, lines)) <= ROOM:
            break
    return lines


def storm_explanation(view: StormView) -> Message:
    """Why they are told together, and what is next."""
    records = [one.record for one in view.members]
    first = min(record.deadline_at for record in records)
    last = max(record.deadline_at for record in records)
    count = counted(view.orders, "order")
    since = f"The first was due {moment(first)}, the last one so far {moment(last)}."
    of = f"{count} of {counted(len(view.clients), 'client')}"
    why = f"*Why* {of}, {shared_words(view.storm)} [1]. {since}"
    blocks = [section(why, _also(view.storm, records))]
    if step := next_step(view, 600, records):
        blocks.append(section(step))
    blocks.append(context(joined("[1] the lists in this thread", "rule-based")))
    return message(f"Why {count} are late together", blocks)


def clients(view: StormView) -> str:
    """How many of whom, most first."""
    counts = list(view.clients.items())
    named = [f"{data(name, 40)} {count:,}" for name, count in counts[:_MOST_CLIENTS]]
    others = sum(count for _, count in counts[_MOST_CLIENTS:])
    more = f" and {others:,} of {len(counts) - _MOST_CLIENTS} more" if others else ""
    return ", ".join(named) + more


def times(view: StormView) -> str:
    """When the first was due, how long the longest is over, what is at stake."""
    active = view.active
    due = min((one.deadline_at for one in active), default=None)
    over = view.over_minutes
    values = [_value(record) for record in active]
    credit = sum(one.credit_cents or 0 for one in view.members if one.record.active)
    return joined(
        f"First due {moment(due)}" if due else None,
        f"more than {duration(over)} over" if over else None,
        f"orders worth {money(sum(values))}" if any(values) else None,
        f"*{money(credit)} credit*" if credit else None,
    )


def _value(record: ExceptionRecord) -> int:
    cents = record.facts.get("order_value_cents")
    plain = isinstance(cents, int) and not isinstance(cents, bool)
    return max(0, cents) if plain else 0  # type: ignore[type-var,return-value]


def owners(active: Sequence[ExceptionRecord]) -> str | None:
    """Whose the open ones are."""
    if not active:
        return None
    known = {record.assignee for record in active if record.assignee}
    unowned = sum(record.assignee is None for record in active)
    if not known:
        return "Nobody owns them yet"
    if len(known) > 1:
        return joined(f"{len(known)} owners", f"{unowned:,} without an owner" if unowned else None)
    held = next(owner(record) for record in active if record.assignee)
    return joined(f"Owner: {held}", f"{unowned:,} without an owner" if unowned else None)


def _losses(view: StormView) -> str | None:
    """Until when the most can be saved: `9 more promises break by 19:00, the next pick-up`."""
    losses = view.next_losses
    if losses is None or not view.active:
        return None
    by = clock_time(losses.by)
    departure = _DEPARTURES[losses.departure] if losses.departure else None
    if not losses.promises:
        return f"*Until {by}* the {departure} can still be made" if departure else None
    breaks = counted(losses.promises, "more promise breaks", "more promises break")
    return f"*{breaks} by {by}*" + (f", the {departure}" if departure else "")


def next_step(
    view: StormView, limit: int, records: Sequence[ExceptionRecord] | None = None
) -> str | None:
    """What is to be done about most of them, while anything is; or about most of `records`."""
    asked = view.active if records is None else records
    step = _most([one.explanation.next_step for one in asked if one.explanation])
    return f"*Next* {data(step, limit)}" if step else None


def _usually(view: StormView) -> str | None:
    """How it is otherwise, with the count behind it: `usually 3 a day (84 in 28 days)`."""
    usual = view.usually
    if usual is None:
        return None
    counted_from = f"{usual.count:,} in {usual.days} days"
    a_day = usual.count / usual.days
    if usual.count == 0:
        return f"none in the {usual.days} days before"
    if a_day >= 1:
        return f"usually {a_day:.0f} a day ({counted_from})"
    return f"usually {max(1, round(7 * a_day))} a week ({counted_from})"


def _states(view: StormView) -> str:
    active = view.active
    settled = len(view.members) - len(active)
    taken = sum(record.status is not Status.OPEN for record in active)
    snoozed = sum(record.snoozed_until is not None for record in active)
    counts = ((len(active), "open"), (taken, "in hand"), (snoozed, "snoozed"), (settled, "settled"))
    return joined(*(f"{count:,} {word}" for count, word in counts if count))


def _where(view: StormView) -> str:
    """Where they are named."""
    listed = len(view.members) - view.carded
    own = counted(view.carded, "with a card of its own", "with cards of their own")
    return joined(f"{listed:,} listed in the thread", own if view.carded else None)


def buttons(view: StormView) -> list[Block]:
    """What can be done with all of them."""
    target = Target(id=view.storm.id, version=view.storm.version)
    open_ones = any(record.status is Status.OPEN for record in view.active)
    shown = [
        verb
        for verb in _BUTTONS
        if verb is Verb.STORM_LIST
        or (view.active and (open_ones or verb is not Verb.STORM_ACKNOWLEDGE))
    ]
    return [button(verb, target) for verb in shown]


def _line(one: InStorm, view: StormView, order: int, client: int, *, whole: bool) -> str:
    record = one.record
    name = data(record.order_id, order)
    marks = {Told.CARD: "own card", Told.SPLIT: "split off", Told.LISTED: None}
    told = marks[one.member.told] if whole else None
    who = data(one.tenant.name, client) if client else None
    if not record.active:
        return f"~{joined(name, who)}~ settled"
    return joined(name, who, over(record, view) if whole else None, _held(record, whole), told)


def over(record: ExceptionRecord, view: StormView) -> str | None:
    """How long over, coarsely, so that lists are seldom edited."""
    minutes = coarse(record.delay_at(view.now))
    return f"over {duration(minutes)}" if minutes else None


def _held(record: ExceptionRecord, whole: bool) -> str | None:  # noqa: FBT001 - as its caller has it
    if not whole or record.status is Status.OPEN:
        return "snoozed" if whole and record.snoozed_until else None
    return "in hand"


def _also(storm: Storm, records: Sequence[ExceptionRecord]) -> str | None:
    """What nearly all of them have in common besides: a hint at the cause, with its count."""
    known = {fact for fact, _ in storm.shared}
    found: list[str] = []
    for fact in _ALSO:
        counts = Counter(str(one.facts[fact]) for one in records if fact in one.facts)
        if fact in known or not counts:
            continue
        name, count = counts.most_common(1)[0]
        if count >= _MOSTLY * len(records):
            found.append(f"{fact} {data(name, 40)} ({count:,} of {len(records):,})")
    return f"They also share {', '.join(found)}." if found else None


def _most(texts: Sequence[str]) -> str | None:
    counts = Counter(text for text in texts if text)
    return counts.most_common(1)[0][0] if counts else None

"""Shows the brief, the handover and the insight to whoever asks, and hands a shift's work over.

Must not check authority again, nor draw cards: the outbox brings them up to date.
"""

from handlers.blocks import notices
from handlers.blocks.brief import brief
from handlers.blocks.elements import message
from handlers.blocks.handover import handover, nothing_to_hand_over, taken_over
from handlers.blocks.insight import patterns
from handlers.blocks.text import joined
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk
from handlers.slack.intents import ShowBrief, ShowHandover, ShowInsight, TakeOverShift
from jobs.find_patterns import show_patterns
from jobs.hand_over import show_handovers
from jobs.morning_brief import show_briefs
from jobs.ports.slack import Message
from jobs.take_over import take_over
from policies.briefs import handing_named
from policies.lifecycle import Act

Outcome = tuple[Reply, str]


async def show_the_brief(_intent: ShowBrief, desk: Desk) -> Outcome:
    """The morning of each time zone of the visible clients, as of now."""
    services, occasions = desk.services, desk.services.occasions
    views = await show_briefs(
        desk.tenants,
        storage=services.storage,
        promises=services.promises,
        book=occasions.book,
        chart=occasions.briefing.chart,
        now=desk.now,
    )
    return Reply(message=_together([brief(view) for view in views])), "answered"


async def show_the_handover(_intent: ShowHandover, desk: Desk) -> Outcome:
    """What the shifts that are on leave to the next ones."""
    services = desk.services
    views = await show_handovers(
        desk.tenants,
        storage=services.storage,
        promises=services.promises,
        book=services.occasions.book,
        directory=services.directory,
        now=desk.now,
    )
    if not views:
        return Reply(message=nothing_to_hand_over(), private=True), "not_found"
    return Reply(message=_together([handover(view) for view in views])), "answered"


async def show_the_insight(_intent: ShowInsight, desk: Desk) -> Outcome:
    """What repeats and what changed of the visible clients; what is new to this channel first."""
    views = await show_patterns(
        desk.tenants,
        storage=desk.services.storage,
        now=desk.now,
        channel_id=None if desk.asker.alone else desk.asker.channel_id,
    )
    return Reply(message=patterns(views)), "answered"


async def take_over_shift(intent: TakeOverShift, desk: Desk) -> Outcome:
    """What was shown becomes the asker's, but for what changed since."""
    services = desk.services
    if handing_named(services.occasions.book, intent.shift) is None:
        why = "That shift is not in the book any more, so nothing was changed."
        return Reply(message=notices.told(why), private=True), "not_found"
    act = Act(
        verb="assign",
        exception_id=0,
        actor=desk.asker.actor,
        actor_name=desk.person.name,
        tenant_ids=desk.tenant_ids,
        assignee=desk.person.id,
        correlation_id=desk.asker.correlation_id,
    )
    taken = await take_over(
        act,
        intent.versions,
        storage=services.storage,
        now=desk.now,
        wall_now=services.wall_now(),
    )
    owners = sorted({one.assignee for one in taken.left if one.assignee})
    people = [await services.directory.person(owner) for owner in owners]
    names = {person.id: person.name for person in people if person}
    return Reply(message=taken_over(taken, names), private=True), "done" if taken.done else "stale"


def _together(messages: list[Message]) -> Message:
    """Several in one reply, as far as Slack lets it be one."""
    first, *more = messages
    blocks = [dict(block) for one in messages for block in one.blocks]
    if not more:
        return first
    return message(joined(*(one.text for one in messages)), blocks)

"""Shows dead letters to people, gives them another try and lays them aside.

Must not check authority again, and replays no more than what was shown before the press.
"""

from handlers.blocks import dead_letters as drawn
from handlers.blocks import notices
from handlers.blocks.ids import Letters
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk
from handlers.slack.letter_intents import DiscardLetter, ReplayLetters, ShowLetters
from jobs.discard_dead_letters import Unknown, discard_letters
from jobs.replay_dead_letters import Replaying, Tried, replay_batches
from jobs.show_dead_letters import preview_letters, show_letters
from policies.queries import LetterFilter

Outcome = tuple[Reply, str]
_BATCH, _BATCHES, _RATE = 10, 20, 10.0
MOST = _BATCH * _BATCHES
"""Letters that one press takes."""


async def show_dead_letters(_intent: ShowLetters, desk: Desk) -> Outcome:
    """What failed and waits."""
    services = desk.services
    view = await show_letters(
        desk.tenant_ids, storage=services.storage, now=desk.now, wall_now=services.wall_now()
    )
    several = {tenant.id: tenant.name for tenant in desk.tenants} if len(desk.tenants) > 1 else {}
    return Reply(message=drawn.dead_letters(view, several)), "answered"


async def replay_dead_letters(intent: ReplayLetters, desk: Desk) -> Outcome:
    """First what would be tried again, for the asker alone; at the press the trying."""
    if intent.letters.newest is not None:
        return await _replay(intent.letters, desk)
    view = await preview_letters(_wanted(intent.letters, desk, MOST), storage=desk.services.storage)
    if not view.going:
        return Reply(message=drawn.nothing_fits(), private=True), "not_found"
    return Reply(message=drawn.preview(view, intent.letters), private=True), "answered"


async def discard_dead_letter(intent: DiscardLetter, desk: Desk) -> Outcome:
    """Lays one aside, with the reason on the trail."""
    done = await discard_letters(
        [intent.letter_id],
        desk.tenant_ids,
        reason=intent.reason,
        actor=desk.asker.actor,
        storage=desk.services.storage,
        now=desk.now,
        correlation_id=desk.asker.correlation_id,
    )
    if isinstance(done, Unknown):
        why = f"There is no dead letter {intent.letter_id} here."
        return Reply(message=notices.told(why), private=True), "not_found"
    result = "done" if done.laid_aside else "impossible"
    return Reply(message=drawn.discarded(done), private=not done.laid_aside), result


async def _replay(letters: Letters, desk: Desk) -> Outcome:
    services = desk.services
    replaying = Replaying(
        actor=desk.asker.actor,
        storage=services.storage,
        log=services.event_log,
        retell=services.retell,
        business_now=services.business_now,
        wall_now=services.wall_now,
        correlation_id=desk.asker.correlation_id,
    )
    tried: list[Tried] = []
    wanted = _wanted(letters, desk, _BATCH)
    async for batch in replay_batches(
        wanted, replaying=replaying, max_batches=_BATCHES, rate=_RATE
    ):
        tried += batch
    for one in tried:
        services.observe.replayed(one.result)
    if not tried:
        why = "Somebody has dealt with these meanwhile. Nothing was changed."
        return Reply(message=notices.told(why), private=True), "stale"
    return Reply(message=drawn.replayed(tried)), "done"


def _wanted(letters: Letters, desk: Desk, limit: int) -> LetterFilter:
    return LetterFilter(
        tenant_ids=desk.tenant_ids,
        kinds=(letters.kind,) if letters.kind else (),
        ids=letters.ids or None,
        order_id=letters.order_id,
        before_id=letters.newest + 1 if letters.newest is not None else None,
        limit=limit,
    )

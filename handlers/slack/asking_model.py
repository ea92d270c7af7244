"""Has a model asked about an exception because somebody wants it.

Must not wait for the answer: the thread is edited when it comes.
"""

from handlers.blocks import notices
from handlers.slack.asker import Reply
from handlers.slack.desk import Desk
from handlers.slack.intents import Explain
from handlers.slack.reads import find
from jobs.improvements import Wanted, want_improvement

Outcome = tuple[Reply, str]
_WORDS = {
    Wanted.ASKED: "A model is asked about #{id}. The explanation in its thread is edited if it can "
    "say it better.",
    Wanted.DONE: "The explanation of #{id} is a model's already.",
    Wanted.NOT_YET: "#{id} has no explanation in its thread yet. Try again in a minute.",
}
_NOBODY = "No model is set up, so the explanation by rules stands."


async def ask_about(intent: Explain, desk: Desk) -> Outcome:
    """Asks for the work, or says why there is none to do."""
    view = await find(intent.exception_id, desk)
    if isinstance(view, Reply):
        return view, "not_found"
    services = desk.services
    if services.asking is None:
        return Reply(message=notices.told(_NOBODY), private=True), "impossible"
    wanted = await want_improvement(
        view.record, storage=services.storage, wall_now=services.wall_now()
    )
    words = _WORDS[wanted].format(id=view.record.id)
    done = "done" if wanted is Wanted.ASKED else "impossible"
    return Reply(message=notices.told(words), private=True), done

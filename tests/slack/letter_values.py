"""Dead letters as they look in an ordinary week, for drawing."""

from dataclasses import replace
from datetime import timedelta

from handlers.blocks.ids import Letters
from jobs.discard_dead_letters import Discarded
from jobs.replay_dead_letters import NOT_FOUND, REJECTED, REPLAYED, Tried
from jobs.show_dead_letters import LettersView, ReplayView
from policies.queries import LetterCount
from policies.records import DeadLetter
from tests.slack.values import NOW

SOON = NOW + timedelta(minutes=5)
FAILED = DeadLetter(
    id=12,
    tenant_id=1,
    kind="evaluate",
    subject="SO-1042",
    order_id="SO-1042",
    reason="Evaluation failed 3 times; log line 0a1b2c3d",
    payload={},
    state="retrying",
    next_retry_at=SOON,
    created_at=NOW - timedelta(minutes=2),
)
REFUSED = DeadLetter(
    id=11,
    tenant_id=1,
    kind="slack",
    subject="alert:3:card",
    order_id="SO-1050",
    reason="Slack refused: is_archived",
    payload={},
    created_at=NOW - timedelta(hours=3),
)
EVENT = DeadLetter(
    id=9,
    tenant_id=1,
    kind="event",
    subject="a delivery from wms",
    reason="occurred_at: is more than 24 hours ahead",
    payload={"body": "secret"},
    created_at=NOW - timedelta(days=2),
)
COUNTS = (
    LetterCount(kind="event", reason="occurred_at: is more than 24 hours ahead", count=1203),
    LetterCount(kind="slack", reason="Slack refused: is_archived", count=2),
    LetterCount(kind="evaluate", reason="Evaluation failed 3 times", count=1, next_retry_at=SOON),
)
ALL = Letters()
WAITING = LettersView(counts=COUNTS, latest=(FAILED, REFUSED, EVENT), now=NOW, wall_now=NOW)
NONE = LettersView(counts=(), latest=(), now=NOW, wall_now=NOW)
SOME_GO = ReplayView(counts=COUNTS, total=1206, going=200, newest=230)
ALL_GO = ReplayView(counts=COUNTS[1:], total=3, going=3, newest=12)
TRIED = (
    Tried(letter=FAILED, result=REPLAYED),
    Tried(letter=REFUSED, result=NOT_FOUND),
    Tried(letter=EVENT, result=REJECTED, why="order_id: is missing"),
)
ASIDE = Discarded(laid_aside=(FAILED,), earlier=())
EARLIER = Discarded(laid_aside=(), earlier=(replace(REFUSED, state="replayed"),))

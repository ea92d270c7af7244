"""A warehouse in which somebody is called when nobody answers. Must not stand in for a rule or job.

Works over any store: minutes count from T0, orders are paid at 0 and late from minute 120 on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from handlers.blocks import renderer
from jobs.act_on_exception import Done, act_on_exception
from jobs.deliver_alert import Delivery, deliver_alert
from jobs.deliver_broadcast import deliver_broadcast
from jobs.deliver_notice import deliver_notice
from jobs.deliver_storm import deliver_storm
from jobs.escalate import Escalating, escalate_due
from jobs.evaluate_orders import evaluate_orders
from jobs.hold_back import end_quiet_hours
from jobs.keep_time import sweep_deadlines, wake_snoozed
from jobs.note_draft import Note, note_draft
from jobs.ports import EventLog, Storage
from jobs.ports.escalation import Hold, never
from jobs.put_on_record import Telling
from policies.book.read import read_sla_book
from policies.callees import whom_of
from policies.escalation import Calling, Ladder, Step
from policies.grouping import Grouping
from policies.grouping import Level as Cause
from policies.lifecycle import Act
from policies.promises import Promises, promises_of
from policies.queries import ExceptionFilter
from policies.quiet import AWAKE, QuietHours
from policies.reasons import Severity
from policies.records import ExceptionRecord, OutboxMessage, Tenant
from policies.shifts import Shift, ShiftBook
from tests.jobs.fake_messenger import FakeMessenger
from tests.policies.builders import PACKAGED, at, event
from tests.storage.builders import received

LEASE = timedelta(seconds=30)
NIGHTS, LEAD, MARIA = "S0NIGHTS", "U0LEAD", "U0MARIA"
ROTA = ShiftBook(
    shifts=(
        Shift(
            name="Days",
            zone="UTC",
            days=(0, 1, 2, 3, 4),
            begins=360,
            ends=1200,
            sites=("ATL1",),
            group=NIGHTS,
            leads=(LEAD,),
        ),
    )
)


def steps(*levels: tuple[int, str]) -> tuple[Step, ...]:
    """Levels by minutes and words."""
    made = []
    for after, word in levels:
        whom = whom_of(word)
        assert whom is not None
        made.append(Step(after=timedelta(minutes=after), whom=whom))
    return tuple(made)


LADDERS = (
    Ladder(
        name="critical",
        steps=steps((10, "on_shift"), (30, "lead")),
        severities=frozenset({Severity.CRITICAL}),
        silence=timedelta(minutes=60),
    ),
    Ladder(name="high", steps=steps((30, "on_shift")), severities=frozenset({Severity.HIGH})),
)
SHARED = Grouping(levels=(Cause(by=("warehouse",), above=2),))


def promised(on_breach: str) -> Promises:
    """The packaged promises, with the breach of the pick promise as said."""
    text = PACKAGED.read_text(encoding="utf-8")
    was = "on_breach: {exception: PICK_DELAY, severity: MEDIUM, settle: auto}"
    assert was in text
    return promises_of(read_sla_book(text.replace(was, f"on_breach: {{{on_breach}}}")))


@dataclass
class Called:
    """The world. `told` are the words of the calls that were posted, with where they went."""

    storage: Storage
    log: EventLog
    tenant: Tenant
    severity: str = "CRITICAL"
    ladders: Sequence[Ladder] = LADDERS
    rota: ShiftBook = ROTA
    grouping: Grouping = field(default_factory=Grouping)
    escalate: str = ""
    grows: str = ""
    notify: bool = True
    quiet: QuietHours = AWAKE
    hold: Hold = never
    slack: FakeMessenger = field(default_factory=FakeMessenger)
    told: list[tuple[str, str]] = field(default_factory=list)

    @property
    def promises(self) -> Promises:
        """What was promised."""
        more = f", escalate: {self.escalate}" if self.escalate else ""
        more += f", grows: {self.grows}" if self.grows else ""
        return promised(f"exception: PICK_DELAY, severity: {self.severity}, settle: auto{more}")

    @property
    def telling(self) -> Telling:
        """Who hears of it."""
        calling = Calling(ladders=tuple(self.ladders), shifts=self.rota)
        return Telling(
            default_channel="#e2a",
            notify=self.notify,
            grouping=self.grouping,
            calling=calling,
            quiet=self.quiet,
        )

    async def late(self, *order_ids: str, minute: float = 121, site: str = "ATL1") -> None:
        """Orders paid two hours before that minute and never picked; their cards are posted."""
        heard = [
            replace(event("order_paid", minute - 121, f"p-{name}", warehouse=site), order_id=name)
            for name in order_ids
        ]
        now = at(minute - 121)
        await self.log.record([received(self.tenant.id, one, at=now) for one in heard])
        await self.judge(minute - 120)
        await self.judge(minute)
        await self.deliver(minute)

    async def judge(self, minute: float) -> None:
        """Judges what is due."""
        now = at(minute)
        await sweep_deadlines(storage=self.storage, now=now, wall_now=now)
        async with self.storage.write() as tx:
            items = await tx.work.claim("evaluate", now, LEASE, 500)
        if items:
            await evaluate_orders(
                items,
                storage=self.storage,
                promises=self.promises,
                telling=self.telling,
                now=now,
                wall_now=now,
            )

    async def sweep(self, minute: float, limit: int = 200) -> int:
        """Calls whoever is due; returns how many calls there were."""
        escalating = Escalating(
            storage=self.storage,
            promises=self.promises,
            telling=self.telling,
            members_of=self._members_of,
            hold=self.hold,
        )
        now = at(minute)
        return await escalate_due(escalating, now=now, wall_now=now, limit=limit)

    async def _members_of(self, group_id: str) -> frozenset[str]:
        return frozenset({"U0ANN", "U0BO"}) if group_id == NIGHTS else frozenset()

    async def deliver(self, minute: float) -> None:
        """Sends everything that waits."""
        delivery = Delivery(
            storage=self.storage,
            promises=self.promises,
            renderer=renderer,
            messenger=self.slack,
        )
        while True:
            async with self.storage.write() as tx:
                waiting = await tx.outbox.claim("slack", at(minute), LEASE, 50)
            if not waiting:
                return
            for message in waiting:
                outcome = await self._send(message, delivery, minute)
                if message.payload.get("notice") == "call" and outcome == "posted":
                    self.told.append((message.payload["channel"], self.slack.texts[-1]))
                async with self.storage.write() as tx:
                    await tx.outbox.done(message, at(minute))

    async def _send(self, message: OutboxMessage, delivery: Delivery, minute: float) -> str:
        sends = {
            "notice": deliver_notice,
            "broadcast": deliver_broadcast,
            "storm_id": deliver_storm,
        }
        send = next((sends[key] for key in sends if key in message.payload), deliver_alert)
        return await send(message, delivery=delivery, now=at(minute))

    async def go(self, *minutes: float) -> list[tuple[str, str]]:
        """Sweeps and sends at each of these minutes; what was told in all."""
        before = len(self.told)
        for minute in minutes:
            now = at(minute)
            await wake_snoozed(storage=self.storage, now=now, wall_now=now)
            await end_quiet_hours(storage=self.storage, quiet=self.quiet, now=now, wall_now=now)
            await self.deliver(minute)
            await self.sweep(minute)
            await self.deliver(minute)
        return self.told[before:]

    async def act(
        self, verb: str, minute: float, *, assignee: str | None = None, until: float | None = None
    ) -> None:
        """Maria does something with the first exception."""
        wish = Act(
            verb=verb,
            exception_id=(await self.records())[0].id,
            actor=f"slack:{MARIA}",
            actor_name="Maria",
            tenant_ids=(self.tenant.id,),
            until=at(until) if until is not None else None,
            assignee=assignee,
        )
        now = at(minute)
        done = await act_on_exception(wish, storage=self.storage, now=now, wall_now=now)
        assert isinstance(done, Done), done

    async def draft(self, minute: float) -> None:
        """Maria drafts a note to the client about the first exception."""
        number = (await self.records())[0].id
        act = Act(
            verb="draft",
            exception_id=number,
            actor=f"slack:{MARIA}",
            tenant_ids=(self.tenant.id,),
        )
        note = Note(text="It is late.", tone="plain", language="en")
        now = at(minute)
        assert await note_draft(note, act, storage=self.storage, now=now, wall_now=now)

    async def records(self) -> list[ExceptionRecord]:
        """Every exception by number."""
        async with self.storage.read() as tx:
            found = await tx.exceptions.find(ExceptionFilter(tenant_ids=(self.tenant.id,)))
        return sorted(found, key=lambda record: record.id)

    async def trail(self) -> list[str]:
        """What the trail says of the first exception."""
        first = (await self.records())[0]
        async with self.storage.read() as tx:
            entries = await tx.audit.of_subject(self.tenant.id, f"exception:{first.id}")
        return [entry.action for entry in entries]

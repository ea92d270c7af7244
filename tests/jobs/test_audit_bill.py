"""A carrier's file is matched against our events, judged once, kept, and counted down."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.blocks.bill_sheet import bill_sheet
from jobs.audit_bill import Asked, Auditing, Bill, confirm, take_in
from jobs.keep_bill import Audited
from jobs.remind_claims import claims_of, remind_of_claims
from jobs.show_bills import file_claims, recent_bills, show_bill
from policies.facts import OrderEvent
from policies.money.audit.columns import Column, Columns
from policies.money.audit.contract import Contracts
from policies.money.audit.kept import totals_in
from policies.money.audit.record import BillState
from policies.money.audit.table import BillFileError, read_text
from policies.order_names import names_told
from policies.records import OutboxMessage, Tenant
from storage.memory import MemoryEventLog, MemoryStorage
from tests.policies.contracts import CONTRACT, a_contract
from tests.storage.builders import received

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
SENT = datetime(2026, 1, 13, 20, tzinfo=UTC)
PARCEL = {"from": "ATL1", "to": "5", "weight_lb": 4.2, "size_in": [10, 8, 6], "residential": False}
HEAD = "Tracking Number,Charge Description,Service,Zone,Billed Weight (lb),Ship Date,Net Amount"
FILE = f"""{HEAD}
1Z1,Freight,UPS Ground,5,5,2026-01-13,9.90
1Z1,Fuel Surcharge,UPS Ground,5,5,2026-01-13,1.98
1z 1,Freight,UPS Ground,5,5,2026-01-13,9.90
1Z2,Freight,UPS Ground,5,5,2026-01-13,9.90
1Z7,Freight,UPS Ground,5,5,2026-01-13,9.90
"""


@dataclass
class Desk:
    """Two clients, the events of two parcels of the first, and the contract of UPS."""

    storage: MemoryStorage = field(default_factory=MemoryStorage)
    now: datetime = NOW
    contracts: Contracts = field(default_factory=lambda: Contracts(known=(a_contract(),)))

    @property
    def auditing(self) -> Auditing:
        """What an audit is made with."""
        return Auditing(
            storage=self.storage,
            read=read_text,
            contracts_of=lambda _tenant: self.contracts,
            business_now=lambda: self.now,
        )

    async def take(self, content: str = FILE, tenant: int = 0, **more: object) -> Asked | Audited:
        """Somebody hands the file over and confirms what it is taken for."""
        bill = Bill(content=content.encode(), name="ups.csv", actor="slack:U1", confirmed=True)
        owner = (await self.tenants())[tenant]
        return await take_in(replace(bill, **more), owner, self.auditing)  # type: ignore[arg-type]

    async def audited(self, content: str = FILE, **more: object) -> Audited:
        """The same where nothing is open."""
        done = await self.take(content, **more)  # type: ignore[arg-type]
        assert isinstance(done, Audited)
        return done

    async def tenants(self) -> list[Tenant]:
        """The clients."""
        async with self.storage.read() as tx:
            return await tx.tenants.all()


@pytest.fixture
async def desk() -> Desk:
    """1Z1 was carried, the label of 1Z2 was voided; Globex has the same number as its own."""
    made = Desk()
    async with made.storage.write() as tx:
        for name in ("Acme", "Globex"):
            await tx.tenants.add(Tenant(id=0, name=name))
    told: list[tuple[str, str, dict[str, object]]] = [
        ("label_created", "SO-1", {"tracking_number": "1Z1", "parcel": PARCEL}),
        ("carrier_scan", "SO-1", {"tracking_number": "1Z1"}),
        ("label_created", "SO-2", {"tracking_number": "1Z2", "parcel": PARCEL}),
        ("label_voided", "SO-2", {"tracking_number": "1Z2"}),
    ]
    events = [
        OrderEvent(
            source="wms",
            event_id=f"e{number}",
            event_type=kind,
            order_id=order,
            occurred_at=SENT + timedelta(minutes=number),
            payload=payload,
        )
        for number, (kind, order, payload) in enumerate(told)
    ]
    known = [
        replace(received(1, one), names=names_told(one.order_id, (), one.payload)) for one in events
    ]
    await MemoryEventLog(made.storage).record(known)
    return made


def verdicts(done: Audited) -> list[tuple[int, str, str | None]]:
    """Row, verdict and cause of each line."""
    return [(one.row, one.verdict, one.cause) for one in done.lines]


async def test_lines_are_matched_against_events(desk: Desk) -> None:
    """By tracking number: carried, voided, unknown; evidence is named, the sum is by cause."""
    done = await desk.audited()
    assert verdicts(done) == [
        (2, "ok", None),
        (3, "ok", None),
        (4, "overcharged", "duplicate"),
        (5, "overcharged", "void_label"),
        (6, "not_ours", "unknown_shipment"),
    ]
    assert done.lines[3].told["order"] == "SO-2"
    assert done.lines[3].told["events"] == ["e2", "e3"]
    totals = totals_in(done.audit.totals)
    assert totals.disputed == (("USD", 2970),)
    assert done.audit.content is None


async def test_the_same_file_is_audited_once(desk: Desk) -> None:
    """A second time it is the same audit; by another contract it is another one."""
    first = await desk.audited()
    again = await desk.audited()
    assert again.again
    assert (again.audit, again.lines) == (first.audit, first.lines)
    desk.contracts = Contracts(known=(a_contract(CONTRACT.replace("tolerance", "# tolerance")),))
    third = await desk.audited()
    assert (third.again, third.audit.id) == (False, first.audit.id + 1)
    assert verdicts(third) == verdicts(first)


async def test_a_later_file_with_the_same_charge_is_billed_twice(desk: Desk) -> None:
    """The earlier file and its row are named."""
    await desk.audited()
    later = await desk.audited(f"{HEAD}\n1Z1,Freight,UPS Ground,5,5,2026-01-13,9.90\n")
    assert verdicts(later) == [(2, "overcharged", "duplicate")]
    assert "ups.csv, row 2" in later.lines[0].told["why"]


async def test_another_clients_parcels_are_not_known(desk: Desk) -> None:
    """Globex hears nothing of Acme's numbers: only prices are checked, and that is said."""
    done = await desk.audited(tenant=1)
    assert {one.verdict for one in done.lines} >= {"ok", "overcharged"}
    assert not any("events" in one.told for one in done.lines)
    assert "none of its parcels is known" in totals_in(done.audit.totals).notes[0]


async def test_columns_are_confirmed_once_for_a_sender(desk: Desk) -> None:
    """The first file is asked about, kept meanwhile, and judged once somebody said yes."""
    asked = await desk.take(confirmed=False, channel_id="C1", thread_ts="1.2")
    assert isinstance(asked, Asked)
    assert (asked.audit.state, asked.audit.content) == (BillState.ASKED, FILE.encode())
    assert asked.open == ()
    (acme, _) = await desk.tenants()
    done = await confirm(asked.audit, asked.columns, "", acme, "slack:U2", desk.auditing)
    assert isinstance(done, Audited)
    assert (done.audit.id, done.audit.channel_id) == (asked.audit.id, "C1")
    next_month = FILE.replace("2026-01-13", "2026-01-14")
    assert isinstance(await desk.take(next_month, confirmed=False, channel_id="C1"), Audited)
    other_heads = await desk.take(FILE.replace("Net Amount", "Amount"), confirmed=False)
    assert isinstance(other_heads, Asked)


async def test_what_is_open_is_asked_and_not_guessed(desk: Desk) -> None:
    """An unclear decimal and an unclear carrier wait for somebody, even where all is confirmed."""
    unclear = f"{HEAD}\n1Z1,Freight,UPS Ground,5,5,03/04/2026,1.234\n"
    asked = await desk.take(unclear, channel_id="C1")
    assert isinstance(asked, Asked)
    assert [one.partition(" ")[0] for one in asked.open] == ["whether", "whether"]
    (acme, _) = await desk.tenants()
    columns = replace(asked.columns, decimal=".", day_first=False)
    assert isinstance(
        await confirm(asked.audit, columns, "", acme, "slack:U2", desk.auditing), Audited
    )
    dhl = CONTRACT.replace("carrier: ups", "carrier: dhl").replace("[UPS, United", "[DHL, United")
    desk.contracts = Contracts(known=(a_contract(), a_contract(dhl)))
    whose = await desk.take()
    assert isinstance(whose, Asked)
    assert whose.open == ("whose bill it is",)
    assert isinstance(await desk.take(carrier="ups"), Audited)


async def test_columns_may_be_named_outright(desk: Desk) -> None:
    """A heading that nobody would guess is told by name; without amounts nothing is judged."""
    odd = FILE.replace("Net Amount", "Betrag")
    asked = await desk.take(odd)
    assert isinstance(asked, Asked)
    assert asked.open == ("which column has the amounts",)
    done = await desk.audited(odd, named={"amount": "betrag"})
    assert done.audit.columns["places"]["amount"] == 6


async def test_a_dealt_with_file_is_not_judged_again(desk: Desk) -> None:
    """A second press on an old question says what to do."""
    asked = await desk.take(confirmed=False, channel_id="C1")
    assert isinstance(asked, Asked)
    gone = replace(asked.audit, content=None)
    (acme, _) = await desk.tenants()
    with pytest.raises(BillFileError, match="send it again"):
        await confirm(gone, Columns(places={Column.AMOUNT: 6}), "", acme, "u", desk.auditing)


async def test_two_who_confirm_at_once_make_one_audit(desk: Desk) -> None:
    """Whoever is second is told what came of it, or where to look; nothing is kept twice."""
    asked = await desk.take(confirmed=False, channel_id="C1")
    assert isinstance(asked, Asked)
    (acme, _) = await desk.tenants()
    both = [
        confirm(asked.audit, asked.columns, "", acme, f"slack:U{one}", desk.auditing)
        for one in range(2)
    ]
    done = await asyncio.gather(*both, return_exceptions=True)
    assert any(isinstance(one, Audited) and not one.again for one in done)
    assert all(isinstance(one, Audited | BillFileError) for one in done)
    async with desk.storage.read() as tx:
        assert len(await tx.bills.recent([1], 9)) == 1
        assert len(await tx.bills.lines(1, asked.audit.id)) == 5
    assert [one.entry.action for one in desk.storage.state.audit.values()] == ["audit_bill"]


async def test_a_judging_that_was_broken_off_is_done_anew(desk: Desk) -> None:
    """Killed before it was done, nothing counts; the next run gives the same lines."""
    calm = await desk.audited()
    broken = replace(calm.audit, id=0, key=None, state=BillState.WORKING, tenant_id=2)
    async with desk.storage.write() as tx:
        half = await tx.bills.add(broken)
        await tx.bills.put_lines(2, half.id, calm.lines[:2])
    done = await desk.audited(tenant=1)
    assert len(done.lines) == 5
    async with desk.storage.read() as tx:
        assert [one.id for one in await tx.bills.recent([2], 9)] == [done.audit.id]


async def test_the_days_to_dispute_are_counted_down(desk: Desk) -> None:
    """Seven, three and one day before the last, in the thread, until somebody filed the claims."""
    done = await desk.audited(channel_id="C1", thread_ts="1.2")
    last = datetime(2026, 7, 31, tzinfo=UTC)
    assert done.audit.claim_by == last.date()
    posted: list[OutboxMessage] = []
    for day in range(170, 182):
        desk.now = NOW + timedelta(days=day)
        await remind_of_claims(storage=desk.storage, now=desk.now, wall_now=desk.now)
        held = [one.message for one in desk.storage.state.outbox.values()]
        posted += [one for one in held if one not in posted]
        if len(posted) == 2:
            (acme, _) = await desk.tenants()
            await file_claims(done.audit.id, [acme], "slack:U2", storage=desk.storage, now=desk.now)
    assert len(posted) == 2
    assert (posted[0].payload["channel"], posted[0].payload["thread_ts"]) == ("C1", "1.2")
    assert await claims_of(posted[0], storage=desk.storage, now=desk.now) is None


async def test_a_reminder_tells_what_is_due_next(desk: Desk) -> None:
    """The sum that may be claimed until the next last day, and what it is for."""
    done = await desk.audited(channel_id="C1", thread_ts="1.2")
    message = OutboxMessage(
        kind="slack", lane="C1", dedup_key="k", tenant_id=1, payload={"audit_id": done.audit.id}
    )
    view = await claims_of(message, storage=desk.storage, now=NOW)
    assert view is not None
    assert (view.sums, len(view.causes)) == ((("USD", 2970),), 3)
    late = NOW + timedelta(days=400)
    assert await claims_of(message, storage=desk.storage, now=late) is None


async def test_filing_is_done_once_and_by_whom_it_concerns(desk: Desk) -> None:
    """A second time nothing changes; another client's audit is not found."""
    done = await desk.audited()
    (acme, globex) = await desk.tenants()
    number, storage = done.audit.id, desk.storage
    assert await file_claims(number, [globex], "u", storage=storage, now=NOW) is None
    first = await file_claims(number, [acme], "u", storage=storage, now=NOW)
    second = await file_claims(number, [acme], "u", storage=storage, now=NOW)
    assert [one[1] if one else None for one in (first, second)] == [True, False]
    assert await show_bill(number, [globex], storage=storage) is None
    assert [one.audit.id for one in await recent_bills([acme], storage=storage)] == [number]
    trail = [one.entry.action for one in storage.state.audit.values()]
    assert trail == ["audit_bill", "file_claims"]


async def test_the_file_back_runs_nothing(desk: Desk) -> None:
    """A verdict a line, and no cell of theirs is a formula in ours."""
    evil = f'{HEAD}\n1Z1,"=HYPERLINK(""x"")",@SUM(A1),5,5,2026-01-13,9.90\n'
    done = await desk.audited(evil)
    text = bill_sheet(done.audit, done.lines, title="", now=NOW).content.decode("utf-8-sig")
    head, row = text.splitlines()
    assert head.startswith("row,verdict,cause,why,billed,expected")
    assert "'=HYPERLINK" in row
    assert "'@SUM" in row

"""What was done for an order, as its events tell it: each event goes to one place."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.facts import KINDS, OrderEvent
from policies.money.invoice_values import OrderWork
from policies.money.operations import operations_of
from policies.money.usage import UsageError
from policies.money.work import is_ready, snapshots_of, work_of
from policies.money.work_kinds import BY_KIND, STOCK
from tests.policies.builders import at, event, timeline


def work(*events: OrderEvent, zone: str = "UTC") -> OrderWork:
    """What those events tell of SO-1, which is something."""
    found = work_of(timeline(*events), zone)
    assert found is not None
    return found


def counted(*events: OrderEvent) -> dict[str, int]:
    """How much of what was done."""
    return {one.operation: one.count for one in work(*events).done}


def why(event_id: str, *events: OrderEvent) -> str:
    """Why an event is not billed."""
    return next(one.because for one in work(*events).accounts if one.event_id == event_id)


kinds = st.sampled_from(sorted({*KINDS, *BY_KIND, "label_voided", "storage_started", "odd.kind"}))
payloads = st.fixed_dictionaries(
    {},
    optional={
        "items": st.integers(0, 5),
        "tracking_number": st.sampled_from(["1Z1", "1z 1", "1Z2"]),
        "operations": st.dictionaries(st.sampled_from(["photo", "kitting"]), st.integers(0, 3)),
        "counts": st.dictionaries(st.sampled_from(["received_pallets"]), st.integers(0, 3)),
    },
)
histories = st.lists(st.tuples(kinds, st.integers(0, 5000), payloads), max_size=14)


@given(histories)
def test_each_event_is_accounted_for_once(told: list[tuple[str, int, dict[str, object]]]) -> None:
    """It is in one operation, or nowhere because of something; what is counted has a proof."""
    events = [
        event(kind, minute, f"evt-{n}", **payload) for n, (kind, minute, payload) in enumerate(told)
    ]
    found = work_of(timeline(*events), "UTC")
    if found is None:
        return
    assert Counter(one.event_id for one in found.accounts) == Counter(e.event_id for e in events)
    assert all(bool(one.operation) != bool(one.because) for one in found.accounts)
    proofs = {one.operation: one.event_ids for one in found.done}
    assert all(proofs.values())
    for one in found.accounts:
        assert not one.operation or one.event_id in proofs[one.operation]
    assert operations_of(timeline(*events)).operations == found.usage.operations


def test_a_voided_label_is_none() -> None:
    """A void takes back the label of its number, and both events say why they are not billed."""
    first = event("label_created", 1, "l-1", tracking_number="1Z1")
    second = event("label_created", 2, "l-2", tracking_number="1Z2")
    void = event("label_voided", 3, "v-1", tracking_number="1z 1")
    assert counted(first, second, void) == {"label": 1}
    assert work(first, second, void).done[0].event_ids == ("l-2",)
    assert why("l-1", first, second, void) == "the label was voided"
    assert why("v-1", first, second, void) == "it takes a label back"
    early = event("label_voided", 0, "v-0")
    assert why("v-0", early, first) == "no label before it could be voided"


def test_a_label_that_two_sources_tell_is_one() -> None:
    """The same tracking number is the same label, until it is voided."""
    one = event("label_created", 1, "l-1", tracking_number="1Z1")
    same = event("ship_label_printed", 2, "l-2", tracking_number="1z1")
    void = event("label_voided", 3, "v-1", tracking_number="1Z1")
    again = event("label_created", 4, "l-3", tracking_number="1Z1")
    assert counted(one, same) == {"label": 1}
    assert why("l-2", one, same) == "this label was told before"
    assert counted(one, same, void, again) == {"label": 1}


def test_what_is_done_again_counts_apart() -> None:
    """A second pick or pack is no part of the first; a tariff may have a line for it."""
    events = [event("pick_completed", minute, items=2) for minute in (1, 2, 3)]
    events += [event("pack_completed", minute) for minute in (4, 5)]
    assert counted(*events) == {"pick": 2, "repicks": 2, "pack": 1, "repacks": 1}


def test_extras_are_stated_or_have_kinds_of_their_own() -> None:
    """A photo is an event, or a count on the event that it came with."""
    packed = event("pack_completed", 1, operations={"gift_wrap": 1, "photo": 2})
    taken = event("photo_taken", 2)
    project = event("work_done", 3, counts={"project_minutes": 50})
    assert counted(packed, taken, project) == {
        "gift_wrap": 1,
        "pack": 1,
        "photo": 3,
        "project_minutes": 50,
    }
    assert counted(event("pick_completed", 1, items=9, operations={"pick": 4})) == {"pick": 4}


def test_storage_is_charged_by_the_days_that_events_state() -> None:
    """From the day it began to the day it ended, both inside; never where nothing says so."""
    begun, ended = event("storage_started", 0), event("storage_ended", 60 * 24 * 9)
    assert counted(begun, ended) == {"storage_days": 10}
    assert counted(event("work_done", 1, operations={"storage_days": 30})) == {"storage_days": 30}
    assert work_of(timeline(begun), "UTC") is None
    assert work_of(timeline(ended), "UTC") is None


@pytest.mark.parametrize(
    ("payload", "fault"),
    [
        ({"operations": {"photo": -1}}, "operations.photo: write a number from 0"),
        ({"operations": {"photo": 1.5}}, "operations.photo: write a whole number"),
        ({"operations": {"shrink_wrap": 1}}, "operations.shrink_wrap: unknown; known are pick"),
        ({"operations": 7}, "operations: write an object of counts"),
        ({"counts": {"items": True}}, "counts.items: write a whole number"),
        ({"parcel": {"weight_lb": -3}}, "parcel.weight_lb: write a number greater than 0"),
    ],
)
def test_what_cannot_be_meant_is_named(payload: dict[str, object], fault: str) -> None:
    """An order with such an event is not billed by guess: event, place and remedy are told."""
    with pytest.raises(UsageError, match="event evt-1") as caught:
        work(event("label_created", 1, "evt-1", **payload))
    assert fault in str(caught.value)


def test_a_wrong_event_is_corrected_by_another() -> None:
    """What was told wrongly does not count once an event of that source stands in its place."""
    wrong = event("pick_completed", 1, "p-1", items=40)
    impossible = event("work_done", 2, "w-1", operations={"photo": -1})
    right = event("pick_completed", 3, "p-2", items=4, corrects="p-1")
    nothing = event("work_done", 4, "w-2", corrects="w-1")
    assert counted(wrong, impossible, right, nothing) == {"pick": 4}
    assert why("p-1", wrong, right) == "another event corrects it"
    assert counted(event("pick_completed", 1, "p-1", corrects="p-1")) == {"pick": 1}


def test_the_day_of_service_is_local() -> None:
    """An order belongs to the day on which it was packed, where the client is."""
    late = event("pack_completed", 14 * 60)  # midnight UTC
    assert str(work(late).day) == "2026-03-03"
    assert str(work(late, zone="America/New_York").day) == "2026-03-02"


def test_an_event_that_is_corrected_gives_no_day() -> None:
    """An order that was packed on another day than was told first belongs to that day."""
    wrong = event("pack_completed", 10, "p-1")
    right = event("pack_completed", 10 + 24 * 60, "p-2", corrects="p-1")
    assert str(work(wrong, right).day) == "2026-03-03"


def test_stored_days_that_are_stated_end_the_storage() -> None:
    """The end of a storage that was told once more is no second storage from the same beginning."""
    begun = event("storage_started", 10)
    ended = event("storage_ended", 20, "e-1", operations={"storage_days": 3})
    assert counted(begun, ended, event("storage_ended", 30, "e-2")) == {"storage_days": 3}


def test_an_order_is_ready_when_it_left_or_rests() -> None:
    """It is billed once it left, was called off or came back, or a week after the last work."""
    packed = event("pack_completed", 10)
    assert not is_ready(work(packed), at(20))
    assert is_ready(work(packed), at(10) + timedelta(days=7))
    for kind in ("manifested", "order_cancelled", "return_processed"):
        assert is_ready(work(packed, event(kind, 15)), at(20))


def test_the_hash_is_of_what_was_done() -> None:
    """Another proof of the same work changes nothing; more work or other flags do."""
    packed = event("pack_completed", 10)
    same = work(packed, event("carrier_scan", 20)).input_hash
    assert work(event("pack_completed", 11)).input_hash == work(packed).input_hash == same
    assert work(packed, event("photo", 12)).input_hash != same
    assert work(packed, event("order_edited", 12, flags=["rush"])).input_hash != same


def test_stock_is_counted_by_events() -> None:
    """What lay in store on a day is a snapshot; one that cannot be read names its event."""
    told = timeline(event(STOCK, 10, of="pallets", quantity=12.5, note="by hand"))
    [(_, one)] = snapshots_of(told, "UTC")
    assert (str(one.day), one.of, str(one.quantity)) == ("2026-03-02", "pallets", "12.5")
    with pytest.raises(UsageError, match="event evt-9: of: unknown"):
        list(snapshots_of(timeline(event(STOCK, 10, "evt-9", of="boxes", quantity=1)), "UTC"))

"""The JSON API of one tenant: orders, exceptions, the trail, the figures."""

import pytest

from handlers.api.shapes import clock_shape
from policies.reasons import ReasonCode, Severity, Stage, Status
from policies.sla_line import sla_line
from tests.handlers.world import NOW, World, event, open_world
from tests.policies.builders import clocks
from tests.policies.builders import event as order

CONTRACT_KEYS = {
    "id",
    "tenant",
    "order_id",
    "reason_code",
    "severity",
    "status",
    "sla_id",
    "stage",
    "fault",
    "opened_at",
    "deadline_at",
    "breached_at",
    "delay_minutes",
    "assignee",
    "snoozed_until",
    "resolved_at",
    "resolution",
    "explanation",
    "resolution_attempts",
    "max_resolution_attempts",
    "resolution_blocked",
    "resolution_block_reason",
    "slack",
}


async def test_exception_is_the_contracts_object(world: World) -> None:
    """All keys of the contract and no others, times with Z, the card's place in Slack."""
    record = await world.open_exception()
    await world.alert(record)
    status, body = await world.call("GET", f"/api/exceptions/{record.id}", key="read")
    assert status == 200
    assert set(body) == CONTRACT_KEYS
    assert body["id"] == record.id
    assert (body["tenant"], body["reason_code"], body["severity"]) == (
        "acme",
        "PICK_DELAY",
        "MEDIUM",
    )
    assert (body["deadline_at"], body["delay_minutes"]) == ("2026-03-02T11:30:00Z", 30.0)
    assert body["slack"] == {"channel": "C1", "ts": "17.01"}
    assert body["explanation"] == {
        "label": "Not picked",
        "confidence": None,
        "ops_note": "Nothing was picked.",
        "client_note": "Your order is delayed.",
        "reasoning": None,
        "evidence": ["evt-1"],
        "source": "rules",
    }


@pytest.mark.parametrize("number", ["99", "0", "x", "1.5", "9" * 30, "-1", "%00", "1%2F2"])
async def test_unknown_ids_are_404(world: World, number: str) -> None:
    """What is no id of an exception of ours is not found."""
    for method, path in (("GET", ""), ("POST", "/acknowledge")):
        status, body = await world.call(method, f"/api/exceptions/{number}{path}", key="admin")
        assert (status, body["error"]) == (404, "not_found")


async def test_foreign_ids_look_unknown(world: World) -> None:
    """Somebody else's exception and order cannot be told from ones that do not exist."""
    record = await world.open_exception(world.other)
    await world.send(event(order_id="SO-9"), key="other-ingest")
    answers = [
        await world.call("GET", f"/api/exceptions/{number}", key="read")
        for number in (record.id, 99)
    ]
    answers.append(await world.call("GET", "/api/orders/SO-9", key="read"))
    assert [status for status, _ in answers] == [404, 404, 404]
    assert answers[0][1]["message"] == answers[1][1]["message"]
    for verb in ("acknowledge", "replay", "explain"):
        assert (await world.act(record.id, verb))[0] == 404
    assert (await world.call("GET", "/api/exceptions", key="read"))[1]["items"] == []


async def test_list_filters_and_pages(world: World) -> None:
    """Filters restrict, newest first, and the cursor walks without gaps or repeats."""
    for number in range(5):
        await world.open_exception(order_id=f"SO-{number}")
    await world.open_exception(
        order_id="SO-9",
        reason_code=ReasonCode.CARRIER_ISSUE,
        severity=Severity.HIGH,
        status=Status.ACKNOWLEDGED,
        stage=Stage.SHIP,
        opened_at=NOW,
    )
    await world.open_exception(world.other, order_id="SO-0")

    async def ids(query: str) -> list[str]:
        status, body = await world.call("GET", f"/api/exceptions?{query}", key="read")
        assert status == 200
        return [item["order_id"] for item in body["items"]]

    assert await ids("") == ["SO-9", "SO-4", "SO-3", "SO-2", "SO-1", "SO-0"]
    assert await ids("severity=HIGH") == ["SO-9"]
    assert await ids("reason_code=CARRIER_ISSUE") == ["SO-9"]
    assert await ids("order_id=SO-0") == ["SO-0"]
    assert await ids("status=ACKNOWLEDGED") == ["SO-9"]
    assert len(await ids("status=OPEN&status=ACKNOWLEDGED")) == 6
    assert len(await ids("status=OPEN,ACKNOWLEDGED")) == 6
    assert await ids("since=2026-03-02T12:00:00Z") == ["SO-9"]
    walked: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        path = f"/api/exceptions?limit=4&cursor={cursor}" if cursor else "/api/exceptions?limit=4"
        _, body = await world.call("GET", path, key="read")
        walked += [item["order_id"] for item in body["items"]]
        cursor = body["next_cursor"]
    assert walked == await ids("")


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=99999999999999999999", "cursor"),
        ("status=open", "status.0"),
        ("status=", "status.0"),
        ("severity=URGENT", "severity"),
        ("reason_code=NONE", "reason_code"),
        ("since=yesterday", "since"),
        ("since=2026-03-02T12:00:00", "since"),
        ("order_id=", "order_id"),
        ("sevrity=HIGH", "sevrity"),
    ],
)
async def test_bad_queries_are_422(world: World, query: str, path: str) -> None:
    """A query that says nothing sensible is refused with its field, a misspelt one too."""
    status, body = await world.call("GET", f"/api/exceptions?{query}", key="read")
    assert (status, body["error"]) == (422, "invalid_request")
    assert body["issues"][0]["path"] == path


async def test_order_shows_events_and_exceptions(world: World) -> None:
    """An order is found by what people type, with its events in time order."""
    await world.send(event(event_id="2", occurred_at="2026-03-02T11:00:00+01:00"))
    await world.send(event(event_id="1", occurred_at="2026-03-02T09:00:00Z"))
    await world.open_exception()
    for typed in ("SO-1001", "so-1001", "%23SO-1001"):
        status, body = await world.call("GET", f"/api/orders/{typed}", key="read")
        assert (status, body["order_id"], body["tenant"]) == (200, "SO-1001", "acme")
    assert [one["event_id"] for one in body["events"]] == ["1", "2"]
    assert body["events"][1]["occurred_at"] == "2026-03-02T10:00:00Z"
    assert body["clocks"] == []
    assert set(body["exceptions"][0]) == CONTRACT_KEYS
    assert (await world.call("GET", "/api/orders/SO-2", key="read"))[0] == 404
    assert (await world.call("GET", "/api/orders/%00", key="read"))[0] == 404


def test_a_clock_is_shown_with_its_verdict_and_ledger() -> None:
    """A clock has the keys of `sla evaluate`, whose promise it is, and what became of it when."""
    late = clocks(order("order_paid", 0), order("pick_completed", 150), now=200)["pick"]
    shown = clock_shape(late).model_dump(mode="json")
    assert {**sla_line(late), **shown} == shown
    assert (shown["kind"], shown["verdict"], shown["paused_minutes"]) == ("ola", None, 0.0)
    assert shown["calendar_version"] == "always@1"
    assert [(entry["kind"], entry["at"], entry["event_id"]) for entry in shown["ledger"]] == [
        ("started", "2026-03-02T10:00:00Z", "order_paid-0"),
        ("breached", "2026-03-02T12:00:00Z", None),
        ("stopped_late", "2026-03-02T12:30:00Z", "pick_completed-150"),
    ]


async def test_audit_pages(world: World) -> None:
    """The trail is walked by cursor, newest first, whole or of one subject."""
    record = await world.open_exception()
    for verb in ("acknowledge", "resolve", "reopen"):
        await world.act(record.id, verb)
    for query in ("", f"&subject=exception:{record.id}"):
        _, first = await world.call("GET", f"/api/audit?limit=2{query}", key="read")
        assert [entry["action"] for entry in first["items"]] == ["reopen", "resolve"]
        path = f"/api/audit?limit=2&cursor={first['next_cursor']}{query}"
        _, rest = await world.call("GET", path, key="read")
        assert [entry["action"] for entry in rest["items"]] == ["acknowledge"]
        assert rest["next_cursor"] is None
    assert (await world.call("GET", "/api/audit", key="other-read"))[1]["items"] == []


async def test_stats_are_the_tenants() -> None:
    """The figures are asked for the caller's tenant only."""

    async def stats(tenant_ids: object) -> dict[str, object]:
        return {"tenants": tenant_ids}

    async with open_world(stats=stats) as world:
        _, body = await world.call("GET", "/api/stats", key="read")
        assert body == {"tenants": [world.tenant.id]}

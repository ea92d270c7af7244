"""The buttons over HTTP: what they change, and what they refuse."""

from datetime import timedelta

import pytest

from tests.handlers.world import NOW, World


async def test_actions_change_the_record(world: World) -> None:
    """Each action does its work, says so in the answer, and leaves a trace."""
    record = await world.open_exception()
    _, body = await world.act(record.id, "acknowledge")
    assert body["status"] == "ACKNOWLEDGED"
    _, body = await world.act(record.id, "assign", {"assignee": "U7"})
    assert (body["status"], body["assignee"]) == ("IN_PROGRESS", "U7")
    until = NOW + timedelta(hours=1)
    _, body = await world.act(record.id, "snooze", {"until": until.isoformat()})
    assert body["snoozed_until"] == "2026-03-02T13:00:00Z"
    _, body = await world.act(record.id, "block", {"reason": "await the client"})
    assert (body["resolution_blocked"], body["resolution_block_reason"]) == (
        True,
        "await the client",
    )
    _, body = await world.act(record.id, "unblock")
    assert body["resolution_blocked"] is False
    _, body = await world.act(record.id, "resolve", {"reason": "carrier", "note": "sent"})
    assert (body["status"], body["resolution"]) == ("RESOLVED", "carrier")
    _, body = await world.act(record.id, "reopen")
    assert body["status"] == "OPEN"
    _, trail = await world.call("GET", f"/api/audit?subject=exception:{record.id}", key="read")
    actions = [entry["action"] for entry in trail["items"]]
    assert actions[::-1] == [
        "acknowledge",
        "assign",
        "snooze",
        "block",
        "unblock",
        "resolve",
        "reopen",
    ]
    assert {entry["actor"] for entry in trail["items"]} == {"api:3"}


async def test_version_guards_against_stale_clicks(world: World) -> None:
    """Who saw an older version is told so, and nothing changes."""
    record = await world.open_exception()
    headers = {"Authorization": "Bearer read"}
    shown = await world.client.get(f"/api/exceptions/{record.id}", headers=headers)
    assert shown.headers["ETag"] == '"1"'
    assert (await world.act(record.id, "acknowledge", {"version": 1}))[0] == 200
    status, body = await world.act(record.id, "resolve", {"version": 1})
    assert (status, body["error"]) == (409, "stale_version")
    assert (await world.act(record.id, "resolve", {"version": 2}))[0] == 200


async def test_impossible_actions_are_409(world: World) -> None:
    """An action that makes no sense now says why, in a sentence."""
    record = await world.open_exception()
    status, body = await world.act(record.id, "reopen")
    assert (status, body["error"]) == (409, "not_possible")
    assert body["message"].endswith(".")
    past = {"until": "2026-03-02T11:00:00Z"}
    assert (await world.act(record.id, "snooze", past))[0] == 409


@pytest.mark.parametrize(
    ("verb", "body", "path"),
    [
        ("assign", {}, "assignee"),
        ("snooze", {}, "until"),
        ("block", {}, "reason"),
        ("snooze", {"until": "2026-03-02T13:00:00"}, "until"),
        ("snooze", {"until": 5}, "until"),
        ("acknowledge", {"version": False}, "version"),
        ("acknowledge", {"version": "1"}, "version"),
        ("acknowledge", {"note": 7}, "note"),
        ("acknowledge", {"note": "a\u0000"}, "note"),
        ("acknowledge", {"nota": "x"}, "nota"),
        ("acknowledge", [], "body"),
        ("acknowledge", b"{", "body"),
    ],
)
async def test_bad_action_bodies_are_422(world: World, verb: str, body: object, path: str) -> None:
    """Bodies are strict: `false` is no number, and an unknown field is a mistake."""
    record = await world.open_exception()
    status, answer = await world.act(record.id, verb, body)
    assert (status, answer["error"]) == (422, "invalid_request")
    assert answer["issues"][0]["path"] == path
    assert (await world.call("GET", f"/api/exceptions/{record.id}", key="read"))[1][
        "status"
    ] == "OPEN"


async def test_empty_body_is_an_empty_object(world: World) -> None:
    """A button needs no words."""
    record = await world.open_exception()
    path = f"/api/exceptions/{record.id}/acknowledge"
    assert (await world.call("POST", path, key="admin"))[0] == 200


async def test_replay_and_explain(world: World) -> None:
    """A replay says what it changes; an explanation comes with its exception."""
    record = await world.open_exception()
    status, body = await world.act(record.id, "replay")
    assert (status, body["exception"]["id"], body["retried"]) == (200, record.id, 0)
    assert isinstance(body["changes"], list)
    status, body = await world.act(record.id, "explain")
    assert (status, body["explanation"]["label"]) == (200, "Not picked")

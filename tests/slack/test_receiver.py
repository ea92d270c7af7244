"""The door for Slack: what is not Slack's is 401, what came before is answered once."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from handlers.blocks.ids import Verb
from handlers.slack.receiver import MOST_BYTES
from tests.slack.world import World

MENTION = {
    "type": "event_callback",
    "team_id": "T1",
    "event_id": "Ev1",
    "event": {
        "type": "app_mention",
        "user": "U0MARIA",
        "channel": "C0ACME",
        "ts": "1.000001",
        "text": "<@U0E2A> help",
    },
}
FORM = "application/x-www-form-urlencoded"
BAD_PROOFS: dict[str, dict[str, str]] = {
    "no timestamp": {"X_Slack_Request_Timestamp": ""},
    "no number": {"X_Slack_Request_Timestamp": "yesterday"},
    "a negative one": {"X_Slack_Request_Timestamp": "-5"},
    "digits of another script": {"X_Slack_Request_Timestamp": "１２３"},  # noqa: RUF001
    "an endless number": {"X_Slack_Request_Timestamp": "9" * 5000},
    "no signature": {"X_Slack_Signature": ""},
    "a wrong signature": {"X_Slack_Signature": "v0=" + "0" * 64},
    "another version": {"X_Slack_Signature": "v1=x"},
    "a signature that is no ASCII": {"X_Slack_Signature": "v0=é"},
}


@pytest.mark.parametrize("fault", BAD_PROOFS)
async def test_what_is_not_proven_is_refused(world: World, fault: str) -> None:
    """A request without the right proof is 401 and has no effect."""
    status, said = await world.post(
        json.dumps(MENTION), age=0, kind="application/json", **BAD_PROOFS[fault]
    )
    assert status == 401
    assert set(json.loads(said)) == {"error", "message", "correlation_id"}
    assert world.slack.calls == []


@pytest.mark.parametrize("age", [301, -301, 10**9])
async def test_what_is_too_old_is_refused(world: World, age: float) -> None:
    """The window is 300 seconds to both sides."""
    assert (await world.post(json.dumps(MENTION), age=age))[0] == 401
    assert (await world.post(json.dumps(MENTION), age=290))[0] == 200


MALFORMED: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", FORM),
    "half a JSON": ("{", "application/json"),
    "a list": ("[1]", "application/json"),
    "a word": ('"x"', "application/json"),
    "deep": ("[" * 100_000, "application/json"),
    "deep objects": ('{"a":' * 100_000, "application/json"),
    "no UTF-8": (b"\xff\xfe", FORM),
    "no kind": ("{}", "application/json"),
    "a kind that is no word": ('{"type": {"a": 1}}', "application/json"),
    "event is a list": ('{"type":"event_callback","event_id":"E","event":[]}', FORM),
    "event without type": ('{"type":"event_callback","event_id":"E","event":{}}', FORM),
    "event without id": ('{"type":"event_callback","event":{"type":"x"}}', FORM),
    "mention of nobody": (
        '{"type":"event_callback","event_id":"E","event":{"type":"app_mention","user":5}}',
        FORM,
    ),
    "payload is no JSON": ("payload=x", FORM),
    "payload is a list": ("payload=[]", FORM),
    "click without actions": (urlencode({"payload": '{"type":"block_actions"}'}), FORM),
    "click with odd actions": (
        urlencode({"payload": '{"type":"block_actions","user":{"id":"U"},"actions":[1]}'}),
        FORM,
    ),
    "form without view": (
        urlencode({"payload": '{"type":"view_submission","user":{"id":"U"}}'}),
        FORM,
    ),
    "command without person": ("command=%2Fe2a&text=help", FORM),
    "odd authorizations": (
        '{"type":"event_callback","event_id":"E","event":{"type":"x"},"authorizations":"x"}',
        FORM,
    ),
}


@pytest.mark.parametrize("fault", MALFORMED)
async def test_what_is_malformed_is_refused_even_when_signed(world: World, fault: str) -> None:
    """A body of no known shape is 401, never 500."""
    raw, kind = MALFORMED[fault]
    status, said = await world.post(raw, kind=kind)
    assert status == 401
    assert "Traceback" not in said
    assert world.slack.told() == []


async def test_what_is_too_large_is_refused(world: World) -> None:
    """More than a mebibyte is not read."""
    assert (await world.post(b"x" * (MOST_BYTES + 1)))[0] == 401


async def test_slack_can_verify_the_url_and_the_certificate(world: World) -> None:
    """Setting up the app works, and looking at the certificate asks for nothing."""
    challenge = json.dumps({"type": "url_verification", "token": "x", "challenge": "abc"})
    status, said = await world.post(challenge)
    assert (status, json.loads(said)) == (200, {"challenge": "abc"})
    assert (await world.post("ssl_check=1&token=x", kind=FORM, X_Slack_Signature=""))[0] == 200
    assert (await world.post(challenge, X_Slack_Signature="v0=bad"))[0] == 401


async def test_the_same_request_has_one_effect(world: World) -> None:
    """A signature that was seen before is answered 200 and changes nothing."""
    action = {"action_id": Verb.ACKNOWLEDGE.value, "value": '{"id":7,"v":3}'}
    click = {"type": "block_actions", "user": {"id": "U0MARIA"}, "team": {"id": "T1"}}
    body = {**click, "actions": [action], "channel": {"id": "C0ACME"}, "response_url": world.hook}
    form = urlencode({"payload": json.dumps(body)})
    stamped: dict[str, Any] = {"kind": FORM, "age": 5}
    assert [(await world.post(form, **stamped))[0] for _ in range(3)] == [200] * 3
    assert len(await world.trail()) == 1


async def test_slacks_retries_are_answered_once(world: World) -> None:
    """The same event comes with other timestamps and the same id, and is answered once."""
    for age in (3, 2, 1):
        raw = json.dumps(MENTION)
        assert (await world.post(raw, age=age, X_Slack_Retry_Num=str(age)))[0] == 200
    assert len(world.slack.of("chat.postMessage")) == 1


async def test_a_retry_after_a_failure_is_heard(world: World) -> None:
    """What failed before anything was handled is not on record, so that its retry works."""
    world.slack.errors["auth.test"] = "internal_error"
    assert (await world.post(json.dumps(MENTION), age=2))[0] == 503
    assert world.slack.told() == []
    del world.slack.errors["auth.test"]
    assert (await world.post(json.dumps(MENTION), age=1))[0] == 200
    assert len(world.slack.of("chat.postMessage")) == 1


async def test_what_nobody_listens_to_is_acknowledged(world: World) -> None:
    """Slack retries what is answered 404, so everything it sends is heard."""
    assert (await world.event({"type": "reaction_added", "user": "U0MARIA"}))[0] == 200
    odd = {"type": "message", "channel": "C0ACME", "channel_type": "channel"}
    assert (await world.event({**odd, "user": "U0MARIA", "ts": "1.1", "text": "hi"}))[0] == 200
    action = {"action_id": "link", "type": "button"}
    assert (await world.interact({"type": "block_actions", "actions": [action]}))[0] == 200
    view = {"callback_id": "unknown", "id": "V9", "type": "modal"}
    for kind in ("view_submission", "view_closed"):
        assert (await world.interact({"type": kind, "view": view}))[0] == 200
    assert (await world.interact({"type": "shortcut", "callback_id": "old"}))[0] == 200
    assert world.slack.told() == []


async def test_a_command_may_speak_of_a_payload(world: World) -> None:
    """Bolt would lose a command that has the word `payload` in it."""
    assert (await world.command("ask what is in the payload?"))[0] == 200
    assert len(world.slack.of("hook")) == 1


async def test_acknowledgements_are_counted(world: World) -> None:
    """Metrics hear of every acknowledgement and how long it took."""
    await world.mention("help")
    await world.command("help")
    await world.press(Verb.ACKNOWLEDGE)
    kinds = [kind for kind, _ in world.watcher.acknowledgements]
    assert kinds == ["event", "command", "action"]
    assert all(0 <= seconds < 1 for _, seconds in world.watcher.acknowledgements)


KINDS = ("event_callback", "block_actions", "view_submission", "message_action", "x")


async def test_no_signed_body_breaks_the_door(world: World) -> None:
    """Whatever a signed body holds, the answer is 200 or 401, or 404 for an unknown kind."""
    for number in range(150):
        body = {"type": KINDS[number % len(KINDS)], **_some(number), "event_id": f"Odd{number}"}
        status, _ = await world.post(json.dumps(body))
        assert status in (200, 401, 404), body


def _some(seed: int) -> dict[str, Any]:
    """A body with odd values in the places that are read."""
    odd: list[Any] = [None, 5, "x", [], {}, {"id": 5}, {"id": "U1"}, {"type": 7}, [{}], {"id": {}}]
    names = ("event", "user", "team", "channel", "view", "actions", "container", "message")
    return {name: odd[(seed * (place + 3) + place) % len(odd)] for place, name in enumerate(names)}

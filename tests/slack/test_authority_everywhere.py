"""Five roles, every verb, every place: what is done equals the table of docs/permissions.md."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from policies.documents import LearnedDocument
from policies.permissions import NEEDED, READ
from policies.reasons import Status
from policies.records import DeadLetter
from policies.roles import EVERYONE, Role, RoleGrant, user
from tests.slack.bill_values import a_bill
from tests.slack.storm_world import STORM_TS, a_storm
from tests.slack.test_permissions import permitted
from tests.slack.test_undo import offered, undo
from tests.slack.values import NOW
from tests.slack.world import GUEST, JOE, MARIA, STRANGER, World

WORDS = {
    READ: "exception 7",
    "ask": "ask why is SO-1042 late?",
    "acknowledge": "ack 7",
    "assign": "assign 7 <@U0JOE>",
    "resolve": "resolve 7 the late truck took it",
    "snooze": "snooze 7 2h",
    "draft": "draft 7",
    "explain": "explain 7",
    "reopen": "reopen 7",
    "split": "split 101",
    "replay": "replay 7",
    "block": "block 7 why",
    "unblock": "unblock 7",
    "run": "resolution undo 7",
    "subscribe": "subscribe digest",
    "discard": "dlq discard 1 a test delivery",
    "review": "answers",
    "audit": "bills filed 1",
    "forget": "forget guide.md",
    "check": "invoices check",
    "correct": "finding 1 accept",
    "export": "audit export",
    "map": "map Acme Outdoors",
    "grant": "role <@U0JOE> viewer",
}
"""How each verb is said; `own`, `undo`, `learn` (a file), `authorize` have stories of their own."""
GUIDE = LearnedDocument(
    tenant_id=1,
    name="guide.md",
    form="markdown",
    pages=("# Guide",),
    digest="d",
    added_by="slack:U9",
    added_at=NOW,
)
_OUTSIDERS = (GUEST, STRANGER, replace(MARIA, id="U0FORMER", deleted=True))
_ELSEWHERE = {("subscribe", "direct message"), ("map", "direct message")}
"""Said where it makes no sense: a direct message shows nobody and has no subscriptions."""
_UNSEEN = {"not_found", "unmapped", "refused"}


async def _give(world: World, who: str, role: Role, tenant_id: int | None = None) -> None:
    grant = RoleGrant(principal=who, role=role, tenant_id=tenant_id, granted_by="slack:U9")
    await world.services.authority.give(grant, trail=[1], now=NOW)


async def _prepare(world: World, verb: str) -> None:
    """What has to be there, so that the act makes sense."""
    if verb == "reopen":
        settled = replace(await world.record(), status=Status.RESOLVED, resolved_at=NOW)
        world.storage.state.exceptions[7] = settled
    if verb == "unblock":
        blocked = replace(await world.record(), resolution_blocked=True)
        world.storage.state.exceptions[7] = blocked
    if verb == "split":
        await a_storm(world)
    if verb == "discard":
        letter = DeadLetter(tenant_id=1, kind="slack", subject="s", reason="r", payload={})
        async with world.storage.write() as tx:
            await tx.dead_letters.add([letter], NOW)
    if verb == "audit":
        async with world.storage.write() as tx:
            await tx.bills.add(a_bill())
    if verb == "forget":
        async with world.storage.write() as tx:
            await tx.documents.add(GUIDE, None)


async def _in_channel(world: World, verb: str, who: str = "U0MARIA") -> None:
    thread = {"split": STORM_TS}.get(verb)
    if thread:
        await world.mention(WORDS[verb], thread_ts=thread, user=who)
    else:
        await world.command(WORDS[verb], user_id=who)


async def _alone(world: World, verb: str) -> None:
    await world.direct(WORDS[verb])


_PLACES: dict[str, Callable[[World, str], Awaitable[None]]] = {
    "channel": _in_channel,
    "direct message": _alone,
}


def _result(world: World) -> str:
    return world.watcher.actions[-1][1]


def _stored(world: World) -> tuple[object, ...]:
    """Everything that an act could have changed."""
    state = world.storage.state
    return (
        dict(state.exceptions),
        dict(state.subscriptions),
        [row.state for row in state.dead_letters.values()],
        dict(state.bill_audits),
        len(state.audit),
        len(state.role_grants),
    )


def test_every_verb_is_said() -> None:
    """No verb of the table is left out here."""
    assert set(WORDS) | {"own", "undo", "learn", "authorize"} == set(NEEDED)


@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verb", WORDS)
async def test_a_role_does_what_the_page_says(
    world: World, verb: str, role: Role, place: str
) -> None:
    """In the client's channel and in a direct message a role is worth what the page says."""
    await _prepare(world, verb)
    await _give(world, user("U0MARIA"), role)
    before = _stored(world)
    await _PLACES[place](world, verb)
    if (verb, place) in _ELSEWHERE:
        assert _result(world) == "refused"
    else:
        assert (_result(world) != "refused") is permitted(verb, role)
    if not permitted(verb, role):
        assert _stored(world) == before


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verb", [verb for verb in WORDS if verb != "map"])
async def test_a_role_is_worth_nothing_in_another_clients_channel(
    world: World, verb: str, role: Role
) -> None:
    """What somebody is for Acme changes nothing in Globex's channel, nor anything of Acme there."""
    await _prepare(world, verb)
    await _give(world, EVERYONE, Role.VIEWER)
    await _give(world, user("U0MARIA"), role, tenant_id=1)
    before = _stored(world)
    await world.command(WORDS[verb], channel_id="C0GLOBEX")
    assert _stored(world) == before
    if verb in ("ask", READ):
        assert "pick" not in world.slack.of("hook")[-1].words.lower()
    else:
        assert _result(world) in {*_UNSEEN, "answered"}


@pytest.mark.parametrize("role", Role)
async def test_showing_a_client_takes_the_right_for_that_client(world: World, role: Role) -> None:
    """In any channel, who may map Acme decides where Acme is shown; Globex's role is of no use."""
    await _give(world, EVERYONE, Role.VIEWER)
    await _give(world, user("U0MARIA"), role, tenant_id=1)
    await world.command("map Acme Outdoors", channel_id="C0GLOBEX")
    assert (_result(world) == "done") is permitted("map", role)
    await world.command("map Globex", channel_id="C0ACME")
    assert _result(world) == "refused"


@pytest.mark.parametrize("verb", WORDS)
async def test_no_outsider_does_anything(world: World, verb: str) -> None:
    """A guest, a stranger and a deactivated account do nothing, though they were made admins."""
    await _prepare(world, verb)
    before = None
    for person in _OUTSIDERS:
        world.directory.people[person.id] = person
        await _give(world, user(person.id), Role.ADMIN)
        before = _stored(world)
        await _in_channel(world, verb, person.id)
        assert _result(world) == "refused"
        assert _stored(world) == before


@pytest.mark.parametrize("role", Role)
async def test_who_may_own(world: World, role: Role) -> None:
    """An exception goes only to somebody whose role for that client may own one."""
    await _give(world, user("U0MARIA"), Role.ADMIN)
    await _give(world, user(JOE.id), role)
    await world.command(WORDS["assign"])
    owner = (await world.record()).assignee
    assert owner == (JOE.id if permitted("own", role) else None)


@pytest.mark.parametrize("role", Role)
async def test_who_may_learn(world: World, role: Role) -> None:
    """A file is fetched only for somebody whose role for that client may teach."""
    await _give(world, user("U0MARIA"), role)
    file = {"id": "F1", "name": "guide.md", "size": 9, "url_private_download": "https://x.test/f"}
    await world.mention("learn", files=[file])
    assert (_result(world) != "refused") is permitted("learn", role)
    assert not world.storage.state.documents


@pytest.mark.parametrize("role", Role)
async def test_who_may_undo(world: World, role: Role) -> None:
    """What somebody did is taken back only while their role still may."""
    await _give(world, user("U0MARIA"), Role.ADMIN)
    await world.command("ack 7")
    await world.services.authority.take(user("U0MARIA"), None, actor="slack:U9", trail=[1], now=NOW)
    await _give(world, user("U0MARIA"), role)
    assert (await world.record()).status is Status.ACKNOWLEDGED
    await undo(world, offered(world.slack.of("hook")[-1]))
    undone = (await world.record()).status is Status.OPEN
    assert undone is permitted("undo", role)

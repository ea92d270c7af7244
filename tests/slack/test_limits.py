"""Whatever the data is, what is drawn passes Slack's limits and calls nobody."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.workspace.blockkit import Surface, faults
from demo.workspace.blockkit_views import view_faults
from handlers.blocks import (
    answer,
    card,
    lists,
    modals,
    notices,
    orders,
    status,
    thread,
)
from handlers.blocks.home import home
from jobs.ports.slack import Message
from jobs.views import Answer, Citation
from policies.clock import Clock
from policies.reasons import Fault, ReasonCode, Severity, Status
from policies.records import AuditEntry, Explanation, Tenant
from tests.slack.clock_values import STATES, order_view
from tests.slack.drawings import HOMES, MESSAGES, MODALS, as_json
from tests.slack.home_values import UNSET, home_view, open_work
from tests.slack.values import (
    HISTORY,
    given_answer,
    happened,
    listed,
    preview,
    record,
    status_view,
    view,
)

HOSTILE = st.sampled_from(
    [
        "<!channel>",
        "<!here|x>",
        "<@U0EVIL>",
        "<https://evil.example|click>",
        "@channel @here @everyone",
        "&lt;!channel&gt;",
        "&amp;" * 900,
        "*_~`" * 50,
        "<" * 4000,
        "\u202e\u0000\n\r\t x",
        "A" * 20_000,
        "```" + "\n" * 50,
        "",
    ]
)
TEXT = st.one_of(HOSTILE, st.text(max_size=300))
MOMENT = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
FEW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
CLOCKS = [clock for made in STATES.values() for clock in made().clocks]
_LIVE = re.compile(r"<(?!!date\^\d+\^[^<>|]*\|[^<>|]*>)[^>]*>?")
_LOUD = re.compile(r"@(channel|here|everyone)\b", re.IGNORECASE)


@st.composite
def records(draw: st.DrawFn) -> Any:  # noqa: ANN401
    """Any exception with the worst texts that payloads and people can bring."""
    return record(
        order_id=draw(TEXT),
        sla_id=draw(TEXT),
        rule_version=draw(TEXT),
        reason_code=draw(st.sampled_from(ReasonCode)),
        severity=draw(st.sampled_from(Severity)),
        status=draw(st.sampled_from(Status)),
        fault=draw(st.sampled_from([*Fault, None])),
        facts={"carrier": draw(TEXT), "order_value_cents": draw(st.integers() | TEXT)},
        assignee=draw(st.none() | TEXT),
        resolution=draw(st.none() | TEXT),
        resolution_note=draw(st.none() | TEXT),
        resolution_blocked=draw(st.booleans()),
        resolution_block_reason=draw(st.none() | TEXT),
        snoozed_until=draw(st.none() | MOMENT),
        stopped_at=draw(st.none() | MOMENT),
        explanation=Explanation(
            label=draw(TEXT),
            ops_note=draw(TEXT),
            client_note=draw(TEXT),
            next_step=draw(TEXT),
            evidence=tuple(draw(st.lists(TEXT, max_size=30))),
            sources=tuple(draw(st.lists(TEXT, max_size=30))),
            source=draw(st.sampled_from(["rules", "ai"])),
            until=draw(TEXT),
            similar=draw(TEXT),
        ),
    )


@st.composite
def views(draw: st.DrawFn) -> Any:  # noqa: ANN401
    """Any view with any trail."""
    base = view(history=tuple(draw(st.lists(entries(), max_size=40))))
    tenant = Tenant(id=1, name=draw(TEXT))
    changes: dict[str, Any] = {"record": draw(records()), "tenant": tenant, "promise": draw(TEXT)}
    return type(base)(
        **{name: getattr(base, name) for name in base.__slots__ if name not in changes}, **changes
    )


@st.composite
def entries(draw: st.DrawFn) -> AuditEntry:
    """Any line of the trail."""
    return AuditEntry(
        tenant_id=1,
        at=draw(MOMENT),
        actor=draw(st.sampled_from(["slack:U0MARIA", "api:3", "system"]) | TEXT),
        action=draw(st.sampled_from(["assign", "acknowledge"]) | TEXT),
        subject="exception:7",
        after=draw(st.dictionaries(TEXT, st.none() | TEXT, max_size=8)),
        note=draw(st.none() | TEXT),
    )


def strings(drawn: object) -> list[str]:
    """Every text that Slack would look through for markup."""
    if isinstance(drawn, dict):
        own = [drawn["text"]] if isinstance(drawn.get("text"), str) else []
        return own + [text for value in drawn.values() for text in strings(value)]
    return [text for item in drawn for text in strings(item)] if isinstance(drawn, list) else []


def check(blocks: list[Any], surface: Surface, *texts: str, known: str = "U0MARIA") -> None:
    """No fault of Slack's, nothing alive but dates and people of ours, nothing loud."""
    assert faults(blocks, surface) == []
    json.dumps(blocks, ensure_ascii=False).encode()
    for text in [*strings(blocks), *texts]:
        alive = [tag for tag in _LIVE.findall(text) if tag != f"<@{known}>"]
        assert alive == [], text
        assert not _LOUD.search(text)


def check_message(message: Message, known: str = "U0MARIA") -> None:
    """As `check`, with the fallback text."""
    assert message.text.strip()
    assert len(message.text) <= 3000
    check([dict(block) for block in message.blocks], "message", message.text, known=known)


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_messages_pass_slack(name: str) -> None:
    """Every message that is drawn would be taken by Slack."""
    drawn = as_json(name)
    assert drawn["text"].strip()
    assert faults(drawn["blocks"], "message") == []


@pytest.mark.parametrize("name", sorted({*MODALS, *HOMES}))
def test_views_pass_slack(name: str) -> None:
    """Every form and every Home would be taken by Slack."""
    drawn = as_json(name)
    surface: Surface = "home" if drawn["type"] == "home" else "modal"
    assert faults(drawn["blocks"], surface) == []
    assert len(drawn.get("private_metadata", "")) <= 3000
    for word in ("title", "submit", "close"):
        assert len(drawn.get(word, {"text": ""})["text"]) <= 24
    has_inputs = any(block["type"] == "input" for block in drawn["blocks"])
    assert not has_inputs or "submit" in drawn


@FEW
@given(shown=views())
def test_alert_parts_survive_any_data(shown: Any) -> None:  # noqa: ANN401
    """Nothing that a payload or a person writes breaks a card or calls a channel."""
    known = shown.record.assignee or ""
    check_message(card.card(shown), known)
    check_message(card.card(shown, {}))
    check_message(thread.explanation(shown))
    check_message(thread.history(shown), known="")
    check_message(lists.audit(shown, {}), known="")
    check_message(notices.stale(shown.record, next(iter(shown.history), None), shown.now))
    check_message(notices.done("assign", shown.record), known)
    for form in (modals.resolve_form(shown, "C1"), modals.snooze_form(shown, None)):
        check(form["blocks"], "modal", known=known)


@FEW
@given(found=st.lists(records(), max_size=25), described=TEXT)
def test_lists_survive_any_data(found: list[Any], described: str) -> None:
    """Long lists are cut, never refused."""
    page = type(listed())(
        records=tuple(found), total=900, described=described, tenants=(), now=view().now
    )
    check_message(lists.exceptions(page, {}))
    works = tuple(replace(open_work(), record=one) for one in found)
    shown = home_view(mine=works, saves=works, waking=tuple(found), mine_total=900)
    assert view_faults(home(shown, UNSET), "home") == []


@FEW
@given(words=TEXT, more=st.lists(TEXT, max_size=30), order_id=TEXT)
def test_answers_orders_and_notices_survive_any_data(
    words: str, more: list[str], order_id: str
) -> None:
    """Whatever was asked, typed or stored, the reply passes."""
    cited = tuple(Citation(number=n, label=text, ref="x") for n, text in enumerate(more, 1))
    base = given_answer()
    check_message(
        answer.answer(
            Answer(text=words * 3, citations=cited, route="x", refused=False, now=base.now)
        )
    )
    events = tuple(happened(text or "x", 2, note=words) for text in more)
    shown = order_view(order_id=order_id, events=events, clocks=hostile_clocks(words, more))
    check_message(orders.orders([shown] * 3, {}))
    check_message(notices.told(words))
    check_message(notices.unknown(words, "help"))
    check_message(notices.order_not_found(order_id))
    check_message(notices.replayed(preview(*more, retryable=3)))
    check(modals.replay_form(view(), preview(*more), None)["blocks"], "modal")


def hostile_clocks(words: str, more: list[str]) -> tuple[Clock, ...]:
    """Clocks whose rule, hold and events bear any text; too many of them."""
    return tuple(
        clock._replace(
            subject=words,
            rule=replace(clock.rule, sla_id=words, promise=words, version=words),
            start_event=replace(clock.start_event, event_type=words),
            restarts=tuple(replace(clock.start_event, event_type=text) for text in more),
            course=clock.course._replace(
                holds=tuple(replace(hold, reason=words) for hold in clock.course.holds),
            ),
        )
        for clock in CLOCKS
    )


def test_free_text_of_payloads_is_never_quoted() -> None:
    """Notes of an order do not reach Slack."""
    shown = orders.order(order_view())
    assert "secret free text" not in json.dumps([dict(block) for block in shown.blocks])


def test_fifty_thousand_exceptions_fit() -> None:
    """A storm is a short list with its true size."""
    shown = lists.exceptions(listed(*(record(id=n) for n in range(1, 900)), total=50_000))
    assert "Showing 99 of 50000" in json.dumps([dict(block) for block in shown.blocks])


def test_history_of_a_long_life_keeps_its_ends() -> None:
    """A timeline that grew too long loses its middle, not its beginning or end."""
    trail = [*HISTORY * 40]
    shown = thread.history(view(history=trail))
    check_message(shown, known="")
    assert "deadline passed" in shown.blocks[0]["elements"][0]["text"]
    assert "…" in shown.blocks[0]["elements"][0]["text"]


def test_status_of_many_clients_fits() -> None:
    """A workspace with a thousand clients still gets a status."""
    many = tuple(Tenant(id=n, name="x" * 200) for n in range(1000))
    base = status_view()
    shown = type(base)(
        **{name: getattr(base, name) for name in base.__slots__ if name != "tenants"}, tenants=many
    )
    check_message(status.status(shown, {}))
    assert shown.now - timedelta(0) == base.now

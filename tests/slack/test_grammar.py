"""What people type means one thing, whichever way they type it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.blocks.help import COMMANDS
from handlers.slack.filters import NotUnderstood, read_filters, said_back
from handlers.slack.grammar import READERS, parse
from handlers.slack.intents import (
    ActOn,
    Ask,
    Draft,
    Explain,
    Help,
    Incomplete,
    Intent,
    ListExceptions,
    Replay,
    ShowAudit,
    ShowDigest,
    ShowException,
    ShowInsight,
    ShowOrder,
    ShowStatus,
    Unknown,
    Wanted,
)
from handlers.slack.times import After, Ago, At, Exactly, FromDay
from handlers.slack.words import USAGE
from policies.reasons import ACTIVE_STATUSES, ReasonCode, Severity, Status


def on(verb: str, number: int | None = 7, **more: Any) -> ActOn:  # noqa: ANN401
    """An action on #7."""
    return ActOn(verb=verb, exception_id=number, **more)


def wanted(**more: Any) -> ListExceptions:  # noqa: ANN401
    """A list of what is open, narrowed."""
    return ListExceptions(wanted=Wanted(**{"statuses": ACTIVE_STATUSES, **more}))


EVERYWHERE: dict[str, Intent] = {
    "": Help(),
    "help": Help(),
    "HELP": Help(),
    "status": ShowStatus(),
    "exception 7": ShowException(exception_id=7),
    "exception #7": ShowException(exception_id=7),
    "Exception  7,": ShowException(exception_id=7),
    "exception EXC-7": ShowException(exception_id=7),
    "exceptions 7": ShowException(exception_id=7),
    "show 7": ShowException(exception_id=7),
    "#7": ShowException(exception_id=7),
    "`exception 7`": ShowException(exception_id=7),
    "order SO-1042": ShowOrder(order_id="SO-1042"),
    "order #SO-1042": ShowOrder(order_id="#SO-1042"),
    "order SO 1042": ShowOrder(order_id="SO 1042"),
    "audit 7": ShowAudit(exception_id=7),
    "ack 7": on("acknowledge"),
    "acknowledge #7": on("acknowledge"),
    "Ack 7 calling UPS": on("acknowledge", note="calling UPS"),
    "ack exception 7": on("acknowledge"),
    "resolve 7 picked up &amp; gone": on("resolve", note="picked up & gone"),
    "resolve 7 “late truck”": on("resolve", note="late truck"),
    "reopen 7": on("reopen"),
    "block 7 wrong label": on("block", note="wrong label"),
    "unblock 7": on("unblock"),
    "assign 7 me": on("assign", assignee="me"),
    "assign 7 to me": on("assign", assignee="me"),
    "assign #7 <@U0JOE|joe>": on("assign", assignee="U0JOE"),
    "assign 7 on shift": on("assign", assignee="on_shift"),
    "assign 7 to whoever is on shift": on("assign", assignee="on_shift"),
    "assign #7 to who's on-shift please": on("assign", assignee="on_shift", note="please"),
    "assign 7 the shift": on("assign", assignee="on_shift"),
    "assign 7 to <@U0JOE> your shift": on("assign", assignee="U0JOE", note="your shift"),
    "snooze 7 2h": on("snooze", until=After(minutes=120)),
    "snooze 7 90 min": on("snooze", until=After(minutes=90)),
    "snooze 7 for 1h 30m": on("snooze", until=After(minutes=90)),
    "snooze 7 1h30m late truck": on("snooze", until=After(minutes=90), note="late truck"),
    "snooze 7 until carrier scan": on("snooze", awaits="carrier_scan"),
    "draft 7": Draft(exception_id=7),
    "explain 7": Explain(exception_id=7),
    "replay 7": Replay(exception_id=7),
    "ask Why is SO-1042 late?": Ask(question="Why is SO-1042 late?"),
    "exceptions": wanted(),
    "list": wanted(),
    "exceptions open": wanted(statuses=(Status.OPEN,)),
    "exceptions open, critical": wanted(statuses=(Status.OPEN,), severity=Severity.CRITICAL),
    "exceptions status:resolved": wanted(statuses=(Status.RESOLVED,)),
    "exceptions in progress": wanted(statuses=(Status.IN_PROGRESS,)),
    "exceptions high mine": wanted(severity=Severity.HIGH, mine=True),
    "exceptions unowned since 2h": wanted(unowned=True, since=Ago(minutes=120)),
    "exceptions today": wanted(since=FromDay()),
    "exceptions since yesterday": wanted(since=FromDay(days_ago=1)),
    "exceptions PICK_DELAY": wanted(reason_code=ReasonCode.PICK_DELAY),
    "exceptions pick delay": wanted(reason_code=ReasonCode.PICK_DELAY),
    "exceptions order SO-1": wanted(order_id="SO-1"),
    "exceptions client Acme Outdoors critical": wanted(
        client="Acme Outdoors", severity=Severity.CRITICAL
    ),
    "exceptions all": wanted(statuses=tuple(Status)),
    "exceptions carrier UPS": wanted(stated=(("carrier", "UPS"),)),
    "exceptions pick_delay carrier UPS Ground site ATL1 since 2026-03-02T12:00Z": wanted(
        reason_code=ReasonCode.PICK_DELAY,
        stated=(("carrier", "UPS Ground"), ("warehouse", "ATL1")),
        since=Exactly(at=datetime(2026, 3, 2, 12, tzinfo=UTC)),
    ),
    "exceptions tier gold wave W1 service 2-day high": wanted(
        severity=Severity.HIGH,
        stated=(("customer_tier", "gold"), ("wave", "W1"), ("service", "2-day")),
    ),
    "insight": ShowInsight(),
    "insights": ShowInsight(),
    "digest": ShowDigest(),
    "akc 7": Unknown(word="akc", suggestion="ack"),
}


@pytest.mark.parametrize("text", EVERYWHERE)
def test_the_same_words_mean_the_same_everywhere(text: str) -> None:
    """A command, a mention and a direct message share one grammar."""
    assert parse(text, talk=False) == EVERYWHERE[text]
    assert parse(f"<@U0E2A> {text}", talk=True) == EVERYWHERE[text]
    assert parse(f"<@U0E2A|e2a>, {text}", talk=True) == EVERYWHERE[text]


TALK: dict[str, Intent] = {
    text: Ask(question=text)
    for text in (
        "why is SO-1042 late?",
        "help me understand the pick delays",
        "status of SO-1042?",
        "exceptions are piling up, why?",
        "order SO-1042 where is it?",
        "what about #7?",
        "resolve my problem",
        "policy about dogs in the warehouse?",
        "acknowledge that UPS was late?",
        "open the door",
        "excpetions today please",
        "exceptions with carrier UPS this week",
        "insight into why SO-1042 is late?",
    )
}


@pytest.mark.parametrize("text", TALK)
def test_in_talk_anything_else_is_a_question(text: str) -> None:
    """Nobody has to know the words to ask."""
    assert parse(f"<@U0E2A> {text}", talk=True) == TALK[text]


TYPOS = {
    "excpetions": "exceptions",
    "excpetion 7": "exception",
    "resovle 7 done": "resolve",
    "snoze 7 2h": "snooze",
    "hepl": "help",
    "staus": "status",
    "xyzzy": None,
}


@pytest.mark.parametrize("text", TYPOS)
def test_a_slip_of_the_pen_in_a_command_gets_a_suggestion(text: str) -> None:
    """A command that means nothing changes nothing and names the nearest."""
    assert parse(text, talk=False) == Unknown(
        word=text.split(maxsplit=1)[0], suggestion=TYPOS[text]
    )


THREAD: dict[str, Intent] = {
    "ack": on("acknowledge", None),
    "ack this": on("acknowledge", None),
    "resolve picked up by the late truck": on("resolve", None, note="picked up by the late truck"),
    "assign me": on("assign", None, assignee="me"),
    "snooze 2h": on("snooze", None, until=After(minutes=120)),
    "replay": Replay(exception_id=None),
    "audit": ShowAudit(exception_id=None),
    "exception": ShowException(exception_id=None),
    "ack 9": on("acknowledge", 9),
    "resolve what exactly?": Ask(question="resolve what exactly?"),
}


@pytest.mark.parametrize("text", THREAD)
def test_in_a_thread_the_number_may_be_left_out(text: str) -> None:
    """Whoever stands in an alert's thread means that alert."""
    assert parse(f"<@U0E2A> {text}", talk=True, thread=True) == THREAD[text]


@pytest.mark.parametrize(
    "text",
    ["ack", "resolve", "snooze 7", "snooze 7 soon", "assign 7", "assign 7 @maria", "order",
     "exception", "audit", "replay", "exceptions purple", "ask", "exception seven apples"],
)  # fmt: skip
def test_what_is_missing_is_said(text: str) -> None:
    """A known word with something missing explains itself and does nothing."""
    assert isinstance(parse(text, talk=False), Incomplete)


def test_the_snooze_phrases() -> None:
    """Times of day and days are understood with and without `until`."""
    said = {
        "until 16:30": (16, 30, None),
        "16:30": (16, 30, None),
        "until 4pm": (16, 0, None),
        "until tomorrow": (8, 0, 1),
        "until tomorrow 09:15": (9, 15, 1),
        "until tomorrow at 9:15": (9, 15, 1),
    }
    for words, (hour, minute, days) in said.items():
        intent = parse(f"snooze 7 {words}", talk=False)
        assert isinstance(intent, ActOn)
        assert isinstance(intent.until, At), words
        assert (intent.until.at.hour, intent.until.at.minute) == (hour, minute)
        assert intent.until.days_ahead == days
        assert intent.note is None


def test_filters_are_said_back_as_understood() -> None:
    """The list says which filter it shows, so that a misreading is seen."""
    found = read_filters(["open", "critical", "client", "Acme", "mine", "order", "SO-1"])
    assert isinstance(found, Wanted)
    assert said_back(found, "Mon 00:00") == (
        "open, critical, order SO-1, yours, client Acme, since Mon 00:00"
    )
    stated = read_filters(["all", "carrier", "UPS", "Ground", "site", "ATL1"])
    assert isinstance(stated, Wanted)
    assert said_back(stated, None) == "any status, carrier UPS Ground, site ATL1"
    assert read_filters(["purple"]) == NotUnderstood(word="purple")
    default = read_filters([])
    assert isinstance(default, Wanted)
    assert said_back(default, None) == "not settled"


def test_every_word_of_the_contract_is_known() -> None:
    """The contract's words all have a reader and a usage line."""
    words = [
        "help",
        "exception",
        "exceptions",
        "order",
        "ack",
        "resolve",
        "assign",
        "snooze",
        "reopen",
        "replay",
        "ask",
        "invoices",
        "policy",
        "subscribe",
        "unsubscribe",
        "dlq",
        "status",
        "digest",
        "audit",
        "unblock",
    ]
    assert set(words) <= set(READERS)
    assert set(READERS) == set(USAGE)


def test_the_help_text_speaks_the_grammar() -> None:
    """Every example of the help is understood as more than a question or a slip."""
    for example, _ in COMMANDS:
        asked = example.replace("@maria", "<@U0MARIA>")
        intent = parse(asked, talk=False)
        assert not isinstance(intent, Unknown | Incomplete), example


@settings(max_examples=300, deadline=None, database=None)
@given(
    words=st.lists(st.sampled_from([*READERS, "7", "#7", "me", "2h", "until", "?"]), max_size=6),
    noise=st.text(max_size=40),
    talk=st.booleans(),
    thread=st.booleans(),
)
def test_no_text_breaks_the_grammar(
    words: list[str], noise: str, *, talk: bool, thread: bool
) -> None:
    """Whatever is typed has a meaning; the grammar never raises."""
    for text in (" ".join([*words, noise]), noise, noise + " ".join(words)):
        parse(text, talk=talk, thread=thread)

"""What comes to a channel is said in plain words, and what is not understood is asked."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.slack.grammar import parse
from handlers.slack.intents import Ask, Incomplete, Intent
from handlers.slack.routing_intents import (
    MapClient,
    ShowSubscriptions,
    Subscribe,
    TrySubscriptions,
    UnmapClient,
    Unsubscribe,
)
from policies.reasons import ReasonCode, Severity
from policies.routing import DIGEST, INSIGHT, Filters


def alerts(*clients: str, **filters: Any) -> Subscribe:  # noqa: ANN401
    """A wish for alerts."""
    return Subscribe(clients=clients, filters=Filters(**filters))


HIGH, PICK = Severity.HIGH, ReasonCode.PICK_DELAY
UNDERSTOOD: dict[str, Intent] = {
    "subscribe": alerts(),
    "subscribe alerts": alerts(),
    "subscribe digest": Subscribe(kind=DIGEST),
    "subscribe insight": Subscribe(kind=INSIGHT),
    "subscribe insights client Acme": Subscribe(kind=INSIGHT, clients=("Acme",)),
    "subscribe digest client Acme": Subscribe(kind=DIGEST, clients=("Acme",)),
    "subscribe test": TrySubscriptions(),
    "subscribe client Acme": alerts("Acme"),
    "subscribe for Acme": alerts("Acme"),
    "subscribe client Acme Outdoors and Globex": alerts("Acme Outdoors", "Globex"),
    'subscribe client "Smith and Sons", Globex': alerts("Smith and Sons", "Globex"),
    "subscribe clients Acme, Globex site ATL1": alerts("Acme", "Globex", sites=("ATL1",)),
    "subscribe site:ATL1": alerts(sites=("ATL1",)),
    "subscribe site=ATL1,DAL2": alerts(sites=("ATL1", "DAL2")),
    "subscribe sites ATL1 or DAL2 and ATL1": alerts(sites=("ATL1", "DAL2")),
    "subscribe alerts of Acme from ATL1, high and up": alerts(
        "Acme", sites=("ATL1",), at_least=HIGH
    ),
    "subscribe severity high+": alerts(at_least=HIGH),
    "subscribe high+": alerts(at_least=HIGH),
    "subscribe severity:high+": alerts(at_least=HIGH),
    "subscribe HIGH or worse": alerts(at_least=HIGH),
    "subscribe high, critical": alerts(at_least=HIGH),
    "subscribe critical": alerts(at_least=Severity.CRITICAL),
    "subscribe low+": alerts(),
    "subscribe carrier FedEx Ground, UPS": alerts(carriers=("FedEx Ground", "UPS")),
    "subscribe pick delay": alerts(reasons=(PICK,)),
    "subscribe for pick delays with UPS": alerts(reasons=(PICK,), carriers=("UPS",)),
    "subscribe reason PICK_DELAY and carrier issue": alerts(
        reasons=(PICK, ReasonCode.CARRIER_ISSUE)
    ),
    "subscribe reason first scan missing": alerts(reasons=(ReasonCode.FIRST_SCAN_MISSING,)),
    "unsubscribe": Unsubscribe(),
    "unsubscribe insight": Unsubscribe(kind=INSIGHT),
    "unsubscribe digest": Unsubscribe(kind=DIGEST),
    "unsubscribe 3": Unsubscribe(number=3),
    "unsubscribe #3": Unsubscribe(number=3),
    "unsubscribe client Acme": Unsubscribe(clients=("Acme",)),
    "unsubscribe client Acme high+": Unsubscribe(clients=("Acme",), filters=Filters(at_least=HIGH)),
    "subscriptions": ShowSubscriptions(),
    "map Acme": MapClient(client="Acme"),
    "map Acme Outdoors here": MapClient(client="Acme Outdoors"),
    "map Acme as default": MapClient(client="Acme", default=True),
    "map “Acme Outdoors” here as default": MapClient(client="Acme Outdoors", default=True),
    "unmap Acme Outdoors": UnmapClient(client="Acme Outdoors"),
}


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_it_means_the_same_everywhere(text: str) -> None:
    """After the command and after a mention."""
    assert parse(text, talk=False) == UNDERSTOOD[text]
    assert parse(f"<@U0E2A> {text}", talk=True) == UNDERSTOOD[text]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("subscribe Acme", "I don't know the filter Acme"),
        ("subscribe site", "Which one?"),
        ("subscribe client site ATL1", "Which one?"),
        ("subscribe severity purple", "I don't know the filter purple"),
        ("subscribe severity", "I don't know the filter severity"),
        ("subscribe reason rain", "I don't know the filter rain"),
        ("subscribe high", "Say severity high+ for HIGH and up"),
        ("subscribe low critical", "Say severity low+ for LOW and up"),
        ("subscribe digest site ATL1", "narrowed to clients only"),
        ("subscribe insight high and up", "narrowed to clients only"),
        ("subscribe test now", "I don't know the filter test"),
        ("unsubscribe purple", "I don't know the filter purple"),
        ("subscribe site " + ", ".join(f"S{n}" for n in range(30)), "At most 20 names"),
        ("map", "map Acme"),
        ("unmap", "unmap Acme"),
    ],
)
def test_what_is_not_understood_is_asked(text: str, words: str) -> None:
    """Nothing is guessed: the answer says what is missing or how it is said."""
    asked = parse(text, talk=False)
    assert isinstance(asked, Incomplete)
    assert words in asked.why


@pytest.mark.parametrize(
    "text", ["map of the warehouse?", "subscribe to what?", "unsubscribe why?", "unmap who?"]
)
def test_a_question_is_a_question(text: str) -> None:
    """To somebody one talks with."""
    assert parse(text, talk=True) == Ask(question=text)


@settings(max_examples=200, deadline=None, database=None)
@given(
    words=st.lists(
        st.sampled_from(
            (
                *("client", "site", "severity", "reason", "high", "high+", "and", "up", "or"),
                *(",", "pick", "delay", "Acme", '"', "test", "digest", "for", "+", "carrier="),
            )
        ),
        max_size=8,
    ),
    noise=st.text(max_size=20),
)
def test_no_text_breaks_it(words: list[str], noise: str) -> None:
    """Whatever is typed is understood or asked about."""
    for verb in ("subscribe", "unsubscribe"):
        for text in (" ".join([verb, *words, noise]), " ".join([verb, noise, *words])):
            parse(text, talk=False)

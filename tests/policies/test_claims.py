"""What a model worded gets out only as far as the evidence bears it out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.claim_kinds import Claim, claims_in
from policies.claims import (
    CLIENT_NOTE,
    OPS_NOTE,
    UnsupportedError,
    check,
    check_client_note,
    check_ops_note,
    evidence_of,
    language_of,
)
from policies.plain_text import sentences
from tests.policies.injections import INJECTIONS

FACTS = (
    "Packed Mon 10:00 UTC [1]; no sign that the carrier took it since. Due Mon 14:00.",
    "20 of 20 other UPS parcels of ATL1 due 13:20-13:58 are late too; 0 of 13 elsewhere [2].",
    "Most likely it is the carrier, not this order.",
    "Next pick-up 19:00, then Tue 19:00. 9 more fall due here before it, the first 14:20 [3].",
    "Usually 41 min, 9 of 10 within 1 h 10 min (last 200) [4]; this one 4 h so far.",
    "It is still promised for 11 March 2026. The credit at risk is 4.20 USD, 5 % of the fee.",
)
EVIDENCE = evidence_of(FACTS, names=["SO-1042", "Acme"], receipts=4)


def kinds(sentence: str) -> list[tuple[str, str]]:
    """The claims of a sentence as pairs."""
    return [(found.claim.kind, found.claim.value) for found in claims_in(sentence)]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("It took 2 h.", [("duration", "120.00")]),
        ("It took two hours.", [("number", "2")]),
        ("It took 120 minutes.", [("duration", "120.00")]),
        ("It took 1 h 10 min.", [("duration", "70.00")]),
        ("It took 1 day and 3 hours.", [("duration", "1620.00")]),
        ("It took half an hour.", [("duration", "30.00")]),
        ("It was done in the last hour.", [("duration", "60.00")]),
        ("It left at 7:05 pm.", [("time", "19:05")]),
        ("It left at 19:05.", [("time", "19:05")]),
        ("It left at 7 pm.", [("time", "19:00")]),
        ("It left on 3 March.", [("date", "03-03")]),
        ("It left on March 3rd.", [("date", "03-03")]),
        ("It left on 2026-03-03.", [("date", "03-03")]),
        ("It left on Monday.", [("day", "mon")]),
        ("It left yesterday.", [("day", "yesterday")]),
        ("It costs $4.20.", [("amount", "4.2")]),
        ("It costs 4.20 USD.", [("amount", "4.2")]),
        ("It is 5 percent.", [("percent", "5")]),
        ("It is 5%.", [("percent", "5")]),
        ("It has 1,000 parcels.", [("number", "1000")]),
        ("It has twelve parcels.", [("number", "12")]),
        ("It has a dozen parcels.", [("number", "12")]),
        ("It has 12 of 14.", [("ratio", "12/14")]),
        ("It is order SO-1042 now.", [("id", "so-1042")]),
        ("It is exception #7 now.", [("id", "7")]),
        ("It is said in [3].", [("ref", "3")]),
        ("It was Maria.", [("name", "maria")]),
        ("It was ups.", [("name", "ups")]),
        ("Maria saw it.", [("name", "maria")]),
        ("Nobody saw it.", []),
        ("There will be a refund.", [("commitment", "refund")]),
    ],
)
def test_a_claim_is_found_and_read(sentence: str, found: list[tuple[str, str]]) -> None:
    """Equal meanings are equal claims, however they are written."""
    assert kinds(sentence) == found


@pytest.mark.parametrize("fact", FACTS)
def test_what_was_shown_may_be_said(fact: str) -> None:
    """The rule-based sentences themselves pass unchanged."""
    assert check(fact, EVIDENCE).text == fact


@pytest.mark.parametrize(
    "sentence",
    [
        "20 of 20 UPS parcels wait [2].",
        "Order SO-1042 of Acme was packed at 10:00 am on Monday.",
        "It was packed 240 minutes ago.",
        "The next truck comes at 7 pm.",
        "The usual time is 41 minutes.",
        "Nobody knows why.",
    ],
)
def test_the_same_said_otherwise_stays(sentence: str) -> None:
    """Another wording of what is known is supported."""
    assert check(sentence, EVIDENCE).text == sentence


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        ("21 of 20 UPS parcels wait.", Claim("ratio", "21/20")),
        ("It was packed at 10:01.", Claim("time", "10:01")),
        ("It was packed on Sunday.", Claim("day", "sun")),
        ("It leaves tomorrow.", Claim("day", "tomorrow")),
        ("It leaves on 12 March.", Claim("date", "03-12")),
        ("FedEx took it.", Claim("name", "fedex")),
        ("The carrier is dhl.", Claim("name", "dhl")),
        ("Order SO-1043 waits.", Claim("id", "so-1043")),
        ("It costs 4.30 USD.", Claim("amount", "4.3")),
        ("It is 6 % of the fee.", Claim("percent", "6")),
        ("It took 5 h so far.", Claim("duration", "300.00")),
        ("The receipt is [5].", Claim("ref", "5")),
        ("Half of them wait.", Claim("number", "half")),
        ("Dozens of parcels wait.", Claim("number", "dozens")),
        ("The client gets a voucher.", Claim("commitment", "voucher")),
        ("It was Maria who forgot it.", Claim("name", "maria")),
    ],
)
def test_what_nobody_stated_goes(sentence: str, claim: Claim) -> None:
    """A sentence with one unsupported claim goes as a whole, the others stay."""
    told = check(f"It waits. {sentence} Nobody knows why.", EVIDENCE)
    assert told.text == "It waits. Nobody knows why."
    assert told.dropped == ((sentence, claim),)


FEW = settings(max_examples=40, deadline=None)
WORDS = st.sampled_from(
    ["order", "parcel", "carrier", "waits", "was", "packed", "late", "here", "still", "near", "is"]
)
CLAIMS = ("10:00", "Mon", "20 of 20", "UPS", "ATL1", "41 min", "4 h", "SO-1042", "[2]", "4.20 USD")


@st.composite
def supported(draw: st.DrawFn) -> str:
    """A sentence of ordinary words and supported claims."""
    words = draw(st.lists(WORDS, min_size=2, max_size=6))
    for claim in draw(st.lists(st.sampled_from(CLAIMS), max_size=3)):
        words.insert(draw(st.integers(0, len(words))), f"and {claim} and")
    return f"It {' '.join(words)} too."


@FEW
@given(st.lists(supported(), min_size=1, max_size=4))
def test_a_text_of_supported_facts_is_kept_unchanged(lines: list[str]) -> None:
    """Nothing is lost or rewritten of what is borne out."""
    text = " ".join(lines)
    assert check(text, EVIDENCE, most=10_000).text == text


@FEW
@given(st.lists(supported(), min_size=1, max_size=3), st.integers(21, 9_999), st.integers(0, 3))
def test_one_changed_number_takes_its_sentence_along(
    lines: list[str], number: int, place: int
) -> None:
    """The sentence with a number that nobody stated goes, and only that one."""
    if number in (41, 200, 2026):
        number += 1
    bad = f"It took {number} parcels along."
    at = min(place, len(lines))
    told = check(" ".join([*lines[:at], bad, *lines[at:]]), EVIDENCE, most=10_000)
    assert told.text == " ".join(lines)
    assert [sentence for sentence, _ in told.dropped] == [bad]


@FEW
@given(st.text(max_size=300))
def test_whatever_comes_is_plain_or_gone(text: str) -> None:
    """No mention, markup or code survives, whatever a model writes."""
    told = check(text, EVIDENCE).text
    assert not any(mark in told for mark in "<>`{}|@*~")
    assert len(told) <= OPS_NOTE


@pytest.mark.parametrize("name", INJECTIONS)
def test_nothing_of_a_trick_gets_out(name: str) -> None:
    """Forty tricks, alone and among good sentences: nothing of them is left, the good ones stay."""
    trick = INJECTIONS[name]
    good = "It waits for the carrier."
    for text in (trick.text, f"{good}\n{trick.text}\n{good}", f"{good} {trick.text}"):
        for told in (check(text, EVIDENCE).text, check_client_note(text, EVIDENCE).text):
            assert not [bite for bite in trick.bites if bite.casefold() in told.casefold()]
    assert good in check(f"{good}\n{trick.text}", EVIDENCE).text


def test_there_are_forty_tricks() -> None:
    """The list does not shrink unnoticed."""
    assert len(INJECTIONS) >= 40


@pytest.mark.parametrize(
    "unit",
    ["a.", "a1.", "1,", "1 h ", "1 of 1 ", "-", "*", "[", "<", "&amp;", "12:", "```", "http"],
)
def test_no_text_takes_long_to_read(unit: str) -> None:
    """However a text is made, it is checked in a moment; what has no end of a sentence goes."""
    assert check(unit * 6000, EVIDENCE).text == ""


def test_decoration_goes_and_words_stay() -> None:
    """Bold, bullets and headings are no part of a note."""
    text = "## It waits\n- **Nobody** knows why.\n1. It is __late__."
    assert sentences(text) == ["It waits", "Nobody knows why.", "It is late."]


def test_a_note_of_which_nothing_is_left_is_refused() -> None:
    """An ops note without a supported sentence is not used at all."""
    assert check_ops_note("It waits. Bob did it.", EVIDENCE).text == "It waits."
    with pytest.raises(UnsupportedError):
        check_ops_note("Bob did it at 17:45.", EVIDENCE)


@pytest.mark.parametrize(
    "sentence",
    ["The scan is missing.", "It breached the SLA.", "The carrier failed to come.", "See [1]."],
)
def test_a_client_reads_none_of_our_words_and_no_blame(sentence: str) -> None:
    """Internal words, receipts and blame are not for the client."""
    told = check_client_note(f"Your order waits. {sentence}", EVIDENCE)
    assert told.text == "Your order waits."


def test_long_texts_lose_whole_sentences() -> None:
    """A cap never cuts within a sentence."""
    told = check_client_note("It waits for the carrier. " * 50, EVIDENCE)
    assert len(told.text) <= CLIENT_NOTE
    assert told.text.endswith("carrier.")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It is late and nobody knows why.", "en"),
        ("No pick scan since. No event says why. No other order waits at this point.", "en"),
        ("Die Bestellung ist nicht da und wird gesucht.", "de"),
        ("El pedido no se ha recogido y está en el muelle.", "es"),
        ("Late again.", None),
    ],
)
def test_the_language_of_a_text_is_told(text: str, language: str | None) -> None:
    """By its commonest words; a few words tell nothing."""
    assert language_of(text) == language


def test_another_language_is_not_let_through() -> None:
    """A note in another language than was asked for is refused whole."""
    assert check("die ist nicht da und wird gesucht.", EVIDENCE).text == ""

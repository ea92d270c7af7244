"""The words of a question say where its answer is looked for."""

import pytest

from policies.naming import bare_numbers, named_in, spellings
from policies.questions.route import Sense, of_a_record, points_back, senses_of


@pytest.mark.parametrize(
    ("question", "sense"),
    [
        ("what can you do?", Sense.HELP),
        ("help", Sense.HELP),
        ("hello there", Sense.SMALL_TALK),
        ("tell me a joke", Sense.SMALL_TALK),
        ("anything similar to #7?", Sense.SIMILAR),
        ("has this happened before?", Sense.SIMILAR),
        ("does SO-1 break its promise?", Sense.COVERED),
        ("is 123 covered by a credit?", Sense.COVERED),
        ("did NW-11820 miss its deadlline", Sense.COVERED),
        ("why are picks late at ATL1?", Sense.WHY),
        ("what does kitting cost?", Sense.PRICE),
        ("price for a label", Sense.PRICE),
        ("what do we do when a pick-up is missed?", Sense.DOCUMENTS),
        ("who approves write-offs?", Sense.DOCUMENTS),
    ],
)
def test_what_is_asked_for(question: str, sense: Sense) -> None:
    """What says most comes first."""
    assert senses_of(question)[0] is sense


@pytest.mark.parametrize(
    "question",
    [
        "how many pick delays are open for Acme?",
        "which client has the most?",
        "how late are we?",
        "SLA compliance this week",
        "how much money is at risk?",
        "what did last week cost us?",
        "are orders late at ATL1?",
        "can you list critical ones",
    ],
)
def test_figures_are_left_to_their_reader(question: str) -> None:
    """Nothing in them asks for a text, a case or a talk."""
    assert senses_of(question) == ()


@pytest.mark.parametrize(
    ("sentence", "orders"),
    [
        ("order #1042", ("1042",)),
        ("where's order so 1042", ("so 1042",)),
        ("SO \u2013 1042 status", ("SO - 1042",)),
        ("track 1z 999 aa1 01 2345 6784", ("1z 999 aa1 01 2345 6784",)),
        ("9400 1000 0000 0000 0000 00", ("9400 1000 0000 0000 0000 00",)),
        ("tracking number 12345", ("12345",)),
        ("orders over 120 minutes late", ()),
        ("how many orders since 2026-03-01", ()),
        ("the order is late by 3 days", ()),
        ("order 2 days late", ()),
    ],
)
def test_names_in_any_writing(sentence: str, orders: tuple[str, ...]) -> None:
    """Blanks, dashes, small letters and words before a number make no difference; spans do."""
    assert named_in(sentence).orders == orders


def test_invoices_are_told_apart() -> None:
    """An invoice is no order."""
    named = named_in("what is on invoice 2026-10-acme?")
    assert (named.invoices, named.orders) == (("2026-10-acme",), ())
    assert named_in("INV-2026-10").words == ("invoice INV-2026-10",)


@pytest.mark.parametrize(
    "typed", ["so 1042", "#SO-1042", "so_1042", "SO1042", "1042", "so\u20131042"]
)
def test_every_spelling_leads_to_the_name(typed: str) -> None:
    """However it is typed, the stored name is among what is tried."""
    assert "SO-1042" in spellings(typed)


def test_a_bare_number_is_a_record_only_behind_its_word() -> None:
    """`similar to 123` names one, `since 3 days` and `2.5` do not."""
    assert bare_numbers("similar to 123") == (123,)
    assert bare_numbers("is 7 covered?") == (7,)
    assert bare_numbers("like 3 days ago") == ()
    assert bare_numbers("at 12:30 with 2.5 kg") == ()


def test_in_a_thread_its_exception_is_meant_unless_more_than_one_is() -> None:
    """`why?` is about the thread's, `which client has most?` is not."""
    assert of_a_record("why?", named_in("why?"), 7)
    assert not of_a_record("which client has most?", named_in("which client has most?"), 7)
    assert not of_a_record("why?", named_in("why?"), None)
    assert points_back("who owns it?")
    assert not points_back("how many are open?")

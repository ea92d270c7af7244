"""Documents are cut into passages that are small, verbatim, headed, dated and found again."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.markdown import FrontMatterError
from rag.passage import FIRST, Document, Form, Visibility, seconds
from rag.passages import passages_of
from rag.spans import MOST_WORDS, Span, cut, size
from tests.rag.library import a_document, a_passage, a_scope

RUNBOOK = """---
title: Carrier delays
version: 3
effective: {from: 2026-01-01, until: 2026-07-01}
visibility: direct
---
# Carrier delays

What to do when a carrier is late.

## No first scan

Call the pickup desk.

```sh
# not a heading
trace SO-1001
```

Escalate
--------
Tell the lead.

### Nobody answers
## Empty
"""


def sentences(count: int) -> str:
    """As many sentences of ten words."""
    return " ".join(f"Sentence {n} has ten words and it ends right here." for n in range(count))


def test_sections_have_the_titles_above_them_and_their_lines() -> None:
    """Each section is a passage with its path of titles, where it stands and what is in force."""
    found = passages_of(a_document(RUNBOOK, "runbooks/carrier.md"))
    assert [(one.heading, one.citation) for one in found] == [
        ("Carrier delays", "runbooks/carrier.md:9"),
        ("Carrier delays > No first scan", "runbooks/carrier.md:13-18"),
        ("Carrier delays > Escalate", "runbooks/carrier.md:22"),
    ]
    for one in found:
        assert one.text in RUNBOOK
        assert (one.version, one.visibility) == ("3", Visibility.DIRECT)
        assert one.effective_from == datetime(2026, 1, 1, tzinfo=UTC)
        assert one.effective_until == datetime(2026, 7, 1, tzinfo=UTC)
    assert found[1].text.startswith("Call the pickup desk.")
    assert found[1].text.endswith("```")


@pytest.mark.parametrize(
    ("front", "told"),
    [
        ("title: [", "note.md:1:"),
        ("tittle: x", "front matter knows no tittle"),
        ("visibility: everywhere", "visibility is channel or direct, not everywhere"),
        ("effective: soon", "effective is written"),
        ("effective: {from: soon}", "effective.from is a date"),
    ],
)
def test_front_matter_that_is_wrong_is_told(front: str, told: str) -> None:
    """A file whose head cannot be understood is not taken without it: its dates would be lost."""
    with pytest.raises(FrontMatterError, match=re.escape(told)):
        passages_of(a_document(f"---\n{front}\n---\nText.\n"))


def test_a_long_section_is_cut_evenly_at_sentences() -> None:
    """Nothing is lost, nothing is too long, and no crumb is left at the end."""
    text = f"# Long\n\n{sentences(20)}\n\n{sentences(7)}\n"
    found = passages_of(a_document(text))
    assert " ".join(" ".join(one.text.split()) for one in found) == " ".join(text[8:].split())
    lengths = [len(one.text.split()) for one in found]
    assert max(lengths) <= MOST_WORDS
    assert min(lengths) >= 60
    assert all(one.text.endswith(".") for one in found)


def test_rows_of_a_long_table_keep_their_heading() -> None:
    """A table is cut between rows, and each part says what its columns are."""
    head = "| carrier | desk | hours |\n|---|:--|--:|\n"
    rows = "".join(f"| carrier {n} | desk {n} of the depot | 8 to 18 |\n" for n in range(40))
    first, *others = passages_of(a_document(f"# Desks\n\nWhom to call.\n\n{head}{rows}\nEnd.\n"))
    assert len(others) > 1
    assert first.lead == ""
    tables = [one for one in others if one.text.startswith("|")]
    assert {one.lead for one in tables} == {"| carrier | desk | hours |"}
    assert all(one.text.splitlines()[0].startswith("| carrier ") for one in tables)


WORD = st.text("ab.!- \n\t`|é", min_size=1, max_size=40)


@given(st.lists(WORD, max_size=120).map(" ".join), st.integers(5, 60))
def test_cutting_loses_no_word(text: str, most: int) -> None:
    """The pieces of any text are in order, do not overlap, fit, and hold every word."""
    spans = cut(text, Span(0, len(text)), most)
    assert all(one.end <= after.start for one, after in pairwise(spans))
    assert all(0 < size(text[one.start : one.end]) <= most for one in spans)
    assert "".join("".join(text[one.start : one.end] for one in spans).split()) == "".join(
        text.split()
    )


@given(st.text(max_size=400))
def test_any_text_can_be_cut_as_markdown(text: str) -> None:
    """No text is a fault, but for a head that is wrong; passages are verbatim, ids differ."""
    try:
        found = passages_of(a_document(text))
    except FrontMatterError:
        return
    assert all(one.text in text for one in found)
    assert len({one.id for one in found}) == len(found)


def test_ids_stay_when_lines_move() -> None:
    """A passage that only moved keeps its id and tells by its digest that it did."""
    (before,) = passages_of(a_document("# T\n\nSame words.\n"))
    (after,) = passages_of(a_document("# T\n\n\n\nSame words.\n"))
    assert (before.id, before.place) != (after.id, after.place)
    assert before.id == after.id
    assert before.digest != after.digest


def test_ids_differ_by_whose_it_is_where_and_what_it_says() -> None:
    """Another tenant, document or word is another passage; the same one twice is two."""
    one = a_passage("Words.", "a.md")
    others = [a_passage("Words.", "a.md", "acme"), a_passage("Words.", "b.md"), a_passage("Word.")]
    assert len({one.id, *(other.id for other in others)}) == 4
    twice = passages_of(a_document("## A\nSame.\n## A\nSame.\n"))
    assert len({passage.id for passage in twice}) == 2


def test_dates_and_readers_are_in_the_digest() -> None:
    """Who may read a passage and when it holds can change without its text."""
    document = a_document("Words.")
    changed = (
        replace(document, effective_until=datetime(2026, 7, 1, tzinfo=UTC)),
        replace(document, visibility=Visibility.DIRECT),
        replace(document, not_for=("acme",)),
        replace(document, version="2"),
    )
    digests = {passages_of(one)[0].digest for one in (document, *changed)}
    assert len(digests) == 5


def test_pages_are_cited_by_number() -> None:
    """A text of several pages is cited by page; an empty page has no passage."""
    document = replace(
        a_document("", "manual.pdf"), form=Form.TEXT, pages=("First.", " ", "Third.")
    )
    assert [one.citation for one in passages_of(document)] == [
        "manual.pdf, p. 1",
        "manual.pdf, p. 3",
    ]


def test_a_row_is_a_passage_on_its_line() -> None:
    """Rows of a table are cited by the line of the file."""
    document = replace(
        a_document("", "rates.csv"), form=Form.TABLE, pages=("", "Zone: 1", "", "Zone: 2")
    )
    assert [one.citation for one in passages_of(document)] == ["rates.csv:2", "rates.csv:4"]


def a_policy(text: str, name: str = "sla.yaml") -> Document:
    """A policy's YAML."""
    return replace(a_document(text, name), form=Form.YAML)


SLA = """version: "7"
effective: {from: 2026-03-01}
# What proves that it left.
facts:
  left: [manifested, carrier_scan]

slas:
  # The promise of the contract.
  - id: pick
    promise: picked within 2 h
    start: [order_paid]
    stop: [pick_completed]
    deadline: {within: 120m}
    on_breach: {exception: PICK_DELAY, severity: MEDIUM}

  - id: ship
    start: [pick_completed]
    stop: left
    deadline: {within: 1d}
    on_breach: {exception: SHIP_DELAY, severity: HIGH}
"""


def test_a_promise_is_a_passage_in_words_and_as_written() -> None:
    """Each rule has its key path, the words of it, its lines, its comment, version and dates."""
    found = passages_of(a_policy(SLA))
    assert [(one.heading, one.citation) for one in found] == [
        ("sla.yaml > facts", "sla.yaml:3-5"),
        ("sla.yaml > slas > pick", "sla.yaml:8-14"),
        ("sla.yaml > slas > ship", "sla.yaml:16-20"),
    ]
    pick = found[1]
    assert "Due: within 2 h" in pick.lead
    assert pick.text.startswith("# The promise of the contract.")
    assert (pick.version, pick.effective_from) == ("7", datetime(2026, 3, 1, tzinfo=UTC))


def test_a_price_is_a_passage_with_its_unit() -> None:
    """A row of a tariff says what one costs and in what; its last day still holds."""
    text = (
        'version: "1"\ncurrency: EUR\neffective: {from: 2026-01-01, until: 2026-12-31}\n'
        "prices:\n  - {code: pick, per: pick, cents: 30}\n"
        "  - {code: storage, per: storage_days, steps: [[0, 5], [90, 10]]}\n"
        "late_fee: {after_days: 30, cents: 2500}\n"
    )
    found = passages_of(a_policy(text, "tariff.yaml"))
    assert [one.lead for one in found] == [
        "price of pick: 0.30 EUR for each pick",
        "price of storage, by storage days: 0.05 EUR each, then 0.10 EUR each above 90",
        "",
    ]
    assert {one.effective_until for one in found} == {datetime(2027, 1, 1, tzinfo=UTC)}
    forever = passages_of(a_policy(text.replace("2026-12-31", "9999-12-31"), "tariff.yaml"))
    assert {one.effective_until for one in forever} == {None}
    assert found[2].text == "late_fee: {after_days: 30, cents: 2500}"


def test_prices_of_one_thing_are_said_together() -> None:
    """Each line that a return costs says what all come to; an odd currency stays as it is."""
    text = (
        'version: "1"\ncurrency: JPY\nprices:\n  - {code: return, per: returns, cents: 75}\n'
        "  - {code: restock, per: returns, cents: 150}\n  - {code: photo, per: photo, cents: 25}\n"
    )
    leads = [one.lead for one in passages_of(a_policy(text, "tariff.yaml"))]
    assert leads == [
        "price of return: 75 JPY for each return; 225 JPY in all with restock",
        "price of restock: 150 JPY for each return; 225 JPY in all with return",
        "price of photo: 25 JPY for each photo",
    ]
    odd = passages_of(a_policy(text.replace("JPY", "POINTS"), "tariff.yaml"))
    assert odd[2].lead == "price of photo: 25 POINTS cents for each photo"


def test_a_policy_that_is_no_yaml_is_cut_as_text() -> None:
    """What stands in a broken file can still be found; its fault is told elsewhere."""
    (found,) = passages_of(a_policy("slas: [\n"))
    assert found.text == "slas: ["


def test_replaced_sections_are_left_out() -> None:
    """Sections that an operator's file replaces are not told as they were packaged."""
    document = replace(a_policy(SLA), without=("slas",))
    assert [one.heading for one in passages_of(document)] == ["sla.yaml > facts"]


def test_a_scope_needs_a_tenant_and_a_zone() -> None:
    """There is no scope of everybody and none of no time."""
    with pytest.raises(ValueError, match="at least one tenant"):
        replace(a_scope(), tenants=frozenset())
    with pytest.raises(ValueError, match="at least one tenant"):
        a_scope("")
    with pytest.raises(ValueError, match="time zone"):
        a_scope(at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is what is refused
    assert seconds(None, FIRST) == FIRST


def test_what_was_said_of_a_document_narrows_what_it_says_of_itself() -> None:
    """Whoever hands a text over can be stricter than its head, never laxer."""
    head = "---\nvisibility: channel\neffective: {from: 2026-01-01, until: 2026-07-01}\n---\nWords."
    given = replace(
        a_document(head),
        visibility=Visibility.DIRECT,
        effective_from=datetime(2026, 2, 1, tzinfo=UTC),
        effective_until=datetime(2026, 12, 1, tzinfo=UTC),
    )
    (one,) = passages_of(given)
    assert one.visibility is Visibility.DIRECT
    assert (one.effective_from, one.effective_until) == (
        datetime(2026, 2, 1, tzinfo=UTC),
        datetime(2026, 7, 1, tzinfo=UTC),
    )

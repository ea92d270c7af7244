"""Lint as a whole: good policies pass, no text makes it fail, its page lists every check."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.lint.finding import Finding, Level, summary
from policies.lint.lint import CHECKS, lint
from tests.policies.builders import PACKAGED
from tests.policies.lint_policy import CLEAN, NOW

WORKED = Path("tests/policies/samples/worked_example.yaml").read_text(encoding="utf-8")
PAGE = Path("docs/policy-lint.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| `([a-z-]+)` \| (error|warning|note) \|", re.MULTILINE)
_FAULTS = {
    "calendar-missing",
    "fact-missing",
    "id-twice",
    "missing-field",
    "multiplier-missing",
    "not-a-policy",
    "unknown-field",
    "unknown-value",
    "wrong-value",
}
SPLINTERS = (
    "null", "[]", "{}", "-1", "1e400", ".inf", ".nan", "true", "[[]]", "{a: b}", "0001-01-01",
    "9999-12-31", "9999999d", "24:00", "at(warehouse)", "US-XX", "&a [*a]", "100%", "<<: {a: b}",
    "? [a]", "!!set {a}", "Mars/Olympus", "+999 business", "99999999999999999999", "'", "\t", "- ",
)  # fmt: skip


def named(findings: tuple[Finding, ...], level: Level) -> list[tuple[int, str]]:
    """Line and name of the findings of a level."""
    return [(one.line, one.rule) for one in findings if one.level is level]


@pytest.mark.parametrize("text", [PACKAGED.read_text(encoding="utf-8"), CLEAN], ids=["ours", "a"])
def test_good_policies_are_without_findings(text: str) -> None:
    """There is nothing to say about the packaged policy, nor about one that does it all well."""
    assert lint(text, "sla.yaml", NOW) == ()
    assert summary(()) == "no findings"


def test_worked_example_has_three_warnings() -> None:
    """The contract's example has no error; an event, a forecast and a rule are missing."""
    found = lint(WORKED, "acme.yaml", NOW)
    assert named(found, Level.ERROR) == []
    assert named(found, Level.WARNING) == [
        (22, "unknown-event"),
        (33, "forecast-missing"),
        (49, "target-without-rule"),
    ]
    assert summary(found) == "3 warnings, 8 notes"


def test_a_finding_reads_as_compilers_print() -> None:
    """File, line, level, rule, what is wrong, what to do: one line that editors can follow."""
    found = lint(WORKED.replace(", max: 48h", ""), "acme.yaml", NOW)
    (error,) = [one for one in found if one.level is Level.ERROR]
    assert str(error) == (
        "acme.yaml:22: error pause-without-end: nothing ends the pause that "
        "force_majeure.declared begins. Add `until: [the event that ends it]`, or the longest "
        "it may last: `max: 48h`"
    )
    assert (error.path, error.sla_id) == ("slas.0.pause.2", "acme.dtc.same_day")


def test_findings_come_by_line_gravest_first() -> None:
    """A policy is mended from top to bottom."""
    found = lint(WORKED, "acme.yaml", NOW)
    order = list(Level)
    places = [(one.line, order.index(one.level)) for one in found]
    assert places == sorted(places)


def test_same_text_same_findings() -> None:
    """Lint is a function of text, name and time."""
    assert lint(WORKED, "acme.yaml", NOW) == lint(WORKED, "acme.yaml", NOW)


@settings(max_examples=120)
@given(st.sampled_from([WORKED, CLEAN]), st.data())
def test_no_text_makes_it_fail(text: str, data: st.DataObject) -> None:
    """Whatever line is lost, doubled or replaced: there are findings or none, and no failure."""
    lines = text.splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    other = data.draw(st.one_of(st.just(""), st.sampled_from(lines), st.text(max_size=30)))
    lines[place] = other
    for finding in lint("\n".join(lines), "acme.yaml", NOW):
        assert finding.message
        assert finding.remedy
        assert 1 <= finding.line <= len(lines) + 2


@settings(max_examples=120)
@given(st.sampled_from([WORKED, CLEAN]), st.sampled_from(SPLINTERS), st.data())
def test_no_value_makes_it_fail(text: str, splinter: str, data: st.DataObject) -> None:
    """Whatever stands in the place of a word: there are findings or none, and no failure."""
    words = re.split(r"([\s,:\[\]{}]+)", text)
    words[data.draw(st.integers(0, len(words) - 1))] = splinter
    for finding in lint("".join(words), "acme.yaml", NOW):
        assert finding.message
        assert finding.remedy


def test_page_lists_every_check_with_its_level() -> None:
    """docs/policy-lint.md has a row for each check and each kind of fault, and no other."""
    told = _ROW.findall(PAGE)
    assert sorted(set(told)) == sorted(told)
    assert set(told) == {(check.name, check.level.value) for check in CHECKS} | {
        (name, "error") for name in _FAULTS
    }

"""Versions of a tariff: the day of service chooses, and no day has two or none by mistake."""

from datetime import date

import pytest

from policies.errors import PolicyError
from policies.money.read_versions import WrittenTariffs, read_tariffs
from policies.money.usage import Usage, UsageError
from policies.money.versions import NoTariffError
from tests.policies.tariffs import PACKAGED, tariffs_of

HEAD, _, REST = PACKAGED.partition("effective: {from: 2026-01-01}")
COMMON = HEAD.replace('version: "1"\n', "") + REST


def since(version: str, dates: str) -> str:
    """The packaged tariff as another version."""
    text = PACKAGED.replace('version: "1"', f'version: "{version}"')
    return text.replace("{from: 2026-01-01}", f"{{{dates}}}")


def several(*entries: str) -> str:
    """One text with several versions that share everything but what is given."""
    return COMMON + "versions:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)


JAN = 'version: "1", effective: {from: 2026-01-01}'
JUL = 'version: "2", effective: {from: 2026-07-01}, minimum: {order_cents: 60, month_cents: 0}'


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2026, 1, 1), "1"),
        (date(2026, 6, 30), "1"),
        (date(2026, 7, 1), "2"),
        (date(2030, 1, 1), "2"),
    ],
)
def test_the_day_of_service_chooses(day: date, version: str) -> None:
    """A version holds until the day before the next one begins, in one file or in several."""
    one = tariffs_of(several(JUL, JAN))
    two = tariffs_of(since("2", "from: 2026-07-01"), since("1", "from: 2026-01-01"))
    assert one.tariff_for("acme", day).version == version
    assert two.tariff_for("", day).version == version


def test_what_stands_beside_the_list_is_in_every_version() -> None:
    """A version states only what is its own; the rest is shared."""
    tariffs = tariffs_of(several(JAN, JUL))
    assert [one.order_minimum_cents for one in tariffs.versions] == [50, 60]
    assert tariffs.versions[0].prices == tariffs.versions[1].prices
    assert tariffs.latest().version == "2"


def test_a_tenants_own_goes_before_everyones() -> None:
    """Where a tenant's own tariff is in force it counts; before and after it everyone's does."""
    own = since("acme-1", "from: 2026-03-01, until: 2026-03-31")
    tariffs = tariffs_of(PACKAGED, own=own)
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [tariffs.tariff_for("acme", day).version for day in days] == [
        "1",
        "acme-1",
        "acme-1",
        "1",
    ]
    assert tariffs.tariff_for("other", date(2026, 3, 15)).version == "1"


def test_a_day_without_a_tariff_is_told() -> None:
    """Work of a day that no version covers is not priced by another one."""
    with pytest.raises(NoTariffError, match="no tariff is in force on 2025-12-31; add a version"):
        tariffs_of(PACKAGED).tariff_for("", date(2025, 12, 31))


def test_without_a_day_there_must_be_one_version() -> None:
    """An order that does not tell its day is priced only where there is no choice."""
    assert tariffs_of(PACKAGED).of_usage(Usage()).version == "1"
    with pytest.raises(UsageError, match="date: there are 2 versions; write the day"):
        tariffs_of(several(JAN, JUL)).of_usage(Usage())


def test_spans_cover_the_days_on_which_a_version_holds() -> None:
    """A month is cut where the version changes; days without one are left out."""
    own = since("a", "from: 2026-03-11, until: 2026-03-20")
    spans = tariffs_of(since("1", "from: 2026-03-03"), own=own).spans(
        "acme", date(2026, 3, 1), date(2026, 3, 31)
    )
    found = [(one.tariff.version, one.first.day, one.last.day, one.days) for one in spans]
    assert found == [("1", 3, 10, 8), ("a", 11, 20, 10), ("1", 21, 31, 11)]


MISFITS = [
    (
        "from: 2026-01-01, until: 2026-07-01",
        "from: 2026-07-01",
        "overlaps this; end it on 2026-06-30",
    ),
    (
        "from: 2026-01-01, until: 2026-06-28",
        "from: 2026-07-01",
        "no version holds from 2026-06-29 to",
    ),
    ("from: 2026-01-01", "from: 2026-01-01", "version 1 begins on the same day; change one"),
]


@pytest.mark.parametrize(("first", "second", "words"), MISFITS)
def test_overlaps_and_gaps_are_faults(first: str, second: str, words: str) -> None:
    """A day with two versions or none is told at the later version, with what to write."""
    text = several(
        f'version: "1", effective: {{{first}}}', f'version: "2", effective: {{{second}}}'
    )
    with pytest.raises(PolicyError) as caught:
        tariffs_of(text)
    (fault,) = caught.value.faults
    line = text[: text.index('version: "2"')].count("\n") + 1
    assert (fault.file, fault.line, fault.path) == ("t0.yaml", line, "versions.1.effective")
    assert words in fault.message
    with pytest.raises(PolicyError, match=words.partition(";")[0]):
        tariffs_of(since("1", first), since("2", second))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (several(JAN, JUL.replace('"2"', '"1"')), "versions.1.version: version 1 is there twice"),
        (several(), "versions: write a list of versions"),
        (COMMON + "versions: []\n", "versions: no version is there; add one"),
        (COMMON + "versions: [1]\n", "versions: write a list of versions"),
        (several(JAN, 'version: "2"'), "versions.1.effective: Field required; add it"),
        (several(JAN, JUL.replace("60", "-1")), "versions.1.minimum.order_cents: Input should be"),
        (several(JAN, JUL).replace("times: 3", "times: 0"), "multipliers.2.times: Input should be"),
    ],
)
def test_faults_of_versions_name_their_place(text: str, place: str) -> None:
    """A fault is told once: in the version that has it, or in what all versions share."""
    with pytest.raises(PolicyError) as caught:
        tariffs_of(text)
    (told,) = [str(fault) for fault in caught.value.faults]
    assert place in told


def test_faults_of_all_files_are_told() -> None:
    """Whoever mends tariffs mends them once."""
    bad = PACKAGED.replace("times: 3", "times: 0")
    texts = [WrittenTariffs(file=name, text=bad) for name in ("a.yaml", "b.yaml")]
    with pytest.raises(PolicyError) as caught:
        read_tariffs(texts)
    assert [fault.file for fault in caught.value.faults] == ["a.yaml", "b.yaml"]

"""Exceptions of one cause become one storm; everything else is told alone, and nothing twice."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.book.alerting import read_alerting
from policies.grouping import Grouped, Grouping, Level, News, Place, Tally, causes_of, group
from policies.reasons import ReasonCode
from tests.policies.builders import PACKAGED, at
from tests.storage.builders import a_record

PACKAGED_ALERTING = PACKAGED.parent / "alerting.yaml"
GROUPING = read_alerting(PACKAGED_ALERTING.read_text(encoding="utf-8"), "alerting.yaml").grouping
UPS: dict[str, Any] = {"carrier": "UPS", "warehouse": "ATL1", "wave": "W7"}


def news(number: int, reason: ReasonCode = ReasonCode.CARRIER_ISSUE, **facts: object) -> News:
    """A new exception with these facts."""
    record = a_record(1, f"SO-{number}", id=number, reason_code=reason, facts=facts)
    return News(channel="#ops", record=record)


class Channel:
    """What one bot remembers from batch to batch, with numbers for storms as a database has."""

    def __init__(self, grouping: Grouping = GROUPING) -> None:
        self.grouping = grouping
        self.tallies: dict[Place, Tally] = {}
        self.storms: dict[int, list[int]] = {}
        self.members: Counter[int] = Counter()
        self.places: set[tuple[str, int]] = set()
        self.alone: list[int] = []
        self.carded: set[int] = set()

    def hear(self, *heard: News, minute: float = 0) -> Grouped:
        """Groups a batch and remembers what came of it."""
        done = group(heard, self.tallies, self.places, self.grouping, at(minute))
        ids = {one.storm: len(self.storms) + n + 1 for n, one in enumerate(done.begun)}
        for one in done.joining:
            storm = ids.get(one.storm, one.storm)
            self.storms.setdefault(storm, []).append(one.seen.exception_id)
            self.members[one.seen.exception_id] += 1
            self.places.add((one.channel, one.seen.exception_id))
            if not one.listed:
                self.carded.add(one.seen.exception_id)
        self.tallies |= {
            place: replace(one, storm=ids.get(one.storm, one.storm) if one.storm else None)
            for place, one in done.tallies.items()
        }
        self.alone += [number for _, number in done.alone]
        return done


@pytest.mark.parametrize(
    ("facts", "reason", "keys"),
    [
        (UPS, ReasonCode.CARRIER_ISSUE, ["carrier,warehouse", "carrier", "warehouse,wave"]),
        (UPS, ReasonCode.PICK_DELAY, ["warehouse,wave", "warehouse", ""]),
        ({"warehouse": "ATL1"}, ReasonCode.TRANSIT_STALL, ["warehouse", ""]),
        ({}, ReasonCode.PICK_DELAY, [""]),
        ({"warehouse": "x" * 200}, ReasonCode.PICK_DELAY, [""]),
        ({"warehouse": "  "}, ReasonCode.PICK_DELAY, [""]),
    ],
    ids=["carrier", "other reason", "no carrier", "nothing", "no name", "empty"],
)
def test_causes_come_most_specific_first(
    facts: dict[str, Any], reason: ReasonCode, keys: list[str]
) -> None:
    """A level counts where it fits the reason and all of its facts are known."""
    causes = causes_of(news(1, reason, **facts).record, GROUPING)
    assert [",".join(fact for fact, _ in cause.shared) for cause in causes][: len(keys)] == keys


def test_spelling_makes_no_other_cause() -> None:
    """UPS and ups are one carrier; another reason is another cause."""
    one = causes_of(news(1, **UPS).record, GROUPING)[0]
    two = causes_of(news(2, **{**UPS, "carrier": "ups "}).record, GROUPING)[0]
    other = causes_of(news(3, ReasonCode.TRANSIT_STALL, **UPS).record, GROUPING)[0]
    assert one.key == two.key != other.key


def test_the_one_too_many_begins_a_storm() -> None:
    """Three are told alone; the fourth begins a storm and takes them along with their cards."""
    channel = Channel()
    for number in (1, 2, 3):
        channel.hear(news(number, **UPS), minute=number)
    assert (channel.alone, channel.storms) == ([1, 2, 3], {})
    channel.hear(news(4, **UPS), minute=4)
    assert channel.storms == {1: [1, 2, 3, 4]}
    assert channel.carded == {1, 2, 3}


def test_what_comes_together_is_listed_together() -> None:
    """Where all open at once nobody gets a card of their own."""
    channel = Channel()
    done = channel.hear(*(news(number, **UPS) for number in range(1, 43)))
    assert (done.alone, len(done.begun)) == ({}, 1)
    assert channel.storms == {1: list(range(1, 43))}
    assert channel.carded == set()


def test_a_storm_takes_what_fits_and_leaves_the_rest() -> None:
    """What has another cause is told alone while a storm goes on."""
    channel = Channel()
    channel.hear(*(news(number, **UPS) for number in range(1, 6)))
    channel.hear(news(6, carrier="FedEx", warehouse="DFW"), news(7, **UPS), minute=5)
    assert channel.alone == [6]
    assert channel.storms[1][-1] == 7


def test_members_do_not_count_for_a_broader_cause() -> None:
    """A storm of one warehouse does not make a storm of the carrier's next parcel elsewhere."""
    channel = Channel()
    channel.hear(*(news(number, **UPS) for number in range(1, 40)))
    channel.hear(news(40, carrier="UPS", warehouse="DFW"), minute=1)
    assert channel.alone == [40]


def test_a_broader_cause_begins_without_those_of_a_narrower_one() -> None:
    """Nobody is in two storms: what went into the first does not open the second."""
    channel = Channel()
    channel.hear(*(news(number, **UPS) for number in range(1, 5)))
    spread = [news(10 + n, carrier="UPS", warehouse=f"W{n}") for n in range(7)]
    channel.hear(*spread, minute=1)
    assert channel.storms == {1: [1, 2, 3, 4], 2: [10, 11, 12, 13, 14, 15, 16]}


def test_a_trickle_is_no_storm() -> None:
    """What is spread over more than the window is told alone, however long it goes on."""
    channel = Channel()
    for number in range(1, 20):
        channel.hear(news(number, **UPS), minute=number * 11)
    assert channel.storms == {}


def test_a_storm_ends_with_its_window() -> None:
    """Half an hour after the last one the next is told alone again."""
    channel = Channel()
    channel.hear(*(news(number, **UPS) for number in range(1, 6)))
    channel.hear(news(6, **UPS), minute=29)
    channel.hear(news(7, **UPS), minute=58)
    channel.hear(news(8, **UPS), minute=88)
    assert channel.storms == {1: [1, 2, 3, 4, 5, 6, 7]}
    assert channel.alone == [8]


def test_channels_do_not_share_a_storm() -> None:
    """What another channel hears of does not count here."""
    mine = [news(number, **UPS) for number in range(1, 4)]
    theirs = [replace(news(number, **UPS), channel="#other") for number in range(4, 7)]
    assert Channel().hear(*mine, *theirs).begun == []


def test_one_exception_may_be_in_a_storm_of_each_channel() -> None:
    """Two channels that hear of the same four have a storm each; who hears of one has none."""
    both = [
        replace(news(number, **UPS), channel=place)
        for number in range(1, 5)
        for place in ("#ops", "#ups")
    ]
    done = group([*both, replace(news(5, **UPS), channel="#far")], {}, (), GROUPING, at(0))
    assert sorted(one.channel for one in done.begun) == ["#ops", "#ups"]
    assert sorted((one.channel, one.seen.exception_id) for one in done.joining) == sorted(
        (one.channel, one.record.id) for one in both
    )
    assert list(done.alone) == [("#far", 5)]


def test_nothing_is_grouped_without_levels() -> None:
    """`causes: []` tells everything alone."""
    done = group([news(n) for n in range(50)], {}, (), Grouping(), at(0))
    assert (len(done.alone), done.joining, done.tallies) == (50, [], {})


LEVELS = st.lists(
    st.builds(
        Level,
        by=st.sampled_from([(), ("warehouse",), ("carrier",), ("carrier", "warehouse")]),
        above=st.integers(1, 5),
    ),
    max_size=4,
)
NEWS = st.lists(
    st.tuples(
        st.sampled_from(["#a", "#b"]),
        st.sampled_from([ReasonCode.PICK_DELAY, ReasonCode.CARRIER_ISSUE]),
        st.fixed_dictionaries(
            {}, optional={"warehouse": st.sampled_from("AB"), "carrier": st.sampled_from("UF")}
        ),
        st.booleans(),
    ),
    max_size=60,
)


@given(levels=LEVELS, told=NEWS, gap=st.sampled_from([0, 4, 31]))
def test_everybody_is_in_exactly_one_place(
    levels: list[Level], told: list[tuple[str, ReasonCode, dict[str, Any], bool]], gap: int
) -> None:
    """However they come: each has an own alert or is listed in one storm, and none is lost."""
    channel = Channel(Grouping(window=timedelta(minutes=30), levels=tuple(levels)))
    batch: list[News] = []
    for number, (place, reason, facts, ends) in enumerate(told, start=1):
        batch.append(replace(news(number, reason, **facts), channel=place))
        if ends:
            channel.hear(*batch, minute=number * gap)
            batch = []
    channel.hear(*batch, minute=len(told) * gap + gap)
    listed = set(channel.members) - channel.carded
    assert sorted([*channel.alone, *listed]) == list(range(1, len(told) + 1))
    assert channel.carded <= set(channel.alone)
    assert all(count == 1 for count in channel.members.values())
    assert sum(map(len, channel.storms.values())) == len(channel.members)
    assert all(len(tally.recent) <= 5 for tally in channel.tallies.values())

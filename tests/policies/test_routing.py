"""Every exception is told somewhere, and nowhere where its client may not be seen."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.reasons import ReasonCode, Severity
from policies.records import ExceptionRecord, Tenant
from policies.routing import (
    ALERTS,
    DIGEST,
    Destination,
    Filters,
    Routes,
    Subscription,
    fits,
    home_of,
)
from tests.storage.builders import a_record

ACME = Tenant(id=1, name="Acme", channel="#acme", channel_id="C0ACME")
LATE = a_record(1, "SO-1", id=1, severity=Severity.HIGH, reason_code=ReasonCode.PICK_DELAY)
RECORD = replace(LATE, facts={"warehouse": "ATL1", "carrier": "UPS"})
HOME = Destination(channel="C0ACME", home="#acme")
FAR = Destination(channel="C0FAR", home="C0FAR")
SEEN = frozenset({(1, "C0FAR"), (1, "C0TOO")})


def asked(channel_id: str, number: int = 1, tenant_id: int = 1, **filters: Any) -> Subscription:  # noqa: ANN401
    """An alert subscription of a channel."""
    return Subscription(
        id=number,
        tenant_id=tenant_id,
        channel_id=channel_id,
        kind=ALERTS,
        filters=Filters(**filters).as_json,
    )


def heard(*subscriptions: Subscription, record: ExceptionRecord = RECORD) -> list[str]:
    """The channels that hear of it, where C0FAR and C0TOO see Acme besides its own."""
    routes = Routes(default_channel="#all", subscriptions=subscriptions, shown=SEEN)
    return [one.channel for one in routes.channels_for(ACME, record)]


@pytest.mark.parametrize(
    ("filters", "fit"),
    [
        ({}, True),
        ({"sites": ("atl1 ",)}, True),
        ({"sites": ("DAL2", "ATL1")}, True),
        ({"sites": ("DAL2",)}, False),
        ({"carriers": ("ups",), "sites": ("ATL1",)}, True),
        ({"carriers": ("FedEx",), "sites": ("ATL1",)}, False),
        ({"reasons": (ReasonCode.PICK_DELAY, ReasonCode.OTHER)}, True),
        ({"reasons": (ReasonCode.OTHER,)}, False),
        ({"at_least": Severity.HIGH}, True),
        ({"at_least": Severity.MEDIUM}, True),
        ({"at_least": Severity.CRITICAL}, False),
    ],
    ids=str,
)
def test_a_filter_fits_or_not(filters: dict[str, Any], fit: bool) -> None:  # noqa: FBT001
    """Any name of a filter will do, each filter has to fit, and spelling does not matter."""
    assert fits(Filters(**filters), RECORD) is fit


@pytest.mark.parametrize("facts", [{}, {"warehouse": None}, {"warehouse": True}, {"warehouse": []}])
def test_what_is_not_known_fits_no_name(facts: dict[str, Any]) -> None:
    """An order that names no site is at none of the sites that were asked for."""
    assert not fits(Filters(sites=("ATL1", "None", "True")), replace(RECORD, facts=facts))
    assert fits(Filters(), replace(RECORD, facts=facts))


@pytest.mark.parametrize(
    ("subscriptions", "channels"),
    [
        pytest.param([], ["C0ACME"], id="nothing asked: the default channel"),
        pytest.param([asked("C0FAR")], ["C0ACME", "C0FAR"], id="a further one besides"),
        pytest.param([asked("C0FAR", sites=("DAL2",))], ["C0ACME"], id="it does not fit there"),
        pytest.param([asked("C0ACME", sites=("DAL2",))], ["C0ACME"], id="fits nowhere: default"),
        pytest.param(
            [asked("C0ACME", sites=("DAL2",)), asked("C0FAR", 2)],
            ["C0FAR"],
            id="the default channel narrowed itself",
        ),
        pytest.param(
            [asked("C0ACME", sites=("ATL1",)), asked("C0FAR", 2)],
            ["C0ACME", "C0FAR"],
            id="narrowed to what fits",
        ),
        pytest.param(
            [asked("C0FAR", sites=("ATL1",)), asked("C0FAR", 2, carriers=("UPS",))],
            ["C0ACME", "C0FAR"],
            id="twice subscribed, once told",
        ),
        pytest.param([asked("C0TOO"), asked("C0FAR", 2)], ["C0ACME", "C0FAR", "C0TOO"], id="three"),
        pytest.param([asked("C0GONE")], ["C0ACME"], id="unmapped: left over"),
        pytest.param([asked("C0FAR", tenant_id=2)], ["C0ACME"], id="of another client"),
        pytest.param([replace(asked("C0FAR"), kind=DIGEST)], ["C0ACME"], id="only the digest"),
        pytest.param(
            [replace(asked("C0ACME", sites=("DAL2",)), kind=DIGEST), asked("C0FAR", 2)],
            ["C0ACME", "C0FAR"],
            id="a digest narrows no alerts",
        ),
    ],
)
def test_who_hears(subscriptions: list[Subscription], channels: list[str]) -> None:
    """Each channel whose subscription fits, once; the default one first and unless it narrowed."""
    assert heard(*subscriptions) == channels


def test_a_default_channel_is_known_by_its_name() -> None:
    """Before its id is known, what it asked for by id is still its own."""
    tenant = replace(ACME, channel_id=None)
    own = replace(asked("C0ACME", sites=("DAL2",)), channel="#acme")
    routes = Routes(default_channel="#all", subscriptions=(own, asked("C0FAR", 2)), shown=SEEN)
    assert routes.channels_for(tenant, RECORD) == (FAR,)
    elsewhere = replace(RECORD, facts={"warehouse": "DAL2"})
    home = Destination(channel="#acme", home="#acme")
    assert routes.channels_for(tenant, elsewhere) == (home, FAR)
    unnamed = replace(tenant, channel=None)
    common = replace(own, channel="#all")
    routes = replace(routes, subscriptions=(common,))
    assert routes.channels_for(unnamed, elsewhere) == (Destination(channel="#all", home="#all"),)


def test_a_channel_has_one_name_for_all_clients() -> None:
    """What is Acme's default channel is counted by that name for Globex, too."""
    globex = Tenant(id=2, name="Globex", channel="#globex")
    there = replace(asked("C0ACME", tenant_id=2), channel="#acme")
    shown = frozenset({(2, "C0ACME")})
    routes = Routes(default_channel="#all", subscriptions=(there,), shown=shown)
    told = routes.channels_for(globex, replace(RECORD, tenant_id=2))
    assert told == (Destination(channel="#globex", home="#globex"), HOME)


def test_filters_are_kept_as_they_are_compared() -> None:
    """Equal filters are kept alike, however they were typed; nothing at all is an empty object."""
    one = Filters(sites=("b", "A"), reasons=(ReasonCode.OTHER,), at_least=Severity.HIGH)
    two = replace(one, sites=("A", "b"))
    assert one.as_json == two.as_json
    assert Filters.of(one.as_json) == two
    assert Filters().as_json == {}
    assert Filters.of({"reasons": ["NO_SUCH_REASON"]}) == Filters()


CHANNELS = ("C0ACME", "C0A", "C0B", "C0C")
FILTERS = st.builds(
    Filters,
    sites=st.lists(st.sampled_from(["ATL1", "DAL2"]), max_size=1).map(tuple),
    carriers=st.lists(st.sampled_from(["UPS", "FedEx"]), max_size=1).map(tuple),
    reasons=st.lists(st.sampled_from(ReasonCode), max_size=2).map(tuple),
    at_least=st.one_of(st.none(), st.sampled_from(Severity)),
)
SUBSCRIPTIONS = st.lists(
    st.builds(
        Subscription,
        id=st.integers(1, 9),
        tenant_id=st.sampled_from([1, 2]),
        channel_id=st.sampled_from(CHANNELS),
        kind=st.sampled_from([ALERTS, DIGEST]),
        filters=FILTERS.map(lambda one: one.as_json),
    ),
    max_size=8,
)
RECORDS = st.builds(
    lambda severity, reason, facts: replace(
        RECORD, severity=severity, reason_code=reason, facts=facts
    ),
    st.sampled_from(Severity),
    st.sampled_from(ReasonCode),
    st.fixed_dictionaries(
        {},
        optional={
            "warehouse": st.sampled_from(["ATL1", "DAL2", "X"]),
            "carrier": st.sampled_from(["UPS", "X"]),
        },
    ),
)


@given(
    subscriptions=SUBSCRIPTIONS,
    shown=st.frozensets(st.tuples(st.sampled_from([1, 2]), st.sampled_from(CHANNELS[1:]))),
    record=RECORDS,
    own=st.booleans(),
)
def test_told_somewhere_and_nowhere_where_it_may_not_be_seen(
    subscriptions: list[Subscription],
    shown: frozenset[tuple[int, str]],
    record: ExceptionRecord,
    own: bool,  # noqa: FBT001
) -> None:
    """Whatever was asked and mapped: one channel at least, each once, only those that may see."""
    tenant = ACME if own else replace(ACME, channel=None, channel_id=None)
    routes = Routes(default_channel="#all", subscriptions=tuple(subscriptions), shown=shown)
    told = routes.channels_for(tenant, record)
    home = home_of(tenant, "#all")
    assert told
    assert len(set(told)) == len(told)
    assert home not in told[1:]
    for one in told:
        assert one == home or (1, one.channel) in shown
        assert routes.may_see(tenant, one.channel, one.home)
    for wish in subscriptions:
        mine = (wish.tenant_id, wish.kind) == (1, ALERTS) and (1, wish.channel_id) in shown
        if mine and fits(wish.wanted, record):
            assert wish.channel_id in {there.channel for there in told}

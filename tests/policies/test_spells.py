"""Which policy held for whom, and until when."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from policies.queries import PolicyVersion
from policies.spells import Spell, spells_of

T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def adopted(scope: str, name: str, since: datetime | None, *, text: str = "x") -> PolicyVersion:
    """A text as it was adopted."""
    return PolicyVersion(
        scope=scope,
        version=name,
        digest=f"{scope}{name}",
        text=text,
        file="/etc/e2a/sla.yaml",
        adopted_at=since or T0,
        since=since,
    )


def held(spells: list[Spell], tenant: str, at: datetime) -> list[str]:
    """The names of the texts that hold for a tenant at a moment."""
    return [
        one.version
        for one in spells
        if (one.tenant == tenant or (not one.tenant and tenant not in one.not_for))
        and (one.begins is None or one.begins <= at)
        and (one.ends is None or at < one.ends)
    ]


def test_an_edit_ends_what_was_before() -> None:
    """The earlier text holds until the later one; only the last has the bare name."""
    spells = spells_of([adopted("", "1", None), adopted("", "2", T0), adopted("", "2", T0 + DAY)])
    assert [(one.name, one.begins, one.ends) for one in spells] == [
        ("sla.yaml, version 1", None, T0),
        ("sla.yaml, version 2", T0, T0 + DAY),
        ("sla.yaml", T0 + DAY, None),
    ]
    assert [one.version for one in spells] == ["1", "2", "2+2"]


def test_a_clients_own_text_takes_everyones_place_and_gives_it_back() -> None:
    """Before its own, and after it was withdrawn, a client has everyone's as it was then."""
    spells = spells_of(
        [
            adopted("", "all", None),
            adopted("acme", "own", T0),
            adopted("", "all-2", T0 + DAY),
            adopted("acme", "", T0 + 2 * DAY, text=""),
        ]
    )
    told = [held(spells, "acme", T0 + n * DAY) for n in (-1, 0, 1, 2, 3)]
    assert told == [["all"], ["own"], ["own"], ["all-2"], ["all-2"]]
    assert [held(spells, "globex", T0 + n * DAY) for n in (-1, 0, 1)] == [
        ["all"],
        ["all"],
        ["all-2"],
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "a", "b"]), st.integers(1, 20), st.booleans()), max_size=8
    ),
    st.integers(0, 21),
)
def test_exactly_one_text_holds_at_any_moment(
    edits: list[tuple[str, int, bool]], moment: int
) -> None:
    """However policies were edited, each client has one text at a time, never two or none."""
    versions = [adopted("", "first", None)]
    for number, (scope, day, withdrawn) in enumerate(sorted(edits, key=lambda edit: edit[1])):
        text = "" if withdrawn and scope else "x"
        versions.append(adopted(scope, str(number), T0 + day * DAY, text=text))
    for tenant in ("a", "b", "c"):
        assert len(held(spells_of(versions), tenant, T0 + moment * DAY)) == 1

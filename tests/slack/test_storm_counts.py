"""Nobody in a storm is lost: what its card counts and what its lists name are all members."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks.storm import storm_card, storm_list
from handlers.blocks.storm_forms import storm_members
from handlers.blocks.storm_ids import StormForm
from jobs.views.storms import InStorm, StormView
from policies.reasons import Severity, Status
from policies.storms import PAGE, Told
from tests.slack.storm_values import STORM, member
from tests.slack.values import ACME, GLOBEX, SETTLED

TOLD = st.sampled_from([Told.LISTED, Told.LISTED, Told.CARD, Told.SPLIT])
STATES = st.sampled_from(
    [{}, {"status": Status.ACKNOWLEDGED, "assignee": "U0JOE"}, SETTLED, {"severity": Severity.LOW}]
)
NUMBER = re.compile(r"([\d,]+) (open|settled|listed|with)\b")


@st.composite
def storms(draw: st.DrawFn) -> StormView:
    """A storm of up to some hundred members, of two clients, told and settled in any mixture."""
    kinds = draw(st.lists(st.tuples(TOLD, STATES, st.booleans()), min_size=1, max_size=260))
    members = [
        member(number, tenant=GLOBEX if other else ACME, told=told, **state)
        for number, (told, state, other) in enumerate(kinds, start=1)
    ]
    storm = replace(STORM, members=len(members))
    return StormView(storm=storm, members=tuple(members), now=STORM.last_at)


def _texts(blocks: object) -> str:
    if isinstance(blocks, dict):
        own = blocks.get("text")
        rest = " ".join(_texts(one) for one in blocks.values() if not isinstance(one, str))
        return f"{own} {rest}" if isinstance(own, str) else rest
    return " ".join(map(_texts, blocks)) if isinstance(blocks, list | tuple) else ""


@given(storms())
def test_the_card_counts_everybody(view: StormView) -> None:
    """Open and settled ones are all members; so are those listed and those with cards."""
    said = _texts(storm_card(view).blocks)
    counts = {word.split()[0]: int(n.replace(",", "")) for n, word in NUMBER.findall(said)}
    members = len(view.members)
    assert counts.get("open", 0) + counts.get("settled", 0) == members
    assert counts.get("listed", 0) + counts.get("with", 0) == members
    named = re.findall(r"(?:Acme Outdoors|Globex) ([\d,]+)", said)
    assert sum(int(n.replace(",", "")) for n in named) == members


@given(storms())
def test_the_lists_name_everybody_once(view: StormView) -> None:
    """Over all pages of the thread, and of the form, each member stands exactly once."""
    pages = [view.members[start : start + PAGE] for start in range(0, len(view.members), PAGE)]
    listed = [_texts(storm_list(replace(view, members=page)).blocks) for page in pages]
    assert _named(listed) == _orders(view.members)
    forms = [
        _texts(storm_members(view, StormForm(storm_id=12, page=page))["blocks"])
        for page in range(len(pages))
    ]
    assert _named(forms) == _orders(view.members)


def _named(texts: list[str]) -> list[str]:
    return sorted(re.findall(r"SO-\d+", " ".join(texts)))


def _orders(members: tuple[InStorm, ...]) -> list[str]:
    return sorted(one.record.order_id for one in members)

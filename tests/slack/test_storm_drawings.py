"""However long names are, a storm's messages pass Slack and name every order."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.workspace.blockkit import faults
from handlers.blocks import storm, storm_forms
from handlers.blocks.storm_ids import StormForm, decode_storm, encode_storm, fitting
from handlers.blocks.text import data
from jobs.views.storms import StormView
from policies.records import Tenant
from policies.storms import PAGE, Told
from tests.slack.storm_values import FORM, STORM, member, preview, storm_view
from tests.slack.test_limits import FEW, TEXT, check, check_message


def crowd(count: int, **changes: Any) -> StormView:  # noqa: ANN401
    """A storm of so many, each of which has these changes."""
    return storm_view(*(member(number, **changes) for number in range(1, count + 1)))


@pytest.mark.parametrize("letter", ["A", "&", "<", "*"])
def test_a_full_list_of_long_names_leaves_nobody_out(letter: str) -> None:
    """A hundred orders of 120 letters, clients of 60: each is in the list by how it begins."""
    tenant = Tenant(id=1, name="N" * 60)
    names = [f"SO-{number:03}-{letter * 110}" for number in range(PAGE)]
    members = []
    for number, name in enumerate(names, start=1):
        one = member(number, tenant=tenant, told=Told.CARD)
        members.append(replace(one, record=replace(one.record, order_id=name)))
    drawn = storm.storm_list(storm_view(*members))
    check_message(drawn)
    shown = json.dumps(list(drawn.blocks))
    assert [name[:7] for name in names if name[:7] not in shown] == []


@FEW
@given(name=TEXT, client=TEXT, carrier=TEXT, wave=TEXT)
def test_any_data_passes_slack(name: str, client: str, carrier: str, wave: str) -> None:
    """Nothing that a payload says breaks a storm or calls anybody."""
    tenant = Tenant(id=1, name=client)
    shared = replace(STORM, shared=(("carrier", carrier), ("wave", wave)))
    facts = {"carrier": carrier, "zone": wave}
    members = [member(n, tenant=tenant, facts=facts, assignee=carrier) for n in range(1, 6)]
    named = [replace(one, record=replace(one.record, order_id=name)) for one in members]
    view = storm_view(*named, storm=shared)
    check_message(storm.storm_card(view), known=carrier)
    check_message(storm.storm_list(view))
    check_message(storm.storm_explanation(view))
    check_message(storm_forms.which_of_storm(view, "ack"))
    check(storm_forms.storm_members(view, FORM)["blocks"], "modal")
    if data(name):
        check(storm_forms.split_form(view, "C1")["blocks"], "modal")


def test_pages_show_everybody_once() -> None:
    """Turning the pages of the list shows each member once, of all clients or of one."""
    view = crowd(250)
    pages = [storm_forms.storm_members(view, replace(FORM, page=page)) for page in range(4)]
    assert all(faults(page["blocks"], "modal") == [] for page in pages)
    assert "201 to 250 of 250" in json.dumps(pages[2])
    assert pages[3]["blocks"] == pages[2]["blocks"]
    one = storm_forms.storm_members(storm_view(), replace(FORM, client=2))
    assert "1 to 9 of 9" in json.dumps(one)


def test_a_form_remembers_what_it_showed() -> None:
    """What a form is drawn with is what its submission brings back, whatever the gaps."""
    versions = {1: 3, 2: 3, 5: 1, 900: 12}
    form = StormForm(storm_id=12, channel="C1", verb="resolve", versions=versions, page=2, client=7)
    assert decode_storm(encode_storm(form)) == form
    assert decode_storm(encode_storm(FORM)) == FORM


@given(versions=st.dictionaries(st.integers(1, 3000), st.integers(1, 999), max_size=400))
def test_versions_fit_into_a_form(versions: dict[int, int]) -> None:
    """As many as fit are kept, the first ones, exactly as they were."""
    kept = fitting(versions)
    form = StormForm(storm_id=1, verb="resolve", versions=kept)
    metadata = encode_storm(form)
    assert len(metadata) <= 3000
    assert decode_storm(metadata) == form
    assert kept.items() <= versions.items()
    assert list(kept) == sorted(versions)[: len(kept)]


@pytest.mark.parametrize(
    "value",
    [None, 7, "", "{}", "[]", "{" * 5000, '{"storm":true,"page":0,"verb":""}', '{"storm":-1}'],
)
def test_anything_else_is_no_form(value: object) -> None:
    """What we did not write is not read."""
    assert decode_storm(value) is None


def test_strange_runs_end_the_reading() -> None:
    """A list of versions that makes no sense is read no further, and never grows large."""
    form = encode_storm(StormForm(storm_id=1, verb="resolve", versions={1: 1}))
    assert decode_storm(form.replace('"1"', '"2x3,x,5"')) == StormForm(
        storm_id=1, verb="resolve", versions={1: 2, 2: 2, 3: 2}
    )
    huge = decode_storm(form.replace('"1"', '"1x99999,1x99999"'))
    assert huge is not None
    assert huge.versions == {}


def test_nothing_to_do_cannot_be_submitted() -> None:
    """A preview without anybody to change has no button that would do it."""
    assert "submit" not in storm_forms.act_form(preview(nothing=True), "resolve", "C1")
    assert "submit" in storm_forms.act_form(preview(), "resolve", "C1")
    alone = storm_view(member(1, told=Told.SPLIT))
    assert "submit" not in storm_forms.split_form(alone, "C1")

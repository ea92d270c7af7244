"""`POST /api/policies/lint`: a policy looked over for whoever sends it."""

from collections.abc import Mapping

import pytest

from tests.handlers.world import World
from tests.policies.lint_policy import CLEAN, spoilt

PATH = "/api/policies/lint"


async def test_a_good_policy_has_no_findings(world: World) -> None:
    """Nothing to say is an empty list with zero counts."""
    status, body = await world.send({"text": CLEAN}, PATH, key="admin")
    assert (status, body) == (200, {"findings": [], "errors": 0, "warnings": 0})


async def test_a_finding_has_place_words_and_remedy(world: World) -> None:
    """A finding is the one of the command line, under the name that the sender gave the text."""
    text = spoilt(('"14:00"', '"19:00"'))
    status, body = await world.send({"text": text, "file": "acme.yaml"}, PATH, key="admin")
    assert (status, body["errors"], body["warnings"]) == (200, 0, 1)
    (found,) = body["findings"]
    assert found == {
        "level": "warning",
        "rule": "cutoff-outside-shifts",
        "file": "acme.yaml",
        "line": 22,
        "path": "slas.1.deadline.cutoff.at",
        "sla_id": "ship",
        "message": "the cut-off at 19:00 is outside the shifts of ATL1 on mon, tue, wed, thu, fri "
        "(mon 08:00-18:00)",
        "remedy": "Move it into the shifts of every open day, or correct the shifts",
    }


@pytest.mark.parametrize("text", ["", "version: [", "a: &x [*x]", "- 1"])
async def test_no_policy_at_all_is_answered_too(world: World, text: str) -> None:
    """A text that is no policy was asked about rightly: the answer is 200 with errors."""
    status, body = await world.send({"text": text}, PATH, key="admin")
    assert status == 200
    assert body["errors"] == len(body["findings"]) >= 1
    assert {finding["file"] for finding in body["findings"]} == {"policy.yaml"}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "text"),
        ({"text": 5}, "text"),
        ({"text": CLEAN, "file": ""}, "file"),
        ({"text": CLEAN, "file": "x" * 129}, "file"),
        ({"text": CLEAN, "now": "2026-03-02"}, "now"),
    ],
)
async def test_a_bad_question_is_422(world: World, body: Mapping[str, object], path: str) -> None:
    """A body without text, or with what nobody asked for, is refused with its field."""
    status, said = await world.send(body, PATH, key="admin")
    assert (status, said["error"]) == (422, "invalid_request")
    assert said["issues"][0]["path"] == path


async def test_a_long_policy_is_refused(world: World) -> None:
    """More than 64 KiB is nobody's policy."""
    status, body = await world.send({"text": "#" * 70_000}, PATH, key="admin")
    assert (status, body["error"]) == (413, "payload_too_large")


async def test_it_is_for_admins(world: World) -> None:
    """Like all that is posted, it wants an admin's key."""
    for key in ("read", "ingest"):
        assert (await world.send({"text": CLEAN}, PATH, key=key))[0] == 403

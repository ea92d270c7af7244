"""How a resolution policy is written, and what a slip of the pen is told."""

import pytest

from policies.book.resolution import read_resolution
from policies.errors import PolicyError
from policies.resolution import Approve, DryRun, ResolutionRule

HOLD = ResolutionRule(action="hold_order")


def test_a_file_is_read_with_its_short_forms() -> None:
    """Limits, approval, dry run and proof as people write them; `no` is YAML's false."""
    text = """
version: "1"
resolution:
  PICK_DELAY:
    - {do: hold_order, if: severity == HIGH, limit: {per_order: 1, per_hour: 9}, approve: lead,
       dry_run: first, proved_by: [order_held], within: 2h}
    - {do: message, text: "{order_id} is late", approve: no, dry_run: true}
  any: []
"""
    read = read_resolution(text, "f", actions={"hold_order"}, over={"any": (HOLD,)})
    first, second = read["PICK_DELAY"]
    assert (first.approve, first.dry_run, first.within_minutes) == (
        Approve.LEAD,
        DryRun.FIRST,
        120,
    )
    assert (first.per_order, first.per_hour, first.proved_by) == (1, 9, ("order_held",))
    assert (second.approve, second.dry_run) == (Approve.NO, DryRun.ONLY)
    assert read["any"] == ()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param("PICK_DLAY: []", "did you mean PICK_DELAY", id="code"),
        pytest.param("any: [{do: hold_ordr}]", "did you mean hold_order", id="action"),
        pytest.param("any: [{do: message}]", "a message needs its text", id="no text"),
        pytest.param("any: [{do: close, text: x}]", "close has no text", id="text of nothing"),
        pytest.param("any: [{do: message, text: '{name}'}]", "cannot name name", id="fact"),
        pytest.param("any: [{do: close, wen: x}]", "known are do, if, limit", id="field"),
        pytest.param("any: [{do: close, if: 'f(x)'}]", "write a condition as", id="condition"),
        pytest.param("any: [{do: close, approve: boss}]", "approve: operator", id="approver"),
    ],
)
def test_faults_name_their_line_and_a_remedy(body: str, said: str) -> None:
    """A slip of the pen never runs anything."""
    with pytest.raises(PolicyError) as refused:
        read_resolution(f'version: "1"\nresolution:\n  {body}\n', "f", actions={"hold_order"})
    (fault,) = refused.value.faults
    assert fault.line == 3
    assert said in fault.message

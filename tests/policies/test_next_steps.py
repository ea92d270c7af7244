"""The file of next steps: what it means, and how its faults are told."""

from itertools import product
from pathlib import Path

import pytest

from bot.policy_files import load_next_steps, load_telling
from bot.settings import Settings
from policies.book.next_steps import read_next_steps
from policies.errors import PolicyError
from policies.next_steps import CAUSES, PLACEHOLDERS, Step, next_step
from policies.reasons import ReasonCode

PACKAGED = load_next_steps(None)
KNOWN = {
    "order": "SO-1",
    "warehouse": "ATL1",
    "zone": "B",
    "wave": "W-1",
    "carrier": "UPS",
    "source": "wms",
}


@pytest.mark.parametrize("reason", ReasonCode)
def test_there_is_always_one_concrete_step(reason: ReasonCode) -> None:
    """For every reason and cause, whatever is known of the order besides its name."""
    for cause, known in product((None, *CAUSES), (KNOWN, {"order": "SO-1"})):
        step = next_step(PACKAGED, reason, cause, known)
        assert step.endswith(".")
        assert "{" not in step
        assert len(step.split()) <= 20


@pytest.mark.parametrize(
    ("reason", "cause", "step"),
    [
        ("PICK_DELAY", "stock", "Decide with the client whether SO-1 waits for stock"),
        ("PICK_DELAY", "zone", "Ask the floor lead of ATL1 what stops zone B"),
        ("PICK_DELAY", "alone", "Send somebody to the shelf for SO-1"),
        ("PICK_DELAY", None, "Ask the floor lead to pick SO-1 next"),
        ("PICK_DELAY", "silence", "Get wms to report again"),
        ("PACK_DELAY", "wave", "Ask the floor lead of ATL1 what stops wave W-1"),
        ("CARRIER_ISSUE", "carrier", "Ask UPS for a late pick-up at ATL1"),
        ("CARRIER_ISSUE", "pickup", "Ask UPS for a late pick-up at ATL1"),
        ("CARRIER_ISSUE", None, "Check the dock for SO-1; if it is there, ask UPS"),
        ("TRANSIT_STALL", "carrier", "Ask UPS about the delay of all its parcels"),
        ("DELIVERY_DELAY", "attempt", "Ask the client for a new delivery time"),
        ("OTHER", None, "Look at SO-1"),
    ],
)
def test_the_step_fits_reason_and_cause(reason: str, cause: str | None, step: str) -> None:
    """The packaged table, as an ops lead would say it."""
    assert next_step(PACKAGED, ReasonCode(reason), cause, KNOWN).startswith(step)


def test_a_row_that_names_what_is_unknown_is_passed_over() -> None:
    """Without a carrier's name the next row speaks of the carrier."""
    step = next_step(PACKAGED, ReasonCode.CARRIER_ISSUE, None, {"order": "SO-1"})
    assert step.endswith("ask the carrier for a pick-up.")
    assert next_step((Step(do="Ask {carrier}."),), ReasonCode.OTHER, None, {}) == ""


def test_own_rows_are_tried_first(tmp_path: Path) -> None:
    """A row of the operator goes before the packaged ones, which stay for everything else."""
    own = 'version: "1"\nsteps: [{reasons: [PICK_DELAY], do: "Ring the bell for {order}."}]\n'
    (tmp_path / "next_steps.yaml").write_text(own, encoding="utf-8")
    steps = load_next_steps(tmp_path)
    assert next_step(steps, ReasonCode.PICK_DELAY, "stock", KNOWN) == "Ring the bell for SO-1."
    assert next_step(steps, ReasonCode.PACK_DELAY, "stock", KNOWN).startswith("Decide with")


@pytest.mark.parametrize(
    ("row", "line", "words"),
    [
        ("{do: Look., reasons: [PICK_DELEY]}", 2, "did you mean PICK_DELAY?"),
        ("{do: Look., causes: [stok]}", 2, "did you mean stock?"),
        ("{do: 'Ask {boss}.'}", 2, "nothing that a step can name"),
        ("{do: 'Ask {order!r}.'}", 2, "nothing that a step can name"),
        ("{do: 'Ask {order.'}", 2, "steps.0.do"),
        ("{causes: [stock]}", 2, "`do` is missing"),
        ("{do: Look., when: now}", 2, "known are do, reasons, causes"),
        (f"{{do: {'x' * 201}}}", 2, "200 characters"),
    ],
)
def test_a_fault_names_its_line(row: str, line: int, words: str) -> None:
    """What is wrong is told with the file, the line and what to do."""
    with pytest.raises(PolicyError) as raised:
        read_next_steps(f'version: "1"\nsteps: [{row}]\n', "own.yaml")
    (fault,) = raised.value.faults
    assert (fault.file, fault.line) == ("own.yaml", line)
    assert words in f"{fault.path}: {fault.message}"


def test_the_bot_takes_the_table_along(tmp_path: Path) -> None:
    """Whoever judges and whoever posts tells the same steps, the operator's first."""
    own = 'version: "1"\nsteps: [{do: "Ring the bell."}]\n'
    (tmp_path / "next_steps.yaml").write_text(own, encoding="utf-8")
    assert load_telling(Settings()).steps == PACKAGED
    assert load_telling(Settings(policies_dir=tmp_path)).steps[0].do == "Ring the bell."


def _page() -> str:
    return (Path(__file__).parents[2] / "docs" / "explanations.md").read_text(encoding="utf-8")


def test_the_page_shows_what_is_said() -> None:
    """The example of docs/explanations.md is what people read in that situation."""
    shown = " ".join(_page().split("```text\n")[1].split("```")[0].split())
    golden = Path(__file__).parents[1] / "jobs" / "golden" / "pick_zone.txt"
    lines = golden.read_text(encoding="utf-8").splitlines()[1:]
    for line in lines:
        words = line.split(maxsplit=1)[1] if not line.startswith("[") else line
        assert " ".join(words.split()) in shown


def test_the_page_shows_a_file_that_can_be_read() -> None:
    """Its rows mean what the page says."""
    own = read_next_steps(_page().split("```yaml\n")[1].split("```")[0], "page")
    step = next_step(own, ReasonCode.PICK_DELAY, "zone", KNOWN)
    assert step == "Ring ATL1, extension 40, about zone B."


def test_the_page_names_every_cause_and_placeholder() -> None:
    """docs/explanations.md explains what a row may say."""
    assert [word for word in (*CAUSES, *PLACEHOLDERS) if f"`{word}`" not in _page()] == []

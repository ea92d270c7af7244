"""The codes' meanings: the packaged file, a file laid over it, and what is wrong where."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from bot.intake import load_codes, open_intake
from bot.settings import Settings
from handlers.ingest import shiphero, shipstation, shopify
from handlers.ingest.columns import read_column_map
from handlers.ingest.intake import packaged_codes
from handlers.ingest.sources import SOURCES
from policies.errors import PolicyError
from policies.facts import KINDS
from policies.reasons import Fault, ReasonCode
from policies.source_codes import Meaning, SourceCodes, read_source_codes

OWN_TYPES = {"tracking_updated", "returned_to_sender"}
MINE = """version: "1"
sources:
  easypost:
    In_Transit: carrier_scan
    delivered:
partners:
  FedEx:
    easypost:
      "carrier:OD": out_for_delivery
"""


def test_packaged_codes_tell_known_facts() -> None:
    """Every packaged code tells a fact that the policies know, or one that proves no step."""
    codes = packaged_codes()
    lists = [*codes.sources.values(), *(one for p in codes.partners.values() for one in p.values())]
    told = {row.event for rows in lists for row in rows.values() if row.event}
    assert told <= KINDS | OWN_TYPES
    assert codes.sources.keys() == {
        "x12",
        "easypost",
        "aftership",
        "shipengine",
        "shippo",
        "shopify",
    }


@pytest.mark.parametrize(
    ("source", "codes", "partner", "meaning"),
    [
        ("easypost", ("unknown",), "", Meaning()),
        ("easypost", ("in_transit/unknown", "in_transit"), "", Meaning(event="in_transit")),
        ("easypost", ("carrier:PU", "in_transit"), "FedEx", Meaning(event="carrier_picked_up")),
        ("easypost", ("carrier:PU", "in_transit"), "UPS", Meaning(event="in_transit")),
        (
            "aftership",
            ("exception_012", "Exception"),
            "",
            Meaning(
                event="package_damaged", reason=ReasonCode.DAMAGED_PACKAGE, fault=Fault.CARRIER
            ),
        ),
        ("shippo", ("never heard",), "", None),
        ("nobody", ("in_transit",), "", None),
    ],
)
def test_first_known_code_counts(
    source: str, codes: tuple[str, ...], partner: str, meaning: Meaning | None
) -> None:
    """The partner's word counts before all, then the most precise code that is known."""
    assert packaged_codes().meaning(source, codes, partner) == meaning


def test_a_file_is_laid_over_code_by_code(tmp_path: Path) -> None:
    """What the operator says replaces single codes; everything else stays as packaged."""
    (tmp_path / "source_codes.yaml").write_text(MINE, encoding="utf-8")
    codes = load_codes(tmp_path)
    assert codes.meaning("easypost", ("in_transit",)) == Meaning(event="carrier_scan")
    assert codes.meaning("easypost", ("delivered",)) == Meaning()
    assert codes.meaning("easypost", ("pre_transit",)) == Meaning(event="label_created")
    assert codes.meaning("easypost", ("carrier:OD",), "fedex") == Meaning(event="out_for_delivery")
    assert codes.meaning("easypost", ("carrier:PU",), "fedex") == Meaning(event="carrier_picked_up")
    assert codes.meaning("shippo", ("TRANSIT",)) == Meaning(event="in_transit")


def test_without_a_file_the_packaged_codes_count(tmp_path: Path) -> None:
    """No folder, or one without the file, changes nothing."""
    assert load_codes(None) is load_codes(tmp_path) is packaged_codes()
    settings = Settings(policies_dir=tmp_path, outbound_allow_hosts="a.example, localhost:8080")
    assert open_intake(settings).codes is packaged_codes()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('version: "2"\n', "my.yaml:1: version: "),
        ('version: "1"\nsources:\n  ups: {}\n', "my.yaml:3: sources.ups: "),
        (
            'version: "1"\nsources:\n  x12:\n    AF: Picked Up\n',
            "my.yaml:4: sources.x12.AF.event: ",
        ),
        (
            'version: "1"\nsources:\n  x12:\n    AF:\n      fault: nobody\n',
            "my.yaml:5: sources.x12.AF.fault: ",
        ),
        (
            'version: "1"\npartners:\n  a:\n    x12:\n      AF: {reason: LATE}\n',
            "my.yaml:5: partners.a.x12.AF.reason: ",
        ),
        ('version: "1"\nsources: {x12: {AF: [a]}}\n', "my.yaml:2: sources.x12.AF: "),
        ("version: [\n", "my.yaml:2: "),
    ],
)
def test_faults_are_told_with_file_and_line(text: str, place: str) -> None:
    """What cannot be used is named with its file, line and path."""
    with pytest.raises(PolicyError) as caught:
        read_source_codes(text, "my.yaml")
    assert str(caught.value.faults[0]).startswith(place)


def test_an_empty_file_says_nothing() -> None:
    """Only the version is needed; over the packaged codes it changes nothing."""
    packaged = packaged_codes()
    own = read_source_codes('version: "1"\n', "my.yaml")
    assert own == SourceCodes()
    assert own.over(packaged) == packaged
    text = (files("policies") / "defaults" / "source_codes.yaml").read_text(encoding="utf-8")
    assert read_source_codes(text, "packaged") == packaged


def test_the_pages_examples_are_read() -> None:
    """The YAML of docs/sources.md is what it says: a file of codes, and maps of columns."""
    page = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
    codes, *maps = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert read_source_codes(codes, "docs/sources.md").partners
    assert [read_column_map(one, "docs/sources.md").source for one in maps] == ["wms", "wms"]


def test_the_page_names_every_topic_and_type() -> None:
    """docs/sources.md has a row for each topic, type, list and source that is read."""
    page = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
    names = [*shopify.TOPICS, *shiphero.KINDS, *shipstation.LISTS, *SOURCES]
    assert [name for name in names if f"`{name}`" not in page] == []

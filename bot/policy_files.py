"""Reads the policy files: the packaged ones, and the operator's laid over them.

Must not understand them: policies/book.py does.
"""

from importlib.resources import files
from pathlib import Path

from policies.book import SlaBook, read_sla_book

MANIFEST = Path(__file__).parents[1] / "manifest.yml"
"""The Slack app's manifest, beside the packages in a checkout."""


def load_sla_book(policies_dir: Path | None) -> SlaBook:
    """The promises in force.

    Raises:
        PolicyError: with every fault, its file and line.
    """
    own = policies_dir / "sla.yaml" if policies_dir else None
    if own is not None and own.is_file():
        return read_policy_file(own)
    packaged = files("policies") / "defaults" / "sla.yaml"
    return read_sla_book(packaged.read_text(encoding="utf-8"), "sla.yaml (packaged)")


def read_policy_file(path: Path) -> SlaBook:
    """The promises of one file; raises PolicyError as load_sla_book does."""
    return read_sla_book(path.read_text(encoding="utf-8"), str(path))

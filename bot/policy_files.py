"""Reads the policy files: the packaged ones, and the operator's laid over them.

Must not understand them: `policies` does.
"""

from importlib.resources import files
from pathlib import Path

import structlog

from jobs.adopt_policies import InForce, PolicyText
from policies.book.read import SlaBook, read_sla_book
from policies.money.tariff import Tariff, read_tariff

log = structlog.get_logger(__name__)

MANIFEST = Path(__file__).parents[1] / "manifest.yml"
"""The Slack app's manifest, beside the packages in a checkout."""


def load_sla_book(policies_dir: Path | None) -> SlaBook:
    """Everyone's promises.

    Raises:
        PolicyError: with every fault, its file and line.
    """
    everyone = policy_texts(policies_dir)[0]
    return read_sla_book(everyone.text, everyone.file)


def policy_texts(policies_dir: Path | None) -> list[PolicyText]:
    """Everyone's policy first, then those of single tenants: `tenants/NAME/sla.yaml`."""
    own = policies_dir / "sla.yaml" if policies_dir else None
    if own is not None and own.is_file():
        found = [_text("", own)]
    else:
        packaged = files("policies") / "defaults" / "sla.yaml"
        text = packaged.read_text(encoding="utf-8")
        found = [PolicyText(scope="", file="sla.yaml (packaged)", text=text)]
    theirs = sorted(policies_dir.glob("tenants/*/sla.yaml")) if policies_dir else []
    return found + [_text(path.parent.name, path) for path in theirs]


def _text(scope: str, path: Path) -> PolicyText:
    return PolicyText(scope=scope, file=str(path), text=path.read_text(encoding="utf-8"))


def read_policy_file(path: Path) -> SlaBook:
    """The promises of one file; raises PolicyError as load_sla_book does."""
    return read_sla_book(path.read_text(encoding="utf-8"), str(path))


def load_tariff(policies_dir: Path | None) -> Tariff:
    """The tariff in force; raises PolicyError as load_sla_book does."""
    own = policies_dir / "tariff.yaml" if policies_dir else None
    if own is not None and own.is_file():
        return read_tariff_file(own)
    packaged = files("policies") / "defaults" / "tariff.yaml"
    return read_tariff(packaged.read_text(encoding="utf-8"), "tariff.yaml (packaged)")


def read_tariff_file(path: Path) -> Tariff:
    """The tariff of one file; raises PolicyError as load_sla_book does."""
    return read_tariff(path.read_text(encoding="utf-8"), str(path))


def told_of_policies(in_force: InForce) -> None:
    """Logs which policies came into force, and which old ones cannot be read any more."""
    for version in in_force.adopted:
        since = version.since.isoformat() if version.since else "always"
        log.info("policy_adopted", scope=version.scope, version=version.version, since=since)
    for version in in_force.unreadable:
        log.warning("policy_unreadable", scope=version.scope, version=version.version)

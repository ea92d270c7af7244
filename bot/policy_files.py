"""Reads the policy files: the packaged ones, and the operator's laid over them.

Must not understand them: `policies` does.
"""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import structlog

from bot.settings import Settings
from jobs.adopt_policies import InForce, PolicyText
from jobs.put_on_record import Telling
from policies.book.alerting import Alerting, read_alerting
from policies.book.links import read_link
from policies.book.reactions import read_reactions
from policies.book.read import SlaBook, read_sla_book
from policies.money.tariff import Tariff, read_tariff
from policies.promises import Promises
from policies.reactions import Reactions
from policies.retention import Days, Keeping, laid, read_retention

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


def load_retention(policies_dir: Path | None) -> Keeping:
    """How long what is kept; raises PolicyError as load_sla_book does."""
    packaged = files("policies") / "defaults" / "retention.yaml"
    days = read_retention(packaged.read_text(encoding="utf-8"), "retention.yaml (packaged)")
    everyone = policies_dir / "retention.yaml" if policies_dir else None
    theirs = sorted(policies_dir.glob("tenants/*/retention.yaml")) if policies_dir else []
    return laid(
        days,
        _days("", everyone) if everyone is not None and everyone.is_file() else {},
        {path.parent.name: _days(path.parent.name, path) for path in theirs},
    )


def _days(scope: str, path: Path) -> Days:
    return read_retention(path.read_text(encoding="utf-8"), str(path), scope)


def load_alerting(policies_dir: Path | None) -> Alerting:
    """How exceptions are told; raises PolicyError as load_sla_book does."""
    packaged = files("policies") / "defaults" / "alerting.yaml"
    everyone = read_alerting(packaged.read_text(encoding="utf-8"), "alerting.yaml (packaged)")
    own = policies_dir / "alerting.yaml" if policies_dir else None
    if own is None or not own.is_file():
        return everyone
    return read_alerting(own.read_text(encoding="utf-8"), str(own), over=everyone)


def load_reactions(policies_dir: Path | None) -> Reactions:
    """What emoji do; raises PolicyError as load_sla_book does."""
    packaged = files("policies") / "defaults" / "reactions.yaml"
    everyone = read_reactions(packaged.read_text(encoding="utf-8"), "reactions.yaml (packaged)")
    own = policies_dir / "reactions.yaml" if policies_dir else None
    if own is None or not own.is_file():
        return everyone
    return read_reactions(own.read_text(encoding="utf-8"), str(own), over=everyone)


def with_links(promises: Promises, policies_dir: Path | None) -> Promises:
    """The same with where tenants' orders are looked at: `tenants/NAME/links.yaml`.

    Raises:
        PolicyError: as load_sla_book does.
    """
    theirs = sorted(policies_dir.glob("tenants/*/links.yaml")) if policies_dir else []
    read = {path.parent.name: read_link(path.read_text("utf-8"), str(path)) for path in theirs}
    return replace(promises, links=read)


def load_telling(settings: Settings) -> Telling:
    """Where exceptions are told, and which of them as one; raises PolicyError as load_sla_book."""
    return Telling(
        default_channel=settings.slack_default_channel,
        notify=settings.slack_notifications_enabled,
        grouping=load_alerting(settings.policies_dir).grouping,
    )

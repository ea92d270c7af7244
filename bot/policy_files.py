"""Reads the policy files: the packaged ones, and the operator's laid over them.

Must not understand them: `policies` does.
"""

from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Protocol, TypeVar

import structlog

from bot.settings import Settings
from jobs.adopt_policies import InForce, PolicyText
from jobs.put_on_record import Telling
from policies.book.actions import read_actions
from policies.book.alerting import Alerting, read_alerting
from policies.book.links import read_link
from policies.book.models import read_model_prices
from policies.book.next_steps import read_next_steps
from policies.book.problems import read_problems
from policies.book.reactions import read_reactions
from policies.book.read import SlaBook, read_sla_book
from policies.book.resolution import read_resolution
from policies.briefs import Occasions
from policies.escalation import Calling
from policies.model_prices import ModelPrices
from policies.money.read_versions import WrittenTariffs, read_tariffs
from policies.money.tariff import Tariff
from policies.money.versions import Tariffs
from policies.next_steps import NextSteps
from policies.promises import Promises
from policies.reactions import Reactions
from policies.resolution import ResolutionBook
from policies.retention import Days, Keeping, laid, read_retention

log = structlog.get_logger(__name__)
Read = TypeVar("Read")

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


def load_tariffs(policies_dir: Path | None) -> Tariffs:
    """All versions of everyone's tariff and of tenants' own: `tariff*.yaml`, `tenants/NAME/...`.

    Raises:
        PolicyError: as load_sla_book does; overlaps and gaps between versions are faults too.
    """
    own = sorted(policies_dir.glob("tariff*.yaml")) if policies_dir else []
    theirs = sorted(policies_dir.glob("tenants/*/tariff*.yaml")) if policies_dir else []
    found = [_tariffs("", path) for path in own]
    if not found:
        packaged = files("policies") / "defaults" / "tariff.yaml"
        text = packaged.read_text(encoding="utf-8")
        found = [WrittenTariffs(file="tariff.yaml (packaged)", text=text)]
    return read_tariffs(found + [_tariffs(path.parent.name, path) for path in theirs])


def _tariffs(scope: str, path: Path) -> WrittenTariffs:
    return WrittenTariffs(scope=scope, file=str(path), text=path.read_text(encoding="utf-8"))


def load_tariff(policies_dir: Path | None) -> Tariff:
    """Everyone's latest tariff; raises PolicyError as load_tariffs does."""
    return load_tariffs(policies_dir).latest()


def read_tariff_file(path: Path) -> Tariff:
    """The latest version of one file; raises PolicyError as load_tariffs does."""
    return read_tariffs_file(path).latest()


def read_tariffs_file(path: Path) -> Tariffs:
    """The versions of one file; raises PolicyError as load_tariffs does."""
    return read_tariffs([_tariffs("", path)])


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
    return _laid_over(read_alerting, "alerting.yaml", policies_dir)


def load_reactions(policies_dir: Path | None) -> Reactions:
    """What emoji do; raises PolicyError as load_sla_book does."""
    return _laid_over(read_reactions, "reactions.yaml", policies_dir)


def load_model_prices(policies_dir: Path | None) -> ModelPrices:
    """What models cost; raises PolicyError as load_sla_book does."""
    return _laid_over(read_model_prices, "models.yaml", policies_dir)


def load_next_steps(policies_dir: Path | None) -> NextSteps:
    """What explanations tell people to do; raises PolicyError as load_sla_book does."""
    return _laid_over(read_next_steps, "next_steps.yaml", policies_dir)


class _Reader(Protocol[Read]):
    """Reads a file's text; what it does not say is as in `over`."""

    def __call__(self, text: str, file: str, *, over: Read = ...) -> Read: ...


def _laid_over(read: _Reader[Read], name: str, policies_dir: Path | None) -> Read:
    """The packaged file, and over it the operator's of the same name where there is one."""
    packaged = files("policies") / "defaults" / name
    everyone = read(packaged.read_text(encoding="utf-8"), f"{name} (packaged)")
    own = policies_dir / name if policies_dir else None
    if own is None or not own.is_file():
        return everyone
    return read(own.read_text(encoding="utf-8"), str(own), over=everyone)


def with_problems(promises: Promises, policies_dir: Path | None) -> Promises:
    """The same with what opens an exception unpromised: `problems.yaml`, everyone's and tenants'.

    Raises:
        PolicyError: as load_sla_book does.
    """
    known = _laid_over(read_problems, "problems.yaml", policies_dir)
    theirs = sorted(policies_dir.glob("tenants/*/problems.yaml")) if policies_dir else []
    laid = {
        path.parent.name: tuple(
            read_problems(path.read_text(encoding="utf-8"), str(path), over=known).values()
        )
        for path in theirs
    }
    return replace(promises, problems=tuple(known.values()), own_problems=laid)


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
    alerting = load_alerting(settings.policies_dir)
    return Telling(
        default_channel=settings.slack_default_channel,
        notify=settings.slack_notifications_enabled,
        grouping=alerting.grouping,
        calling=Calling(ladders=alerting.escalation, shifts=alerting.shifts),
        cards=alerting.cards,
        quiet=alerting.quiet_hours,
        occasions=Occasions(
            book=alerting.shifts, handover=alerting.handover, briefing=alerting.brief
        ),
        steps=load_next_steps(settings.policies_dir),
        max_resolution_attempts=settings.max_resolution_attempts,
    )


def load_resolution(policies_dir: Path | None) -> ResolutionBook:
    """What may be done by itself, and whom it may call; raises PolicyError as load_sla_book does.

    Actions are of single tenants: `tenants/NAME/actions.yaml`, with the files of their secrets.
    """
    packaged = files("policies") / "defaults" / "resolution.yaml"
    everyone = read_resolution(packaged.read_text("utf-8"), "resolution.yaml (packaged)")
    own = policies_dir / "resolution.yaml" if policies_dir else None
    if own is not None and own.is_file():
        everyone = read_resolution(own.read_text("utf-8"), str(own), over=everyone)
    called = sorted(policies_dir.glob("tenants/*/actions.yaml")) if policies_dir else []
    actions = {
        path.parent.name: read_actions(path.read_text("utf-8"), str(path), _beside(path))
        for path in called
    }
    theirs = sorted(policies_dir.glob("tenants/*/resolution.yaml")) if policies_dir else []
    rules = {
        path.parent.name: read_resolution(
            path.read_text("utf-8"), str(path), actions=actions.get(path.parent.name, ())
        )
        for path in theirs
    }
    return ResolutionBook(everyone=everyone, own=rules, actions=actions)


def _beside(policy: Path) -> Callable[[str], str | None]:
    """Reads files of the same folder by their bare names."""

    def read(name: str) -> str | None:
        path = policy.with_name(Path(name).name)
        return path.read_text("utf-8") if path.is_file() else None

    return read

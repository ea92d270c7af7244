"""`e2a policy`: looks a policy over, and says what is promised. Must not change either."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.app import app
from bot.cli.event_files import read_event_file
from bot.cli.output import tell, tell_json
from bot.cli.policy_model import as_json as model_json
from bot.cli.policy_model import hear_model, lines_of
from bot.clock import wall_now
from bot.policy_files import policy_texts, read_policy_file
from bot.settings import load_settings
from policies.book.read import SlaBook, read_sla_book
from policies.calendar_words import calendar_in_words, calendars_of
from policies.facts import Timeline
from policies.in_words import rule_in_words
from policies.lint.finding import Level, count_of, summary
from policies.lint.lint import examples_that_hold, lint
from policies.order_facts import ALONE, Around
from policies.target_words import target_in_words

policy = typer.Typer(
    help="Policies: whether one is right, and what it promises.", no_args_is_help=True
)
app.add_typer(policy, name="policy")


@policy.command("lint")
def lint_file(
    file: Annotated[Path, typer.Argument(help="A policy, YAML.")],
    sample: Annotated[
        Path | None, typer.Option(help="Canonical events, one JSON object a line, to try it on.")
    ] = None,
    client: Annotated[
        str, typer.Option(help="Whose orders the sample has, where they do not say; who pays.")
    ] = "",
    model: Annotated[
        bool, typer.Option("--model", help="Has the model look it over, too; the engine checks.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Finds what is wrong or doubtful in a policy and runs its examples. Exit 1 on an error."""
    text = file.read_text(encoding="utf-8")
    orders, around = _orders_in(sample, client)
    now = wall_now()
    findings = lint(text, str(file), now, orders, around)
    holding = examples_that_hold(text, str(file), now)
    heard = hear_model(text, str(file), findings, client, now) if model else None
    errors, warnings = (count_of(findings, level) for level in (Level.ERROR, Level.WARNING))
    if as_json:
        found = [asdict(finding) for finding in findings]
        counts = {"errors": errors, "warnings": warnings, "examples": holding}
        said = {"model": model_json(heard)} if heard else {}
        tell_json({"findings": found, **counts, **said})
    else:
        for finding in findings:
            tell(str(finding))
        for line in lines_of(heard, str(file)) if heard else ():
            tell(line)
        tell(f"{file}: {summary(findings)}{_examples(holding)}")
    sys.exit(int(errors > 0))


def _examples(holding: int) -> str:
    """`, 15 examples hold`; nothing where there are none."""
    return f", {holding} example{' holds' if holding == 1 else 's hold'}" if holding else ""


@policy.command("show")
def show(
    file: Annotated[Path | None, typer.Argument(help="A policy; else the one in use.")] = None,
    tenant: Annotated[str | None, typer.Option(help="A client; else everyone's.")] = None,
) -> None:
    """Says promises, targets and calendars of a policy in plain words, one block each."""
    if file is not None and tenant is not None:
        message = "name either a FILE or --tenant"
        raise typer.BadParameter(message)
    if file is not None:
        book = read_policy_file(file)
        tell(f"policy, version {book.version} ({file})")
    else:
        book = _in_use(tenant)
    for title, *lines in _blocks(book):
        tell("")
        tell(title)
        for line in lines:
            tell(f"  {line}")


def _in_use(tenant: str | None) -> SlaBook:
    """The policy of the files that governs a client's orders, once it was said whose it is."""
    texts = {text.scope: text for text in policy_texts(load_settings().policies_dir)}
    own = texts.get(tenant or "")
    text = own or texts[""]
    book = read_sla_book(text.text, text.file)
    whose = f"{tenant}'s" if tenant and own else "everyone's"
    instead = f"{tenant} has none of its own; " if tenant and not own else ""
    tell(f"{instead}{whose} policy, version {book.version} ({text.file})")
    return book


def _blocks(book: SlaBook) -> Iterator[Sequence[str]]:
    """Title and lines: of each rule, of the targets, of the calendars that are used."""
    yield from map(rule_in_words, book.rules)
    if book.targets:
        yield ["Targets", *map(target_in_words, book.targets)]
    calendars = calendars_of(book.rules, book.calendars)
    if calendars:
        yield ["Calendars", *map(calendar_in_words, calendars)]


def _orders_in(sample: Path | None, client: str) -> tuple[tuple[Timeline, ...], Around]:
    """The orders of a file and what is around them; none without a file."""
    if sample is None:
        return (), ALONE
    found = read_event_file(sample)
    return tuple(found.timelines()), replace(found.around(), tenant=client)

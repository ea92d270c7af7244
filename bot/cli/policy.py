"""`e2a policy`: looks a policy over, and says what is promised. Must not change either."""

import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.app import app
from bot.cli.event_files import read_event_file
from bot.cli.output import tell, tell_json
from bot.clock import wall_now
from bot.policy_files import policy_texts
from bot.settings import load_settings
from policies.book.read import read_sla_book
from policies.facts import Timeline
from policies.in_words import rule_in_words
from policies.lint.finding import Level, count_of, summary
from policies.lint.lint import lint
from policies.order_facts import ALONE, Around

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
        str, typer.Option(help="Whose orders the sample has, where they do not say.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Finds what is wrong or doubtful in a policy and runs its examples. Exit 1 on an error."""
    text = file.read_text(encoding="utf-8")
    orders, around = _orders_in(sample, client)
    findings = lint(text, str(file), wall_now(), orders, around)
    errors, warnings = (count_of(findings, level) for level in (Level.ERROR, Level.WARNING))
    if as_json:
        found = [asdict(finding) for finding in findings]
        tell_json({"findings": found, "errors": errors, "warnings": warnings})
    else:
        for finding in findings:
            tell(str(finding))
        tell(f"{file}: {summary(findings)}")
    sys.exit(int(errors > 0))


@policy.command("show")
def show(
    tenant: Annotated[str | None, typer.Option(help="A client; else everyone's.")] = None,
) -> None:
    """Says the promises of the policy files in plain words, one block each."""
    texts = {text.scope: text for text in policy_texts(load_settings().policies_dir)}
    own = texts.get(tenant or "")
    text = own or texts[""]
    book = read_sla_book(text.text, text.file)
    whose = f"{tenant}'s" if tenant and own else "everyone's"
    instead = f"{tenant} has none of its own; " if tenant and not own else ""
    tell(f"{instead}{whose} policy, version {book.version} ({text.file})")
    for rule in book.rules:
        title, *lines = rule_in_words(rule)
        tell("")
        tell(title)
        for line in lines:
            tell(f"  {line}")


def _orders_in(sample: Path | None, client: str) -> tuple[tuple[Timeline, ...], Around]:
    """The orders of a file and what is around them; none without a file."""
    if sample is None:
        return (), ALONE
    found = read_event_file(sample)
    return tuple(found.timelines()), replace(found.around(), tenant=client)

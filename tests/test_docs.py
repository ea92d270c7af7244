"""The pages against the code: what can rot is asked here.

Settings and the words of the domain are asked in test_house.py.
"""

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import Counter
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from bot.cli import run as entry
from bot.cli.app import app
from bot.settings import Settings
from bot.telemetry import Metrics
from handlers.api.routes import TABLE
from handlers.slack.grammar import READERS
from policies.book.read import read_sla_book
from policies.lint.lint import lint
from policies.reasons import Fault

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
IMAGES = ("workspace.png", "phone.png", "dark.png", "order.png")

_FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_PATH = re.compile(
    r"^(?:bot|handlers|jobs|rag|storage|policies|prompts|demo|tests|docs|bench)/[\w./]*$"
)
_TARGET = re.compile(r"\bmake ([a-z-]+)")


def text_of(path: Path) -> str:
    """A page."""
    return path.read_text(encoding="utf-8")


def blocks(path: Path, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return [body for kind, body in _FENCE.findall(text_of(path)) if kind == language]


def code_of(path: Path) -> list[str]:
    """What stands in code marks, and the lines of shell blocks with continued ones joined."""
    prose = _FENCE.sub("", text_of(path))
    shell = "".join(blocks(path, "sh")).replace("\\\n", " ")
    return [*_CODE.findall(prose), *(line.strip() for line in shell.splitlines())]


def commands() -> list[tuple[str, list[str]]]:
    """Every `e2a ...` with words behind it that a page names."""
    said = [(path, code) for path in PAGES for code in code_of(path)]
    return [
        (f"{path.name}: {code}", shlex.split(code, comments=True)[1:])
        for path, code in said
        if code.startswith("e2a ") and not code.startswith("e2a -")
    ]


def table(page: str, heading: str) -> list[list[str]]:
    """The cells of the rows of the first table under a heading."""
    under = (
        text_of(DOCS / page).split(f"\n## {heading}\n", 1)[-1] if heading else text_of(DOCS / page)
    )
    found = re.search(r"(?:^\|.*\n)+", under, re.MULTILINE)
    assert found, f"{page} has no table under {heading}"
    rows = [line.strip("|").split("|") for line in found[0].splitlines()[2:]]
    return [[cell.strip() for cell in row] for row in rows]


def anchors(path: Path) -> set[str]:
    """The names by which a page's headings are linked."""
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(text_of(path)))
    return {heading.replace(" ", "-") for heading in kept}


@pytest.mark.parametrize(("said", "words"), commands(), ids=lambda value: str(value)[:60])
def test_every_command_that_is_named_exists(said: str, words: list[str]) -> None:
    """A reader can type what a page names: the command is there, with these options."""
    assert entry.COMMANDS
    found = get_command(app)
    while isinstance(found, TyperGroup) and words and words[0] in found.commands:
        found, words = found.commands[words[0]], words[1:]
    assert not isinstance(found, TyperGroup), f"{said}: there is no such command"
    known = {option for parameter in found.params for option in parameter.opts}
    given = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert given <= known, f"{said}: there is no {given - known}"


def test_every_command_that_exists_is_named() -> None:
    """No command is left to be found by chance."""
    named = {tuple(words[:2]) for _, words in commands()} | {(words[0],) for _, words in commands()}
    top = get_command(app)
    assert isinstance(top, TyperGroup)
    missing = [
        (name, inner)
        for name, command in top.commands.items()
        for inner in (command.commands if isinstance(command, TyperGroup) else [None])
        if ((name, inner) if inner else (name,)) not in named
    ]
    assert missing == []


def test_every_link_leads_somewhere() -> None:
    """Links between pages, to files and to headings resolve."""
    broken = []
    for path in PAGES:
        for link in _LINK.findall(text_of(path)):
            if link.startswith("http"):
                continue
            target, _, anchor = link.partition("#")
            there = (path.parent / target).resolve() if target else path
            if not there.exists() or (anchor and anchor not in anchors(there)):
                broken.append(f"{path.name}: {link}")
    assert broken == []


def test_every_page_is_in_the_index() -> None:
    """A page that nothing leads to is not read."""
    linked = {
        (DOCS / link.partition("#")[0]).resolve()
        for link in _LINK.findall(text_of(DOCS / "index.md"))
    }
    assert [
        path.name for path in sorted(DOCS.rglob("*.md")) if path not in linked | {DOCS / "index.md"}
    ] == []


def test_every_file_that_is_named_exists() -> None:
    """Where a page says that something lives, something is."""
    gone = [
        f"{path.name}: {code}"
        for path in PAGES
        for code in code_of(path)
        if _PATH.match(code) and not ((ROOT / code).exists() or list(ROOT.glob(f"{code}.py")))
    ]
    assert gone == []


def test_every_make_target_that_is_named_exists() -> None:
    """`make X` of a page is a target of the Makefile, and development.md lists all of them."""
    targets = set(re.findall(r"^([a-z-]+):.*## ", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = {target for path in PAGES for code in code_of(path) for target in _TARGET.findall(code)}
    assert named <= targets
    listed = {target for row in table("development.md", "") for target in _TARGET.findall(row[0])}
    assert listed == targets - {"help"}


def test_settings_example_holds_every_setting_with_its_default() -> None:
    """.env.example names all settings, no other, and tells no secret."""
    lines = re.findall(r"^#?([A-Z_]+)=(.*)$", text_of(ROOT / ".env.example"), re.MULTILINE)
    assert {name.lower() for name, _ in lines} == set(Settings.model_fields)
    for name, value in lines:
        default = Settings.model_fields[name.lower()].default
        given = "" if default is None else str(default).lower()
        assert value.lower() == given, f"{name} is {default} unless set"


def test_settings_page_tells_every_default() -> None:
    """A default in the tables of settings.md is the one in the code."""
    rows = [
        *table("settings.md", "In use"),
        *table("settings.md", "Accepted, but not used by this version"),
    ]
    assert len(rows) == len(Settings.model_fields)
    special = {"database_admin_url": "DATABASE_URL", "policies_dir": "packaged"}
    for name, shown, *_ in rows:
        field = name.strip("`").lower()
        default = Settings.model_fields[field].default
        plain = "none" if default in (None, "") else str(default).lower()
        expected = special.get(field, plain)
        assert shown.strip("`").lower() == expected.lower(), f"{name} is {default} unless set"


def test_metrics_page_is_the_registry() -> None:
    """operators.md lists each exported metric with its labels, and no other."""
    found = [metric for metric in vars(Metrics()).values() if hasattr(metric, "_labelnames")]
    exported = {
        f"{metric._name}_total" if isinstance(metric, Counter) else metric._name: [  # noqa: SLF001 - it has no public name
            *metric._labelnames  # noqa: SLF001 - nor have these
        ]
        for metric in found
    }
    rows = table("operators.md", "Metrics")
    told = {row[0].strip("`"): [word for word in row[1].split(", ") if word] for row in rows}
    assert told == exported


def test_routes_page_is_the_table_of_routes() -> None:
    """api.md lists each route with who may call it, and no other."""
    told = {(row[0].strip("`"), row[1]) for row in table("api.md", "")}
    assert told == {(f"{route.method} {route.path}", route.access.value) for route in TABLE}


def test_every_word_that_slack_understands_is_told() -> None:
    """slack.md names each first word of the grammar, or one that means the same."""
    same = {"acknowledge", "show", "list"}
    told = {code.split()[0].strip(",") for code in code_of(DOCS / "slack.md")}
    assert set(READERS) - same - told == set()


def test_faults_are_told() -> None:
    """The glossary explains who can be answerable for lost time."""
    assert [
        fault for fault in Fault if f"`{fault.value}`" not in text_of(DOCS / "glossary.md")
    ] == []


def test_policy_example_is_a_policy() -> None:
    """The YAML of policies.md can be used as it stands."""
    book = read_sla_book(blocks(DOCS / "policies.md", "yaml")[0])
    assert [rule.sla_id for rule in book.rules] == ["rush.pick", "left"]


def test_contract_example_proves_itself() -> None:
    """The rule that policies.md makes of a contract's sentence passes its own examples."""
    book = read_sla_book(blocks(DOCS / "policies.md", "yaml")[1])
    findings = lint(blocks(DOCS / "policies.md", "yaml")[1], "acme.yaml", NOON)
    assert len(book.examples) == 4
    assert [finding for finding in findings if finding.level != "note"] == []


def test_evaluation_example_comes_out_as_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each `e2a sla evaluate` of policies.md prints the block behind it."""
    page = DOCS / "policies.md"
    monkeypatch.chdir(tmp_path)
    Path("policy.yaml").write_text(blocks(page, "yaml")[0], encoding="utf-8")
    Path("events.jsonl").write_text(blocks(page, "json")[0], encoding="utf-8")
    runs = [line.strip() for line in blocks(page, "sh")]
    outputs = blocks(page, "text")[-2:]
    assert len(runs) == len(outputs) == 2
    for run, output in zip(runs, outputs, strict=True):
        assert CliRunner().invoke(app, shlex.split(run)[1:]).output == output
    as_json = CliRunner().invoke(app, [*shlex.split(runs[0])[1:], "--json"]).output
    assert blocks(page, "json")[1] in as_json


def test_faulty_policy_is_told_as_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The faults that policies.md shows are those of its example with two mistakes in it."""
    page = DOCS / "policies.md"
    monkeypatch.chdir(tmp_path)
    good = blocks(page, "yaml")[0]
    bad = good.replace("id: left", "id: rush.pick").replace("stop: left", "stop: gone")
    with pytest.raises(ValueError, match="used twice") as found:
        read_sla_book(bad, "bad.yaml")
    shown = blocks(page, "text")[1].strip().removeprefix("e2a: ")
    assert shown == "; ".join(str(found.value).splitlines())


@pytest.mark.parametrize("name", IMAGES)
def test_screenshots_are_there_and_light(name: str) -> None:
    """A page with a missing or a heavy picture is not read."""
    image = DOCS / "images" / name
    assert image.read_bytes().startswith(b"\x89PNG")
    assert image.stat().st_size < 300_000


def test_container_installs_as_the_makefile_does() -> None:
    """The Dockerfile takes the same torch, the same index and the same lock as the Makefile."""
    makefile, dockerfile = text_of(ROOT / "Makefile"), text_of(ROOT / "Dockerfile")
    for name in ("TORCH_INDEX", "TORCH"):
        default = re.search(rf"^{name} \?= (\S+)$", makefile, re.MULTILINE)
        assert default
        assert f"ARG {name}={default[1]}\n" in dockerfile
    for step in ("--extra-index-url", "--no-deps --require-hashes -r", "--no-deps"):
        assert step in makefile
        assert step in dockerfile


def test_container_gets_every_package_and_nothing_secret() -> None:
    """What the Dockerfile copies passes .dockerignore, and every room is copied."""
    copied = set(re.findall(r"^COPY ([^-].*) \S+$", text_of(ROOT / "Dockerfile"), re.MULTILINE))
    sources = {word for line in copied for word in line.split()}
    let_in = set(re.findall(r"^!(\S+)$", text_of(ROOT / ".dockerignore"), re.MULTILINE))
    assert sources == let_in
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert rooms <= sources
    assert text_of(ROOT / ".dockerignore").splitlines()[1] == "*"

"""The house keeps its own rules: sizes, first sentences, one clock, and pages that do not rot."""

import ast
import re
import tomllib
from enum import StrEnum
from pathlib import Path

import pytest

from bot.settings import Settings
from policies.reasons import ClockState, ReasonCode, Severity, Stage, Status

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "handlers", "jobs", "rag", "storage", "policies", "prompts", "demo")
LINES = 300
_LIMIT = re.compile(r"must (not|never)", re.IGNORECASE)
_CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}


def _files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _reads_the_time(node: ast.AST) -> bool:
    """Whether that is `datetime.now`, `datetime.datetime.now`, `time.time` or the like."""
    if not isinstance(node, ast.Attribute):
        return False
    owner = node.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return (name, node.attr) in _CLOCKS


@pytest.mark.parametrize("room", [*ROOMS, "tests", "bench"])
def test_no_file_is_long(room: str) -> None:
    """A file that needs more than 300 lines is two files."""
    sizes = {_name(p): len(p.read_text(encoding="utf-8").splitlines()) for p in _files(room)}
    assert {name: size for name, size in sizes.items() if size > LINES} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_says_what_it_must_not(room: str) -> None:
    """A module opens with what it is for and one sentence on what it must not do."""
    opened = {_name(path): ast.get_docstring(_tree(path)) or "" for path in _files(room)}
    assert opened
    assert [name for name, text in opened.items() if not _LIMIT.search(text)] == []


def test_one_place_reads_the_time() -> None:
    """Outside the demo only bot/clock.py asks what time it is."""
    rooms = [room for room in ROOMS if room != "demo"]
    found = [
        _name(path)
        for path in _files(*rooms)
        if any(_reads_the_time(node) for node in ast.walk(_tree(path)))
    ]
    assert found == ["bot/clock.py"]


def test_the_packages_that_are_shipped_are_those_there_are() -> None:
    """A package that is not listed in pyproject.toml would be missing after installation."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed: list[str] = project["tool"]["setuptools"]["packages"]
    there = [
        ".".join(path.parent.relative_to(ROOT).parts)
        for room in ROOMS
        for path in (ROOT / room).rglob("__init__.py")
    ]
    assert sorted(listed) == sorted(there)


def test_what_packages_need_besides_modules_is_shipped() -> None:
    """Policies, texts and the workspace's page are named as package data, all of them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns: dict[str, list[str]] = project["tool"]["setuptools"]["package-data"]
    shipped = {
        path
        for package, wanted in patterns.items()
        for pattern in wanted
        for path in (ROOT / package).glob(pattern)
    }
    needed = {
        path
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc", ".mako")
    }
    assert sorted(_name(path) for path in needed - shipped) == []


def test_every_folder_of_modules_is_a_package() -> None:
    """A folder with modules and without __init__.py would be left out silently."""
    folders = {path.parent for path in _files(*ROOMS)}
    assert [_name(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_in_the_docs(name: str) -> None:
    """docs/settings.md names each setting as the environment has it."""
    assert f"`{name.upper()}`" in _page("settings.md")


def test_the_docs_name_no_setting_that_there_is_not() -> None:
    """A setting in the table of docs/settings.md is one that is read."""
    rows = [line for line in _page("settings.md").splitlines() if line.startswith("| `")]
    names = {word for row in rows for word in row.split("|")[1].split("`")[1::2]}
    assert {name for name in names if name.lower() not in Settings.model_fields} == set()


@pytest.mark.parametrize("words", [ReasonCode, Severity, Status, Stage, ClockState])
def test_every_word_of_the_domain_is_in_the_glossary(words: type[StrEnum]) -> None:
    """docs/glossary.md explains each value that people see."""
    page = _page("glossary.md")
    assert [word.value for word in words if f"`{word.value}`" not in page] == []


def test_every_test_says_its_rule() -> None:
    """Each test opens with one sentence that says what is promised."""
    silent = [
        f"{_name(path)}::{node.name}"
        for path in _files("tests")
        for node in ast.walk(_tree(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.name.startswith("test_")
        and not (ast.get_docstring(node) or "").endswith((".", "!", "?", '"'))
    ]
    assert silent == []


def _page(name: str) -> str:
    path = ROOT / "docs" / name
    assert path.is_file(), f"docs/{name} is missing"
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_draws_no_cuda(name: str) -> None:
    """Every package that we ask for is pinned with its hashes, and none belongs to CUDA."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.findall(r"^([A-Za-z0-9_.-]+)==\S+ \\$", text, flags=re.MULTILINE)
    locked = {_normal(one) for one in found}
    assert not [one for one in locked if re.match(r"nvidia-|cuda-|triton$|torch$", one)]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {_normal(re.split(r"[\[<>=~!]", one)[0]) for one in project["dependencies"]} <= locked


def _normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()

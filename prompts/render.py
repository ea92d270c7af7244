"""Renders the texts of this folder, strictly: a missing value is an error, not a blank.

Must not accept templates from outside: only the packaged ones are ever compiled.
"""

from collections.abc import Mapping
from functools import cache

from jinja2 import PackageLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=PackageLoader("prompts", ""),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        auto_reload=False,
    )


@cache
def _template(name: str, language: str) -> Template:
    return _environment().get_template(f"{language}/{name}.j2")


def render(name: str, values: Mapping[str, object], language: str = "en") -> str:
    """One text as a single paragraph: white space is folded.

    Raises:
        jinja2.UndefinedError: when a value that the text names is missing.
    """
    return " ".join(render_lines(name, values, language).split())


def render_lines(name: str, values: Mapping[str, object], language: str = "en") -> str:
    """One text with its lines as they stand.

    Raises:
        jinja2.UndefinedError: when a value that the text names is missing.
    """
    template = _template(name, language)
    context = template.new_context(dict(values), shared=True)  # without globals: no text has any
    return "".join(template.root_render_func(context)).strip()

"""The command `e2a`: how a failure is told in one line, and how asynchronous commands run.

Must not do a command's work: each noun has a file of its own beside this one.
"""

import typer

app = typer.Typer(
    name="e2a",
    help="Exceptions -> Explanations -> Actions: the Slack-first operations bot for 3PLs.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


class CommandError(Exception):
    """The command cannot do what was asked; the text says why and what would help."""

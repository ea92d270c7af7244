"""Who types a command, for the audit trail. Must not decide what they may: the machine did."""

import getpass


def actor() -> str:
    """`cli:ann`; a user without a name, as in some containers, is just `cli`."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli"

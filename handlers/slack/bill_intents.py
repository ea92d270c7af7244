"""What somebody can want of bills of others, as values; intents.py has everything else.

Must not hold words or rules: bill_reading.py reads words into these, bills.py does them.
"""

from dataclasses import dataclass

from policies.money.audit.columns import Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowBills:
    """The latest audited bills; one of them by its number, with its file."""

    audit_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileClaims:
    """The claims of a bill are made: its countdown ends."""

    audit_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmColumns:
    """The columns of a file are these; None where they are as they were shown."""

    audit_id: int
    columns: Columns | None = None
    carrier: str | None = None


BillIntent = ShowBills | FileClaims | ConfirmColumns

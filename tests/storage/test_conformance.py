"""The stores satisfy the ports that the jobs own."""

from jobs import ports
from storage.memory import MemoryEventLog, MemoryStorage, MemoryTransaction
from storage.transaction import SqlStorage, SqlTransaction
from storage.writer import GroupCommitWriter


def _transactions(sql: SqlTransaction, memory: MemoryTransaction) -> list[ports.Transaction]:
    return [sql, memory]


def _storages(sql: SqlStorage, memory: MemoryStorage) -> list[ports.Storage]:
    return [sql, memory]


def _logs(sql: GroupCommitWriter, memory: MemoryEventLog) -> list[ports.EventLog]:
    return [sql, memory]


def test_every_port_of_a_transaction_is_there() -> None:
    """A transaction in memory has every store that the ports name; mypy checks their methods."""
    named = {name for name in vars(ports.Transaction) if not name.startswith("_")}
    assert named <= set(vars(MemoryTransaction(MemoryStorage().state)))
    assert callable(_transactions)
    assert callable(_storages)
    assert callable(_logs)

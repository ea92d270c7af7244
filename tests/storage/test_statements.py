"""How long statements take, as the metrics are told."""

from sqlalchemy import text

from storage.statements import tell_statements
from tests.storage.conftest import SqlWorld


async def test_each_statement_is_told_once_with_its_kind(sql: SqlWorld) -> None:
    """Reading and writing are told apart, each statement once, with the seconds that it took."""
    told: list[tuple[str, float]] = []
    tell_statements(sql.storage.engines, lambda kind, seconds: told.append((kind, seconds)))
    async with sql.storage.engines.write() as connection:
        await connection.execute(text("UPDATE exceptions SET version = 1"))
        await connection.execute(text("DELETE FROM exceptions WHERE id < 0"))
    written = [kind for kind, _ in told if kind not in {"select", "other"}]
    assert written == ["update", "delete"]
    told.clear()
    async with sql.storage.engines.read() as connection:
        await connection.execute(text("WITH one AS (SELECT 1) SELECT * FROM one"))
    assert told[-1][0] == "select"
    assert all(seconds >= 0 for _, seconds in told)

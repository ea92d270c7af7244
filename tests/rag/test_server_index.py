"""What is particular to the server: aliases, collections that others left, and its absence."""

from datetime import timedelta

import pytest
from qdrant_client import AsyncQdrantClient, models

from rag.build import make_of
from rag.errors import IndexNotReadyError, IndexUnreachableError
from rag.server_index import ALIAS, ServerIndex, open_server
from tests.rag.library import NOW, WordEncoder, a_passage, fill

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect")

ONE = a_passage("Call the carrier.", "one.md")


async def collections(client: AsyncQdrantClient) -> set[str]:
    """The names of all collections."""
    return {one.name for one in (await client.get_collections()).collections}


async def test_a_replica_finds_what_another_one_built(encoder: WordEncoder) -> None:
    """The alias leads every replica of the same model to the same collection."""
    client = AsyncQdrantClient(location=":memory:")
    first, second = (ServerIndex(client, make_of(encoder)) for _ in range(2))
    with pytest.raises(IndexNotReadyError):
        await second.digests([ONE.id])
    await fill(first, [ONE], encoder)
    assert set(await second.digests([ONE.id])) == {ONE.id}
    other = ServerIndex(client, make_of(WordEncoder("other")))
    with pytest.raises(IndexNotReadyError, match="another model"):
        await other.digests([ONE.id])
    await client.close()


async def test_only_old_left_over_collections_are_swept(encoder: WordEncoder) -> None:
    """A build that died long ago is deleted; one that may still run and what is not ours stay."""
    client = AsyncQdrantClient(location=":memory:")
    index = ServerIndex(client, make_of(encoder))
    old, recent = (int((NOW - timedelta(hours=hours)).timestamp()) for hours in (13, 1))
    left, running, foreign = f"e2a_{old}_dead", f"e2a_{recent}_live", "e2a_notes"
    for name in (left, running, foreign):
        await client.create_collection(name, vectors_config={})
    await fill(index, [ONE], encoder)
    await fill(index, [ONE], encoder)
    names = await collections(client)
    assert {running, foreign} < names
    assert left not in names
    assert len(names) == 3
    await client.close()


async def test_a_collection_that_is_not_ours_is_not_served(encoder: WordEncoder) -> None:
    """An alias of that name on somebody else's collection is told, not searched."""
    client = AsyncQdrantClient(location=":memory:")
    await client.create_collection("theirs", vectors_config={})
    give = models.CreateAlias(collection_name="theirs", alias_name=ALIAS)
    await client.update_collection_aliases([models.CreateAliasOperation(create_alias=give)])
    index = ServerIndex(client, make_of(encoder))
    assert "does not say how" in str((await index.state()).why_not)
    await client.close()


async def test_a_server_that_is_away_is_named(encoder: WordEncoder) -> None:
    """What cannot be reached is told with the setting to look at."""
    index = open_server("http://127.0.0.1:1", make_of(encoder), timeout_seconds=1)
    with pytest.raises(IndexUnreachableError, match="QDRANT_URL"):
        await index.state()
    await index.close()

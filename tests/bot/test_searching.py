"""What was found is remembered for a while, by everything that the answer depends on."""

from dataclasses import replace
from datetime import timedelta

from tests.bot.knowing import Knowing, a_document
from tests.storage.builders import T0


async def test_a_question_is_remembered_until_something_changes(known: Knowing) -> None:
    """The same question of the same clients at the same place is looked up once per state."""
    await known.look()

    def hits() -> float:
        labels = {"cache": "search", "result": "hit"}
        return known.metrics.registry.get_sample_value("e2a_cache_requests_total", labels) or 0

    first = await known.find("dock bell")
    assert (await known.find("dock bell"), hits()) == (first, 1)
    await known.find("dock bell", "globex")
    await known.find("dock bell", public=False)
    await known.find("dock bell", "acme", "globex")
    assert hits() == 1
    week = T0 + timedelta(days=7)
    async with known.storage.write() as tx:
        await tx.documents.add(
            replace(a_document(text="The dock bell."), effective_from=week), None
        )
    await known.look()
    assert "rates.md" not in {one.document for one in (await known.find("dock bell")).passages}
    later = await known.find("dock bell", at=week)
    assert ("rates.md" in {one.document for one in later.passages}, hits()) == (True, 1)

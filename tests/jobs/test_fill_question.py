"""A model may say what an unknown word means; what is counted is read and said back as always."""

import json
from typing import Any

import pytest

from jobs.views import Answer
from tests.jobs.fake_search import FakeSearch
from tests.jobs.test_answer_documents import composing
from tests.jobs.test_answer_question import ask
from tests.jobs.world import World

ASKED = "how many sluggish grabs are there for Acme?"


async def with_model(world: World, *meanings: dict[str, str], question: str = ASKED) -> Answer:
    """Asked with a model that says that."""
    told = composing(world, json.dumps({"meanings": list(meanings)}))
    return await ask(world, question, composing=told, search=FakeSearch())


@pytest.fixture
async def late(world: World) -> World:
    """SO-11 of Acme is late."""
    await world.late_order("SO-11")
    return world


async def test_what_a_model_read_is_counted_and_said_back(late: World) -> None:
    """The filter is the one of the phrase, and everybody sees what was taken for what."""
    answer = await with_model(late, {"words": "sluggish grabs", "phrase": "pick delay"})
    assert (answer.route, answer.refused) == ("figures", False)
    assert answer.text.startswith("1 exception")
    assert "Counted: pick delay, not settled, for Acme." in answer.text
    assert answer.text.endswith("Read by demo-model: \u201csluggish grabs\u201d as pick delay.")


@pytest.mark.parametrize(
    "meanings",
    [
        [],
        [{"words": "sluggish", "phrase": "pick delay"}],
        [{"words": "sluggish grabs", "phrase": "DROP TABLE exceptions"}],
        [{"words": "never typed", "phrase": "pick delay"}],
        [{"words": "sluggish grabs", "phrase": "Acme"}],
        "junk",
    ],
    ids=["nothing", "a word dropped", "no phrase of ours", "not said", "a far name", "junk"],
)
async def test_what_is_not_certain_is_asked_back(late: World, meanings: Any) -> None:  # noqa: ANN401
    """No word is dropped, no phrase invented, no name read into a word that is not nearly it."""
    told = composing(late, json.dumps({"meanings": meanings}))
    answer = await ask(late, ASKED, composing=told, search=FakeSearch())
    assert answer.refused
    assert "I did not understand" in answer.text


async def test_a_client_who_is_not_seen_is_not_read_into_another(late: World) -> None:
    """Globex is no word for Acme, whatever a model thinks."""
    meant = {"words": "Globex", "phrase": "Acme"}
    answer = await with_model(late, meant, question="how many pick delays has Globex?")
    assert answer.refused

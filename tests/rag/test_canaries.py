"""People's data against a model's server: nothing of it arrives there, all of it comes back."""

from demo.model.server import ModelServer
from jobs.ask_model import Told, ask_model
from policies.model_budget import DailyLimits
from policies.redaction import put_back, redact
from rag.model import ModelClient
from storage.memory import MemoryStorage
from tests.jobs.asking import NOW, a_tenant, an_asking, inquiry
from tests.policies.test_redaction import SAMPLES

CANARIES = SAMPLES[:50]


class OverHttp(ModelClient):
    """The real client without a breaker."""

    def lets_through(self) -> bool:
        """Always."""
        return True


async def test_nothing_of_a_person_arrives_at_the_server() -> None:
    """Of 50 texts with every kind in them not one address, number or name is in any request."""
    server, storage = ModelServer(), MemoryStorage()
    tenant = await a_tenant(storage)
    async with server.serving() as url:
        model = OverHttp(base_url=url, api_key=None, model="demo-model", timeout_seconds=5)
        asking = an_asking(storage, model, limits=DailyLimits())
        for number, sample in enumerate(CANARIES):
            facts = {"order_id": f"SO-{number}", "notes": [{"text": sample.text}]}
            question = inquiry(tenant, facts=facts, known=sample.known)
            assert isinstance(await ask_model(question, asking, wall_now=NOW), Told)
        await model.close()
    said = "\n".join(str(asked["messages"]) for asked in server.asked).casefold()
    assert len(server.asked) == len(CANARIES)
    canaries = {original.casefold() for sample in CANARIES for _, original in sample.personal}
    assert len(canaries) > 50
    assert [one for one in canaries if one in said] == []
    assert all(f"so-{number}" in said for number in range(len(CANARIES)))


def test_what_a_model_quotes_comes_back_to_the_letter() -> None:
    """A model that repeats all that it was told repeats it with everybody's own data."""
    for sample in SAMPLES:
        told, stand_ins = redact({"text": sample.text}, sample.known)
        answer = {"ops_note": f"They wrote: {told['text']}", "evidence": [told["text"]]}
        back = put_back(answer, stand_ins)
        assert back["evidence"] == [sample.text]

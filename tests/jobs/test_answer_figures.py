"""Questions about figures: counted from the rows, with what was understood, or asked back."""

from dataclasses import replace

import pytest

from jobs.act_on_exception import act_on_exception
from jobs.answer_figures import answer_figures
from jobs.asking import Asking
from jobs.views import Answer
from policies.lifecycle import Act
from tests.jobs.world import World
from tests.policies.builders import at, event


async def ask(world: World, question: str, *, tenants: tuple[int, ...] = (1, 2)) -> Answer:
    """Maria asks, three hours after the first order was paid."""
    asking = Asking(
        storage=world.storage,
        promises=world.promises,
        tenant_ids=tenants,
        now=at(180),
        zone="UTC",
        person="U0MARIA",
        people={"U0MARIA": "Maria"},
    )
    given = await answer_figures(question, asking)
    assert given is not None, question
    return given


@pytest.fixture
async def busy(world: World) -> World:
    """Three late orders of Acme, one of Globex; Maria took the first."""
    for number, carrier in ((1, "UPS"), (2, "ups"), (3, "FedEx")):
        paid = replace(event("order_paid", 0, f"p{number}"), order_id=f"SO-{number}")
        await world.hear(replace(paid, payload={"carrier": carrier}))
    await world.hear(replace(event("order_paid", 0, "g1"), order_id="GX-1"), tenant_id=2)
    await world.judge(130)
    return world


async def test_a_count_names_what_was_counted(busy: World) -> None:
    """A number, the latest of them with citations, and the filters as they were understood."""
    answer = await ask(busy, "how many pick delays are open for Acme?")
    assert answer.text.startswith("3 exceptions.")
    assert "Counted: pick delay, not settled, for Acme." in answer.text
    assert [citation.ref.partition(":")[0] for citation in answer.citations] == ["exception"] * 3


async def test_a_channel_counts_its_own_clients_only(busy: World) -> None:
    """Asking for another client by name neither counts it nor says that it exists."""
    answer = await ask(busy, "how many exceptions are open for Globex?", tenants=(1,))
    assert answer.refused
    assert "“globex”" in answer.text
    assert "counted nothing" in answer.text
    assert (await ask(busy, "how many are open?", tenants=(1,))).text.startswith("3 ")


async def test_spellings_of_a_name_are_one(busy: World) -> None:
    """UPS and ups are one carrier, in a filter and in a split."""
    assert (await ask(busy, "how many with UPS are open")).text.startswith("2 exceptions.")
    split = await ask(busy, "open exceptions by carrier")
    assert "2" in split.text.partition("FedEx")[0]
    assert "not stated 1" in split.text


async def test_a_split_by_client_uses_names(busy: World) -> None:
    """Clients are told by name, the most first, with the sum."""
    answer = await ask(busy, "which client has the most open exceptions")
    assert answer.text.startswith("By client: Acme 3 · Globex 1 (4 in all).")


async def test_a_word_nobody_knows_is_asked_about(busy: World) -> None:
    """What is not understood is quoted, and nothing is counted."""
    answer = await ask(busy, "how many dragons are open")
    assert (answer.refused, answer.citations) == (True, ())
    assert "“dragons”" in answer.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("list open ones for Acme", "3 exceptions:"),
        ("oldest open exception", "MEDIUM · GX-1"),
        ("how late are we on average", "1 h on average"),
        ("exceptions per day", "4 exceptions, 4.0 per day"),
        ("which hour has most pick delays", "most"),
        ("sla compliance", "kept"),
        ("what is about to break", "Nothing is past its warning"),
        ("orders with more than one exception", "No order has more than one."),
        ("how much money is at risk", "Orders worth 0.00 USD"),
        ("which sources are silent", "No source is silent."),
        ("any dead letters", "No dead letters waiting."),
        ("how long until resolved", "Nothing to tell"),
        ("how fast do we acknowledge", "Nothing to tell"),
        ("how many were resolved today", "No exceptions."),
        ("more today than yesterday?", "4, against 0"),
    ],
)
async def test_every_measure_is_answered(busy: World, question: str, said: str) -> None:
    """Each kind of question of the catalogue gets a sentence from the rows."""
    answer = await ask(busy, question)
    assert not answer.refused
    assert said in answer.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("average delay by carrier", "By carrier: "),
        ("average delay by client", "By client: Acme 1 h (3) · Globex 1 h (1)."),
        ("money at risk by client", "Nothing to tell: none fits."),
        ("compliance by client today", "By client: "),
        ("average delay today vs yesterday", "Nothing is known on"),
        ("how many are open except UPS", "2 exceptions."),
        ("how many are open excluding Acme", "1 exception."),
        ("exceptions by client yesterday", "None."),
        ("which client has the fewest pick delays today", "By client: Globex 1 · Acme 3"),
        ("how many invoice findings are open", "No findings open."),
        ("credits issued", "No notes issued."),
    ],
)
async def test_figures_by_kind_and_without(busy: World, question: str, said: str) -> None:
    """What is read off is told by kind or beside another time, and names can be left out."""
    answer = await ask(busy, question)
    assert not answer.refused, answer.text
    assert said in answer.text


async def test_a_client_without_any_has_none(busy: World) -> None:
    """The client with the fewest may be one that has no exception at all."""
    answer = await ask(busy, "which client has fewest exceptions with UPS")
    assert "Globex 0" in answer.text


async def test_what_a_measure_cannot_do_is_said(busy: World) -> None:
    """Instead of an answer to another question there is the filter that it cannot honour."""
    answer = await ask(busy, "sla compliance with UPS")
    assert answer.refused
    assert answer.text == "I cannot tell compliance by carrier yet, so I counted nothing."


async def test_a_name_that_is_nearly_known_is_offered(busy: World) -> None:
    """A misspelt client is asked about with the likely one, never taken for it."""
    answer = await ask(busy, "how many are open for Globix")
    assert answer.refused
    assert "Did you mean globex?" in answer.text


async def test_mine_are_those_of_whoever_asks(busy: World) -> None:
    """`mine` and a colleague's name both lead to the owner."""
    act = Act(
        verb="assign",
        exception_id=1,
        actor="slack:U0MARIA",
        tenant_ids=(1, 2),
        assignee="U0MARIA",
    )
    await act_on_exception(act, storage=busy.storage, now=at(150), wall_now=at(150))
    assert (await ask(busy, "how many do i own")).text.startswith("1 exception.")
    assert (await ask(busy, "what does Maria own")).text.startswith("1 exception:")

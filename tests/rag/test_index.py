"""What every index promises, on the engine in this process and on the server's client."""

from dataclasses import replace
from datetime import timedelta
from math import log
from uuid import UUID

import pytest

from rag.build import entries_of, make_of
from rag.errors import IndexNotReadyError, RetrievalError
from rag.index import BY_WORDS, Index, Shelf, Sought
from rag.passage import EVERYONE, Corpus, Passage, Scope, Visibility
from rag.sparse import terms_of_question
from tests.rag.library import NOW, WordEncoder, a_passage, a_scope, fill, vector_of

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect")

CARRIER = a_passage("Call the carrier when the first scan is missing.", "carrier.md")
DAMAGE = a_passage("Photograph a damaged parcel before anybody opens it.", "damage.md")
ACMES = a_passage("Acme wants a call about every damaged parcel.", "damage.md", "acme")
RIVALS = a_passage("Rival pays double for a damaged parcel.", "damage.md", "rival")
ALL = (CARRIER, DAMAGE, ACMES, RIVALS)


def sought(question: str) -> Sought:
    """A question with its vector and its words."""
    return Sought(vector=vector_of(question), terms=terms_of_question(question))


async def found(index: Index, question: str, scope: Scope) -> set[UUID]:
    """What any leg found."""
    legs = await index.search(sought(question), scope, limit=10)
    return {*legs.dense, *legs.sparse}


def ids(*passages: Passage) -> set[UUID]:
    """Their ids."""
    return {passage.id for passage in passages}


async def on_shelf(index: Index, shelf: Shelf) -> set[UUID]:
    """What is kept there."""
    return {id_ async for id_, _ in index.kept(shelf)}


async def test_nothing_is_served_before_it_was_built(index: Index) -> None:
    """An index that was never built says so, by state and when it is asked."""
    state = await index.state()
    assert (state.passages, state.make, state.why_not) == (0, None, "there is no index yet")
    with pytest.raises(IndexNotReadyError, match="there is no index yet"):
        await index.search(sought("anything"), a_scope(), limit=5)
    with pytest.raises(IndexNotReadyError):
        await index.read([CARRIER.id], a_scope())
    with pytest.raises(IndexNotReadyError):
        await index.remove([CARRIER.id])


async def test_what_was_built_is_found_and_read_whole(index: Index, encoder: WordEncoder) -> None:
    """Both legs find a passage, the best first, and it comes back as it was."""
    await fill(index, ALL, encoder)
    legs = await index.search(sought("first scan missing carrier"), a_scope(), limit=10)
    assert next(iter(legs.dense)) == next(iter(legs.sparse)) == CARRIER.id
    assert legs.dense[CARRIER.id] > legs.dense[DAMAGE.id]
    assert await index.read([DAMAGE.id, CARRIER.id], a_scope()) == [DAMAGE, CARRIER]
    state = await index.state()
    assert (state.passages, state.make, state.why_not) == (4, make_of(encoder), None)
    assert state.built_at == NOW


async def test_no_tenant_finds_what_is_anothers(index: Index, encoder: WordEncoder) -> None:
    """A client finds its own and everyone's, never another's, not even when it names an id."""
    await fill(index, ALL, encoder)
    assert await found(index, "damaged parcel", a_scope("acme")) == ids(CARRIER, DAMAGE, ACMES)
    assert await found(index, "damaged parcel", a_scope("rival")) == ids(CARRIER, DAMAGE, RIVALS)
    assert await found(index, "damaged parcel", a_scope("acme", "rival")) == ids(*ALL)
    assert await index.read([RIVALS.id, ACMES.id], a_scope("acme")) == [ACMES]


async def test_another_tenants_words_change_no_score(index: Index, encoder: WordEncoder) -> None:
    """How rare a word is does not tell one client what another one writes about."""
    await fill(index, (CARRIER, DAMAGE, ACMES), encoder)
    alone = await index.search(sought("damaged scan"), a_scope("acme"), limit=10)
    more = [a_passage(f"A scan, case {n}.", f"{n}.md", "rival") for n in range(20)]
    await index.put(await entries_of(more, encoder, {}))
    beside = await index.search(sought("damaged scan"), a_scope("acme"), limit=10)
    assert beside.sparse == pytest.approx(alone.sparse)


async def test_a_client_with_a_text_of_its_own_is_not_told_everyones(
    index: Index, encoder: WordEncoder
) -> None:
    """Everyone's text is hidden from who has another, unless somebody beside them has not."""
    general = replace(DAMAGE, not_for=("acme", "zeta"))
    await fill(index, (general, ACMES), encoder)
    assert await found(index, "damaged parcel", a_scope("acme")) == ids(ACMES)
    assert await found(index, "damaged parcel", a_scope("acme", "zeta")) == ids(ACMES)
    assert await found(index, "damaged parcel", a_scope("rival")) == ids(general)
    assert await found(index, "damaged parcel", a_scope("acme", "rival")) == ids(general, ACMES)


async def test_only_what_holds_at_the_moment_is_found(index: Index, encoder: WordEncoder) -> None:
    """An expired text is not found, nor one that is still to come; the end itself is past it."""
    day = timedelta(days=1)
    dated = replace(DAMAGE, effective_from=NOW, effective_until=NOW + day)
    await fill(index, (dated,), encoder)
    for at, holds in ((NOW - day, 0), (NOW, 1), (NOW + day / 2, 1), (NOW + day, 0)):
        scope = a_scope(at=at)
        assert len(await found(index, "damaged parcel", scope)) == holds
        assert len(await index.read([dated.id], scope)) == holds


async def test_what_is_for_direct_messages_stays_out_of_channels(
    index: Index, encoder: WordEncoder
) -> None:
    """A channel does not see it; a direct message sees both."""
    private = replace(DAMAGE, visibility=Visibility.DIRECT)
    await fill(index, (private, CARRIER), encoder)
    assert await found(index, "damaged parcel", a_scope()) == ids(CARRIER)
    direct = a_scope(place=Visibility.DIRECT)
    assert await found(index, "damaged parcel", direct) == ids(private, CARRIER)


async def test_a_corpus_can_be_left_out(index: Index, encoder: WordEncoder) -> None:
    """A scope may be of some corpora only."""
    policy = replace(DAMAGE, corpus=Corpus.POLICIES)
    await fill(index, (policy, CARRIER), encoder)
    scope = replace(a_scope(), corpora=frozenset({Corpus.POLICIES}))
    assert await found(index, "damaged parcel", scope) == ids(policy)


async def test_passages_come_move_and_go(index: Index, encoder: WordEncoder) -> None:
    """What is put is found, what is described is described, what is removed is gone for good."""
    await fill(index, (CARRIER,), encoder)
    await index.put(await entries_of([DAMAGE, ACMES], encoder, {}))
    moved = replace(DAMAGE, digest="moved", place=replace(DAMAGE.place, first_line=9, last_line=9))
    await index.describe([moved])
    await index.remove([ACMES.id, RIVALS.id])
    await index.remove([])
    assert await index.digests([x.id for x in ALL]) == {
        CARRIER.id: CARRIER.digest,
        DAMAGE.id: "moved",
    }
    assert await index.read([DAMAGE.id], a_scope()) == [moved]
    assert await found(index, "damaged parcel", a_scope()) == ids(CARRIER, DAMAGE)
    assert set(await index.vectors([DAMAGE.id, ACMES.id])) == ids(DAMAGE)


async def test_a_shelf_is_a_corpus_or_one_document(index: Index, encoder: WordEncoder) -> None:
    """What is kept can be listed by corpus, and by a tenant's document, however much it is."""
    many = [a_passage(f"Case {n}.", f"{n}.md") for n in range(1200)]
    await fill(index, (*ALL, *many), encoder)
    assert await on_shelf(index, Shelf(corpus=Corpus.RUNBOOKS)) == ids(*ALL, *many)
    assert await on_shelf(index, Shelf(corpus=Corpus.POLICIES)) == set()
    one = Shelf(corpus=Corpus.RUNBOOKS, tenant="acme", document="damage.md")
    assert await on_shelf(index, one) == ids(ACMES)
    everyones = Shelf(corpus=Corpus.RUNBOOKS, tenant=EVERYONE, document="damage.md")
    assert await on_shelf(index, everyones) == ids(DAMAGE)


async def test_the_old_index_answers_while_the_new_one_is_built(
    index: Index, encoder: WordEncoder
) -> None:
    """Until the new one is complete the old one is asked; afterwards only the new one."""
    await fill(index, (CARRIER,), encoder)
    async with index.building(make_of(encoder), NOW + timedelta(hours=1)) as build:
        await build.put(await entries_of([DAMAGE], encoder, {}))
        assert await found(index, "damaged parcel", a_scope()) == ids(CARRIER)
    assert await found(index, "damaged parcel", a_scope()) == ids(DAMAGE)
    assert (await index.state()).built_at == NOW + timedelta(hours=1)


async def test_changes_during_a_build_are_in_the_new_index(
    index: Index, encoder: WordEncoder
) -> None:
    """What was put or removed meanwhile stays so, although the build reads older documents."""
    await fill(index, (CARRIER, DAMAGE), encoder)
    async with index.building(make_of(encoder), NOW) as build:
        await index.put(await entries_of([ACMES], encoder, {}))
        await index.remove([DAMAGE.id])
        await build.put(await entries_of([CARRIER, DAMAGE], encoder, {}))
        await index.describe([replace(CARRIER, digest="later")])
    assert await index.digests([one.id for one in ALL]) == {
        CARRIER.id: "later",
        ACMES.id: ACMES.digest,
    }


async def test_a_first_build_takes_changes_too(index: Index, encoder: WordEncoder) -> None:
    """Where nothing is served yet, what changes meanwhile goes into the first index."""
    async with index.building(make_of(encoder), NOW) as build:
        await build.put(await entries_of([CARRIER, DAMAGE], encoder, {}))
        await index.put(await entries_of([ACMES], encoder, {}))
        await index.remove([CARRIER.id])
    assert set(await index.digests([one.id for one in ALL])) == ids(DAMAGE, ACMES)


async def test_a_build_that_fails_changes_nothing(index: Index, encoder: WordEncoder) -> None:
    """An error leaves the served index as it was, and the next build works."""
    await fill(index, (CARRIER,), encoder)
    entries = await entries_of([DAMAGE], encoder, {})

    async def fails() -> None:
        async with index.building(make_of(encoder), NOW) as build:
            await build.put(entries)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await found(index, "damaged parcel", a_scope()) == ids(CARRIER)
    await fill(index, (DAMAGE,), encoder)
    assert await found(index, "damaged parcel", a_scope()) == ids(DAMAGE)


async def test_one_is_built_at_a_time(index: Index, encoder: WordEncoder) -> None:
    """A second build is refused while the first one runs, which goes on."""
    async with index.building(make_of(encoder), NOW) as build:
        with pytest.raises(RetrievalError, match="being built already"):
            await fill(index, (DAMAGE,), encoder)
        await build.put(await entries_of([CARRIER], encoder, {}))
    assert (await index.state()).passages == 1


async def test_without_a_model_words_are_found(index: Index) -> None:
    """An index by words alone has no vectors, and finds what shares words."""
    async with index.building(BY_WORDS, NOW) as build:
        await build.put(await entries_of(ALL, None, {}))
    question = Sought(vector=None, terms=terms_of_question("a damaged parcel"))
    legs = await index.search(question, a_scope("acme"), limit=10)
    assert (set(legs.sparse), legs.dense) == (ids(DAMAGE, ACMES), {})
    assert await index.vectors([DAMAGE.id]) == {}


@pytest.mark.parametrize("question", ["", "the of and", "?!"])
async def test_a_question_without_words_is_no_fault(
    index: Index, encoder: WordEncoder, question: str
) -> None:
    """Stop words and signs alone find nothing by words."""
    await fill(index, ALL, encoder)
    legs = await index.search(sought(question), a_scope(), limit=3)
    assert legs.sparse == {}


async def test_word_scores_are_the_same_everywhere(index: Index, encoder: WordEncoder) -> None:
    """Both indexes give the same BM25 score, which is the textbook's for a mean of 80 words."""
    await fill(index, (CARRIER, DAMAGE), encoder)
    legs = await index.search(sought("damaged parcel"), a_scope(), limit=10)
    rare = log((2 - 1 + 0.5) / (1 + 0.5) + 1)
    length = 1.2 * (1 - 0.75 + 0.75 * 7 / 80)  # damag md photograph damag parcel anybodi open
    twice, once = (said * (1.2 + 1) / (said + length) for said in (2, 1))
    assert legs.sparse == {DAMAGE.id: pytest.approx(rare * (twice + once), abs=0.001)}

"""Links to orders: strict templates, quoted values, and a file with faults that name lines."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy_files import with_links
from handlers.blocks.card import answer_card, card
from jobs.show import exception_view
from policies.book.links import read_link
from policies.errors import PolicyError
from policies.order_links import OrderLink
from policies.promises import Promises
from tests.jobs.world import open_world
from tests.policies.builders import at
from tests.slack.values import view

SHOP = "https://admin.shopify.com/store/acme/orders?query={order_id}"
FILE = f'version: "1"\norder_url: {SHOP}\nname: Shopify\n'


def test_a_link_has_the_orders_number() -> None:
    """The number is quoted, so that it stays one value of the address."""
    link = OrderLink(template=SHOP)
    assert link.of("SO-1042", {}) == SHOP.replace("{order_id}", "SO-1042")
    assert link.of("#1 & co/../x", {}) == SHOP.replace("{order_id}", "%231%20%26%20co%2F..%2Fx")


def test_facts_can_be_named() -> None:
    """Where the order does not state the fact there is no link."""
    link = OrderLink(template="https://wms.example/{warehouse}/{order_id}")
    assert link.of("SO-1", {"warehouse": "ATL 1"}) == "https://wms.example/ATL%201/SO-1"
    assert link.of("SO-1", {}) is None
    assert link.of("SO-1", {"warehouse": 7}) is None
    assert link.of("SO-1", {"warehouse": ".."}) is None


@given(order_id=st.text(min_size=1, max_size=60))
def test_no_number_leads_elsewhere(order_id: str) -> None:
    """Whatever an order is called, host and path stay the template's, and nothing is lost."""
    made = OrderLink(template="https://wms.example/o/{order_id}/view?x=1").of(order_id, {})
    if made is None:
        return
    address = urlsplit(made)
    assert (address.scheme, address.netloc, address.query) == ("https", "wms.example", "x=1")
    parts = address.path.split("/")
    assert (parts[1], parts[3], len(parts)) == ("o", "view", 4)
    assert unquote(parts[2]) == order_id
    assert not set(made) & set("<>|\"' \n")


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://wms.example/{order_id}", "only https"),
        ("javascript:alert('{order_id}')", "no quotes"),
        ("javascript:alert({order_id})", "only https"),
        ("https://{order_id}.example/x", "plain name"),
        ("https://u:p@wms.example/{order_id}", "plain name"),
        ("https:///{order_id}", "plain name"),
        ("https://wms.example/orders", "same for every order"),
        ("https://wms.example/{warehouse}", "same for every order"),
        ("https://wms.example/{secret}/{order_id}", "can be named"),
        ("https://wms.example/{order_id.__class__}", "can be named"),
        ("https://wms.example/{order_id!r}", "can be named"),
        ("https://wms.example/{order_id:>9}", "no spaces"),
        ("https://wms.example/{order_id:09}", "can be named"),
        ("https://wms.example/{}", "can be named"),
        ("https://wms.example/{order_id", "braces"),
        ("https://wms.example/<{order_id}>", "no spaces"),
        (f"https://wms.example/{'x' * 500}/{{order_id}}", "at most"),
    ],
)
def test_what_is_no_plain_address_is_refused(url: str, fault: str) -> None:
    """Each refusal says what is wrong and what to do."""
    with pytest.raises(ValueError, match=fault) as caught:
        OrderLink(template=url)
    assert ";" in str(caught.value)


def test_a_file_is_read(tmp_path: Path) -> None:
    """One file a client, in the folder of its name; others have no link."""
    folder = tmp_path / "tenants" / "Acme"
    folder.mkdir(parents=True)
    (folder / "links.yaml").write_text(FILE, encoding="utf-8")
    linked = with_links(Promises(rules=()), tmp_path)
    assert linked.links == {"Acme": OrderLink(template=SHOP, name="Shopify")}
    assert with_links(Promises(rules=()), None).links == {}


def test_the_page_shows_a_file_that_can_be_read() -> None:
    """The example of docs/slack.md is what this file reads."""
    page = (Path(__file__).parents[2] / "docs" / "slack.md").read_text(encoding="utf-8")
    shown = page.partition("\n### A link to the order\n")[2].split("```yaml\n")[1].split("```")[0]
    assert read_link(shown, "page") == OrderLink(template=SHOP, name="Shopify")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (FILE.replace("https", "ftp"), "links.yaml:2: order_url: only https"),
        (FILE.replace('"1"', '"2"'), "links.yaml:1: version: this cannot be"),
        (FILE.replace("name", "label"), "links.yaml:3: label: there is no such field"),
        (FILE.replace("Shopify", "<!here>"), "links.yaml:3: name: this cannot be"),
        ('version: "1"\n', "`order_url` is missing"),
    ],
)
def test_faults_name_their_lines(text: str, fault: str) -> None:
    """A file that cannot be read says where and why."""
    with pytest.raises(PolicyError, match=fault.replace("`", ".")):
        read_link(text, "links.yaml")


async def test_the_card_leads_there() -> None:
    """The client's link is on its cards; another client's is not."""
    world = await open_world()
    record = await world.late_order()
    for tenant, shown in (("Acme", True), ("Globex", False)):
        promises = Promises(
            rules=world.promises.rules, links={tenant: OrderLink(template=SHOP, name="Shopify")}
        )
        async with world.storage.read() as tx:
            found = await exception_view(tx, record, promises, at(125))
        assert found is not None
        told = f"<{SHOP.replace('{order_id}', 'SO-1')}|open Shopify>"
        for drawn in (card(found), answer_card(found, {})):
            assert (told in str(drawn.blocks)) is shown
    assert "|open" not in str(card(view()).blocks)

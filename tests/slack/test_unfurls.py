"""Links to our own board: shown where the channel may see it, bare everywhere else."""

from typing import Any

import pytest

from demo.workspace.blockkit import MESSAGE_CHARACTERS, faults, text_length
from handlers.blocks.unfurl import MOST_LINKS, unfurled
from handlers.slack.intents import ShowException, ShowOrder
from handlers.slack.unfurls import read_link
from jobs.ports.slack import Message
from tests.slack.drawings import MESSAGES, as_json
from tests.slack.world import World

BOARD = "https://your-host/e2a"
SEVEN = f"{BOARD}/exceptions/7"


async def paste(world: World, *urls: str, **more: Any) -> None:  # noqa: ANN401
    """Maria pastes links in Acme's channel."""
    links = [{"url": url, "domain": "your-host"} for url in urls]
    event = {"type": "link_shared", "user": "U0MARIA", "channel": "C0ACME", "message_ts": "5.5"}
    assert (await world.event({**event, "links": links, **more}))[0] == 200


async def test_a_link_shows_the_card(world: World) -> None:
    """The exception as it stands, without buttons, at the message that has the link."""
    await paste(world, SEVEN)
    said = world.slack.of("chat.unfurl")[0].said
    assert (said["channel"], said["ts"], list(said["unfurls"])) == ("C0ACME", "5.5", [SEVEN])
    assert "SO-1042" in str(said["unfurls"])
    assert "e2a_acknowledge" not in str(said["unfurls"])
    assert len(world.slack.told()) == 1


async def test_a_link_shows_the_order(world: World) -> None:
    """An order by the name that the link has, and both kinds at once."""
    order = f"{BOARD}/orders/SO-1042?tab=events"
    await paste(world, order, SEVEN, SEVEN)
    drawn = world.slack.of("chat.unfurl")[0].said["unfurls"]
    assert list(drawn) == [order, SEVEN]
    assert "SO-1042" in str(drawn[order])


@pytest.mark.parametrize(
    "more",
    [
        {"urls": [f"{BOARD}/exceptions/8"]},
        {"urls": [f"{BOARD}/orders/GX-1"]},
        {"urls": [f"{BOARD}/exceptions/99", f"{BOARD}/health", "https://your-host/exceptions/7"]},
        {"channel": "C0GLOBEX"},
        {"channel": "C0LOUNGE"},
        {"channel": "D0OTHERS"},
        {"channel": "D0OTHERS", "is_bot_user_member": False},
        {"channel": "COMPOSER", "source": "composer"},
        {"user": "U0GUEST"},
        {"user": "U0STRANGER"},
        {"user": None},
        {"links": []},
    ],
    ids=[
        "another client's exception",
        "another client's order",
        "nothing of ours",
        "another client's channel",
        "a channel of nobody",
        "a direct message",
        "other people's direct message",
        "a draft",
        "a guest",
        "a stranger",
        "nobody",
        "no link",
    ],
)
async def test_elsewhere_a_link_stays_bare(world: World, more: dict[str, Any]) -> None:
    """Who cannot see it here learns nothing, not even that there is something."""
    await paste(world, *more.pop("urls", [SEVEN]), **more)
    assert world.slack.told() == []


async def test_alone_with_e2a_one_sees_what_one_may(world: World) -> None:
    """In the direct message Maria sees Acme's, and not Globex's."""
    place = {"channel": "D0MARIA", "is_bot_user_member": True}
    await paste(world, SEVEN, f"{BOARD}/exceptions/8", **place)
    assert list(world.slack.of("chat.unfurl")[0].said["unfurls"]) == [SEVEN]


async def test_no_more_than_the_first_few(world: World) -> None:
    """A message full of links shows the first five."""
    urls = [f"{SEVEN}?{number}" for number in range(9)]
    await paste(world, *urls)
    assert list(world.slack.of("chat.unfurl")[0].said["unfurls"]) == urls[:MOST_LINKS]


async def test_trouble_is_told_to_nobody(world: World) -> None:
    """The message is gone, or our directory is down: nobody asked, so nobody hears."""
    world.slack.errors["chat.unfurl"] = "cannot_unfurl_message"
    await paste(world, SEVEN)
    world.directory.failure = RuntimeError("down")
    await paste(world, SEVEN)
    assert [call.method for call in world.slack.told()] == ["chat.unfurl"]


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/e2a/exceptions/7", ShowException(exception_id=7)),
        ("/e2a/exceptions/7/", ShowException(exception_id=7)),
        ("/e2a/exceptions/7?x=1#y", ShowException(exception_id=7)),
        ("/e2a/orders/SO-1042", ShowOrder(order_id="SO-1042")),
        ("/e2a/orders/SO%201042", ShowOrder(order_id="SO 1042")),
        ("/e2a/orders/%20", None),
        ("/e2a/exceptions/seven", None),
        ("/e2a/exceptions/%D9%A7", None),
        (f"/e2a/exceptions/{'9' * 30}", None),
        ("/e2a/orders/a/b", None),
        ("/slack/install", None),
        ("", None),
    ],
)
def test_what_a_link_means(path: str, meant: object) -> None:
    """Two kinds of pages; anything else is none of ours."""
    assert read_link(f"https://your-host{path}") == meant


def test_a_broken_link_means_nothing() -> None:
    """What is no address does not stop the others."""
    assert read_link("https://[your-host/e2a/exceptions/7") is None


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_what_stands_below_links_keeps_slacks_limits(name: str) -> None:
    """Whatever is drawn, five of it fit into one message."""
    drawn = as_json(name)
    shown = unfurled(Message(text=drawn["text"], blocks=tuple(drawn["blocks"])))
    assert faults(shown["blocks"], "message") == []
    assert MOST_LINKS * text_length(shown["blocks"]) <= MESSAGE_CHARACTERS

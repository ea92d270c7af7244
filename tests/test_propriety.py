"""The watch over every payload notices what it is for."""

import json

import pytest

from tests.propriety import wrongs

_FIT = {"text": "late", "unfurl_links": False, "unfurl_media": False}


@pytest.mark.parametrize(
    ("method", "said", "wrong"),
    [
        ("chat.postMessage", {**_FIT, "text": " "}, "no text"),
        ("chat.postMessage", {**_FIT, "unfurl_links": True}, "unfurl_links is not off"),
        ("chat.postMessage", {"text": "late", "unfurl_links": "false"}, "unfurl_media is not off"),
        ("chat.postMessage", {**_FIT, "text": "Ask <!channel>"}, "<!channel is alive"),
        ("chat.update", {"text": "x" * 4001}, "a text of 4001 characters"),
        ("chat.update", {"text": "x", "blocks": json.dumps([{"type": "header"}])}, "/blocks/0"),
        ("hook", {"text": "x", "attachments": [{"blocks": [{"type": "nothing"}]}]}, "/blocks/0"),
        ("views.open", {"view": {"type": "modal", "blocks": []}}, "title"),
        ("views.publish", {"view": {"type": "home", "blocks": [{}] * 101}}, "100 items"),
        ("chat.unfurl", {"unfurls": {"https://x": {"blocks": [{"type": "x"}]}}}, "/blocks/0"),
    ],
)
def test_what_nobody_should_be_sent_is_noticed(
    method: str, said: dict[str, object], wrong: str
) -> None:
    """A payload beyond Slack's limits, without words, with life from data, or unfolding links."""
    assert any(wrong in found for found in wrongs(method, said))


def test_what_is_fit_passes() -> None:
    """An ordinary message is nobody's concern."""
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "&lt;!channel&gt;"}}]
    assert wrongs("chat.postMessage", {**_FIT, "blocks": blocks}) == []
    assert wrongs("chat.postMessage", {**_FIT, "unfurl_links": "0", "blocks": blocks}) == []

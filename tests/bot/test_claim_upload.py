"""A claim file through the real client: below its card, and found after a lost answer."""

import pytest

from jobs.errors import SlackRefusedError, SlackRetryError
from jobs.ports.slack import Document
from tests.bot.conftest import Slack
from tests.slack.brief_values import MESSAGES

CHANNEL = "C0ACME"
META = {"event_type": "e2a_notice", "event_payload": {"notice_id": "brief:1"}}
DONE = "files.completeUploadExternal"
FILE = Document(name="claim-7-1.txt", text="Claim\n-----\nAgainst: UPS\n", words="Claim file of #7")


async def test_it_comes_below_the_card_and_is_found(slack: Slack) -> None:
    """The content arrives as it was made; it is known again there, and nowhere else."""
    card = await slack.messenger.post("#acme-ops", MESSAGES["brief_calm"](), metadata=META)
    await slack.messenger.bring("#acme-ops", FILE, thread_ts=card.ts)
    _, reply = await slack.workspace.thread(card.channel_id, card.ts)
    (file,) = reply["files"]
    assert (reply["text"], file["name"], file["size"]) == (FILE.words, FILE.name, len(FILE.text))
    assert await slack.messenger.has_file("#acme-ops", FILE.name, thread_ts=card.ts)
    assert not await slack.messenger.has_file("#acme-ops", "claim-7-2.txt", thread_ts=card.ts)


async def test_a_lost_answer_is_uncertain_and_it_is_there(slack: Slack) -> None:
    """Whoever looks before trying again, after a rest, finds the file that nobody heard of."""
    await slack.workspace.set_fault("reset_after", DONE, calls=1)
    with pytest.raises(SlackRetryError) as caught:
        await slack.messenger.bring(CHANNEL, FILE)
    assert (caught.value.uncertain, caught.value.after) == (True, 10.0)
    assert await slack.messenger.has_file(CHANNEL, FILE.name)


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", DONE])
async def test_slack_s_refusals_are_told_apart(slack: Slack, method: str) -> None:
    """A missing scope is for good, a limit is for later; neither leaves a file behind."""
    await slack.workspace.set_fault("error", method, error="missing_scope", calls=1)
    with pytest.raises(SlackRefusedError, match="missing_scope"):
        await slack.messenger.bring(CHANNEL, FILE)
    await slack.workspace.set_fault("rate_limited", method, calls=1)
    with pytest.raises(SlackRetryError) as caught:
        await slack.messenger.bring(CHANNEL, FILE)
    assert not caught.value.uncertain
    assert not await slack.messenger.has_file(CHANNEL, FILE.name)

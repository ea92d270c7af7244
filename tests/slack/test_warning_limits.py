"""Whatever a payload says, warnings and what channels hear of cards fit Slack and call nobody."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks.broadcast import reopened, risen, storm_risen
from handlers.blocks.warning import warning
from policies.warnings import Standing
from tests.slack.card_values import warning_view
from tests.slack.storm_values import STORM, storm_view
from tests.slack.test_limits import TEXT, check_message
from tests.slack.values import DUE, GLOBEX, NOW, entry, view


@given(TEXT, TEXT, TEXT, TEXT, st.sampled_from(Standing))
def test_a_warning_fits(
    order_id: str, client: str, promise: str, hold: str, standing: Standing
) -> None:
    """Order, client, promise and hold are dead text in every state."""
    tenant = replace(GLOBEX, name=client)
    shown = warning_view(
        order_id=order_id, tenant=tenant, promise=promise, hold=hold, standing=standing
    )
    check_message(warning(shown))


@given(TEXT, TEXT, TEXT)
def test_what_a_channel_hears_calls_nobody(order_id: str, by: str, note: str) -> None:
    """Names and notes in a reply that a whole channel sees are dead text."""
    trail = (entry("reopen", "slack:U0MARIA", 25, after={"by": by}, note=note),)
    shown = view(order_id=order_id, history=trail, assignee="U0MARIA")
    check_message(reopened(shown), known="")
    check_message(risen(shown, DUE + timedelta(minutes=5)), known="")
    storm = replace(STORM, shared=(("carrier", by), ("warehouse", note)))
    check_message(storm_risen(storm_view(storm=storm), NOW), known="")

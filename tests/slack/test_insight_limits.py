"""Whatever a payload says, an insight fits Slack and calls nobody."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.blocks.insight import insight, patterns
from jobs.views.patterns import InsightView
from policies.pattern_finding import values_json
from policies.sightings import Dimension
from tests.slack.insight_values import FOUND, asked
from tests.slack.test_limits import TEXT, check_message
from tests.slack.values import ACME


@given(TEXT, TEXT, TEXT, st.sampled_from(Dimension), st.sampled_from(Dimension))
@settings(max_examples=8, deadline=None, database=None)
def test_names_are_dead_text(
    name: str, other: str, client: str, one: Dimension, two: Dimension
) -> None:
    """Clients, orders and whatever exceptions have in common, in every kind of finding."""
    values = ((one, name), (two, other))
    found = tuple(
        replace(finding, values=values, along=(values[:1],), parts=((values, 9),), order_id=name)
        for finding in FOUND
    )
    tenant = replace(ACME, name=client)
    over = ({"values": values_json(values), "hour": None},) * 9
    view = InsightView(tenant=tenant, fresh=found[:4], over=over)
    check_message(insight([view] * 3), known="")
    check_message(patterns([replace(asked(*found), tenant=tenant)] * 3), known="")

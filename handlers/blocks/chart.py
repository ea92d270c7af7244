"""Draws bars as Slack's own chart block. Must not draw pictures: bot/pictures.py does."""

from handlers.blocks.elements import Block
from handlers.blocks.text import cut
from jobs.ports.slack import CHART, Chart

MOST_BARS = 20
_TITLE, _LABEL, _AXIS = 50, 20, 50
"""Characters that Slack lets a chart's title, a bar and an axis have."""


def bars(chart: Chart) -> Block:
    """The block; Slack asks for a value for every label, and for no label twice."""
    labels = [cut(label, _LABEL) for label in chart.labels[:MOST_BARS]]
    points = [
        {"label": label, "value": value} for label, value in zip(labels, chart.values, strict=False)
    ]
    axes = {"x_label": cut(chart.x_label, _AXIS), "y_label": cut(chart.y_label, _AXIS)}
    named = {name: text for name, text in axes.items() if text}
    series = [{"name": cut(chart.y_label, _LABEL) or "Count", "data": points}]
    return {
        "type": CHART,
        "title": cut(chart.title, _TITLE),
        "chart": {
            "type": "bar",
            "series": series,
            "axis_config": {"categories": labels, **named},
        },
    }

"""Draws a chart as a picture, where Slack does not draw it itself.

Must not decide when. The drawing library is heavy, so it is loaded at the first picture; drawing is
work for a thread of its own.
"""

import asyncio
import io

import aiohttp
import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from jobs.ports.slack import Chart, Posted

log = structlog.get_logger(__name__)
_PATIENCE_SECONDS = 15.0
"""A message that stands there without its picture is better than one that is posted twice."""

_WIDTH, _HEIGHT, _DPI = 8.0, 4.4, 160
"""Inches and dots an inch: 1280 x 704, so that words are readable on a phone's 360 points."""
_INK, _BAR, _RULE, _PAPER = "#1d2733", "#5b7fa6", "#d5dbe1", "#ffffff"
_MARGIN = 0.18
_TITLE, _WORDS, _COUNT = 18, 15, 14
_MOST_NAMED = 10
"""Labels below the bars; of more every other one is left out."""


def png(chart: Chart) -> bytes:
    """The picture, on paper of its own so that it reads alike on light and dark."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - at first use
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(_WIDTH, _HEIGHT), dpi=_DPI, facecolor=_PAPER)
    FigureCanvasAgg(figure)
    figure.set_layout_engine("constrained", w_pad=_MARGIN, h_pad=_MARGIN)
    axes = figure.add_subplot()
    places = range(len(chart.values))
    drawn = axes.bar(places, chart.values, color=_BAR, width=0.72)
    axes.bar_label(drawn, [str(value or "") for value in chart.values], fontsize=_COUNT, color=_INK)
    every = -(-len(chart.labels) // _MOST_NAMED)
    named = [label if place % every == 0 else "" for place, label in enumerate(chart.labels)]
    axes.set_xticks(list(places), named, fontsize=_WORDS, color=_INK)
    axes.set_title(chart.title, fontsize=_TITLE, color=_INK, loc="left", pad=14, weight="bold")
    axes.set_xlabel(chart.x_label, fontsize=_WORDS, color=_INK)
    axes.tick_params(axis="both", length=0)
    axes.set_yticks([])
    axes.margins(y=0.16)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_RULE)
    held = io.BytesIO()
    figure.savefig(held, format="png", facecolor=_PAPER)
    return held.getvalue()


def in_words(chart: Chart) -> str:
    """What the picture shows, for those who cannot see it."""
    bars = zip(chart.labels, chart.values, strict=True)
    return f"{chart.title}: {', '.join(f'{label} {value}' for label, value in bars if value)}"


async def bring_picture(client: AsyncWebClient, chart: Chart, posted: Posted) -> bool:
    """Puts the picture below a message; False where that fails: the message says it in words."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            drawn = await asyncio.to_thread(png, chart)
            await client.files_upload_v2(
                content=drawn,
                filename="chart.png",
                title=chart.title,
                alt_txt=in_words(chart),
                channel=posted.channel_id,
                thread_ts=posted.thread_ts or posted.ts,
            )
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("picture_not_brought", reason=str(error) or type(error).__name__)
        return False
    return True

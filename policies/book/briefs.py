"""The sections `handover` and `brief` of alerting.yaml: what is told when a shift or a night ends.

Must not read a file: alerting.py does, for all sections.
"""

from typing import Annotated

from pydantic import BeforeValidator

from policies.book import words
from policies.book.faults import Faults
from policies.book.model import Minutes, Model
from policies.briefs import Briefing, ChartAs, Handover

_LONGEST_BEFORE = 120
EXAMPLES = {
    "before": "write before: 15 min",
    "at": 'write at: "07:30"',
    "chart": "write chart: native, picture or words",
}


def _chart(value: object) -> object:
    known = [one.value for one in ChartAs]
    if value not in known:
        message = f"{value} is no way to show a chart"
        raise ValueError(message)
    return ChartAs(str(value))


Minute = Annotated[int, BeforeValidator(words.minute_of_day)]
Chart = Annotated[ChartAs, BeforeValidator(_chart)]


class HandoverText(Model):
    """The section as written."""

    before: Minutes

    def check(self, faults: Faults) -> None:
        """Notes what pydantic cannot see."""
        if self.before > _LONGEST_BEFORE:
            faults.add(("handover", "before"), "a shift is not over yet then; write 2h or less")

    def compiled(self) -> Handover:
        """What the handover is posted by."""
        return Handover(before_minutes=self.before)


class BriefText(Model):
    """The section as written."""

    at: Minute = Briefing().at
    chart: Chart = ChartAs.NATIVE

    def check(self, faults: Faults) -> None:
        """Notes what pydantic cannot see."""
        if self.at >= words.WHOLE_DAY:
            faults.add(("brief", "at"), "a day begins at 00:00; write 23:59 or earlier")

    def compiled(self) -> Briefing:
        """What the brief is posted by."""
        return Briefing(at=self.at, chart=self.chart)

"""The section `quiet_hours` of alerting.yaml: when which channel is left in peace.

Must not read a file: alerting.py does, for all sections.
"""

from typing import Annotated

from pydantic import BeforeValidator, Field

from policies.book import words
from policies.book.faults import Faults
from policies.book.model import Level, Model, Texts
from policies.quiet import EVERY_DAY, ChannelQuiet, Quiet, QuietHours, plain_channel
from policies.reasons import Severity
from policies.sites import is_zone

_FULL = 'write {from: "22:00", until: "07:00", timezone: America/New_York}'
EXAMPLES = {
    "windows": f"write windows: [{_FULL.removeprefix('write ')}]",
    "passes": "write passes: CRITICAL",
}
At = Annotated[int, BeforeValidator(words.minute_of_day)]
Days = Annotated[tuple[int, ...], BeforeValidator(words.weekdays)]


class WindowText(Model):
    """One window as written; `never: true` keeps the channels that it names awake."""

    channels: Texts | None = None
    days: Days = EVERY_DAY
    from_: At | None = Field(default=None, alias="from")
    until: At | None = None
    timezone: str | None = None
    passes: Level = Severity.CRITICAL
    never: bool = False

    def faults(self) -> dict[str, str]:
        """What is wrong with it, by field; empty: with the whole."""
        found: dict[str, str] = {}
        if self.never and not self.channels:
            found["never"] = "say which channels are never quiet; add channels: ['#ops']"
        if not self.never and None in (self.from_, self.until, self.timezone):
            found[""] = f"a window has a beginning, an end and a time zone; {_FULL}"
        elif self.from_ == self.until and not self.never:
            found["until"] = 'the window has no length; the whole day is "00:00" until "24:00"'
        if self.timezone is not None and not is_zone(self.timezone):
            found["timezone"] = f"no time zone named {self.timezone}; write one as America/New_York"
        if self.channels is not None and not all(map(plain_channel, self.channels)):
            found["channels"] = "a channel has a name; write channels: ['#ops']"
        return found

    def window(self) -> ChannelQuiet:
        """What quiet.py decides by."""
        quiet = Quiet(
            begins=self.from_ or 0,
            ends=self.until or 0,
            zone=self.timezone or "UTC",
            days=self.days,
            passes=self.passes,
        )
        return ChannelQuiet(window=quiet, channels=self.named)

    @property
    def named(self) -> frozenset[str]:
        """The channels, however they are spelt."""
        return frozenset(map(plain_channel, self.channels or ()))


class QuietText(Model):
    """The section as written."""

    windows: list[WindowText]

    def check(self, faults: Faults) -> None:
        """Notes what pydantic cannot see."""
        for index, window in enumerate(self.windows):
            for field, words_ in window.faults().items():
                place = ("quiet_hours", "windows", index)
                faults.add((*place, field) if field else place, words_)

    def compiled(self) -> QuietHours:
        """What quiet.py decides by."""
        never = (one.named for one in self.windows if one.never)
        return QuietHours(
            windows=tuple(one.window() for one in self.windows if not one.never),
            awake=frozenset[str]().union(*never),
        )

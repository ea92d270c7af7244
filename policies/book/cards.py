"""The section `cards` of alerting.yaml: what of an alert its channel hears a second time.

Must not read a file: alerting.py does, for all sections.
"""

import re

from policies.book.faults import Faults
from policies.book.model import Model
from policies.cards import Broadcast, Cards

_CHANNEL = re.compile(r"#[^\s#@]{1,80}|[CG][A-Z0-9]{2,30}")
EXAMPLES = {
    "broadcast": "write broadcast: {severity_rises: true, reopens: true}",
    "channels": 'write channels: {"#acme-ops": {reopens: false}}',
    "severity_rises": "write severity_rises: true",
    "reopens": "write reopens: true",
}


class BroadcastText(Model):
    """What is told, as written; what is left out is as further up."""

    severity_rises: bool | None = None
    reopens: bool | None = None

    def over(self, under: Broadcast) -> Broadcast:
        """Laid over what holds else."""
        rises, reopens = self.severity_rises, self.reopens
        return Broadcast(
            severity_rises=under.severity_rises if rises is None else rises,
            reopens=under.reopens if reopens is None else reopens,
        )


class CardsText(Model):
    """The section as written."""

    broadcast: BroadcastText
    channels: dict[str, BroadcastText] | None = None

    def check(self, faults: Faults) -> None:
        """Notes what pydantic cannot see."""
        for name in self.channels or {}:
            if not _CHANNEL.fullmatch(name):
                place = ("cards", "channels", name)
                faults.add(place, f'no channel is called {name}; write "#name" or its id')

    def compiled(self) -> Cards:
        """What the jobs ask."""
        everywhere = self.broadcast.over(Broadcast())
        single = {name: text.over(everywhere) for name, text in (self.channels or {}).items()}
        return Cards(broadcast=everywhere, channels=single)

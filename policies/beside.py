"""How the orders fared that were due around the same time: in one place, and elsewhere.

Must not say why: causes.py does, by thresholds. Must not gather.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from policies.facts import OrderEvent
from policies.reasons import ReasonCode

_SITE = ("warehouse",)
_FLOOR = (("warehouse", "wave"), ("warehouse", "zone"), _SITE)
_DOCK = (("warehouse", "carrier"), ("carrier",), _SITE)
_ROAD = (("carrier",), ("warehouse", "carrier"))
LADDERS: Mapping[ReasonCode, tuple[tuple[str, ...], ...]] = {
    ReasonCode.PICK_DELAY: _FLOOR,
    ReasonCode.PACK_DELAY: (("warehouse", "wave"), _SITE),
    ReasonCode.MISSING_SCAN: (("warehouse", "wave"), _SITE),
    ReasonCode.SHIP_DELAY: _DOCK,
    ReasonCode.CARRIER_ISSUE: _DOCK,
    ReasonCode.FIRST_SCAN_MISSING: _DOCK,
    ReasonCode.TRANSIT_STALL: _ROAD,
    ReasonCode.DELIVERY_DELAY: _ROAD,
}
"""In what an order may have something in common with others, most specific first, by reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another order of the same promise. `late` is None while its outcome is open.

    `place` has what place_names.py allows. `done` is the event that ended it, if one has.
    """

    order_id: str
    place: Mapping[str, str]
    deadline_at: datetime
    late: bool | None
    done: OrderEvent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`late` of `known` orders, of which `missing` are not done at all."""

    known: int = 0
    late: int = 0
    missing: int = 0

    @property
    def part(self) -> float:
        """The share that is late, 0 of none."""
        return self.late / self.known if self.known else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The orders of one place and those of others like it, due in [since, until].

    `keys` are the payload keys that name the place, its own last; `place` their values. `whole`
    tells that every order due then was looked at, not only the nearest. `last_done` is the latest
    event by which an order of the place was done, and `done_since` how many elsewhere were
    done after it.
    """

    keys: tuple[str, ...]
    place: Mapping[str, str]
    inside: Share
    outside: Share
    since: datetime
    until: datetime
    whole: bool
    last_done: OrderEvent | None = None
    done_since: int = 0

    @property
    def kind(self) -> str:
        """warehouse, zone, wave or carrier."""
        return self.keys[-1]


def groups_of(
    place: Mapping[str, str], reason: ReasonCode, peers: Sequence[Peer], *, whole: bool
) -> list[Group]:
    """The groups in which an order stands, most specific first; none without peers in it.

    Args:
        place: where the order itself stands.
        reason: why it is late, which decides what it may have in common with others.
        peers: other orders, without itself.
        whole: whether `peers` are all that were due in their time.
    """
    found = []
    for keys in LADDERS.get(reason, (_SITE,)):
        if all(key in place for key in keys):
            group = _group(keys, place, peers, whole=whole)
            if group is not None:
                found.append(group)
    return found


def _group(
    keys: tuple[str, ...], place: Mapping[str, str], peers: Sequence[Peer], *, whole: bool
) -> Group | None:
    *around, own = keys
    here = [peer for peer in peers if all(peer.place.get(key) == place[key] for key in keys)]
    others = [
        peer
        for peer in peers
        if own in peer.place
        and peer.place[own] != place[own]
        and all(peer.place.get(key) == place[key] for key in around)
    ]
    compared = [peer for peer in (*here, *others) if peer.late is not None]
    if all(peer.late is None for peer in here):
        return None
    last = max((peer.done for peer in here if peer.done), key=lambda e: e.occurred_at, default=None)
    return Group(
        keys=keys,
        place={key: place[key] for key in keys},
        inside=_share(here),
        outside=_share(others),
        since=min(peer.deadline_at for peer in compared),
        until=max(peer.deadline_at for peer in compared),
        whole=whole,
        last_done=last,
        done_since=sum(
            peer.done is not None and last is not None and peer.done.occurred_at > last.occurred_at
            for peer in others
        ),
    )


def _share(peers: Iterable[Peer]) -> Share:
    every = [peer for peer in peers if peer.late is not None]
    return Share(
        known=len(every),
        late=sum(peer.late is True for peer in every),
        missing=sum(peer.late is True and peer.done is None for peer in every),
    )

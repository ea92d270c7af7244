"""Draws what goes where: what a channel asked for, what it sees, and what became of either.

Must not decide what fits or who may see what.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from handlers.blocks.elements import Block, actions, context, message, plain_button, section
from handlers.blocks.ids import COMMAND, Verb
from handlers.blocks.text import counted, data
from jobs.ports.slack import Message
from jobs.views.routing import ClientRoutes, TrialView, UnreachedView
from policies.reasons import Severity
from policies.routing import ALERTS, DIGEST, INSIGHT, INVOICES, Filters, Subscription

_MOST = 20
_WHY = {
    "not_in_channel": "E2A is not a member",
    "channel_not_found": "it is gone, or private and E2A is not a member",
    "is_archived": "it is archived",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What is listed of subscriptions, for somebody in a place.

    `here` is the channel (None in a direct message), `home_ids` the ids of default channels by
    client, `theirs` the channels that the asker is in: others are counted, not named.
    """

    clients: tuple[ClientRoutes, ...]
    here: str | None
    home_ids: Mapping[int, str | None]
    theirs: frozenset[str]
    may_change: bool = False

    def is_home(self, client: ClientRoutes) -> bool:
        """Whether this is a client's default channel."""
        return self.here is not None and self.home_ids.get(client.tenant.id) == self.here


_NAMED = {INVOICES: "The proof of invoices"}


def wanted(kind: str, clients: Sequence[str], filters: Filters) -> str:
    """`Alerts of Acme from ATL1, HIGH and up`."""
    named = _listed(clients, "and")
    begin = "Alerts" if filters != Filters() else "All alerts"
    begin = begin if kind == ALERTS else _NAMED.get(kind, f"The {data(kind, 40)}")
    parts = [f"{begin} of {named}"]
    if filters.sites:
        parts.append(f"from {_listed(filters.sites)}")
    if filters.carriers:
        parts.append(f"with {_listed(filters.carriers)}")
    if filters.reasons:
        parts.append(f"for {_listed([reason_words(one) for one in filters.reasons])}")
    least = filters.at_least
    if least is None:
        return " ".join(parts)
    up = "only" if least is Severity.CRITICAL else "and up"
    return f"{' '.join(parts)}, {least.value} {up}"


def reason_words(reason: str) -> str:
    """`PICK_DELAY` as people say it."""
    return reason.lower().replace("_", " ")


def subscribed(
    kind: str, clients: Sequence[str], filters: Filters, notes: Sequence[str], *, fresh: bool
) -> Message:
    """What was understood, and whether it is new."""
    comes = _comes(kind, clients, filters)
    text = f"{comes}." if fresh else f"{comes} already."
    return message(text, [section(text, *notes)])


def unsubscribed(
    gone: Sequence[tuple[str, Subscription]], notes: Sequence[str], channel: str | None = None
) -> Message:
    """What comes no more; pairs of a client's name and what it was. `channel`: not this one."""
    if not gone:
        text = f"Nothing here fits that. `{COMMAND} subscriptions` lists what comes here."
        return message(text, [section(text)])
    lines = [
        f"{_comes(one.kind, [name], one.wanted, ended=True)} no more."
        for name, one in _unique(gone)[:_MOST]
    ]
    if channel is not None:
        lines.append(f"That is about {channel_name(channel)}.")
    return message(lines[0], [section(*lines, *notes)])


def all_again(clients: Sequence[str]) -> str:
    """A default channel without subscriptions of its own hears everything."""
    return f"{wanted(ALERTS, clients, Filters())} come here again: this is the default channel."


def unheard(names: Sequence[str]) -> str:
    """Names that may be misspelt."""
    return f"No late order of late named {_listed(names)}. Is that how it is spelt?"


def board(shown: Board) -> Message:
    """What comes here, and where these clients go besides."""
    blocks: list[Block] = []
    if shown.here is not None:
        blocks += [section("*What comes here*"), *_here(shown)]
    title = "*Where else it goes*" if shown.here else "*Where alerts go*"
    lines = [line for client in shown.clients if (line := _elsewhere(client, shown))]
    blocks.append(section(title, *(lines or ["Nowhere else."])))
    if shown.here is not None and shown.may_change:
        blocks.append(
            actions([plain_button(Verb.SUBSCRIPTION_ADD), plain_button(Verb.SUBSCRIPTION_TEST)])
        )
    return message("Subscriptions", blocks)


def trial(view: TrialView) -> Message:
    """A harmless line that says what would come here."""
    text = "This is a test of E2A: nothing happened, and there is nothing to do."
    lines = []
    for client in view.clients:
        mine = [one for one in client.subscriptions if one.channel_id == view.channel_id]
        lines += [f"• {wanted(one.kind, [client.tenant.name], one.wanted)}" for one in mine]
        home = view.channel_id in (client.home.channel, client.home.home)
        at_home = home or any(client.at_home(one) for one in mine)
        if at_home and not client.narrowed:
            lines.append(f"• {_everything(client)}")
    told = ["Here would come:", *lines] if lines else ["Nothing was subscribed to here yet."]
    return message(text, [section(text, *told)])


def trial_sent() -> Message:
    """The test is on its way."""
    text = "A test message is on its way to this channel. If none comes, `/invite @e2a` here."
    return message(text, [section(text)])


def unreached(view: UnreachedView) -> Message:
    """A channel that cannot be told, for those who can mend it."""
    channel = channel_name(view.channel_id)
    why = _WHY.get(view.why, data(view.why, 60))
    text = (
        f"{channel} cannot be told of {data(view.tenant.name, 60)}: {why}. "
        "What was meant for it comes here."
    )
    numbers = " and ".join(f"`{COMMAND} unsubscribe {one}`" for one in view.numbers[:5])
    unsubscribe = f"unsubscribe it: {numbers} here." if numbers else "unmap it there."
    how = f"Invite @e2a there, or {unsubscribe}"
    who = [_principal(one) for one in view.leads[:10]]
    return message(text, [section(text, how), *([context(", ".join(who))] if who else [])])


def channel_name(channel: str) -> str:
    """A channel as Slack links it; one that is known by its name stands as it is."""
    return data(channel, 80) if channel.startswith("#") else f"<#{data(channel, 40)}>"


def _here(shown: Board) -> list[Block]:
    blocks: list[Block] = []
    for client in shown.clients:
        mine = [one for one in client.subscriptions if one.channel_id == shown.here]
        for one in mine[:_MOST]:
            said = f"`{one.id}` {wanted(one.kind, [client.tenant.name], one.wanted)}"
            can = shown.may_change and one.kind not in (DIGEST, INSIGHT, INVOICES)
            edit = plain_button(Verb.SUBSCRIPTION_EDIT, str(one.id)) if can else None
            blocks.append(section(said, accessory=edit))
        if shown.is_home(client) and not client.narrowed:
            blocks.append(section(_everything(client)))
        elif shown.is_home(client):
            name = data(client.tenant.name, 60)
            blocks.append(context(f"What of {name} fits no subscription anywhere comes here too."))
    return blocks or [section(f"Nothing. `{COMMAND} subscribe` has alerts come here.")]


def _elsewhere(client: ClientRoutes, shown: Board) -> str | None:
    """A client's other channels, as far as the asker is in them."""
    home = shown.home_ids.get(client.tenant.id)
    heard = {one.channel_id for one in client.subscriptions}
    every = {*heard, *client.shown, *([home] if home else [])} - {shown.here}
    said: dict[str | None, str] = dict.fromkeys(set(client.shown) - heard, " (sees it)")
    said[home] = " (default)"
    theirs = sorted(every & shown.theirs, key=lambda one: (one != home, one))
    named = [f"{channel_name(one)}{said.get(one, '')}" for one in theirs]
    if far := len(every - shown.theirs):
        named.append(f"{counted(far, 'channel')} that you are not in")
    return f"{data(client.tenant.name, 60)}: {', '.join(named)}" if named else None


def _everything(client: ClientRoutes) -> str:
    return f"{wanted(ALERTS, [client.tenant.name], Filters())}: this is its default channel"


def _comes(kind: str, clients: Sequence[str], filters: Filters, *, ended: bool = False) -> str:
    said = wanted(kind, clients, filters)
    if kind == DIGEST and not ended:
        return f"{said} comes here every morning at 08:00 of the client's time"
    if kind == INSIGHT and not ended:
        return f"{said} comes here when something is new, every 4 hours at most"
    if kind == INVOICES and not ended:
        return f"{said} comes here every morning at 08:00 of the client's time"
    narrowed = "," if filters.at_least is not None else ""
    return f"{said}{narrowed} {'come' if kind == ALERTS else 'comes'} here"


def _unique(gone: Sequence[tuple[str, Subscription]]) -> list[tuple[str, Subscription]]:
    return list({(name, one.kind, str(one.filters)): (name, one) for name, one in gone}.values())


def _listed(names: Collection[str], last: str = "or") -> str:
    shown = [data(name, 75) for name in names]
    return f" {last} ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else "nobody"


def _principal(principal: str) -> str:
    kind, _, name = principal.partition(":")
    return f"<@{data(name, 40)}>" if kind == "user" else f"<!subteam^{data(name, 40)}>"

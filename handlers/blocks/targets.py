"""Draws how targets stand: a tile each, and the one notice when a budget runs low.

Must not measure: the figures come counted. Shares are rounded down, so that what is missed never
reads as kept.
"""

from calendar import month_name
from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from handlers.blocks.elements import Block, message, section
from handlers.blocks.text import counted, data, joined
from jobs.ports.slack import Message
from jobs.views import TargetView
from policies.targets import Target

_MOST = 12


def target_alarm(view: TargetView) -> Message:
    """How much of the budget is used, how many more late orders miss the target, what it costs."""
    name = f"{data(view.target.sla_id, 64)} · {data(view.tenant.name, 60)}"
    said = _used(view)
    text = f"{name}: {said}"
    return message(text, [section(f"*{name}*: {said}", joined(_rest(view), _cost(view)))])


def targets_block(views: Sequence[TargetView]) -> Block | None:
    """A line a target; the client is named where there are several."""
    if not views:
        return None
    several = len({view.tenant.id for view in views}) > 1
    lines = [tile(view, of_client=several) for view in views[:_MOST]]
    more = [f"and {len(views) - _MOST} more"] if len(views) > _MOST else []
    return section("*Targets*", *lines, *more)


def tile(view: TargetView, *, of_client: bool = False) -> str:
    """`ship 99.2 % of 99, 3 late left in March`."""
    standing, target = view.standing, view.target
    whose = f"{data(view.tenant.name, 60)}: " if of_client else ""
    if standing.compliance is None:
        kept = f"nothing counted yet of {_plain(target.at_least)} %"
    else:
        kept = f"{_share(standing.compliance, target)} % of {_plain(target.at_least)}"
    return f"{whose}{data(target.sla_id, 64)} {_for(target)}{kept}, {late_left(view)}"


def _used(view: TargetView) -> str:
    at_least = _plain(view.target.at_least)
    if not view.standing.allowed:
        return f"no late order is allowed yet in {_period(view)} and {_late(view)}"
    if view.standing.left < 0:
        return f"the {at_least} % is missed for {_period(view)}"
    used = _plain(view.standing.used_pct.to_integral_value(ROUND_FLOOR))
    return f"{used} % of the late budget of {_period(view)} used"


def _rest(view: TargetView) -> str:
    """How many more are too many, and how many were kept."""
    standing = view.standing
    decided = standing.met + standing.late
    kept = f"{standing.met:,} of {decided:,} in time"
    if standing.left < 0:
        over = counted(-standing.left, "late order")
        return f"{over} more than {_plain(view.target.at_least)} % leaves room for. {kept}."
    more = counted(standing.left + 1, "more late order")
    return f"{more} and the {_plain(view.target.at_least)} % is missed. {kept}."


def _cost(view: TargetView) -> str | None:
    if view.target.remedy is None or not view.standing.credit_pct:
        return None
    of = view.target.remedy.pct_of.replace("_", " ")
    return f"As it stands it costs {_plain(view.standing.credit_pct)} % of the {of}"


def late_left(view: TargetView) -> str:
    """`3 late left in March`, `2 late too many today`."""
    left = view.standing.left
    if left < 0:
        return f"{-left} late too many in {_period(view)}"
    return f"{left or 'no'} late left in {_period(view)}"


def _late(view: TargetView) -> str:
    late = view.standing.late
    return f"{late} {'is' if late == 1 else 'are'} late"


def _for(target: Target) -> str:
    """`(globex, shopify) ` where the target is not for every order."""
    meant = (*target.among("client"), *target.among("channel"))
    return f"({', '.join(data(name, 30) for name in meant[:4])}) " if meant else ""


def _period(view: TargetView) -> str:
    days = view.target.trailing_days
    if days is None:
        return month_name[int(view.window.key.split("-")[1])]
    return "today" if days == 1 else f"the last {days} days"


def _share(share: Decimal, target: Target) -> str:
    """With as many decimals as the target has, at least one."""
    places = max(1, -int(target.at_least.normalize().as_tuple().exponent))
    return _plain(share.quantize(Decimal(1).scaleb(-places), ROUND_FLOOR))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"

"""Draws what is promised in plain words, what lint says of it, and what would be if.

Must not judge. Times of day are those of the client's own time zone, named below.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from itertools import groupby
from zoneinfo import ZoneInfo

from handlers.blocks.elements import Block, context, message, section
from handlers.blocks.remarks import heard_blocks
from handlers.blocks.text import counted, data, joined, moment
from handlers.blocks.wording import KIND, VERDICT
from jobs.ports.slack import Message
from jobs.show_policy import LintView, MoveView, PolicyView, StartView
from policies.clock import Clock
from policies.durations import duration
from policies.in_words import rule_in_words
from policies.lint.finding import Finding, Level, count_of
from policies.promise import SlaRule
from policies.reasons import ClockKind, ClockState
from policies.records import Tenant
from policies.targets import Target

_MOST_RULES, _MOST_FINDINGS, _MOST_ALIKE, _MOST_CLOCKS, _MOST_GROUPS = 20, 12, 8, 12, 3
_DEAD_MARK = data("`")
_LAST_SECOND = timedelta(seconds=1)


def policies(views: Sequence[PolicyView]) -> Message:
    """Every promise of these clients with its deadline, in a line or two."""
    blocks = [block for view in views[:_MOST_GROUPS] for block in _policy(view)]
    return message("What is promised", blocks)


def promise(views: Sequence[PolicyView], name: str) -> Message | None:
    """One promise with everything that it says; None where there is none of that name."""
    blocks: list[Block] = []
    for view in views[:_MOST_GROUPS]:
        rule = next((rule for rule in view.rules if rule.sla_id == name.lower()), None)
        if rule is not None:
            blocks += [section(*_in_full(rule, view.targets)), context(_clients(view.tenants))]
    return message(f"The promise {data(name, 64)}", blocks) if blocks else None


def nearest_rule(views: Sequence[PolicyView], name: str) -> str | None:
    """The promise that was probably meant."""
    known = [rule.sla_id for view in views for rule in view.rules]
    return next(iter(get_close_matches(name.lower(), known, n=1, cutoff=0.5)), None)


def findings(views: Sequence[LintView]) -> Message:
    """What lint says, the gravest first."""
    shown = views[:_MOST_GROUPS]
    blocks = [b for view in shown for b in (*_findings(view), *heard_blocks(view.heard))]
    return message("What lint says", blocks)


def started(view: StartView) -> Message:
    """What an event would start at each moment: one promise after the other, moments below it."""
    zone, moments = view.tenant.timezone, [each.at for each in view.started]
    title = f"What if {data(view.event, 64)} came {_at(moments, zone)}?"
    clocks = [clock for each in view.started for clock in each.clocks]
    if not clocks:
        some = ", ".join(view.starters[:12]) or "nothing"
        blocks = [
            section(f"*{title}*", "It would start no promise for such an order."),
            context(f"What starts one: {data(some, 400)}. Facts help: `service=ground`."),
        ]
        return message(title, blocks)
    labels = dict(zip(moments, _labels(moments, zone), strict=True))
    lines: dict[str, list[str]] = {}
    for clock in _by_kind(clocks):
        label = labels.get(clock.start_event.occurred_at, "")
        due = f"`{label}` due *{wall(clock.deadline_at, zone)}*"
        lines.setdefault(_title(clock.rule), []).append(due)
    body = [section(name, *told) for name, told in list(lines.items())[:_MOST_CLOCKS]]
    facts = ", ".join(f"{key}={value}" for key, value in view.facts)
    of = f"{data(view.tenant.name, 60)}, a new order{' with ' + data(facts, 200) if facts else ''}"
    return message(title, [section(f"*{title}*", of), *body, context(_by(view.version, zone))])


def moved(view: MoveView) -> Message:
    """The clocks of an order as they are, and if the event had come then."""
    order, zone = view.order, view.order.tenant.timezone
    named = f"{data(view.event, 64)} of {data(order.order_id, 60)}"
    title = f"What if {named} came {_at(view.moments, zone)}?"
    was = f"It came {wall(view.was, zone)}." if view.was else "It has not come yet."
    labels = ["as it is" if view.was else "without it", *_labels(view.moments, zone)]
    body = []
    for each in [one for one in view.compared if one.differs][:_MOST_CLOCKS]:
        known = next(clock for clock in each.clocks if clock is not None)
        told = [
            f"`{label}` {_fate(clock, zone)}"
            for label, clock in zip(labels, each.clocks, strict=True)
        ]
        body.append(section(_title(known.rule), *told))
    same = [data(one.sla_id, 64) for one in view.compared if not one.differs]
    nothing = None if body else "Nothing would change."
    unchanged = f"Unchanged: {', '.join(same[:20])}" if same and body else None
    small = joined(unchanged, _by(view.version, zone))
    return message(title, [section(f"*{title}*", was, nothing), *body, context(small)])


def together(messages: Sequence[Message]) -> Message:
    """Several clients' answers as one."""
    if len(messages) == 1:
        return messages[0]
    return message(messages[0].text, [dict(block) for one in messages for block in one.blocks])


def wall(at: datetime, zone: str) -> str:
    """`Mon 2 Mar 13:59` on a clock of that zone; a day's last instant is its end."""
    local = at.astimezone(ZoneInfo(zone))
    day = f"{local:%a} {local.day} {local:%b}"
    next_day = (local.replace(fold=1) + _LAST_SECOND).date() != local.date()
    return f"the end of {day}" if next_day and local.second else f"{day} {local:%H:%M}"


def _policy(view: PolicyView) -> list[Block]:
    clients = _clients(view.tenants)
    if not view.rules:
        return [section(f"*Nothing is promised to {clients}*", "No policy is in force.")]
    shown = sorted(view.rules, key=lambda rule: list(KIND).index(rule.kind))[:_MOST_RULES]
    body = [
        section(_title(rule), *_lines(rule, "Due", "For"), *_targets(rule, view.targets))
        for rule in shown
    ]
    more = len(view.rules) - len(shown)
    left_out = f"and {more} more" if more else None
    example = f"`policy show {data(shown[0].sla_id, 64)}` says all of one"
    small = context(joined(left_out, example, _force(view, shown[0])))
    return [section(f"*What is promised to {clients}*"), *body, small]


def _clients(tenants: Sequence[Tenant]) -> str:
    return ", ".join(data(tenant.name, 40) for tenant in tenants[:10])


def _title(rule: SlaRule) -> str:
    return f"*{KIND[rule.kind]} · {data(rule.promise, 120)}* `{data(rule.sla_id, 64)}`"


def _lines(rule: SlaRule, *names: str) -> list[str]:
    """Some of what a rule says; that it is for every order goes without saying."""
    said = dict(line.partition(": ")[::2] for line in rule_in_words(rule)[1:])
    return [
        f"{name}: {data(said[name], 400)}"
        for name in names
        if name in said and said[name] != "every order"
    ]


def _in_full(rule: SlaRule, targets: Iterable[Target]) -> list[str]:
    said = [line.partition(": ")[::2] for line in rule_in_words(rule)[1:]]
    told = [f"*{data(name, 40)}:* {data(words, 600)}" for name, words in said]
    bold = [line.replace("Target:", "*Target:*") for line in _targets(rule, targets)]
    return [_title(rule), *told, *bold]


def _targets(rule: SlaRule, targets: Iterable[Target]) -> list[str]:
    """`Target: at least 99 % in a calendar month`."""
    return [
        f"Target: at least {target.at_least:f} % "
        + (f"over {target.trailing_days} days" if target.trailing_days else "in a calendar month")
        for target in targets
        if target.sla_id == rule.sla_id
    ]


def _force(view: PolicyView, rule: SlaRule) -> str:
    since = f"in force since {moment(rule.valid_from)}" if rule.valid_from else "in force"
    later = [
        f"version {data(version, 40)} from {moment(begins)}"
        for (version, begins), _ in groupby(
            view.following, key=lambda one: (one.version, one.valid_from)
        )
        if begins is not None
    ]
    followed = f"then {', '.join(later[:3])}" if later else None
    return joined(f"version {data(rule.version, 40)}, {since}", followed)


def _findings(view: LintView) -> list[Block]:
    clients = _clients(view.tenants)
    of = f"{data(view.file, 80)} for {clients}"
    if not view.findings:
        return [section(f"*{of}*", "Nothing to say: the policy is in order.")]
    counts = [(level, count_of(view.findings, level)) for level in Level]
    total = ", ".join(counted(number, level.value) for level, number in counts if number)
    alike: dict[tuple[Level, str], list[Finding]] = {}
    for one in sorted(view.findings, key=lambda one: list(Level).index(one.level)):
        alike.setdefault((one.level, one.rule), []).append(one)
    body = [section(*_finding(group)) for group in list(alike.values())[:_MOST_FINDINGS]]
    more = len(alike) - len(body)
    rest = [context(f"and {more} more kinds; `e2a policy lint` prints them all")] if more else []
    return [section(f"*{of}: {total}*"), *body, *rest]


def _finding(group: Sequence[Finding]) -> tuple[str, ...]:
    """The first of several that are alike, and where the others are."""
    one, *others = group
    where = [f"line {other.line} {data(other.sla_id or '', 64)}".rstrip() for other in others]
    more = f", and {len(where) - _MOST_ALIKE} more" if len(where) > _MOST_ALIKE else ""
    return (
        f"*{one.level.value}* line {one.line}: {_coded(one.message)}",
        f"{_coded(one.remedy)} (`{data(one.rule, 60)}`)",
        f"Likewise {', '.join(where[:_MOST_ALIKE])}{more}" if where else "",
    )


def _coded(text: str) -> str:
    """Dead text in which what stood in code marks stands in them again."""
    dead = data(text, 800)
    return dead.replace(_DEAD_MARK, "`") if dead.count(_DEAD_MARK) % 2 == 0 else dead


def _by_kind(clocks: Iterable[Clock]) -> list[Clock]:
    kinds: list[ClockKind] = list(KIND)
    return sorted(clocks, key=lambda clock: kinds.index(clock.rule.kind))


def _at(moments: Sequence[datetime], zone: str) -> str:
    """`on Mon 2 Mar at 13:59 or 14:01`, each with its day where the days differ."""
    one_day = _one_day(moments, zone)
    told = " or ".join(_labels(moments, zone))
    return f"on {wall(moments[0], zone)[:-6]} at {told}" if one_day else f"at {told}"


def _labels(moments: Sequence[datetime], zone: str) -> list[str]:
    told = [wall(at, zone) for at in moments]
    return [words[-5:] for words in told] if _one_day(moments, zone) else told


def _one_day(moments: Sequence[datetime], zone: str) -> bool:
    return len({at.astimezone(ZoneInfo(zone)).date() for at in moments}) == 1


def _fate(clock: Clock | None, zone: str) -> str:
    if clock is None:
        return "no such clock"
    said = {
        ClockState.RUNNING: "runs",
        ClockState.PAUSED: "stands still",
        ClockState.MET: "*in time*",
        ClockState.CANCELLED: "called off",
        ClockState.BREACHED: f"*{duration(clock.delay_minutes)} late*",
    }[clock.state]
    if clock.verdict is not None:
        said = f"*{VERDICT[clock.verdict]}*"
    return f"{said}, due {wall(clock.deadline_at, zone)}"


def _by(version: str, zone: str) -> str:
    return f"by version {data(version, 60)} · times of {data(zone, 60)}"

"""Names the cause for which a line that follows from others is wrong by itself.

Must not compute what is due.
"""

from policies.money.findings.finding import Cause
from policies.money.lines import TAX, Least, Share
from policies.money.order_lines import share_of
from policies.money.tariff import Tariff
from policies.money.usage import Usage
from policies.money.written import ORDER_MINIMUM, VOLUME_DISCOUNT


def why_following(code: str, wanted: int, asked: int | None, usage: Usage, tariff: Tariff) -> Cause:
    """Why it is not what is due; `asked` is None where no such line was billed."""
    if wanted and asked and abs(wanted - asked) == 1:
        return Cause.ROUNDING
    if code.startswith(TAX):
        return Cause.TAX
    rule = next((line.rule for line in tariff.lines if line.code == code), None)
    if isinstance(rule, Share):
        return _why_share(rule, wanted, asked, usage)
    if code == ORDER_MINIMUM or isinstance(rule, Least):
        return Cause.MINIMUM
    flagged = Cause.MULTIPLIER if code in usage.flags else Cause.SURCHARGE
    return Cause.DISCOUNT if code == VOLUME_DISCOUNT else flagged


def _why_share(rule: Share, wanted: int, asked: int | None, usage: Usage) -> Cause:
    if asked is None:
        return Cause.NOT_BILLED
    if not rule.when.holds(usage) or not wanted:
        return Cause.SURCHARGE
    pct = rule.pct.on(usage.day)
    if pct:
        base = round(wanted * 100 / pct)
        others = {share_of(base, other) for _, other in rule.pct.since if other != pct}
        if any(abs(asked - one) <= 1 for one in others):
            return Cause.OTHER_VERSION
    return Cause.RATE

"""Draws what a model says of a policy, each remark with what the engine made of its examples.

Must not judge: what does not hold is gone before it comes here.
"""

from handlers.blocks.elements import Block, context, section
from handlers.blocks.text import counted, data
from jobs.lint_policy import ModelLint
from policies.lint.remarks import Kind, Remark, why_none

_KINDS = {Kind.AMBIGUITY: "Ambiguous", Kind.RISK: "Risk", Kind.MISSING_CASE: "Missing case"}


def heard_blocks(heard: ModelLint | None) -> list[Block]:
    """Nothing where nobody wanted a model; a line where none had a say."""
    if heard is None:
        return []
    if heard.reason:
        return [context(data(why_none(heard.reason), 300))]
    told = f"{counted(len(heard.remarks), 'remark')} of a model; the engine ran every example"
    gone = f", and dropped {heard.dropped} that it says otherwise of" if heard.dropped else ""
    return [context(f"{told}{gone}."), *(section(*_remark(one)) for one in heard.remarks)]


def _remark(remark: Remark) -> list[str]:
    title = f"*{_KINDS[remark.kind]}* line {remark.line} `{data(remark.sla_id, 64)}`"
    tried = [f"{data(one.given, 300)}: *{data(one.outcome, 200)}*" for one in remark.examples]
    return [f"{title}: {data(remark.title, 80)}", data(remark.says, 400), *tried]

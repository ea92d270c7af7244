"""What somebody can want to know of a policy, as values; intents.py has everything else.

Must not hold words or rules: policy_words.py reads words into these, policy_reads.py does them.
"""

from dataclasses import dataclass

from handlers.slack.times import At


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPolicy:
    """What is promised; all of it, or one rule by its name."""

    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LintPolicy:
    """What is doubtful about the policy in force; `model` has a model asked, too."""

    model: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatePolicy:
    """What would be promised if an event came then: to a new order, or to one that there is.

    `facts` are what the new order would state, such as its service.
    """

    event: str
    moments: tuple[At, ...]
    order_id: str | None = None
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TryDuration:
    """What another duration of a promise would have meant for the orders of the last days."""

    rule: str
    duration: str
    days: int = 30


PolicyIntent = ShowPolicy | LintPolicy | SimulatePolicy | TryDuration

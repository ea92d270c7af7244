"""The words by which people tell figures apart: by carrier, per day, where, who, what causes.

Must not hold logic: read.py takes the words away. Each phrase is a regular expression; tables are
tried from the top.
"""

from policies.questions.lexicon import Phrases
from policies.questions.shape import Split

SPLITS: tuple[tuple[Split, Phrases], ...] = (
    (Split.CLIENT, (r"clients?", r"customers?", r"merchants?", r"tenants?", r"brands?")),
    (Split.SITE, (r"sites?", r"warehouses?", r"buildings?", r"facilit(?:y|ies)", r"[fd]cs?")),
    (Split.CARRIER, (r"carriers?", r"couriers?")),
    (Split.REASON, (r"reasons?", r"causes?", r"kinds?", r"types?", r"reason codes?")),
    (Split.SEVERITY, (r"severit(?:y|ies)",)),
    (Split.STATUS, (r"status(?:es)?", r"states?")),
    (Split.OWNER, (r"owners?", r"persons?", r"people", r"assignees?", r"colleagues?", r"user")),
    (Split.STAGE, (r"stages?", r"steps?")),
    (Split.SERVICE, (r"services?(?: levels?)?",)),
    (Split.WAVE, (r"waves?",)),
    (Split.WEEKDAY, (r"week ?days?", r"days? of (?:the )?week")),
    (Split.HOUR, (r"hours?(?: of (?:the )?day)?", r"time of day")),
    (Split.DAY, (r"days?", r"dates?")),
    (Split.WEEK, (r"weeks?",)),
    (Split.PROMISE, (r"promises?", r"slas?", r"rules?")),
)
OFTEN = {"hourly": Split.HOUR, "daily": Split.DAY, "weekly": Split.WEEK}
LEAD = (
    r"(?:by|per|in (?:which|what)|on (?:which|what)|for (?:each|every)|each|every|which|what|"
    r"rank|sort|worst|best|busiest|quietest|top|a|across|between|among|over|amongst|split by|"
    r"grouped by) (?:the |our |all |different )*"
)
"""What stands before the name of a kind: `by carrier`, `which client`, `over services`."""
TAIL = (
    r"(?: (?:break ?down|split|distribution|mix|ranking|(?:ordered|ranked|sorted) by)|"
    r"(?= with (?:the )?(?:most|fewest|least|highest|lowest|biggest)\b|(?= by (?:count|number)\b)))"
)
"""What stands behind it: `status breakdown`."""
_TROUBLE = r"(?:problems?|issues?|reasons?|causes?|exceptions?|trouble)"
_HAPPENS = r"(?:do|does|did|are|were|is|was|have|has)"
ASKED_FOR: tuple[tuple[Split, Phrases], ...] = (
    (
        Split.REASON,
        (
            r"what (?:is|are|was|were) (?:mostly )?causing",
            r"what (?:mostly )?cause[sd]?",
            r"what (?:goes|went) wrong(?= (?:most|usually|often|today|this|last|in|at|for))",
            rf"most (?:frequent|common|usual|often) {_TROUBLE}",
            rf"(?:main|biggest|usual|leading) {_TROUBLE}",
        ),
    ),
    (Split.SITE, (rf"where(?= {_HAPPENS}\b)",)),
    (
        Split.HOUR,
        (r"when (?:during|in|of) the day", r"(?:at )?(?:what|which) time(?: of (?:the )?day)?"),
    ),
    (Split.DAY, (r"day (?:by|after|to) day",)),
    (Split.WEEK, (r"week (?:by|after|to) week",)),
    (Split.WEEKDAY, (r"when (?:during|in|of) the week",)),
)
"""Splits that a question asks for without naming their kind."""
WHO = r"who(?:se|m)?"
"""Asks for people, where nothing else is told apart."""

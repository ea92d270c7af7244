"""Words the questions that the Messages tab suggests: a press sends one as the person's own.

Must not let data in that is more than an order's plain number.
"""

import re

from jobs.show_openings import Openings

MOST = 4
TITLE = "What do you want to know?"
_PLAIN = re.compile(r"^[\w#./-]{1,40}$", re.ASCII)
_ALWAYS = (
    ("How do things stand?", "status"),
    ("What happened since yesterday?", "digest"),
    ("What is promised here?", "policy"),
    ("What can I say?", "help"),
)

Suggestion = dict[str, str]
"""As Slack takes it: `title` is on the button, `message` is sent."""


def suggestions(openings: Openings | None) -> list[Suggestion]:
    """At most four, what presses most first; None is somebody who sees no client."""
    if openings is None:
        return [_suggestion(*_ALWAYS[-1])]
    found = [*_of_now(openings), *_ALWAYS]
    return [_suggestion(title, message) for title, message in found[:MOST]]


def _of_now(openings: Openings) -> list[tuple[str, str]]:
    latest, found = openings.latest, []
    if latest and _PLAIN.match(latest):
        found.append((f"Why is {latest} late?", f"why is {latest} late?"))
    if openings.mine:
        found.append((f"What is mine? ({openings.mine:,})", "exceptions mine"))
    if openings.unowned:
        found.append((f"What does nobody own? ({openings.unowned:,})", "exceptions unowned"))
    if openings.at_risk or openings.silent:
        title = "What breaks next?" if openings.at_risk else "Which source is silent?"
        found.append((title, "status"))
    return found


def _suggestion(title: str, message: str) -> Suggestion:
    return {"title": title, "message": message}

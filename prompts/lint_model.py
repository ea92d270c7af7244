"""Words what a model is asked about a policy: the rules for it, and the policy as data.

Must not choose what is told or read an answer: jobs/lint_policy.py and policies/lint/remarks.py do.
"""

from prompts.asked import Asked, asked_with

VERSION = "lint-1"
"""Changes whenever the words do, so that a kept answer to other words is not taken."""


def ask_to_lint(*, facts: str, schema: str, events: str, most: int) -> Asked:
    """The messages; raises as `asked_with` does.

    Args:
        facts: see `asked_with`.
        schema: of the answer, as JSON.
        events: names that the engine knows.
        most: how many remarks are wanted.
    """
    rules = {"events": events, "most": most, "schema": schema}
    return asked_with("lint/model", rules=rules, facts={"facts": facts})

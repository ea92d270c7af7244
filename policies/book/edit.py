"""Changes one figure in a policy's text, to try it out. Must not judge or touch the rest."""

from copy import deepcopy
from io import StringIO

from ruamel.yaml import YAML

from policies.yaml_text import parse_yaml


class NotADurationError(ValueError):
    """The rule has no single duration that could be another one."""


def with_duration(text: str, file: str, sla_id: str, duration: str) -> str:
    """The policy with another `within` for one rule.

    Raises:
        NotADurationError: there is no such rule, or its deadline is of another form.
    """
    document = deepcopy(parse_yaml(text, file))
    rule = next((rule for rule in document.get("slas", ()) if rule.get("id") == sla_id), None)
    if rule is None:
        message = f"There is no promise called {sla_id}."
        raise NotADurationError(message)
    deadline = rule.get("deadline")
    if not isinstance(deadline, dict) or not isinstance(deadline.get("within"), str):
        message = f"The deadline of {sla_id} is no single duration, so none can be tried here."
        raise NotADurationError(message)
    deadline["within"] = duration
    written = StringIO()
    YAML(typ="rt").dump(document, written)
    return written.getvalue()

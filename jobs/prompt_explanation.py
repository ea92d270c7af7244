"""Makes the prompt for a model's explanation, and an explanation of what it answers.

Must not ask the model: who does hands the answer in.
"""

from jobs.worded import worded
from policies.asking import Prompt
from policies.claims import UnsupportedError
from policies.model_explanation import ROOT_CAUSES, ModelExplanation, believed
from policies.model_facts import ModelFacts
from policies.records import Explanation
from prompts.explain_model import VERSION, ask_to_explain

NAME = "explanation"


def prompt_of(facts: ModelFacts, language: str = "en") -> Prompt:
    """What the model is asked about these facts."""
    return worded(
        NAME,
        VERSION,
        ModelExplanation.model_json_schema(),
        lambda schema: ask_to_explain(
            facts=facts.as_json(),
            schema=schema,
            root_causes=", ".join(ROOT_CAUSES),
            order_id=str(facts.stated["order_id"]),
            language=language,
        ),
    )


def explanation_from(
    answer: ModelExplanation, known: Explanation, facts: ModelFacts, language: str = "en"
) -> Explanation | None:
    """The explanation in the model's words as far as they are borne out; None where they are not.

    What the rules said stays then, and needs no further word.
    """
    try:
        return believed(answer, known, facts.evidence(language))
    except UnsupportedError:
        return None

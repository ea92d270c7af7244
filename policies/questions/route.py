"""Says where an answer is looked for: by names, by figures, in documents, in past records.

Must not look anything up. What a route finds nothing for is refused there, never guessed at.
"""

import re
from difflib import get_close_matches
from enum import StrEnum

from policies.naming import Named


class Route(StrEnum):
    """What a question was answered from, as metrics and `e2a ask` call it."""

    EXCEPTION = "exception"
    ORDER = "order"
    INVOICE = "invoice"
    UNKNOWN = "unknown_record"
    FIGURES = "figures"
    POLICY = "policy"
    SIMILAR = "similar"
    WHY = "why"
    COVERED = "record_policy"
    HELP = "help"
    SMALL_TALK = "small_talk"
    NONE = "none"


class Sense(StrEnum):
    """What the words by themselves ask for; ANY leaves it to what the reader of figures says."""

    HELP = "help"
    SMALL_TALK = "small_talk"
    COVERED = "covered"
    SIMILAR = "similar"
    WHY = "why"
    PRICE = "price"
    DOCUMENTS = "documents"
    ANY = "any"


_HELP = (
    r"^\W*(?:please )?help(?: me)?(?: please)?\W*$|"
    r"\bwhat (?:can|do|could) (?:you|e2a|this bot|the bot) (?:do|answer|help|know)\b|"
    r"\bwhat (?:questions )?can i ask\b|"
    r"\bhow (?:do|can|should) i (?:use|ask|talk to) (?:you|e2a)\b|"
    r"\bhow does (?:e2a|this bot) work\b|\bwho are you\b|\bwhat are you\b|\bwhat is e2a\b"
)
_SMALL_TALK = (
    r"^\W*(?:hi|hiya|hello|hey|yo|good (?:morning|afternoon|evening|night)|morning|thanks?|"
    r"thank you|thx|cheers|bye|goodbye|see you|ok(?:ay)?|cool|great|nice|lol|sorry)"
    r"(?: (?:there|e2a|bot|you|so much|a lot|everyone|all|team|mate|again|very much|job|one))*\W*$|"
    r"\bhow are you\b|\bhow(?: i|')s it going\b|\bwhat'?s up\b|\btell me (?:a|another) "
    r"(?:joke|story|poem)\b|\b(?:write|sing|compose) (?:me )?(?:a|an) (?:poem|song|haiku|limerick|"
    r"story)\b|\bdo you (?:love|like|hate|dream|sleep|feel)\b|\bi (?:love|hate) you\b|"
    r"\bare you (?:a )?(?:human|robot|real|alive|an ai|ai|sentient|happy|sad|ok)\b|"
    r"\byour (?:name|birthday|favou?rite)\b"
)
_COVERED = (
    r"\b(?:covered|entitled|eligible|due|owed?|qualif\w+|get|gets|give|gives|worth)\b.{0,40}"
    r"\b(?:credits?|refunds?|compensation|remed\w+|penalt\w+)\b|"
    r"\b(?:credits?|refunds?|compensation)\b.{0,40}\b(?:covered|entitled|eligible|due|owed?|for)\b|"
    r"\b(?:break|breaks|broke|broken|breach\w*|violat\w+|miss(?:es|ed)?|keep|keeps|kept|meets?|met|"
    r"within|inside|outside|against|under)\b.{0,40}"
    r"\b(?:promises?|polic(?:y|ies)|slas?|olas?|contract|rules?|deadline|cut-?offs?|terms)\b|"
    r"\b(?:which|what) (?:promises?|polic(?:y|ies)|slas?|rules?)\b|"
    r"\bwhat (?:was|is|were|did we) promised?\b|\bby (?:which|what) rule\b|"
    r"\b(?:still )?on time\b|\bin (?:breach|policy)\b|\bcovered\b"
)
_SIMILAR = (
    r"\bsimilar\b|\b(?:cases?|ones?|exceptions?|orders?|problems?|anything|something) like\b|"
    r"\blike (?:this|that|it|#?\d)|\bsame (?:problem|issue|thing|cause|kind|pattern)\b|"
    r"\b(?:seen|had|happen\w*) (?:this|that|it|something like \w+)?\s?before\b|\bcomparable\b|"
    r"\bresembl\w+\b|\bprecedents?\b"
)
_WHY = (
    r"\bwhy\b|\bhow come\b|\breasons? (?:for|behind|that)\b|\bwhat (?:caused?|causes|is causing|"
    r"led to)\b|\b(?:root )?causes?\b(?! code)|\bexplain\b|"
    r"\bwhat(?:'s| is| was) (?:behind|wrong)\b|\bwhat (?:happened|went wrong)\b"
)
_NOT_PRICES = (
    r"at risk|late|over|open|owed?|credits?|worth|delays?|exceptions?|breach\w*|today|yesterday|"
    r"on[- ]?time|compliance|slas?|hit rate|"
    r"(?:this|last) (?:week|month|year|quarter)"
)
_PRICE = (
    rf"^(?!.*\b(?:{_NOT_PRICES})\b).*(?:"
    r"\bhow (?:much|expensive) (?:is|are|does|do|for)\b|"
    r"\bwhat (?:does|do|is|are|was|were|did|'s) .{1,60}\b(?:costs?|prices?|fees?|rates?|charged?|"
    r"surcharge)\b|"
    r"\b(?:prices?|fees?|rates?|surcharge|minimum|charge) (?:of|for|per|on)\b)"
)
"""What something costs stands in a tariff; what it did cost us is counted."""
_DOCUMENTS = (
    r"\bpolic(?:y|ies)\b|\brunbooks?\b|\bcontracts?\b|\btariffs?\b|\bprocedures?\b|\bguidelines?\b|"
    r"\bsops?\b|\brules?\b|\bpromised?\b(?! (?:were|was|are)\b)|"
    r"\ballowed\b|\bcut-?offs?\b|\bhandbook\b|"
    r"\bhow (?:do|can|should|would|must) (?:i|we|you|one|the)\b(?! doing)|\bhow to\b|"
    r"\bwhat (?:do|should|must|would|shall) (?:i|we|one|you)(?: \w+)? do\b|"
    r"\bwhat happens (?:if|when|after|to)\b|"
    r"\bwhat (?:is|does|are) .{0,40}\bmeans?\b|\bwho (?:do|should|must) (?:i|we)\b|"
    r"\bwho(?:m)? (?:to|pays?|signs?|approves?|decides?|covers?)\b|"
    r"\b(?:can|may|must|should) (?:i|we|clients?|orders?|carriers?|they|staff|drivers?)\b|"
    r"\bare (?:we|clients?|carriers?|they|staff|drivers?) (?:allowed|required|supposed|obliged)\b|"
    r"\bdo (?:i|we) (?:have|need|charge|accept|ship|take|offer|bill|handle|pay|store|refund|credit|"
    r"insure|pack|label) \b|"
    r"\b(?:sla|ola|promise|target|deadline|cut-?off|price|fee) for\b"
)
_SENSES: tuple[tuple[Sense, re.Pattern[str]], ...] = tuple(
    (sense, re.compile(pattern, re.IGNORECASE))
    for sense, pattern in (
        (Sense.HELP, _HELP),
        (Sense.SMALL_TALK, _SMALL_TALK),
        (Sense.SIMILAR, _SIMILAR),
        (Sense.COVERED, _COVERED),
        (Sense.WHY, _WHY),
        (Sense.PRICE, _PRICE),
        (Sense.DOCUMENTS, _DOCUMENTS),
    )
)
_WORD = re.compile(r"[A-Za-z]{5,14}")
_KNOWN = (
    *("promise", "promises", "policy", "policies", "deadline", "covered", "credit", "credits"),
    *(
        "similar",
        "before",
        "thanks",
        "hello",
        "morning",
        "runbook",
        "tariff",
        "contract",
        "explain",
    ),
    *("broken", "breach", "refund", "entitled", "allowed", "should", "price", "reason"),
)
"""Words that say where to look: a slip of the pen in one of them is mended."""
_ALIKE = 0.88
_GENERAL = re.compile(
    r"\b(?:how many|number of|count|which|list|average|median|trend|compliance|compare|top|most|"
    r"fewest|oldest|worst|all|every|each|per|policy|policies|runbook|tariff)\b",
    re.IGNORECASE,
)
"""In a thread its exception is meant, unless the words ask about more than one."""
_POINTS = re.compile(
    r"\b(?:it|its|this|that|these|he|she|they|them|the (?:order|exception|parcel|alert|client))\b",
    re.IGNORECASE,
)


def senses_of(question: str) -> tuple[Sense, ...]:
    """Everything that the words ask for, what says most first; empty where they leave it open."""
    question = _WORD.sub(_mended, question)
    return tuple(sense for sense, pattern in _SENSES if pattern.search(question))


def _mended(match: re.Match[str]) -> str:
    near = get_close_matches(match[0].lower(), _KNOWN, n=1, cutoff=_ALIKE)
    return near[0] if near else match[0]


def of_a_record(question: str, named: Named, about: int | None) -> bool:
    """Whether it is about records that it names, or about the one of its thread."""
    if named.exceptions or named.orders or named.invoices:
        return True
    return about is not None and _GENERAL.search(question) is None


def points_back(question: str) -> bool:
    """Whether a word of it stands for what was spoken of before: `who owns it?`."""
    return _POINTS.search(question) is not None

"""The words by which people say what they want to know: how many, which, how long, how much.

Must not hold logic: read.py takes the words away. Tried from the top: what says more comes first.
"""

from policies.questions.bills import BILLING
from policies.questions.lexicon import Phrases
from policies.questions.shape import Measure

_TYPICAL = r"(?:(?:the )?(?:average|avg|mean|median|typical|usual) )?"
_HOW_SOON = r"how (?:fast|quick(?:ly)?|long|soon)(?: on average)?"
_DO_WE = (
    r"(?: (?:do|did|does|until|till|before|it|take|takes|took|we|us|they|people|somebody|someone|"
    r"anyone|anybody|to|is|was|are|were|a person|need|needed|usually|typically))*"
)
_ACK = r"(?:ack(?:nowledge[ds]?|s|ed)?|react(?:ed|s)?|respond(?:ed|s)?|answer(?:ed|s)?|looks? at)"
_END = r"(?:resolve[ds]?|settle[ds]?|fix(?:ed|es)?|close[ds]?|solve[ds]?|clear(?:ed|s)?)"
_FAST = r"(?:fastest|quickest|slowest|longest)"
_LATE = r"(?:late|breaching|breaking|going over)"
_SHARE, _WAS = r"(?:share|percentage|percent|%)", r"(?:were|was|are|is)"
_KEPT = r"(?:met|kept|on time|(?:did|do|have) we (?:keep|kept|meet|met))"
_SOURCE = r"(?:sources?|feeds?|integrations?|systems?|connections?)"
_OURS = r"(?: (?:on|with|of|for))?(?: (?:all|the|our))*"
_PROMISES = r"(?:slas?|promises?|targets?|service levels?)"
_M = Measure
MEASURES: tuple[tuple[Measure, Phrases], ...] = (
    *BILLING,
    (
        _M.COMPLIANCE,
        (
            r"(?:sla |promise )?(?:compliance|attainment|adherence)(?: rate| level)?",
            r"(?:sla|promise) (?:performance|score|rate|attainment|adherence|level|quota)",
            r"on[- ]?time (?:rate|share|percentage|percent|performance|quota)",
            (
                r"(?:are|were|did|do|have) we (?:meet|met|hit|keep|kept|mak|hitt)(?:ing|e)?"
                rf"{_OURS} {_PROMISES}"
            ),
            (
                rf"(?:what|which|how many) {_SHARE}"
                rf"(?: of(?P<keep>[\w ]{{0,40}}?))?(?: {_WAS})? {_KEPT}"
            ),
            r"how many percent",
            r"(?:percentage|percent|share|rate) (?:of )?(?:orders )?(?:on|in)[- ]time",
            r"on[- ]time(?= (?:by|per|for|of|in|this|last|today|yesterday)\b|$)",
            (
                rf"how (?:well |good )?(?:are|do|did|were) we(?: doing)?(?: (?:on|with|against))"
                rf"{_OURS} {_PROMISES}"
            ),
            r"how (?:well|good) (?:are|do|did|were) we(?: doing)?",
            r"slas? hit rate",
            r"hit rate",
        ),
    ),
    (
        _M.MONEY,
        (
            r"(?:how much )?(?:money|value|usd|dollars?|revenue)(?: (?:is|are|was))? at risk",
            r"(?:what|how much) (?:is|are|was|were) (?:it|they|that|these|those) worth",
            r"(?:how much|what) (?:credits? )?do we owe",
            r"(?:how much|what) (?:did|does|do|will)(?P<keep> [\w ]{1,40}?) cost(?: us)?",
            r"(?:how much )?credits?(?: (?:are|is|do we))?(?: (?:owed?|due))?",
            r"(?:(?:order|total|combined) )?values?(?: at risk)?(?= (?:of|by|per|for|at|with)\b)",
            r"penalt(?:y|ies)",
            r"how much (?:are|is|were|was)(?= .{0,40}\bworth\b)",
            r"worth",
            r"(?:how much )?(?:money|revenue|value)(?: (?:could|might|will|would|do|did) we lose)?",
            r"(?:could|might|will|would) we lose",
            r"exposure",
            r"how much (?:is |are )?at risk(?: for)?",
        ),
    ),
    (
        _M.AT_RISK,
        (
            (
                rf"(?:what(?: is| are)? |which )?about to "
                rf"(?:break|breach|miss|be (?:missed|broken|breached|{_LATE})|go late)"
            ),
            rf"at risk(?: of (?:being )?{_LATE})?",
            r"(?:will )?(?:breaks?|breach(?:es)?) (?:next|soon|first)",
            r"due (?:next|soon)",
            r"(?:going to|will) (?:be late|go late|break|breach)(?: next| soon| today)?",
            r"(?:nearly|almost) late",
            r"close to (?:breach\w*|break\w*|the(?:ir)? deadline|being late)",
            r"most urgent",
            r"in danger(?: of (?:being )?(?:late|breaching|breaking))?",
            r"(?:next|upcoming|coming|soonest) (?:deadlines?|breach(?:es)?|due)",
            rf"(?:might|may|could) (?:be|go|become|turn|get|still be) {_LATE}",
            r"(?:might|may|could) (?:break|breach|miss)",
            r"(?:running|run) out of time",
            r"needs? to (?:ship|go out|leave|be (?:shipped|picked|packed))(?: soon| next| now)?",
            r"deadlines? (?:soon|coming up|next|ahead)",
            r"not late yet",
        ),
    ),
    (
        _M.REPEATED,
        (
            r"more than (?:once|one (?:exception|time|breach|delay))",
            r"repeat(?:ed(?:ly)?| offenders?|ing)?",
            r"again and again",
            r"(?:at least )?(?:2|two|three|3) (?:or more )?(?:exceptions|times|problems|breaches)",
            r"(?:several|multiple) (?:times|exceptions|breaches|problems|issues|delays)",
            r"(?:broke|broken|failed|late|breached)? ?(?:twice|two times)(?: or more)?",
            r"keep (?:failing|breaking|breaching|coming back)",
        ),
    ),
    (
        _M.SILENT,
        (
            rf"{_SOURCE}(?: (?:are|is|went|gone|has|have))* (?:silent|quiet|down|dead)",
            r"silent(?: (?:sources?|feeds?))?",
            rf"(?:{_SOURCE} )?(?:stopped|not) (?:sending|talking|reporting)",
            rf"(?:all )?(?:the |our )?{_SOURCE} (?:up|alive|ok|fine|working|healthy|silent)",
            rf"(?:heard )?nothing from {_SOURCE}",
            rf"(?:any |all )?{_SOURCE} (?:stop(?:ped)?|fail(?:ed)?|work(?:ing|s)?|speak|talk)",
        ),
    ),
    (
        _M.FAILED,
        (
            r"dead[- ]?letters?(?: queue)?(?: (?:(?:are|still) )*(?:waiting|open|left))?",
            r"dlq",
            r"failed (?:messages|posts|work)",
            r"(?:messages|posts) (?:that )?fail(?:ed)?",
            r"anything (?:that )?(?:fail(?:ed)?|went wrong)",
        ),
    ),
    (
        _M.ANSWERING,
        (
            rf"{_TYPICAL}(?:time|long) (?:to|until|before){_DO_WE} {_ACK}",
            rf"{_TYPICAL}(?:time to (?:ack\w*|first response|reaction|acknowledgement))",
            rf"{_TYPICAL}(?:response|reaction) times?",
            rf"{_HOW_SOON}{_DO_WE} {_ACK}",
            rf"{_ACK}(?= (?:the )?{_FAST})",
            r"mtta",
        ),
    ),
    (
        _M.SETTLING,
        (
            rf"{_TYPICAL}(?:time|long) (?:to|until|before){_DO_WE} {_END}",
            rf"{_TYPICAL}time to (?:resolution|settlement|fix)",
            rf"{_TYPICAL}resolution times?",
            rf"{_HOW_SOON}{_DO_WE} {_END}",
            rf"{_END}(?= (?:the |them )?{_FAST})",
            (
                r"how long(?P<keep> [\w ]{0,40}?)\b"
                r"(?:stay|stays|remain|remains|left|kept|sit|be) open(?: for)?"
            ),
            r"(?:takes?|took) (?:the )?longest to " + _END,
            (
                rf"{_HOW_SOON} (?:until|till|before)"
                rf"(?P<keep> [\w ]{{1,40}}?) (?:(?:get|be|are|is) )?{_END}"
            ),
            r"waits? (?:the )?longest for (?:(?:a|its|their) )?(?:resolution|solution|fix)",
            r"mttr",
        ),
    ),
    (
        _M.WORST,
        (
            r"worst(?! [a-z]+(?: |$))",
            r"worst(?= (?:\d|orders?|exceptions?|ones?|delays?|for|at|with|of))",
            r"most (?:over(?:due)?|late|delayed)(?! (?:pick|pack|deliver|ship|dispatch))",
            r"(?:biggest|longest|largest|highest|greatest) (?:delays?|overruns?)",
            r"(?:furthest|farthest) (?:over|behind|late)",
            r"(?:over|late|overdue|delayed|behind) (?:for )?(?:the )?longest",
        ),
    ),
    (
        _M.DELAY,
        (
            r"how (?:late|overdue|much over)(?: (?:are|is|were|was) (?:we|they|it))?",
            r"(?:average|avg|mean|median|typical|usual) (?:delays?|lateness|overrun)",
            r"delays? on average|(?:late|delayed) (?:on average|usually|typically)",
            (
                r"(?<!pick )(?<!pack )(?<!ing )(?<!ship )(?<!y )(?<!carrier )(?<!transit )"
                r"(?:the )?(?:delay|lateness)(?= (?:by|per|for|of|at)\b)"
            ),
            r"(?:average|avg|mean|median|typical|usual)(?= .{0,40}\b(?:delays?|lateness|late)\b)",
            r"how much (?:delay|late)",
            r"how many (?:minutes|hours|days) (?:late|over|behind)",
            r"(?:latest|slowest)(?= on average)",
        ),
    ),
    (
        _M.OLDEST,
        (
            r"oldest",
            r"longest (?:open|waiting|standing)",
            r"(?:open|waiting|there|sitting)(?: for)?(?: the)? longest",
        ),
    ),
    (
        _M.TREND,
        (
            r"trends?|trending|history",
            r"over time",
            r"develop(?:ed|ing|ment|s)?",
            r"evolv(?:ed|ing|es|e)|evolution",
            r"(?:going|gone|went|go|getting|gotten|got|get) (?:up|down|better|worse|less|more)",
            r"(?:in|de)creas(?:e|es|ed|ing)|improv(?:e|es|ed|ing)|worsen(?:s|ed|ing)?",
            r"rising|risen|rose|growing|grew|grown|declin(?:e|ed|ing)|dropp(?:ed|ing)|fall(?:en|ing)",
            r"chang(?:e|ed|ing)",
            r"graph|chart|plot",
            r"(?:day|week) by (?:day|week)",
        ),
    ),
    (
        _M.COUNT,
        (
            r"what is the (?:number|count|total)(?: of)?",
            r"how (?:many|much)",
            r"(?:number|no|num|nr|#|quantity|tally) of",
            r"(?:a )?lots? of|many",
            r"count(?: of)?",
            r"total (?:number )?of",
            r"amount of",
        ),
    ),
    (
        _M.COMPLIANCE,
        (
            (
                r"(?<!missed )(?<!broken )(?<!breached )(?<!failed )(?<!their )"
                r"(?:our |the |its )?slas?"
                r"(?! (?:misse[sd]|broken?|breache[sd]|violations?|failures?)\b)"
                r"(?! (?:was|were|did|do|we|that)\b)"
            ),
        ),
    ),
    (
        _M.LIST,
        (
            r"list(?: all)?",
            r"show(?: me)?(?: all)?",
            r"give me(?: all)?",
            r"display|find|see",
            r"last(?= (?:exceptions?|ones|orders|alerts)\b)",
            r"(?:the )?(?:latest|newest|most recent|recent)(?: ones)?",
            r"which(?: ones)?",
            r"what(?: all)?",
            r"any(?:thing)?",
            r"are there(?: any)?",
            r"do we have(?: any)?",
        ),
    ),
)

_GENERIC = (
    r"(?:order|parcel|package|shipment|client|return|carton|delivery|box|invoice|claim|credit)"
)
NOT_FIGURES = (
    r"why|how come|reason for|explain|because|similar|like this|"
    r"how (?:do|can|should|would) (?:i|we|you)(?! doing)|how to|what (?:do|should) (?:i|we) do|"
    r"how (?:high|heavy|tall|expensive|often (?:do|does|must))|what (?:counts as|happens)|"
    r"how much (?:do|does|did|will|would) (?:we|i|they|you|it) (?:credit|charge|pay|refund|bill)|"
    r"must|should|supposed to|required|(?:has|have) to|(?:may|can) (?:we|they|clients?|carriers?)|"
    rf"(?<!is there )(?<!was there )(?<!have )an? (?:\w+ )?{_GENERIC}|"
    r"(?:which|what) service levels? (?:do|does|did)|"
    r"polic(?:y|ies)|runbooks?|contracts?|tariffs?|procedure|guideline|rule says?|allowed|"
    r"cut-?offs?|(?<!by )(?<!per )(?<!each )(?<!which )promised?"
    r"(?! (?:were|was|are|do we|did we|have we|is|compliance))|what (?:is|does) .{0,40} mean"
)
"""What asks for an account, a text or a record, and for no figure; tried before anything else."""

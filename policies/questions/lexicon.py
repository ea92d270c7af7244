"""The words by which people narrow a question: reasons, stages, severities, statuses, owners.

Must not hold logic: read.py takes the words away, one table after the other. Each phrase is a
regular expression; tables are tried from the top.
"""

from policies.questions.shape import ME, NOBODY, OPEN_ONES, SETTLED_ONES
from policies.reasons import ReasonCode, Severity, Stage, Status

Phrases = tuple[str, ...]
_R = ReasonCode
_S = Severity
_PROBLEM = r"(?:errors?|problems?|issues?)"
_ARE = (
    r"(?:(?:(?:that|which|who) )?(?:are|were|is|was|went|ran|came|got|get|been|be|being|running) )*"
)
_LATE = r"(?:late|delayed|slow|overdue|behind|not (?:on|in) time|too late|over)"
_WRONG = r"(?:wrong|invalid|bad|incorrect|incomplete|faulty|broken)"
_STUCK = r"(?:stuck|stalled|not moving|lost|standing still)"
_GOODS = r"(?:orders?|shipments?|parcels?|packages?|boxes|goods|items?|ones)"


def _late(noun: str, done: str) -> Phrases:
    """`pick delays`, `late picks`, `picks that were late`, `picked late`, `not picked on time`."""
    return (
        rf"{noun}[ _](?:delays?|lateness|breach(?:es)?|misses|exceptions?|{_PROBLEM})",
        rf"(?:late|delayed|slow|overdue|missed) {noun}",
        rf"{done} (?:too )?late",
        rf"not (?:(?:get|been|be) )?{done} (?:on|in) time",
        rf"{noun} {_ARE}{_LATE}",
    )


REASONS: tuple[tuple[tuple[ReasonCode, ...], Phrases], ...] = (
    (
        (_R.FIRST_SCAN_MISSING,),
        (
            r"first[ _]scans?(?: (?:is|are|was|were))?[ _]missing",
            r"(?:missing|no|without(?: a)?) first scans?",
            r"never scanned(?: by the carrier)?",
        ),
    ),
    (
        (_R.MISSING_SCAN,),
        (
            r"(?:missing|lost|no|without(?: a)?)[ _](?:pack )?scans?",
            rf"(?:pack )?scans? {_ARE}missing",
        ),
    ),
    (
        (_R.CARRIER_ISSUE,),
        (
            rf"carrier[ _]{_PROBLEM}",
            r"carrier delays?",
            r"miss(?:ed|es|ing)? (?:(?:a|the|their|its|our) )?(?:pick-?ups?|collections?)",
            rf"(?:pick-?ups?|collections?) {_ARE}missed",
            r"no[- ]shows?",
        ),
    ),
    ((_R.PICK_DELAY,), _late(r"pick(?:s|ing)?", "picked")),
    ((_R.PACK_DELAY,), _late(r"pack(?:s|ing)?", "packed")),
    (
        (_R.SHIP_DELAY, _R.CARRIER_ISSUE),
        _late(r"(?:ship(?:ping)?|dispatch(?:es)?)", "(?:shipped|dispatched)"),
    ),
    (
        (_R.TRANSIT_STALL,),
        (
            r"transit[ _]stall\w*",
            r"stalls",
            rf"{_GOODS} {_ARE}{_STUCK}(?: (?:in transit|on the (?:road|way)))?",
            rf"{_STUCK} (?:in transit|on the (?:road|way))",
            rf"{_STUCK} {_GOODS}|stalled",
        ),
    ),
    ((_R.DELIVERY_DELAY,), _late(r"deliver(?:y|ies)", "delivered")),
    ((_R.STOCK_MISMATCH,), (r"stock[ _]mismatch(?:es)?", r"count errors?")),
    (
        (_R.INVENTORY_SHORTAGE,),
        (
            r"(?:inventory|stock)[ _](?:shortages?|problems?|issues?)",
            r"shortages?",
            r"stock-?outs?|(?:out of|no|short (?:of|on)|low|missing) (?:stock|inventory)",
            r"short picks?",
        ),
    ),
    (
        (_R.ADDRESS_INVALID, _R.ADDRESS_ERROR),
        (
            rf"{_WRONG} address(?:es)?",
            rf"address(?:es)?[ _](?:{_PROBLEM}|invalid)",
            rf"address(?:es)? {_ARE}{_WRONG}",
        ),
    ),
    (
        (_R.PAYMENT_FAILED,),
        (
            r"payment[ _](?:failed|failures?)",
            rf"payment {_PROBLEM}",
            r"(?:failed|declined|failing) payments?",
            rf"payments? {_ARE}(?:fail(?:ed|ing)?|declined)",
        ),
    ),
    (
        (_R.DAMAGED_PACKAGE,),
        (
            rf"(?:damaged|crushed)[ _](?:package|{_GOODS})",
            rf"{_GOODS} {_ARE}(?:damaged|crushed)",
            r"damages?",
            r"damaged",
        ),
    ),
    (
        (_R.CUSTOMER_UNAVAILABLE,),
        (
            r"customers?[ _](?:not home|unavailable|absent)",
            r"failed (?:delivery )?attempts?",
            r"nobody home",
        ),
    ),
    ((_R.SYSTEM_ERROR,), (r"system[ _]errors?",)),
)

_KEPT = r"(?: stage|(?= (?:slas? |promises? )?(?:compliance|on[- ]time|hit rate)))"
_AT = r"(?:in|at|during)(?: the)?"
STAGES: tuple[tuple[tuple[Stage, ...], Phrases], ...] = (
    ((Stage.PICK,), (rf"{_AT} pick(?:ing)?(?: stage)?", rf"pick(?:ing)?{_KEPT}")),
    ((Stage.PACK,), (rf"{_AT} pack(?:ing)?(?: stage)?", rf"pack(?:ing)?{_KEPT}")),
    ((Stage.SHIP,), (rf"{_AT} ship(?:ping)?(?: stage)?", rf"ship(?:ping)?{_KEPT}")),
    ((Stage.DELIVER,), (rf"{_AT} deliver(?:y|ing)(?: stage)?", rf"deliver(?:y|ing)?{_KEPT}")),
)

_UP = r" ?(?:\+|(?:and|or) (?:up|above|worse|higher|more))"
_OWN = r"(?: (?:severity|ones?|priority))?"
SEVERITIES: tuple[tuple[tuple[Severity, ...], Phrases], ...] = (
    (
        (_S.HIGH, _S.CRITICAL),
        (rf"(?:severity )?high{_UP}", r"at least high", r"important", r"serious", r"urgent"),
    ),
    (
        (_S.MEDIUM, _S.HIGH, _S.CRITICAL),
        (rf"(?:severity )?medium{_UP}", r"at least medium", r"not low"),
    ),
    ((_S.CRITICAL,), (rf"(?:severity )?criticals?{_OWN}", r"crits?", r"sev ?1")),
    ((_S.HIGH,), (rf"(?<!how )(?:severity )?high{_OWN}", r"sev ?2")),
    ((_S.MEDIUM,), (rf"(?:severity )?medium{_OWN}", r"sev ?3")),
    ((_S.LOW,), (rf"(?:severity )?low{_OWN}", r"sev ?4")),
)

_NOT_YET = r"(?:not|haven't been|hasn't been|weren't|aren't)(?: yet)?(?: been)?"
STATUSES: tuple[tuple[tuple[Status, ...], Phrases], ...] = (
    (
        OPEN_ONES,
        (
            rf"{_NOT_YET} (?:resolved|settled|closed|fixed|solved|done)",
            r"unresolved",
            r"unsettled",
            r"still (?:open|waiting)",
            r"outstanding",
            r"active",
            r"pending",
        ),
    ),
    (
        (Status.OPEN,),
        (
            r"un-?ack(?:nowledg)?ed",
            rf"{_NOT_YET} ack(?:nowledg)?ed",
            r"untouched",
            r"(?:nobody|no one) (?:has )?(?:touched|looked at|answered)",
        ),
    ),
    ((Status.IN_PROGRESS,), (r"in progress", r"(?:being )?worked on")),
    ((Status.ACKNOWLEDGED,), (r"ack(?:nowledg)?ed",)),
    (
        SETTLED_ONES,
        (
            r"(?:resolv|settl|clos|solv)(?:es|ed|e)",
            r"fix(?:ed|es)?|clear(?:ed|s)?|done|finished|completed",
        ),
    ),
    (OPEN_ONES, (r"open", r"waiting")),
)

OWNERS: tuple[tuple[str, Phrases], ...] = (
    (
        NOBODY,
        (
            r"un-?owned",
            r"un-?assigned",
            r"ownerless",
            r"(?:are|is|belongs? to) (?:nobody|no one)(?! \w+ed\b)",
            (
                r"(?:that )?(?:(?:does|do|has|have) )?(?:nobody|no one) "
                r"(?:has|have|owns?|owned|own|taken|took|claimed|claims)"
                r"(?: (?:it|them|taken|claimed))*(?! (?:touched|looked|answered|ack))"
            ),
            r"(?:with |has |have )?no(?:body)?(?: as)? owner",
            r"without (?:an )?owner",
            r"not (?:assigned|owned|taken)",
        ),
    ),
    (
        ME,
        (
            r"mine|my own",
            r"(?:waiting|there|left|anything|something|due|open) (?:for|with|on) me",
            r"(?:do |have |am )?i (?:own|have|hold|got|working on)",
            r"(?:assigned to|owned by|with) me",
            r"on my plate",
            r"in my queue",
            r"my(?= (?:\w+ )?(?:exceptions?|orders?|ones|queue|alerts?|list|cases|stuff|work)\b)",
        ),
    ),
)

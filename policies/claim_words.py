"""Word lists by which claims are found in a text: numbers, units, days, ordinary openers, tricks.

Must not hold a rule: claim_kinds.py and claims.py use these.
"""


def _words(text: str) -> list[str]:
    return text.split()


UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1 / 60),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 1),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 60),
    **dict.fromkeys(("d", "day", "days"), 1440),
    **dict.fromkeys(("wk", "wks", "week", "weeks"), 10_080),
    **dict.fromkeys(("month", "months"), 43_200),
    **dict.fromkeys(("year", "years"), 525_600),
}
"""Minutes of each unit of time."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
RELATIVE_DAYS = ("today", "tonight", "tomorrow", "yesterday", "weekend", "overnight")
_ONES = _words(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")
NUMBERS = (
    {word: number for number, word in enumerate(_ONES, 2)}
    | {word: 10 * tens for tens, word in enumerate(_TENS, 2)}
    | {"zero": 0, "hundred": 100, "thousand": 1000, "million": 1_000_000, "dozen": 12}
)
"""`one` is left out: it is a pronoun as often."""
VAGUE_NUMBERS = frozenset(
    _words(
        "hundreds thousands millions dozens scores half halves twice thrice double doubled triple "
        "tripled quarter thirds majority second third fourth fifth sixth seventh eighth ninth "
        "tenth couple pair"
    )
)
"""Words that are numbers in disguise; the evidence has to use the same one."""
COMMITMENTS = (
    r"refund\w*|credit(?:s|ed)?|compensat\w+|voucher\w*|discount\w*|guarant\w+|reimburs\w+|"
    r"free of charge|waive\w*|gift\w*|coupon\w*|liab\w+|lawsuit\w*|legal action"
)
"""What nobody may be promised unless the evidence says so."""
_ALL_OF_IT = r"(?:all|every|the|this|these|it|them)"
TRICKS = "|".join(
    (
        r"ignore (?:\w+ ){0,3}(?:previous|above|prior|earlier|all|any|instructions?|rules?)",
        r"disregard",
        r"forget (?:\w+ ){0,3}(?:instructions?|rules?|everything)",
        r"system prompt|prompt injection|as an ai|language model|you are now|act as|pretend",
        r"jailbreak|developer mode|new instructions?|override",
        r"password\w*|passphrase|api[ _-]?keys?|secret\w*|credential\w*|bearer|access token",
        r"click|log ?in|sign in|visit|download|install|run this|execute",
        r"wire (?:\w+ )?(?:money|funds)|bank account|iban|bitcoin|crypto\w*|gift card",
        r"call (?:me|us|this number)|text me",
        rf"(?:close|resolve|settle|acknowledge|cancel|delete|approve|snooze) {_ALL_OF_IT}",
        r"mark (?:\w+ ){0,3}(?:resolved|closed|done|settled)",
        r"do not tell|don't tell|keep this between",
        r"drop table|select \*|insert into|sudo|rm -rf|curl|wget",
    )
)
"""Phrases that a text about an exception never needs: they steer people or machines."""
INTERNAL = (
    r"slas?|breach\w*|exceptions?|clocks?|polic(?:y|ies)|wms|scans?|scanned|reason codes?|"
    r"severity|confidence|events?|timeline|tenant|3pl|backlog|stations?|model|bot|alerts?|thread"
)
"""Words of ours that a client does not know."""
BLAME = (
    r"fault|faults|blame\w*|negligen\w+|incompeten\w+|careless\w*|lazy|stupid|lied|liar|"
    r"stole|stolen|theft|steal\w*|lost by|messed up|screwed|failure of|failed to|mistake\w*|"
    r"apolog\w+"
)
"""A note to a client blames nobody and admits nothing."""
KNOWN_NAMES = frozenset(
    _words(
        "ups fedex usps dhl dpd gls hermes evri amazon shopify walmart tiktok ebay ontrac "
        "lasership purolator canadapost royalmail tnt aramex xpo maersk slack easypost shippo "
        "shipstation shipengine shiphero aftership netsuite sap oracle openai claude gpt gemini"
    )
)
"""Names that are names however they are spelt."""
ORDINARY = frozenset(
    _words(
        "a about after again all already also although an and another any are as ask at be "
        "because been before behind below beside between both but by call can cannot check could "
        "do does done due during each earlier either else even every everything expect few find "
        "first for found from further get give go had has have he held here hold how i if in "
        "instead into is it its just keep last late later latest let like likely look make many "
        "may maybe meanwhile might more most move much must need neither never next no nobody "
        "none nor not nothing now of off on once one only open or other others our out over past "
        "pending perhaps pick please probably put rather ready right same see send several she "
        "should since so some somebody something soon still such take tell than that the their "
        "them then there therefore these they this those though through thus to together too try "
        "under unless until up us usually wait was we were what when where whether which while "
        "who why will with within without would yes yet you your"
    )
    + _words(
        "address arrived carrier cause client fact facts client confirm customer damage delay "
        "delayed delivered delivery "
        "dispatch dock evidence floor goods hands label lead manifested missing order orders pack "
        "packed packing parcel parcels paid payment picked picking pickup pick-up receiver "
        "release released reported scan scans scanned ship shipment shipped shipping shelf shift "
        "site staged stage station stock team thank thanks time trailer transit truck update "
        "warehouse wave work zone sorry hello note"
    )
)
"""Words that may begin a sentence with a capital and are no names."""
POLICY_WORDS = frozenset(
    _words(
        "add allow change choose clock closed closure consider cut cut-off deadline decide define "
        "early event events example extend holiday holidays limit name narrow night policy promise "
        "remove rule rules say set shorten split start state stop two use weekend weekends widen "
        "write"
    )
)
"""More of them, in what is said of a policy."""
STOPWORDS = {
    "en": frozenset(
        _words("the is are and of to in it was has have not this that with for on since")
    ),
    "de": frozenset(
        _words("der die das ist und nicht mit ein eine wurde wird auf seit von zu für")
    ),
    "es": frozenset(_words("el la los las es y con un una fue se desde de del para por está")),
    "fr": frozenset(_words("le la les est et pas avec un une été depuis des du pour sur que ne")),
    "it": frozenset(_words("il lo gli è e non con un una stato da del della per su che di")),
}
"""By these the language of a text is told; a word that two of them share tells nothing."""

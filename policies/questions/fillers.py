"""Words of questions that narrow nothing: what is spoken of, small words, politeness, light verbs.

Must not hold a word that restricts or turns around: `not`, `except`, `without` are asked about.
"""

_LATE = r"(?:late|over|delayed|overdue|broken|behind|stuck|in trouble)"
_ARE = r"(?:(?:(?:that|which) )?(?:are|were|is|was|went|ran|being|running|got|get|came) )*"
_GOODS = r"(?:orders?|shipments?|parcels?|packages?|ones)"
_PROBLEM = r"(?:errors?|problems?|issues?|troubles?)"
SUBJECTS = (
    rf"{_GOODS} {_ARE}{_LATE}",
    rf"{_LATE} {_GOODS}",
    r"(?:sla|promise) (?:misses|breaches|violations|failures)",
    (
        r"(?:slas?|promises?) (?:that )?(?:(?:were|was|are|is|we|do|did) )*"
        r"(?:missed|broken|breached|broke|break|miss|breach|fail|failed)"
    ),
    (
        r"(?:missed|broken|breached|broke|failed|fail|miss|blew|blown) (?:(?:their|its|the|our) )?"
        r"(?:slas?|promises?|deadlines?)"
    ),
    r"exceptions?",
    r"alerts?",
    r"breach(?:es|ed)?",
    r"incidents?",
    r"tickets?",
    r"violations?",
    r"(?:cases|failures?)",
    _PROBLEM,
    r"delays",
    _GOODS,
    r"things?",
    r"stuff",
    _LATE,
    r"(?:missed|miss|failed|fail|broke|blew|blown)",
    r"(?:work)?load",
)
"""What questions are about when they are about exceptions."""
_SMALL = """
a an the of for in on at to from by with and or is are was were be been being am do does did done
doing have has had having will would can could should shall may must we us our ours you your i me
it its he she his her they them their theirs there here this that these those what which who whom
how where if then than as so too also just only both each all any every some much more most many
least less such same own about across over under during within while when into onto out up down
off around along among between against per via yet ever still already again always together now
currently presently right moment present atm far"""
_POLITE = """
please pls plz kindly thanks thank thx ty cheers hi hey hello yo hmm ok okay sorry e2a bot dear
folks guys team mate sir madam morning afternoon evening quick quickly question asking wondering
maybe perhaps btw fyi u ur r lol"""
_VERBS = """
say says said tell tells told know knows knew known think thinks thought guess wonder see sees saw
seen look looks looked looking find finds found show shows showed shown give gives gave given get
gets got getting gotten gotta need needs needed want wants wanted wanna like let let's lets lemme
gimme gonna going go goes went gone come comes came coming happen happens happened happening occur
occurs occurred occurring appear appears appeared arise arose pop popped turn turned make makes
made making take takes took put pull fetch bring check checked checking run runs hit hits face
faced facing experience experienced encounter encountered record recorded register registered log
logged report reported receive received raise raised create created produce produced cause caused
causing create generate suffer suffers suffered struggle struggles struggling keep keeps kept stay
stays remain remains sit sits stand stands lie try tried help list count number counts numbers
display print add sum rank ranked sort sorted split group grouped break use used affect affected
affecting impact impacted concern concerns handle handles deal deals dealing work works working
start starts started starting begin begins began one side percent good bad hand dump else owns
share spread"""
_NOUNS = """
kind kinds sort amount total totals overall figure figures stats statistics distribution
difference chart graph plot table overview summary breakdown level rate way detail details lot
lots bit anything anyone somebody someone something everything everyone everybody people person
usually typically fewer times opened often frequent frequently common commonly mostly mainly
generally roughly approximately really actually basically exactly simply altogether vs versus
compared compare comparison comparing happened new number long at-risk idea chance"""
FILLER = frozenset(f"{_SMALL} {_POLITE} {_VERBS} {_NOUNS}".split())
"""Words that change nothing once the rest was understood."""

"""Ordinary English words, in lower case, that are neither a name nor a password where one might follow."""

_COMMON = """
    a able about above absolutely account accounts across actually add added address after afternoon again against ago
    agent all almost
    already also always am among an and angry another any anybody anyone anything anyway app application appointment
    are aren't
    around as asap ask asked asking at available away awful back bad badly balance bank banking banks be because been
    before behind being
    below best better between big bill birthday block blocked both branch bring bringing broke broken brought but by
    call called caller
    calling calls came can can't cancel cancelled cannot card cards case cash certainly change changed charge charged
    check checking
    cheque child children claim clear close closed code come coming company compared complain complaining complaint
    complete completely
    confirm confirmed contact correct correctly could couldn't credit currently customer customers date day days dead
    deal dear debit
    definitely delay delayed details did didn't different difficult disappointed disgusted do does doesn't doing don't
    done double down
    driving due during each early easily easy either else email emails empty end ended english enough error even
    evening ever every
    everyone everything exactly except expired express extremely failed fair family far fast fault fed fee few file
    final finally find
    fine first five fixed following for forgotten form forms former found four free friday friend from frozen full
    fully furious get
    getting give given giving glad go goes going gone good got grateful great guess had half happy hard has hasn't
    hate have haven't
    having he hear hello help her here here's hers hi him his hold holder holding home hope hopefully hour hours house
    how however i i'd i'll
    i'm i've if ill important impossible in incorrect incorrectly inside instead interested into invalid is isn't
    issue it it's its
    itself job joint just keep kept kind know known last late later least leave left less let let's letter like line
    listed little live
    living loan locked long longer look looking lost lot love lovely loyal mad made mail make making manager many mate
    may maybe me mean
    member merely message mine minute missing mistake misspelled misspelt monday money month months more morning
    mortgage most mother much
    must my myself name named names near nearly need needed needs neither never new next nice night no nobody none nor
    normal not nothing
    now number o'clock obviously of off offer offers office often oh ok okay old on once one online only open opening
    or order other
    others ought our ours out outside over overdue own owner paid parents part partly pay paying payment pending
    people per perfect
    perfectly perhaps person phone pin place please pleased pm point police policy poor poorly possible possibly post
    pretty previous
    printed private probably problem problems product products properly public put quick quickly quite rang rather
    ready real really
    reason received record recorded reference refund registered regarding remember retired right rubbish run sad safe
    said same
    satisfied saturday save saving savings saw say saying says school second secret secure security see seems seen
    self send sent
    serious service set several shall shan't she she's short should shouldn't show showing shown shows sick side sign
    signed simple simply since
    single sir sitting six small so some someone something sometimes somewhere soon sorry speak speaking spell spelled
    spelling spelt
    spoke staff standing start started statement stay still stop stopped strange strong stuck student stupid such
    suddenly sunday super
    sure surely take taken taking talk talking tell telling ten terrible than thank thanks that that's the their
    theirs them then there
    there's therefore these they they're thing things think third this those though three through thursday till time
    times tired to
    today together told tomorrow tonight too took top totally town transfer tried tries true truly trust try trying
    tuesday turned twice
    two under unable unacceptable unavailable unfortunately unhappy unknown unless unlock unsure until up upset us use
    used useful useless
    user using usual usually valid very via visit wait waiting want wanted wants was wasn't way we we're we've weak
    wednesday week weeks
    weird well went were weren't what what's when where where's whether which while who who's whole whose why wife
    will with within without
    woman won't wonder wonderful word work worked worker working works worried worse worst would wouldn't write
    writing written wrong yeah year
    years yes yesterday yet you you'd you'll you're you've young your yours yourself zero mr mrs ms miss dr sir madam
    ma'am husband son
    daughter passport password passcode surname forename initial middle maiden dash double hyphen um uh er erm hmm
    admin caps lowercase uppercase digits letters characters numeric alphanumeric generic default weak compromised
    visible plain saved stored hidden
    hacked leaked stolen reset resets resetting rejected accepted refused declined expiring asked being case-sensitive
    lengthy short
    """
_PEOPLES = """
    african american arab arabic argentinian asian australian austrian bangladeshi belgian black brazilian british
    buddhist burmese canadian
    cantonese catholic chinese christian colombian cornish cypriot czech danish dutch egyptian english european
    filipino finnish french
    gay german ghanaian greek hindu hungarian indian indonesian iranian iraqi irish israeli italian jamaican japanese
    jewish kenyan korean
    lebanese malay malaysian maltese mexican moroccan muslim nepalese nigerian norwegian pakistani persian polish
    portuguese romanian
    russian saudi scottish sikh singaporean somali spanish swedish swiss syrian taiwanese thai turkish ukrainian
    vietnamese welsh
    zimbabwean kiwi aussie brit texan londoner gold silver platinum premier black signature
    january february march april june july august september october november december monday tuesday wednesday
    thursday friday saturday
    sunday christmas easter god
    """
_STARTERS = """
    i i'm i've i'd i'll im my me and but the a an can could would should will please it it's its we our you your yours
    this that these those what why how when where who is are was were do does did don't have has had if so in on at for
    to from of by with as or not no yes yeah thank thanks hello hi hey sorry ok okay then there here just account card
    bank sir madam customer team still being nobody wrong now also dear all
    """
_NO_PERSON = """
    sirs consumer consumers team bank valued client colleague colleagues support all complaints friend friends diary
    lord god debtor borrower cardholder member members neighbour sales service services collections operations
    department office head manager
    """
_INSTITUTIONS = """
    ltd limited plc inc llc llp gmbh corp company group trust council society association foundation university
    college school hospital building insurance mortgages finance financial capital holdings visa mastercard apple
    google samsung paypal amazon android windows iphone debit direct isa saver rewards faster bacs chaps swift
    ombudsman revenue court services centre center street road avenue lane
    """
#: Words that end a name, or show that what follows a cue is none.
COMMON = frozenset(_COMMON.split())
#: Words for people of a place, and days and months: what somebody says to be, and not who.
PEOPLES = frozenset(_PEOPLES.split())
#: Words that begin what is said next, even with a capital; any other may be a name (Mr Young, Bill).
STARTERS = frozenset(_STARTERS.split())
#: What "Dear …" or a signature names that is no person.
NO_PERSON = COMMON | frozenset(_NO_PERSON.split())
#: Words at an end of a name with capitals that belongs to no person.
NO_NAME = frozenset(_INSTITUTIONS.split())

"""Truths about school life, where pupils with SEN fare otherwise than others: rates, taking part, views, transfer, provision."""

from collections.abc import Sequence

from pandas import DataFrame

from sentrack_lib.sources.sample.calendar import chance
from sentrack_lib.sources.sample.people import on_roll
from sentrack_lib.sources.sample.truths import Truth, pupils_of
from sentrack_lib.terms import Term

RATE, TAKES_NO_PART, VIEWS, TRANSFER = "rate difference", "under-represented", "views", "transfer"
SUSPENDED, ABSENT, HEARD = "suspended", "persistently absent", "asked for views"
"""The rates that differ."""
OFTEN_SUSPENDED, SUSPENSIONS_MORE = "SEMH", 0.2
"""The first need of pupils who are suspended often, and how many more times a pupil and term on average."""
CLUB, IN_CLUB, IN_CLUB_WITH_SEN = "Coding club", 0.20, 0.03
LISTENED_TO, SCORED_LOWER = "is listened to", 1.0
"""How much lower a theme is felt; 0.8 of it is left where answers go from 1 to 5 only."""
MOVING_UP, MOVED_UP, MOVED_UP_WITH_SEN = "Moving up", 0.30, 0.75
WITHOUT_RESULTS = 5


def differences(growing: Sequence[Truth], people: DataFrame, terms: Sequence[Term], seed: int) -> tuple[Truth, ...]:
    """The truths about school life in the last term, beside those about growth; pupils in decline are those without provision."""
    term, declining = str(terms[-1]), pupils_of(growing, "decline")
    missing = f"The {len(declining)} pupils who grow less in every subject are in no provision."
    without = Truth("support missing", term, missing, pupil_ids=declining)
    return (*_rates(term), _club(term), *([without] if declining else []), _views(term), _transfer(growing, people, terms, seed))


def _rates(term: str) -> tuple[Truth, ...]:
    sent_home = (
        f"Of pupils whose first need is {OFTEN_SUSPENDED} about 45 in 100 are suspended in the last three terms, of others few."
    )
    absent = "Pupils with SEN are persistently absent more often: they miss 13 to 16 % of sessions on average, others 7 %."
    heard = "Pupils with SEN and their parents are asked for their views twice as often as others, and answer twice as often."
    return (
        Truth(RATE, term, sent_home, need=OFTEN_SUSPENDED, about=SUSPENDED),
        Truth(RATE, term, absent, about=ABSENT),
        Truth(RATE, term, heard, about=HEARD),
    )


def _club(term: str) -> Truth:
    said = (
        f"About {IN_CLUB:.0%} of pupils without SEN go to the {CLUB} in the last term, of those with SEN {IN_CLUB_WITH_SEN:.0%}."
    )
    return Truth(TAKES_NO_PART, term, said, about=CLUB)


def _views(term: str) -> Truth:
    said = (
        f'Pupils with SEN and their parents score "{LISTENED_TO}" about 0.8 lower than others in the last term, no other theme.'
    )
    return Truth(VIEWS, term, said, about=LISTENED_TO)


def _transfer(growing: Sequence[Truth], people: DataFrame, terms: Sequence[Term], seed: int) -> Truth:
    named = [pupil for truth in growing for pupil in truth.pupil_ids]
    new = people[on_roll(people, terms[-1]) & people["intake"].eq(terms[-1].year) & ~people["pupil_id"].isin(named)]
    without = new.sample(min(WITHOUT_RESULTS, len(new)), random_state=chance(seed, "transfer"))
    said = (
        f"Year 7 pupils with SEN are supported at transfer more often (about {MOVED_UP_WITH_SEN:.0%}, others {MOVED_UP:.0%}); "
        f"of {len(without)} pupils of Year 7 no result of the primary school has come."
    )
    return Truth(TRANSFER, str(terms[-1]), said, about=MOVING_UP, pupil_ids=tuple(sorted(without["pupil_id"])))

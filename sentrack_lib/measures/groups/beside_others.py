"""Every group beside the others, in everything that is compared: the tables of a term, each told what the term before saw."""

from collections.abc import Iterable, Mapping, Sequence

from pandas import DataFrame

from sentrack_lib.measures.groups.comparisons import OWN, PROGRESS, Asked, compared, gaps_of, own_groups
from sentrack_lib.measures.groups.means import attainment_and_absence
from sentrack_lib.measures.groups.membership import groupings, groups_of, known_of, small_groups
from sentrack_lib.measures.groups.outcomes import beside_own, outcomes
from sentrack_lib.measures.groups.rates import compare_rates, happened, pupil_groups, rate_gaps
from sentrack_lib.measures.groups.within import within_classes
from sentrack_lib.terms import Term


def beside_others(
    tables: Mapping[str, DataFrame],
    held: Mapping[Term, Mapping[str, DataFrame]],
    grown: Mapping[Term, DataFrame],
    attended: Mapping[Term, DataFrame],
    intersections: Iterable[Sequence[str]] = (),
) -> dict[str, DataFrame]:
    """The comparisons of the last term of `grown`, with the one before to hold them against.

    `comparisons`: growth, growth beside the pupil's own average, pupils with SEN within their classes; `within_classes`: the
    latter over all classes of a subject; `rate_comparisons`; `attainment` and `absences`: plain means; `questions`: of how many
    pupils each question is known; `small_groups`: who is in a group too small for figures. `tables` hold all terms, `held` the
    `pupils` and `teaching_groups` of each; `grown` and `attended` are progress and attendance by term."""
    term, before = max(grown), max((each for each in grown if each != max(grown)), default=None)
    roll, lessons = held[term]["pupils"], held[term]["teaching_groups"]
    answers = groupings(roll)
    groups = groups_of(roll, lessons, intersections, answers)
    earlier = (
        _earlier(tables["behaviour"], held[before], grown[before], attended[before], before, intersections) if before else {}
    )
    growth = outcomes(grown[term])
    by_class, over_classes = within_classes(growth, roll, lessons)
    what = happened(roll, attended[term], tables["behaviour"], term)
    return {
        "comparisons": compared([*_growing(growth, groups), by_class], earlier.get("growth")),
        "within_classes": over_classes,
        "rate_comparisons": compare_rates(what, pupil_groups(roll, groups, answers), earlier.get("rates")),
        **attainment_and_absence(tables["assessments"], attended[term], roll, groups, term),
        "questions": known_of(roll, answers),
        "small_groups": small_groups(answers, roll),
    }


def _earlier(
    behaviour: DataFrame,
    held: Mapping[str, DataFrame],
    grown: DataFrame,
    attended: DataFrame,
    term: Term,
    intersections: Iterable[Sequence[str]],
) -> dict[str, DataFrame]:
    """The gaps that the term before saw."""
    roll = held["pupils"]
    answers = groupings(roll)
    groups = groups_of(roll, held["teaching_groups"], intersections, answers)
    growth, what = outcomes(grown), happened(roll, attended, behaviour, term)
    return {
        "growth": gaps_of(_growing(growth, groups)),
        "rates": rate_gaps(what, pupil_groups(roll, groups, answers)),
    }


def _growing(growth: DataFrame, groups: DataFrame) -> list[Asked]:
    """Growth beside the others, and beside the pupil's own average."""
    return [Asked(PROGRESS, growth, groups), Asked(OWN, beside_own(growth), own_groups(groups))]

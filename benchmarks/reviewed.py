"""The whole review of a loaded school, beside a plain loop of scipy's tests over its groups; and how it grows with the pupils."""

from dataclasses import replace
from math import log

from pandas import DataFrame

from benchmarks.measuring import WARM, Measured, Plan, in_turns, invented, processor_seconds

GOAL, EXPONENT = 1.0, 1.1
UNIT = "s of a processor"


def measure(plan: Plan) -> dict[str, Measured]:
    """Processor time of every measure of the review, after loading; the peer makes the tests of the groups alone, one by one.

    Each is the first review of a school that nothing is known of but what was loaded."""
    from sentrack_lib.measures import review

    times = plan.largest // plan.pupils if plan.full else 10
    warm, small = _loaded(WARM), _loaded(plan.pupils)
    review(warm, warm.terms[-1])
    tables = review(small, small.terms[-1])
    ours, peer = in_turns(
        plan.rounds,
        lambda: processor_seconds(lambda: review(replace(small), small.terms[-1])),
        lambda: processor_seconds(lambda: tested_one_by_one(tables)),
    )
    large = _loaded(times * plan.pupils)  # not before: a process that holds ten gigabytes is slower at whatever it does
    [longer] = in_turns(plan.rounds, lambda: processor_seconds(lambda: review(replace(large), large.terms[-1])))
    grown = log(longer / ours) / log(times)
    unit = f"exponent, {plan.pupils:,} to {times * plan.pupils:,} pupils"
    in_proportion = f"at most {times} times as long"
    return {
        "review": Measured(ours, peer, ours / peer, UNIT, f"at most {GOAL:g} s", ours <= GOAL),
        f"review of {times * plan.pupils:,}": Measured(longer, None, None, UNIT, in_proportion, longer <= times * ours),
        "review_with_size": Measured(grown, None, None, unit, f"at most {EXPONENT}", grown <= EXPONENT),
    }


def _loaded(pupils: int):
    from sentrack_lib.sources.loading import load_school

    return load_school(invented(pupils))


def tested_one_by_one(tables: dict[str, DataFrame]) -> int:
    """Welch's test of every group of ten and more in every subject, and BH over each family, as one writes it down at first."""
    from scipy.stats import ttest_ind
    from statsmodels.stats.multitest import multipletests

    from sentrack_lib.measures.groups.membership import groups_of

    groups = groups_of(tables["roll"], tables["teaching_groups"])
    tests = 0
    for _, rows in tables["progress"].dropna(subset=["scaled_residual"]).groupby("subject", observed=True):
        for _, family in groups[groups["subject"].isna() | groups["subject"].eq(rows["subject"].iloc[0])].groupby("family"):
            p = []
            for _, members in family.groupby("group"):
                mine = rows["pupil_id"].isin(members["pupil_id"])
                if mine.sum() >= 10 and (~mine).sum() >= 10:
                    p.append(
                        ttest_ind(rows.loc[mine, "scaled_residual"], rows.loc[~mine, "scaled_residual"], equal_var=False).pvalue
                    )
            tests += len(multipletests(p, method="fdr_bh")[1]) if p else 0
    return tests

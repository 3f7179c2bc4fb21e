"""How Year 7 arrived: what is there for whom, and progress since primary school."""

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame
from scipy import stats

from sentrack_lib.measures.groups.membership import groups_of
from sentrack_lib.measures.progress import progress
from sentrack_lib.measures.transfer import (
    COLUMNS,
    MATHS,
    NEED_KNOWN,
    PARENTS,
    RESULT_ENGLISH,
    RESULT_MATHS,
    SUPPORTED,
    below_primary,
    known_of_arrivals,
    since_primary,
    transfer,
    year_7,
)
from sentrack_lib.sources.coded import coded
from sentrack_lib.sources.sample import invent, school_of
from sentrack_lib.terms import Term
from sentrack_lib.views import findings
from sentrack_lib.views import tables as views
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Unseen

TERM = Term.named("2025-26-spring")


@pytest.fixture
def tables(table) -> dict[str, DataFrame]:
    roll = table("""
        pupil_id | year_group | sen_status | sen_need
        A        | 7          | K          | SLCN
        B        | 7          | E          |
        C        | 7          | N          |
        D        | 7          |            |
        E        | 8          | K          | ASD
    """).assign(term=str(TERM))
    results = table("""
        term           | pupil_id | subject     | stage | grade
        2025-26-autumn | A        | Reading     | KS2   | 101
        2025-26-autumn | C        | Mathematics | KS2   | 99
        2024-25-summer | C        | English     | KS2   | 4
    """)
    activities = table("""
        term           | pupil_id | activity  | kind
        2025-26-autumn | A        | Moving up | transfer_support
        2024-25-summer | C        | Moving up | transfer_support
    """)
    heard = table("""
        term           | respondent | pupil_id | theme
        2025-26-spring | parent     | B        | heard
        2025-26-spring | pupil      | C        | heard
    """)
    return {"pupils": roll, "prior_attainment": results, "activities": activities, "views": heard}


def test_what_is_known_of_each_pupil_of_year_7(tables):
    known = known_of_arrivals(tables, year_7(tables["pupils"]), TERM).set_index("pupil_id")
    assert known.index.to_list() == ["A", "B", "C", "D"]
    assert known[RESULT_ENGLISH].to_list() == [True, False, True, False]
    assert known[RESULT_MATHS].to_list() == [False, False, True, False]
    assert known.loc[["A", "B"], NEED_KNOWN].to_list() == [True, False] and known.loc[["C", "D"], NEED_KNOWN].isna().all()
    assert known[SUPPORTED].to_list() == [True, False, False, False]
    assert known[PARENTS].to_list() == [False, True, False, False]


def test_what_nobody_recorded_this_year_is_not_known_and_not_never(tables):
    nothing = {**tables, "activities": tables["activities"].iloc[1:], "views": tables["views"].iloc[:0]}
    known = known_of_arrivals(nothing, year_7(tables["pupils"]), TERM)
    assert known[[SUPPORTED, PARENTS]].isna().all(axis=None)


def test_counts_and_tests_are_those_of_scipy():
    rng = np.random.default_rng(2)
    sen = np.repeat([True, False], [30, 90])
    known = DataFrame({"pupil_id": np.arange(120).astype(str), "sen": pd.array(sen, dtype="boolean")})
    items = [RESULT_ENGLISH, RESULT_MATHS, NEED_KNOWN, SUPPORTED, PARENTS]
    known = known.assign(**{item: pd.array(rng.random(120) < np.where(sen, 0.8, 0.3), dtype="boolean") for item in items})
    found = transfer(known).set_index("item")
    row, yes = found.loc[SUPPORTED], known[SUPPORTED].to_numpy(dtype=bool)
    assert row[["n", "count", "n_rest", "count_rest"]].to_list() == [30, yes[:30].sum(), 90, yes[30:].sum()]
    p = stats.fisher_exact([[yes[:30].sum(), 30 - yes[:30].sum()], [yes[30:].sum(), 90 - yes[30:].sum()]]).pvalue
    assert row["q_value"] >= p - 1e-12 and row["verdict"] == "clear difference: more"
    assert list(found.reset_index()) == COLUMNS


@pytest.mark.filterwarnings("error")
def test_a_school_without_year_7_has_rows_that_say_so(tables):
    nobody = tables["pupils"].iloc[4:]
    found = transfer(known_of_arrivals({**tables, "pupils": nobody}, year_7(nobody), TERM))
    assert set(found["why"]) == {"Nobody here has a figure."} and set(found["verdict"]) == {"too few to say"}


@pytest.fixture(scope="module")
def since() -> tuple[DataFrame, DataFrame]:
    school = school_of(invent(600, 2, 3))
    term = school.terms[-1]
    grown = progress(coded(school.tables), school.scales, term, from_prior=True)
    roll, lessons = (school.tables[name][school.tables[name]["term"].eq(str(term))] for name in ("pupils", "teaching_groups"))
    return grown, groups_of(roll, lessons)


def test_progress_since_primary_school_starts_from_its_results_alone(since):
    grown, groups = since
    assert set(grown.dropna(subset=["scaled_residual"]).query("subject != 'all'")["start_term"]) == {"prior"}
    found = since_primary(grown, groups)
    assert set(found["family"]) == {"SEN status since primary school", "type of need since primary school"}
    row = found.query("family == 'SEN status since primary school' and group == 'SEN support' and subject == 'all'").iloc[0]
    seven = grown[grown["cohort"].astype("str").str.startswith("7/") & grown["subject"].eq("all")]
    mine = groups.query("family == 'SEN status' and group == 'SEN support'")["pupil_id"]
    assert row["mean"] == pytest.approx(seven[seven["pupil_id"].isin(mine)]["scaled_residual"].mean())


def test_who_stands_below_the_primary_result_is_counted_only_on_one_scale():
    cohorts = ["7/Maths/nc_level/nc_level", "7/Maths/nc_level/nc_level", "7/Maths/nc_level/ks2_scaled"]
    rows = DataFrame({"pupil_id": [*"ABC"], "subject": "Maths", "start": 4.0, "points": [3.0, 5.0, 1.0], "cohort": cohorts})
    assert below_primary(rows).to_dict("records") == [{"subject": "Maths", "below": 1, "n": 2}]
    assert MATHS[0] == "math"


def papers_of(tables, audience: str = "inclusion", **at) -> Papers:
    about = DataFrame([{"school": "Ours", "term": str(TERM), "label": TERM.label, "before": "", "version": ""}])
    known = known_of_arrivals(tables, year_7(tables["pupils"]), TERM)
    handed = {"about": about, "transfer": transfer(known)}
    if audience == "inclusion":
        roll = (
            tables["pupils"]
            .astype({"year_group": "str"})
            .assign(surname="Child", forename=tables["pupils"]["pupil_id"], form="7X")
        )
        handed |= {"arrivals": known, "roll": roll}
    return Papers(audience, handed).on(**at)


def test_who_has_no_primary_result_is_named_to_the_inclusion_manager_alone(tables):
    note = views.transfer(papers_of(tables)).note
    assert note.endswith("No primary result is known of: Child, B; Child, D.")
    assert "Of 2 of 4 pupils of Year 7 no primary result is known" in repr(findings.transfer(papers_of(tables)))
    assert "Child" not in views.transfer(papers_of(tables, "governors")).html()


def test_how_year_7_arrived_is_not_told_of_another_year(tables):
    for part in (findings.transfer, views.transfer, views.dip):
        assert isinstance(part(papers_of(tables, year_group="8")), Unseen)
    assert not isinstance(views.transfer(papers_of(tables, year_group="7")), Unseen)


def test_a_school_without_year_7_says_so(tables):
    nobody = {**tables, "pupils": tables["pupils"].iloc[4:]}
    assert repr(findings.transfer(papers_of(nobody))) == "Nobody is in Year 7, or it is not known who has SEN."

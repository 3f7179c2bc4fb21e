"""What pupils receive beside how they progress: counted by hand, nothing recorded never told as nothing given."""

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from sentrack_lib.measures.support import supported
from sentrack_lib.sources.coded import coded
from sentrack_lib.terms import Term
from sentrack_lib.views import figures, findings, tables
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Sentences, Table, Unseen

NOW = "2025-26-spring"
TERM = Term.named(NOW)

PROVISIONS = """
provision_id | name             | wave       | minutes | sessions_planned | area_of_need
P1           | Reading          | targeted   | 30      | 20               | Cognition and learning
P2           | Number           | Targeted   | 60      | 10               | Cognition and learning
P3           | Breakfast club   | Universal  | 45      | 50               |
P4           | Speech           | specialist |         | 12               | Communication and interaction
"""
PUPILS = """
provision_id | pupil_id | start      | end        | sessions_planned | sessions_attended | term
P1           | T0       | 2026-01-12 |            | 20               | 16                | 2025-26-spring
P2           | T0       | 2025-10-01 | 2025-12-10 |                  | 9                 | 2025-26-autumn
P1           | T1       | 2026-01-12 |            | 20               | 0                 | 2025-26-spring
P3           | T2       | 2026-01-12 |            | 50               | 40                | 2025-26-spring
P1           | T3       | 2024-10-01 | 2025-06-30 | 20               | 20                | 2024-25-summer
P1           | T4       | 2026-05-01 |            | 20               |                   | 2025-26-summer
P4           | T5       |            |            | 12               | 8                 | 2025-26-autumn
P9           | T6       | 2026-01-12 |            |                  | 3                 | 2025-26-spring
P1           | T9       | 2026-01-12 |            | 20               | 20                | 2025-26-spring
"""


@pytest.fixture
def records(table) -> dict[str, DataFrame]:
    return {"provisions": table(PROVISIONS).assign(term="2025-26-autumn"), "provision_pupils": table(PUPILS)}


def roll(pupils: int = 8) -> DataFrame:
    """T0, T1 …: the first half with SEN, of the last it is not known."""
    status = ["K"] * (pupils // 2) + ["N"] * (pupils - pupils // 2 - 1) + [None]
    one = DataFrame({"pupil_id": [f"T{place}" for place in range(pupils)], "sen_status": status[:pupils], "year_group": "8"})
    return one.assign(surname="Oak", forename=one["pupil_id"], form="8A", sen_need=None, term=NOW)


def progress(known) -> DataFrame:
    return DataFrame({"pupil_id": list(known), "subject": "all", "growth_percentile": 40.0})


def flags(below, level="act", since="2025-26-autumn") -> DataFrame:
    return DataFrame({"pupil_id": list(below), "rule": "progress", "level": level, "since_term": since})


def given(records, below=(), known=None, pupils: int = 8) -> dict[str, DataFrame]:
    here = roll(pupils)
    return supported(records, here, progress(here["pupil_id"] if known is None else known), flags(below), TERM)


def of(found: dict[str, DataFrame], pupil: str):
    return found["support"].set_index("pupil_id").loc[pupil]


# --- what each pupil receives ----------------------------------------------------------------------


def test_sessions_and_hours_are_added_up_over_the_provisions_of_the_school_year(records):
    """T0: 16 of 20 sessions of 30 minutes and 9 of the provision's 10 of an hour: 8 + 9 hours."""
    told = of(given(records), "T0")
    assert (told["provisions"], told["number"]) == ("Number; Reading", 2)
    assert (told["sessions_attended"], told["sessions_planned"], told["hours"]) == (25, 30, 17)
    assert told["amount"] == "much"


def test_a_universal_provision_is_no_support(records):
    told = of(given(records), "T2")
    assert (told["number"], told["amount"]) == (0, "nothing")


def test_a_provision_that_nobody_came_to_gave_nothing(records):
    told = of(given(records), "T1")
    assert (told["provisions"], told["sessions_attended"], told["amount"]) == ("Reading", 0, "nothing")


def test_where_it_is_not_recorded_whether_anybody_came_nothing_is_not_said(records):
    more = DataFrame({"provision_id": ["P2"], "pupil_id": ["T1"], "term": [NOW], "start": ["2026-01-12"]})
    found = given(records | {"provision_pupils": pd.concat([records["provision_pupils"], more])})
    assert of(found, "T1")[["sessions_attended", "amount"]].to_list() == [0, "some"]


def test_last_years_support_and_next_terms_are_not_support_to_date(records):
    found = given(records)
    assert of(found, "T3")["amount"] == of(found, "T4")["amount"] == "nothing"


def test_without_days_the_term_of_the_row_decides_and_without_minutes_hours_are_not_known(records):
    told = of(given(records), "T5")
    assert (told["provisions"], told["amount"], told["sessions_attended"]) == ("Speech", "some", 8)
    assert np.isnan(told["hours"])


def test_a_provision_that_is_on_no_list_keeps_its_id_for_a_name(records):
    told = of(given(records), "T6")
    assert (told["provisions"], told["number"], told["amount"]) == ("P9", 1, "some")


def test_a_pupil_who_is_not_on_the_roll_is_in_no_table(records):
    found = given(records)
    assert found["support"]["pupil_id"].to_list() == [f"T{place}" for place in range(8)]
    assert found["provision_standing"].set_index("provision_id").loc["P1", "pupils"] == 2


def test_sessions_that_no_list_gives_are_counted_day_by_day(records, table):
    sessions = table("""
        provision_id | pupil_id | on         | attended
        P1           | T7       | 2026-02-02 | Y
        P1           | T7       | 2026-02-03 | n
        P1           | T7       | 2026-02-04 | yes
        P1           | T7       | 2026-02-04 | yes
        P1           | T7       | 2024-02-04 | yes
    """)
    pupils = pd.concat([records["provision_pupils"], DataFrame({"provision_id": ["P1"], "pupil_id": ["T7"], "term": [NOW]})])
    told = of(given(records | {"provision_pupils": pupils, "provision_sessions": sessions}), "T7")
    assert (told["sessions_attended"], told["sessions_planned"], told["hours"]) == (2, 20, 1.0)


def test_of_a_row_that_comes_again_in_a_later_term_the_later_holds(records):
    again = records["provision_pupils"].query("pupil_id == 'T0'").assign(term=NOW, sessions_attended=5)
    told = of(given(records | {"provision_pupils": pd.concat([again, records["provision_pupils"]])}), "T0")
    assert (
        told["sessions_attended"] == 16 + 5
    )  # of one term the last row read holds; the row of autumn gives way to that of spring


def test_adults_beside_a_pupil_are_those_of_this_term(records, table):
    deployments = table("""
        adult_id | day | starts | pupil_id | hours | term           | start      | end
        A1       | Mon | 1      | T3       | 4     | 2025-26-spring |            |
        A1       | Tue | 1      | T3       | 6     | 2025-26-spring |            |
        A1       | Mon | 1      | T4       | 9.5   | 2025-26-spring |            |
        A1       | Wed | 1      | T4       | 9     | 2025-26-autumn |            |
        A1       | Wed | 1      | T2       | 9     | 2025-26-autumn | 2025-09-05 | 2025-10-20
        A1       | Wed | 2      | T7       |       | 2025-26-spring |            |
        A1       | Thu | 1      |          | 5     | 2025-26-spring |            |
    """)
    found = given(records | {"deployments": deployments})
    assert of(found, "T3")[["adult_hours_week", "amount"]].to_list() == [10, "much"]
    assert of(found, "T4")[["adult_hours_week", "amount"]].to_list() == [9.5, "some"]
    assert of(found, "T2")["amount"] == "nothing"
    assert of(found, "T7")["amount"] == "some"  # somebody is there; for how long is not recorded


def test_an_adult_whose_last_day_is_written_down_in_a_later_term_does_not_go_on(records, table):
    deployments = table("""
        adult_id | day | starts | pupil_id | hours | term           | start      | end
        A1       | Mon | 1      | T3       | 4     | 2025-26-autumn | 2025-09-05 | 2025-11-28
        A1       | Mon | 1      | T4       | 4     | 2025-26-autumn | 2025-09-05 |
        A1       | Mon | 1      | T3       | 4     | 2025-26-autumn | 2025-12-01 |
        A1       | Mon | 1      | T4       | 4     | 2025-26-spring | 2025-09-05 | 2025-12-19
    """)
    found = given(records | {"deployments": deployments})
    assert of(found, "T4")["amount"] == "nothing"
    assert of(found, "T3")["adult_hours_week"] == 4


def test_much_is_two_provisions_and_the_top_quarter_of_hours(table):
    provisions = DataFrame({"provision_id": ["P1", "P2"], "name": ["One", "Two"], "minutes": 60})
    hours = {f"T{place}": place + 1 for place in range(8)}
    rows = [("P1", pupil, many) for pupil, many in hours.items()] + [("P2", pupil, 0.5) for pupil in ("T0", "T6")]
    pupils = DataFrame(rows, columns=["provision_id", "pupil_id", "sessions_attended"])
    found = given({"provisions": provisions, "provision_pupils": pupils})
    assert found["support"].set_index("pupil_id")["amount"].to_dict() == dict.fromkeys(hours, "some") | {"T6": "much"}


# --- beside progress -------------------------------------------------------------------------------


def test_expectation_is_the_flag_on_progress_and_not_known_where_progress_cannot_be_told(records):
    found = given(records, below=["T0", "T3"], known=["T0", "T1", "T2"])["support"].set_index("pupil_id")
    assert found.loc["T0", ["expectation", "level", "since_term"]].to_list() == ["below expectation", "act", "2025-26-autumn"]
    assert found.loc["T1", ["expectation", "level", "since_term"]].to_list() == ["as expected or better", "", ""]
    assert found.loc["T3", "expectation"] == "below expectation"  # one subject alone may raise the flag
    assert found.loc["T4", "expectation"] == "not known"


def test_every_pupil_is_counted_once_and_parts_add_up(records):
    counts = given(records, below=["T0", "T1", "T2", "T7"])["support_counts"].set_index(["group", "expectation", "amount"])
    assert counts.loc[("all pupils", "below expectation", "nothing")].to_list() == [3, 4]
    assert counts.loc[("with SEN", "below expectation", "much")].to_list() == [1, 3]
    assert counts.loc[("without SEN", "below expectation", "some")].to_list() == [0, 0]
    whole = counts["count"].groupby("group").sum()
    assert whole.to_dict() == {"all pupils": 8, "with SEN": 4, "without SEN": 3}  # of one it is not known


def test_nothing_recorded_at_all_is_not_nothing_given():
    found = given({}, below=["T0"])
    assert set(found["support"]["amount"]) == set(found["support_counts"]["amount"]) == {"not recorded"}
    assert found["provision_standing"].empty
    [line] = findings.support(papers(found)).lines
    assert line == (
        "What support pupils receive is not recorded, so nobody can be said to receive none. 1 pupil is below expectation."
    )
    assert isinstance(tables.support_missing(papers(found)), Unseen) and isinstance(figures.support(papers(found)), Unseen)


def test_a_provision_stands_with_wilsons_interval_and_under_five_with_its_number_alone():
    pupils = DataFrame({"provision_id": ["P1"] * 12 + ["P2"] * 4, "pupil_id": [f"T{place}" for place in [*range(12), *range(4)]]})
    pupils = pupils.assign(sessions_attended=[5.0] * 11 + [np.nan] * 5, sessions_planned=10.0)
    provisions = DataFrame({"provision_id": ["P1", "P2"], "name": ["One", "Two"], "wave": "targeted"})
    known = [f"T{place}" for place in range(10)]
    found = given({"provisions": provisions, "provision_pupils": pupils}, below=["T0", "T1", "T2"], known=known, pupils=20)
    one, two = (found["provision_standing"].set_index("provision_id").loc[name] for name in ("P1", "P2"))
    low, high = proportion_confint(3, 10, alpha=2 * stats.norm.sf(1.96), method="wilson")
    assert one[["pupils", "n", "count"]].to_list() == [12, 10, 3]
    assert one[["share", "low", "high"]].to_numpy(dtype="float64") == pytest.approx(np.array([0.3, low, high]), abs=1e-9)
    assert one[["sessions_attended", "sessions_planned"]].to_list() == [55, 110]
    assert two["n"] == 4 and two[["count", "share", "low", "high", "sessions_attended"]].isna().all()


def test_coded_tables_say_the_same(records):
    here, known, below = roll(), progress(roll()["pupil_id"]), flags(["T0"])
    plain = supported(records, here, known, below, TERM)
    faster = coded(records | {"roll": here, "progress": known, "flags": below})
    told = supported(faster, faster["roll"], faster["progress"], faster["flags"], TERM)
    for name, table in told.items():
        pd.testing.assert_frame_equal(table, plain[name])


def test_what_is_recorded_after_the_term_is_not_known_in_it(records):
    late = {"provision_pupils": records["provision_pupils"].query("term == '2025-26-summer'")}
    assert set(given(late)["support"]["amount"]) == {"not recorded"}


# --- what people see -------------------------------------------------------------------------------


def papers(found: dict[str, DataFrame], audience: str = "inclusion", only=None, pupils: int = 8) -> Papers:
    about = DataFrame([{"school": "Invented", "term": NOW, "label": "Spring 2026", "before": "", "version": "0"}])
    handed = {name: table for name, table in found.items() if only is None or name in only}
    return Papers(audience, {"about": about, **({"roll": roll(pupils)} if audience != "governors" else {}), **handed})


PARTS = [findings.support, figures.support, tables.support_missing, tables.support_without_progress, tables.provisions]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.__module__.split('.')[-2]} {part.__name__}")
def test_a_part_that_an_audience_may_not_see_says_so_in_a_sentence(part, records):
    told = part(papers(given(records), "department", only=()))
    assert isinstance(told, Unseen) and repr(told).endswith(".")


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.__module__.split('.')[-2]} {part.__name__}")
def test_a_part_can_be_read_for_the_school_for_a_year_and_for_nobody(part, records):
    for found in (given(records, below=["T0", "T2", "T7"]), given(records), given({})):
        for year in ("all", "8", "9"):
            told = part(papers(found).on(year_group=year))
            assert told.html() and "nan" not in repr(told).lower() and "<NA>" not in repr(told)


def test_who_is_below_without_support_and_who_in_spite_of_much_is_listed_by_name(records):
    here = papers(given(records, below=["T0", "T2", "T6", "T7"]))
    missing, much = tables.support_missing(here), tables.support_without_progress(here)
    assert isinstance(missing, Table) and missing.frame["Pupil"].to_list() == ["Oak, T2", "Oak, T7"]
    assert "Nothing recorded is not nothing given" in missing.note
    assert isinstance(much, Table) and much.frame["Pupil"].to_list() == ["Oak, T0"]
    assert much.frame[["Provisions", "Sessions attended", "Hours so far"]].to_numpy().tolist() == [
        ["Number; Reading", "25 of 30", "17.0"]
    ]


@pytest.mark.parametrize(
    ("below", "lines"),
    [
        ([], ["No pupil here is below expectation."]),
        (["T2"], ["The only pupil below expectation has no support recorded; of these, 1 has SEN."]),
        (["T5"], ["For the only pupil below expectation some support is recorded.", "none receive much support; 1 receives"]),
        (["T0", "T2", "T7"], ["2 of 3 pupils below expectation have no support recorded; of these, 1 has SEN.",
                              "1 receives much support and is below it all the same; none receive some."]),
    ],
    ids=["none", "one without", "one with", "many"],
)  # fmt: skip
def test_the_reviews_question_is_answered_for_none_one_and_many(records, below, lines):
    found = findings.support(papers(given(records, below=below)))
    assert isinstance(found, Sentences)
    for line in lines:
        assert any(line in told for told in found.lines)


def test_governors_read_what_they_are_handed_and_a_hidden_number_stays_hidden(records):
    found = given(records, below=["T0", "T2", "T7"])
    counts = found["support_counts"].astype({"count": "Int64", "of": "Int64"})
    hidden = counts.assign(count=counts["count"].mask(counts["of"].ge(0)), of=counts["of"].mask(counts["of"].ge(0)))
    here = papers({"support_counts": hidden}, "governors")
    assert findings.support(here).lines[0] == "How many pupils are below expectation is too few to show."
    assert isinstance(figures.support(here), Unseen)
    assert isinstance(tables.support_missing(here), Unseen)


def test_the_figure_says_every_number_it_shows(records):
    told = figures.support(papers(given(records, below=["T0", "T2", "T4"]))).alternative
    assert "Below expectation, with SEN, 2 pupils: 1 nothing recorded, 0 some, 1 much" in told
    assert "As expected or better, without SEN, 2 pupils: 0 nothing recorded, 2 some, 0 much" in told


def test_a_table_of_provisions_says_that_it_is_no_judgement(records):
    told = tables.provisions(papers(given(records, below=["T0"])))
    assert isinstance(told, Table) and "no judgement" in told.note
    assert told.frame.set_index("Provision").loc["Reading", "Below expectation"] == "too few to say"

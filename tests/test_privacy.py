"""What an audience may not see is not in the tables it is handed."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame, Series
from pydantic import ValidationError

from sentrack_lib.cycle.papers.preparing import prepare
from sentrack_lib.errors import WrongUse
from sentrack_lib.measures.plan.budget import budget
from sentrack_lib.privacy import SMALLEST_SHOWN, for_audience, rounded
from sentrack_lib.privacy.governors import RULES, TOTALS, _arrived, _done_about, _heard, _who_takes_part
from sentrack_lib.privacy.naming import FEWEST_LETTERS
from sentrack_lib.privacy.parent import ANOTHER_CHILD
from sentrack_lib.privacy.spending import OTHERS, without_costs_of_few
from sentrack_lib.settings import Parameters

SECRETS = ("Sampleton", "Robin", "2010-01-02")


@pytest.fixture
def tables(table) -> dict[str, DataFrame]:
    roll = table("""
        pupil_id | surname   | forename | date_of_birth | year_group | form | sen_status | sen_need | sen_need_2 | ethnicity
        P01      | Sampleton | Robin    | 2010-01-02    | 9          | 9A   | K          | SLCN     |            | WBRI
        P02      | Fictley   | Kim      | 2010-03-04    | 9          | 9B   | N          |          |            | AIND
    """)
    taught = table("""
        pupil_id | subject | teaching_group
        P01      | English | 9/En1
        P02      | Maths   | 9/Ma1
    """)
    flags = table("""
        pupil_id | rule     | level | subject
        P01      | progress | act   |
        P01      | subject  | watch | Maths
        P02      | progress | act   |
    """)
    rates = table("""
        measure             | family     | group       | count | of
        persistently absent | all pupils | all pupils  | 47    | 203
        persistently absent | SEN status | EHC plan    | 8     | 12
        persistently absent | SEN        | with SEN    | 7     | 45
        persistently absent | SEN        | without SEN | 32    | 158
        persistently absent | year group | 9           | 3     | 40
    """)
    comparisons = table("""
        family         | group       | subject | n  | n_rest | mean  | verdict
        SEN status     | SEN support | all     | 33 | 170    | -0.21 | no evidence of a difference
        SEN status     | EHC plan    | all     | 9  | 194    | -0.41 | too few to say
        SEN status     | SEN support | English | 31 | 160    | -0.11 | no evidence of a difference
        teaching group | 9/En1       | all     | 28 | 175    | -0.51 | no evidence of a difference
        type of need   | HI          | English | 3  | 188    |       | too few to say
        gender × year group | Girls Year 9 | all | 40 | 160 | 0.1   | no evidence of a difference
    """)
    comparisons = comparisons.assign(measure="progress", by=comparisons["family"])
    own = comparisons.head(1).assign(measure="beside own average", family="SEN status beside own average")
    rate_comparisons = table("""
        by                  | group        | n  | count | mean | verdict
        SEN status          | SEN support  | 33 | 7     | 0.21 | clear difference: higher
        SEN status          | EHC plan     | 9  | 3     | 0.33 | too few to say
        gender × year group | Girls Year 9 | 40 | 2     | 0.05 | no evidence of a difference
    """).assign(measure="suspension", family="suspension by it", subject="all", tested=3, count_rest=30)
    about = DataFrame([{"school": "Invented", "term": "2025-26-summer", "label": "Summer 2026", "version": "0"}])
    progress = taught.assign(scaled_residual=0.1)
    return {
        "about": about, "roll": roll, "teaching_groups": taught, "progress": progress, "attendance": roll[["pupil_id"]],
        "flags": flags, "rates": rates, "comparisons": pd.concat([comparisons, own]),
        "rate_comparisons": rate_comparisons, "counts": about, "problems": roll, "changes": roll,
    }  # fmt: skip


def published(name: str, table: DataFrame) -> DataFrame:
    """A table as governors are handed it."""
    return TOTALS[name](RULES[name](table))


def test_counts_of_one_to_seven_are_blank_and_all_others_go_to_the_nearest_five():
    counts = Series([0, 1, SMALLEST_SHOWN - 1, SMALLEST_SHOWN, 12, 13, 148])
    assert rounded(counts).tolist() == [0, pd.NA, pd.NA, 10, 10, 15, 150]


def test_the_inclusion_manager_is_handed_everything(tables):
    assert set(for_audience(tables, "inclusion")) == set(tables)


def test_a_department_is_handed_its_own_pupils_and_subjects_alone(tables):
    handed = for_audience(tables, "department", ["English"])
    assert handed["roll"]["pupil_id"].tolist() == ["P01"]
    assert set(handed["progress"]["subject"]) == {"English"}
    assert handed["flags"][["pupil_id", "rule"]].to_numpy().tolist() == [["P01", "progress"]]
    assert not {"problems", "changes", "rates"} & set(handed)


def test_a_department_is_not_handed_ethnicity_or_date_of_birth(tables):
    assert not {"ethnicity", "date_of_birth"} & set(for_audience(tables, "department", ["English"])["roll"])


def test_a_department_is_handed_no_group_of_fewer_than_five(tables):
    assert for_audience(tables, "department", ["English"])["comparisons"]["n"].min() >= 5


def test_governors_are_handed_no_table_about_pupils(tables):
    handed = for_audience(tables, "governors")
    assert set(handed) == {"about", "rates", "comparisons", "rate_comparisons"}
    assert not any("pupil_id" in table for table in handed.values())
    assert not any(secret in table.to_csv() for table in handed.values() for secret in SECRETS)


def test_governors_are_handed_rounded_counts_and_no_total_where_a_part_of_it_is_hidden(tables):
    rates = for_audience(tables, "governors")["rates"].set_index("group")
    assert rates["count"].fillna(-1).to_dict() == {"all shown": -1, "with SEN": -1, "without SEN": 30}


def test_totals_are_made_of_published_counts(tables):
    shown = tables["rates"].assign(count=tables["rates"]["count"].replace(7, 9))
    rates = for_audience({**tables, "rates": shown}, "governors")["rates"].set_index("group")
    assert rates["count"].to_dict() == {"all shown": 40, "with SEN": 10, "without SEN": 30}
    assert rates["of"].to_dict() == {"all shown": 205, "with SEN": 45, "without SEN": 160}


def test_governors_are_handed_large_groups_over_all_subjects_and_no_class(tables):
    groups = for_audience(tables, "governors")["comparisons"]
    assert groups[["family", "group", "n"]].to_numpy().tolist() == [["SEN status", "SEN support", 30]]
    assert groups["mean"].tolist() == [-0.2] and "n_rest" not in groups


def test_governors_are_told_of_support_of_pupils_without_figures_only_where_many_are(table):
    counts = table("""
        group       | expectation       | amount  | count | of
        with SEN    | below expectation | nothing | 9     | 9
        with SEN    | not known         | nothing | 3     | 3
        without SEN | below expectation | nothing | 22    | 22
        without SEN | not known         | nothing | 30    | 30
    """)
    assert "not known" not in set(published("support_counts", counts)["expectation"])
    many = counts.assign(count=counts["count"].replace(3, 13))
    assert published("support_counts", many).set_index(["group", "expectation"])["count"].to_dict() == {
        ("all pupils", "below expectation"): 30, ("all pupils", "not known"): 45, ("with SEN", "below expectation"): 10,
        ("with SEN", "not known"): 15, ("without SEN", "below expectation"): 20, ("without SEN", "not known"): 30,
    }  # fmt: skip


def test_governors_are_told_of_rates_what_was_found_in_words_alone(tables):
    handed = for_audience(tables, "governors")["rate_comparisons"]
    assert handed["group"].to_list() == ["SEN support"]
    assert not {"n", "count", "mean"} & set(handed)


def test_governors_are_handed_trends_as_rounded_counts_whose_totals_are_sums(table):
    trends = table("""
        figure         | group       | subject | term           | n   | count | value | low | high | unit
        missed a tenth | all pupils  | all     | 2025-26-summer | 148 | 31    | 0.2   | 0.1 | 0.3  | share
        missed a tenth | with SEN    | all     | 2025-26-summer | 38  | 12    | 0.3   | 0.2 | 0.4  | share
        missed a tenth | without SEN | all     | 2025-26-summer | 110 | 19    | 0.2   | 0.1 | 0.3  | share
        missed half    | with SEN    | all     | 2025-26-summer | 38  | 3     | 0.1   | 0.0 | 0.2  | share
        missed half    | without SEN | all     | 2025-26-summer | 110 | 9     | 0.1   | 0.0 | 0.2  | share
        missed half    | SEN support | all     | 2025-26-summer | 30  | 2     | 0.1   | 0.0 | 0.2  | share
        growth         | with SEN    | all     | 2025-26-summer | 38  |       | 0.1   | 0.0 | 0.2  | SD
    """)
    handed = published("trends", trends).set_index(["figure", "group"])
    assert handed["count"].fillna(-1).to_dict() == {
        ("missed a tenth", "all pupils"): 30, ("missed half", "all pupils"): -1, ("missed a tenth", "with SEN"): 10,
        ("missed a tenth", "without SEN"): 20, ("missed half", "with SEN"): -1, ("missed half", "without SEN"): 10,
    }  # fmt: skip
    assert handed[["value", "low", "high"]].isna().all(axis=None)


def test_governors_hear_scores_only_where_both_sides_are_ten_or_more_and_no_free_text(table):
    views = table("""
        respondent | theme | family | group       | n  | n_rest | mean | positive | share | share_low | share_high
        pupil      | safe  | all pupils | all pupils | 40 | 0  | 3.86 | 30       | 0.75  | 0.6       | 0.9
        pupil      | safe  | SEN    | with SEN    | 12 | 28     | 3.26 | 6        | 0.50  | 0.3       | 0.7
        pupil      | safe  | SEN    | without SEN | 28 | 12     | 4.04 | 24       | 0.85  | 0.7       | 1.0
        parent     | safe  | all pupils | all pupils | 31 | 0  | 3.91 | 20       | 0.65  | 0.5       | 0.8
        parent     | safe  | SEN    | with SEN    | 9  | 22     | 3.33 | 5        | 0.55  | 0.3       | 0.8
        parent     | safe  | SEN    | without SEN | 22 | 9      | 4.11 | 15       | 0.68  | 0.5       | 0.8
    """)
    handed = _heard(views)
    assert handed[["respondent", "group"]].to_numpy().tolist() == [
        ["pupil", "all pupils"], ["pupil", "with SEN"], ["pupil", "without SEN"],
    ]  # fmt: skip
    assert handed["mean"].tolist() == [3.9, 3.3, 4.0] and handed["n"].tolist() == [40, 10, 30]
    assert handed[["positive", "share"]].isna().all(axis=None)
    asked = DataFrame({"n": [20, 20], "n_then": [15, 4], "mean": [3.26, 3], "agreed": "Ann rings", "result": "done"})
    assert _done_about(asked).to_dict("records") == [{"n": 20, "n_then": 15, "mean": 3.3}]


@pytest.mark.parametrize(
    ("with_sen", "without", "heard"), [(5.0, 4.0, 0), (4.96, 4.0, 0), (1.04, 4.0, 0), (3.0, 1.0, 0), (4.9, 1.1, 3)]
)
def test_governors_do_not_hear_of_a_theme_about_which_a_side_all_answer_alike(table, with_sen, without, heard):
    views = table(f"""
        respondent | theme | family     | group       | n  | n_rest | mean       | mean_rest
        pupil      | safe  | all pupils | all pupils  | 40 | 0      | 4.0        |
        pupil      | safe  | SEN        | with SEN    | 12 | 28     | {with_sen} | {without}
        pupil      | safe  | SEN        | without SEN | 28 | 12     | {without}  | {with_sen}
    """)
    assert len(_heard(views)) == heard
    asked = DataFrame({"n": [20], "n_then": [15], "mean": [with_sen], "mean_then": [without], "agreed": "", "result": ""})
    assert len(_done_about(asked)) == bool(heard)


def test_governors_count_support_by_sums_of_rounded_counts(table):
    counts = table("""
        group       | expectation       | amount  | count | of
        all pupils  | below expectation | nothing | 31    | 45
        with SEN    | below expectation | nothing | 9     | 20
        with SEN    | below expectation | much    | 11    | 20
        without SEN | below expectation | nothing | 22    | 25
        without SEN | below expectation | much    | 3     | 25
    """)
    handed = published("support_counts", counts).set_index(["group", "amount"])
    assert handed["count"].fillna(-1).to_dict() == {
        ("all pupils", "nothing"): 30, ("all pupils", "much"): -1, ("with SEN", "nothing"): 10, ("with SEN", "much"): 10,
        ("without SEN", "nothing"): 20, ("without SEN", "much"): -1,
    }  # fmt: skip
    assert handed["of"].fillna(-1).groupby("group").first().to_dict() == {"all pupils": -1, "with SEN": 20, "without SEN": -1}


def test_governors_are_told_of_clubs_and_arrivals_in_rounded_counts_and_words(table):
    things = table("""
        kind | what  | n   | count | share | expected | n_rest | count_rest | not_known | verdict
        club | Chess | 104 | 12    | 0.12  | 20.1     | 504    | 93         | 2         | clear difference: fewer
        club | Choir | 104 | 3     | 0.03  | 2.1      | 504    | 9          | 2         | no evidence of a difference
        option | Art | 21  | 9     | 0.45  | 4.1      | 100    | 20         | 0         | no evidence of a difference
        set  | Set 1 | 20  | 9     | 0.45  | 4.1      | 100    | 20         | 0         | no evidence of a difference
    """)
    handed = _who_takes_part(things, 104)
    assert handed[["what", "n", "count"]].fillna(-1).to_numpy().tolist() == [
        ["Chess", 105, 10], ["Choir", 105, -1], ["Art", -1, 10],
    ]  # fmt: skip
    assert handed[["share", "expected"]].isna().all(axis=None) and not {"n_rest", "count_rest", "not_known"} & set(handed)
    items = DataFrame({"item": ["x"], "n": [21], "count": [4], "n_rest": [101], "count_rest": [33], "share": [0.2]})
    assert _arrived(items)[["n", "count", "n_rest", "count_rest"]].fillna(-1).to_numpy().tolist() == [[20, -1, 100, 35]]


def test_nothing_is_said_of_a_hidden_count_since_the_words_would_tell_it(table):
    things = table("""
        kind | what   | n  | count | n_rest | count_rest | not_known | verdict                     | seen
        club | Coding | 54 | 1     | 288    | 56         | 0         | clear difference: fewer     | as last time
        club | Chess  | 54 | 6     | 288    | 20         | 0         | no evidence of a difference | new
        club | Choir  | 54 | 0     | 288    | 40         | 0         | clear difference: fewer     | new
        club | Art    | 54 | 8     | 288    | 90         | 0         | clear difference: fewer     | new
    """)
    handed = _who_takes_part(things, 54)
    quiet = ["too few to say", "too few to say", "clear difference: fewer", "clear difference: fewer"]
    assert handed["verdict"].tolist() == quiet and handed["seen"].tolist() == ["", "", "new", "new"]
    assert _arrived(things)["verdict"].tolist() == quiet
    groups = things.assign(measure="suspension", by="SEN status", family="x", group=things["what"], subject="all", tested=4)
    assert RULES["rate_comparisons"](groups)["verdict"].tolist() == quiet
    assert RULES["rate_comparisons"](groups.assign(count_rest=3))["verdict"].tolist() == ["too few to say"] * 4


def spent(table, pupils: dict[str, int]) -> DataFrame:
    """What governors are told of three sources of funding that each pay for so many pupils."""
    given = {"SEN budget": 9_000.0, "top-up of Kim Fictley": 6_000.0}
    map_of = table("""
        provision_id | funding               | cost_planned | cost_to_date | cost_projected
        PR1          | SEN budget            | 5000         | 2000         | 4500
        PR2          | top-up of Kim Fictley | 6000         | 3000         | 6000
        PR3          |                       | 800          | 300          | 700
    """)
    taking = [{"pupil_id": f"{one}-{number}", "provision_id": one} for one, many in pupils.items() for number in range(many)]
    told = without_costs_of_few(budget(map_of, given), map_of, DataFrame(taking, columns=["pupil_id", "provision_id"]))
    return told.set_index("funding")


def test_governors_are_told_no_cost_of_fewer_than_ten_pupils_nor_what_is_left_of_a_total_without_it(table):
    costs = ["cost_planned", "cost_projected", "budget", "left"]
    apart = spent(table, {"PR1": 30, "PR2": 12, "PR3": 0})
    assert {*apart.index} == {"SEN budget", "top-up of Kim Fictley", "not said", "all"}
    few = spent(table, {"PR1": 30, "PR2": 1, "PR3": 12})
    assert few.index.tolist() == ["SEN budget", OTHERS, "all"]  # with those of whom the source is not said, who are fewer
    assert few.loc[OTHERS, costs].tolist() == [6800, 6700, 6000, -700]
    assert few.loc["all", costs].tolist() == apart.loc["all", costs].tolist() == [11800, 11200, 15000, 3800]
    two = spent(table, {"PR1": 30, "PR2": 6, "PR3": 6})
    assert two.loc[OTHERS, "provisions"] == 2 and two.loc["SEN budget", "cost_projected"] == 4500
    nearly_nobody = spent(table, {"PR1": 4, "PR2": 1, "PR3": 2})
    assert nearly_nobody[["cost_planned", "cost_projected", "left"]].isna().all(axis=None)


def test_governors_are_handed_nothing_that_is_called_after_a_pupil(tables, table):
    things = table("""
        kind | what                | n | count | n_rest | count_rest | not_known
        club | Chess               | 7 | 2     | 9      | 3          | 0
        club | Kim Fictley's choir | 7 | 2     | 9      | 3          | 0
    """)
    rates = pd.concat([tables["rates"], DataFrame([{"measure": "on the roll", "group": "with SEN", "count": 7}])])
    handed = for_audience({**tables, "rates": rates, "representation": things}, "governors")
    assert handed["representation"]["what"].to_list() == ["Chess"]


def test_the_tables_handed_in_are_left_as_they_were(tables):
    before = {name: table.copy() for name, table in tables.items()}
    for audience in ("inclusion", "department", "governors", "parent"):
        for_audience(tables, audience, ["English"], "P01")
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, before[name])


# --- parents ---------------------------------------------------------------------------------------


@pytest.fixture
def of_children(tables, table) -> dict[str, DataFrame]:
    both = DataFrame({"pupil_id": ["P01", "P02"]})
    due = table("""
        kind          | pupil_id | on         | about
        annual review | P01      | 2026-03-02 | Plan
        action        | P01      | 2026-03-02 | Ring the therapist
        meeting       | P02      | 2026-03-03 | Plan
        meeting       |          | 2026-03-04 | English
    """)
    more = {
        "targets": both.assign(what=["Read aloud to Kim Fictley", "Count"], hourly_cost=14.2),
        "pupil_provision": both.assign(name="Reading", hourly_cost=14.2, cost=99.0, group="with Fictley"),
        "profile": both.assign(section="What I want", text=["A quiet seat", "A loud seat"]),
        "support": both, "deployments": both, "actions": both,
    }  # fmt: skip
    return {**tables, **more, "due": due}


def test_parents_are_handed_one_child_and_no_other(of_children):
    handed = for_audience(of_children, "parent", pupil_id="P01")
    assert set(handed) == {"about", "roll", "progress", "attendance", "targets", "pupil_provision", "profile", "due"}
    assert all(rows["pupil_id"].eq("P01").all() for name, rows in handed.items() if name != "about")
    everything = "\n".join(rows.to_csv() for rows in handed.values())
    assert not any(other in everything for other in ("P02", "Kim", "Fictley", "loud"))


def test_parents_are_handed_meetings_about_their_child_alone(of_children):
    assert for_audience(of_children, "parent", pupil_id="P01")["due"]["kind"].to_list() == ["annual review"]


def test_parents_are_handed_no_flag_no_comparison_and_no_cost(of_children):
    handed = for_audience(of_children, "parent", pupil_id="P01")
    assert not {"flags", "comparisons", "rates", "support", "deployments", "teaching_groups"} & set(handed)
    assert not any("cost" in column for rows in handed.values() for column in rows)


def test_a_text_that_names_another_child_says_so_in_its_place(of_children):
    assert for_audience(of_children, "parent", pupil_id="P01")["targets"]["what"].to_list() == [ANOTHER_CHILD]
    assert for_audience(of_children, "parent", pupil_id="P02")["targets"]["what"].to_list() == ["Count"]


PARTS = st.text("abB ,", max_size=3)


@given(
    st.lists(st.tuples(PARTS, PARTS, st.text("ab7", max_size=7)), min_size=1, max_size=4),
    st.lists(st.text("abB7 ,", max_size=9), min_size=1, max_size=4),
)
def test_every_text_that_holds_a_name_of_another_child_and_no_other_is_kept_back(people, texts):
    roll = DataFrame(people, columns=["forename", "surname", "upn"]).assign(pupil_id=[f"child {n}" for n in range(len(people))])
    names = [
        {name.casefold() for name in (f"{one} {other}", f"{other}, {one}", f"{other} {one}", f"child {n}")}
        | ({upn.casefold()} if len(upn) >= FEWEST_LETTERS else set())
        for n, (one, other, upn) in enumerate(people)
    ]
    others = set().union(*names[1:]) - names[0]
    tables = {"about": DataFrame(), "roll": roll, "targets": DataFrame({"pupil_id": "child 0", "what": texts})}
    handed = for_audience(tables, "parent", pupil_id="child 0")["targets"]["what"].to_list()
    assert handed == [ANOTHER_CHILD if any(name in text.casefold() for name in others) else text for text in texts]


def test_another_child_of_the_same_name_does_not_silence_a_text(of_children):
    twins = of_children["roll"].assign(surname="Fictley", forename="Kim")
    handed = for_audience({**of_children, "roll": twins}, "parent", pupil_id="P01")
    assert handed["targets"]["what"].to_list() == ["Read aloud to Kim Fictley"]


def test_no_other_child_hides_in_the_categories_of_a_column(of_children):
    coded_rows = {name: rows.astype("category") for name, rows in of_children.items()}
    handed = for_audience(coded_rows, "parent", pupil_id="P01")
    assert not any(isinstance(dtype, pd.CategoricalDtype) for name in handed if name != "about" for dtype in handed[name].dtypes)


@pytest.mark.parametrize("pupil_id", ["", "P99", "P0"])
def test_parents_of_nobody_are_handed_nothing(of_children, pupil_id):
    with pytest.raises(WrongUse, match="no pupil|name one pupil"):
        for_audience(of_children, "parent", pupil_id=pupil_id)


def test_a_gate_passed_twice_is_the_same_gate(of_children):
    once = for_audience(of_children, "parent", pupil_id="P01")
    for name, rows in for_audience(once, "parent", pupil_id="P01").items():
        pd.testing.assert_frame_equal(rows, once[name])


def test_no_page_is_made_for_parents(tmp_path):
    with pytest.raises(WrongUse, match="There is no audience parent"):
        prepare(Parameters(school=tmp_path, term="2025-26-spring"), "parent", tmp_path / "papers")
    with pytest.raises(ValidationError):
        Parameters.model_validate({"school": tmp_path, "term": "2025-26-spring", "audiences": ["parent"]})

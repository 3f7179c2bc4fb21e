"""From flags to a plan: who has been acted for, for how long nobody has, what may help and what it costs."""

import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.measures.plan import budget, catalogue, groups_to_plan, pupils_to_plan, suggestions, waiting_counts, with_owners
from sentrack_lib.measures.plan.pupils_to_plan import terms_between
from sentrack_lib.terms import Term

NOW = Term.named("2025-26-spring")
FLAGS = """
pupil_id | rule       | level | evidence        | since_term     | subject | rank
A        | progress   | act   | Low growth.     | 2025-26-autumn |         | 1
A        | attendance | act   | Away a lot.     | 2025-26-spring |         | 1
B        | one subject| watch | Low in Art.     | 2025-26-spring | Art     | 2
C        | exclusion  | act   | Suspended.      | 2024-25-summer |         | 3
"""
ACTIONS = """
action_id | pupil_id | about            | subject | what          | owner  | agreed_on  | by         | term
X1        | A        | Flag: progress   |         | Meet parents  | Ms One | 2025-10-01 | 2025-11-01 | 2025-26-autumn
X2        | C        | flags            |         | Mentor        | Mr Two | 2026-01-20 | 2026-03-01 | 2025-26-spring
X3        | C        | exclusion        |         | Call home     | Mr Old | 2025-05-01 | 2025-06-01 | 2024-25-summer
X4        |          | is kept informed |         | Write a letter| Ms One | 2026-01-20 | 2026-03-01 | 2025-26-spring
"""


@pytest.fixture
def flags(table) -> DataFrame:
    rows = table(FLAGS)
    return rows.assign(owner=pd.Series(pd.NA, rows.index, dtype="str"), action_id=pd.Series(pd.NA, rows.index, dtype="str"))


@pytest.fixture
def actions(table) -> DataFrame:
    rows = table(ACTIONS)
    return rows.assign(agreed_on=pd.to_datetime(rows["agreed_on"]), by=pd.to_datetime(rows["by"]))


@pytest.fixture
def support(table) -> DataFrame:
    return table("""
        pupil_id | provisions    | adult_hours_week
        A        | Reading; Talk | 2.5
        B        |               |
        C        |               |
    """)


NO_TARGETS = DataFrame({"pupil_id": [], "state": []})

# --- who has taken on what was flagged -------------------------------------------------------------


def owners(flags: DataFrame, actions: DataFrame, term: Term = NOW) -> dict[tuple[str, str], str]:
    found = with_owners(flags, actions, term)
    return {(row.pupil_id, row.rule): row.action_id for row in found.itertuples() if isinstance(row.action_id, str)}


def test_an_action_answers_the_flag_it_names_and_no_other(flags: DataFrame, actions: DataFrame) -> None:
    assert owners(flags, actions) == {("A", "progress"): "X1", ("C", "exclusion"): "X2"}


def test_the_newest_action_counts_and_brings_its_owner(flags: DataFrame, actions: DataFrame) -> None:
    found = with_owners(flags, actions, NOW).set_index(["pupil_id", "rule"])
    assert found.loc[("C", "exclusion"), "owner"] == "Mr Two"


def test_what_was_agreed_before_the_flag_stood_does_not_answer_it(flags: DataFrame, actions: DataFrame) -> None:
    early = actions.assign(agreed_on=pd.Timestamp("2024-09-10"))
    assert owners(flags, early) == {}


def test_what_is_agreed_after_the_term_is_not_known_in_it(flags: DataFrame, actions: DataFrame) -> None:
    late = actions.assign(agreed_on=pd.Timestamp("2026-06-10"))
    assert owners(flags, late) == {}


def test_an_action_without_a_day_counts_from_its_term(flags: DataFrame, actions: DataFrame) -> None:
    undated = actions.assign(agreed_on=pd.NaT)
    assert owners(flags, undated)[("A", "progress")] == "X1"


def test_an_action_in_another_subject_does_not_answer(flags: DataFrame, actions: DataFrame, table) -> None:
    one = actions.head(1).assign(pupil_id="B", about="one subject", agreed_on=pd.Timestamp("2026-02-01"))
    assert owners(flags, one.assign(subject="Art")) == {("B", "one subject"): "X1"}
    assert owners(flags, one.assign(subject="Maths")) == {}


def test_nothing_recorded_leaves_the_flags_as_they_are(flags: DataFrame) -> None:
    pd.testing.assert_frame_equal(with_owners(flags, DataFrame(), NOW), flags)
    assert with_owners(flags.iloc[:0], DataFrame(ACTIONS.splitlines()), NOW).empty


# --- whom to plan for ------------------------------------------------------------------------------


def planned(flags: DataFrame, support: DataFrame, actions: DataFrame, targets: DataFrame = NO_TARGETS) -> DataFrame:
    return pupils_to_plan(with_owners(flags, actions, NOW), support, targets, actions, NOW)


def test_who_waits_comes_first_and_the_longest_of_these_on_top(flags: DataFrame, support: DataFrame, actions: DataFrame) -> None:
    nobody = planned(flags, support, actions.iloc[:0])
    assert nobody["pupil_id"].tolist() == ["C", "A", "B"]
    assert nobody["terms"].tolist() == [3, 2, 1] and nobody["waiting"].tolist() == [True, True, False]
    assert planned(flags, support, actions)["pupil_id"].tolist() == ["A", "C", "B"]


def test_one_flag_unanswered_keeps_a_pupil_waiting_whatever_else_is_agreed(flags, support, actions) -> None:
    found = planned(flags, support, actions).set_index("pupil_id")
    assert found.loc["A", "waiting"] and found.loc["A", "owner"] == "Ms One" and not found.loc["C", "waiting"]


def test_what_is_in_place_stands_beside_it(flags, support, actions) -> None:
    targets = DataFrame({"pupil_id": ["A", "A", "A"], "state": ["open", "due", "reached"]})
    found = planned(flags, support, actions, targets).set_index("pupil_id")
    assert found.loc["A", ["provisions", "adult_hours_week", "targets"]].tolist() == ["Reading; Talk", 2.5, 2]
    assert found.loc["C", "targets"] == 0 and found.loc["C", "agreed"] == "Mentor"


def test_who_waits_is_counted(flags, support, actions) -> None:
    assert waiting_counts(planned(flags, support, actions)) == {"flagged": 2, "waiting": 1, "longer": 1}


def test_nobody_flagged_is_an_empty_table(flags, support, actions) -> None:
    assert planned(flags.iloc[:0], support, actions).empty


def test_terms_are_counted_over_school_years() -> None:
    assert terms_between(Term.named("2024-25-summer"), Term.named("2025-26-autumn")) == 2
    assert terms_between(NOW, NOW) == 1


# --- what may help ---------------------------------------------------------------------------------

CATALOGUE = """
provision_id | name | area_of_need | wave | subject | free_places | cost_a_pupil | group_size | pupils | known
P1 | Reading | Cognition and learning | targeted | English | 1 | 80 | 5 | 4 | ?
P2 | Coach | Cognition and learning | specialist | | 1 | 20 | 1 | 0 | ?
P3 | Talk | Communication and interaction | targeted | Art | 0 | 50 | 5 | 5 | ?
P4 | Calm | FEELINGS | Targeted | | | | | 0 | ?
P5 | Words | Cognition and learning | universal | | 9 | 0 | 30 | 9 | ?
P6 | Steps | Cognition and learning | targeted | Maths | 0 | 10 | 5 | 5 | ?
"""
ROLL = """
pupil_id | sen_need | sen_need_2
A        | MLD      |
B        | ASD      | MLD
C        |          |
"""


def offered(table, catalogue: str = CATALOGUE) -> DataFrame:
    """The catalogue; a drawn table has no commas."""
    rows = table(catalogue)
    return rows.assign(area_of_need=rows["area_of_need"].replace("FEELINGS", "Social, emotional and mental health"))


@pytest.fixture
def helped(flags, support, actions, table):
    def suggested(catalogue: str = CATALOGUE, **columns) -> dict[str, list[str]]:
        pupils = planned(flags, support, actions).assign(**columns)
        rows = suggestions(pupils, table(ROLL), offered(table, catalogue))
        return rows.groupby("pupil_id")["provision_id"].agg(list).to_dict()

    return suggested


def test_a_provision_is_suggested_for_its_area_of_need_its_subject_or_for_conduct(helped) -> None:
    found = helped()
    assert found["A"] == ["P4", "P6", "P2"]
    assert found["C"] == ["P4"]


def test_two_reasons_come_before_one(helped) -> None:
    assert helped()["B"][0] == "P3"


def test_what_asks_less_comes_first_then_a_free_place_then_the_lower_cost(helped) -> None:
    assert helped(provisions="", rules="progress")["A"] == ["P1", "P6", "P2"]


def test_what_a_pupil_is_in_already_and_what_is_for_everyone_is_not_suggested(helped) -> None:
    found = helped(provisions="Reading; Steps; Coach", rules="progress")
    assert "A" not in found and not any("P5" in ids for ids in found.values())


def test_each_suggestion_gives_its_reasons_in_words(flags, support, actions, table) -> None:
    rows = suggestions(planned(flags, support, actions), table(ROLL), offered(table))
    art = rows[rows["pupil_id"].eq("B") & rows["provision_id"].eq("P3")].iloc[0]
    assert art["reasons"] == "it is for this pupil's need; the pupil is flagged in its subject" and art["place"] == 1


def test_a_school_without_provisions_has_nothing_to_suggest(helped) -> None:
    assert helped(CATALOGUE.split("P1 ")[0] + "P5 | Words | Cognition and learning | universal | | 9 | 0 | 30 | 9 | ?") == {}


def test_the_catalogue_holds_each_provision_as_it_was_last_described(table) -> None:
    records = {
        "provisions": table("""
            term           | provision_id | name     | group_size | area_of_need | wave
            2025-26-spring | P1           | Reading  | 5          | Cognition    | targeted
            2024-25-summer | P1           | Old name | 4          | Cognition    | targeted
            2025-26-summer | P1           | Future   | 5          | Cognition    | targeted
        """),
        "provision_pupils": table("""
            term           | provision_id | pupil_id | rating
            2025-26-autumn | P1           | A        | good
            2025-26-spring | P1           | B        | some
            2025-26-spring | P1           | C        | good
            2025-26-spring | P1           | D        |
        """),
    }
    now = table("provision_id | pupils | groups | cost_a_pupil\nP1 | 7 | 2 | 31.5")
    (row,) = catalogue(records, now, NOW).to_dict("records")
    assert (row["name"], row["pupils"], row["free_places"], row["cost_a_pupil"]) == ("Reading", 7, 3, 31.5)
    assert row["known"] == "Adults rated it good for 2, some for 1 of 3 pupils. No effect has been measured yet."


# --- groups ----------------------------------------------------------------------------------------


def test_groups_with_a_clear_difference_to_the_worse_are_planned_for(table) -> None:
    comparisons = table("""
        measure  | by             | family | group | subject | n  | gap_less_artefact | verdict
        progress | teaching group | t      | 9/En3 | English | 28 | -1.1              | LOWER
        progress | type of need   | n      | SLCN  | all     | 20 | 0.6               | HIGHER
        progress | type of need   | n      | MLD   | all     | 20 | -0.6              | no evidence of a difference
        absence  | type of need   | n      | MLD   | all     | 20 | -0.6              | LOWER
    """)
    words = {"LOWER": "clear difference: lower, new", "HIGHER": "clear difference: higher, new"}
    comparisons = comparisons.assign(verdict=comparisons["verdict"].replace(words))
    provisions = table("name | subject | area_of_need\nReading | English | Cognition\nNumber | Maths | Cognition")
    actions = table("action_id | about | owner | what\nX1 | 9/en3 | Ms One | Look at the scheme of work")
    (row,) = groups_to_plan(comparisons, provisions, actions).to_dict("records")
    assert (row["group"], row["provisions"], row["owner"]) == ("9/En3", "Reading", "Ms One")


# --- money -----------------------------------------------------------------------------------------

MAP = """
provision_id | funding    | cost_planned | cost_to_date | cost_projected
P1 | SEN budget | 100 | 40 | 110
P2 | SEN budget | 200 | 200 | 200
P3 | | 50 | 0 | 50
"""


def test_cost_stands_beside_the_budget_of_its_source(table) -> None:
    found = budget(table(MAP), {"SEN budget": 400, "pupil premium": 90}).set_index("funding")
    assert found.loc["SEN budget", ["provisions", "cost_projected", "budget", "left"]].tolist() == [2, 310, 400, 90]
    assert found.loc["pupil premium", ["provisions", "left"]].tolist() == [0, 90]
    assert found.loc["all", ["provisions", "cost_planned", "cost_projected", "budget", "left"]].tolist() == [
        3,
        350,
        360,
        490,
        130,
    ]
    assert pd.isna(found.loc["not said", "left"])


def test_nobody_says_what_is_left_where_a_cost_is_not_known(table) -> None:
    found = budget(table(MAP + "P4 | SEN budget | | |"), {"SEN budget": 400}).set_index("funding")
    assert pd.isna(found.loc["SEN budget", "left"]) and found.loc["SEN budget", "not_costed"] == 1
    assert pd.isna(budget(table(MAP), {}).set_index("funding").loc["all", "left"])


def test_no_provision_and_no_budget_make_a_plain_nothing(table) -> None:
    found = budget(table(MAP).iloc[:0], {})
    assert found["funding"].tolist() == ["all"] and found["provisions"].tolist() == [0]

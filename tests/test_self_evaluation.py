"""The school's self-evaluation: what data show beside each statement, how people rate it, what is to be done."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from statsmodels.stats.inter_rater import fleiss_kappa

from sentrack_lib.cycle.papers.preparing import reviewed
from sentrack_lib.measures.due import due
from sentrack_lib.measures.recorded import recorded as up_to
from sentrack_lib.measures.self_evaluation import self_evaluation_tables
from sentrack_lib.measures.self_evaluation.agreeing import agreement, pairs_alike
from sentrack_lib.measures.self_evaluation.areas import areas
from sentrack_lib.measures.self_evaluation.evidence import EVIDENCE, NO_DATA
from sentrack_lib.measures.self_evaluation.known import Known
from sentrack_lib.measures.self_evaluation.priorities import to_do
from sentrack_lib.measures.self_evaluation.ratings import counts, ratings, standing, summed, with_words
from sentrack_lib.privacy import for_audience
from sentrack_lib.records import recorded
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.agreed_tables import RATINGS
from sentrack_lib.sources.loading import load_school
from sentrack_lib.sources.sample.judgements import judgements
from sentrack_lib.sources.statements import AREA, STATEMENTS, prompts, sections, statements
from sentrack_lib.terms import Term
from sentrack_lib.views import figures, findings, forms, tables
from sentrack_lib.views.findings.self_evaluation import NOTHING_RATED
from sentrack_lib.views.papers import Papers

PROJECT = Path(__file__).resolve().parents[1]
TERM, LAST_YEAR = Term(2025, 2), Term(2024, 2)
DAY = date(2026, 7, 21)
FULLY, PARTLY, IN_NEED = RATINGS


@pytest.fixture(scope="module")
def found() -> Mapping[str, DataFrame]:
    """The review and the plan of the invented school."""
    asked = Parameters(school=PROJECT / "data" / "sample", term=str(TERM))
    return reviewed(asked, recorded(load_school(asked.school)))


@pytest.fixture(scope="module")
def records() -> dict[str, DataFrame]:
    """What the invented school records, with its judgements of two summers."""
    kept = recorded(load_school(PROJECT / "data" / "sample")).records
    judged = [{name: rows.assign(term=str(term)) for name, rows in judgements(term, 1).items()} for term in (LAST_YEAR, TERM)]
    return kept | {name: pd.concat([each[name] for each in judged], ignore_index=True) for name in judged[0]}


def rated(table, text: str) -> dict[str, DataFrame]:
    return {"self_evaluation": table(text)}


def now(records: Mapping[str, DataFrame], term: Term = TERM) -> DataFrame:
    return summed(ratings(records, term))


# --- ratings ---------------------------------------------------------------------------------------


def test_the_row_rated_by_agreed_is_the_agreed_rating_else_the_one_all_give(table):
    rows = rated(table, """
        statement | rated_by | rating                 | term
        1         | Head     | fully in place         | 2025-26-summer
        1         | Senco    | partly in place        | 2025-26-summer
        1         | Agreed   | partly in place        | 2025-26-summer
        2         | Head     | fully in place         | 2025-26-summer
        2         | Senco    | Fully in place         | 2025-26-summer
        3         | Head     | fully in place         | 2025-26-summer
        3         | Senco    | in need of development | 2025-26-summer
        4         | Head     | partly in place        | 2025-26-summer
        5         | Head     | nearly there           | 2025-26-summer
    """)  # fmt: skip
    first = now(rows).head(6)
    assert first["rated"].tolist() == [PARTLY, FULLY, "not agreed", PARTLY, "not rated", "not rated"]
    assert first["raters"].tolist() == [2, 2, 2, 1, 0, 0]
    assert first["agreement"].fillna("").tolist() == ["one step apart", "all agree", "two steps apart", "one rater", "", ""]


def test_the_change_is_since_the_last_term_in_which_a_rating_was_agreed(table):
    rows = rated(table, """
        statement | rated_by | rating                 | term
        1         | Head     | in need of development | 2023-24-summer
        1         | Head     | partly in place        | 2024-25-summer
        1         | Senco    | fully in place         | 2024-25-summer
        1         | Head     | fully in place         | 2025-26-summer
        2         | Head     | fully in place         | 2024-25-summer
        2         | Head     | partly in place        | 2025-26-summer
        3         | Head     | partly in place        | 2025-26-autumn
        3         | Head     | fully in place         | 2025-26-summer
        4         | Head     | partly in place        | 2024-25-summer
    """)  # fmt: skip
    told = now(rows)[["rated", "before", "since", "change"]].head(4).astype("object").fillna("").values.tolist()
    assert told == [
        [FULLY, IN_NEED, "2023-24-summer", "better"],
        [PARTLY, FULLY, "2024-25-summer", "worse"],
        [FULLY, PARTLY, "2025-26-autumn", "better"],
        [PARTLY, "", "", ""],
    ]


def test_who_rates_one_statement_anew_does_not_undo_what_the_others_said_this_year(table):
    rows = rated(table, """
        statement | rated_by | rating          | term
        1         | Head     | partly in place | 2025-26-autumn
        1         | Senco    | partly in place | 2025-26-autumn
        1         | Head     | fully in place  | 2025-26-spring
        1         | Senco    | fully in place  | 2023-24-summer
    """)  # fmt: skip
    first = now(rows).iloc[0]
    assert (first["rated"], first["raters"], first["before"], first["since"]) == ("not agreed", 2, PARTLY, "2025-26-autumn")


def test_who_has_not_rated_for_a_year_is_not_counted_on_and_a_later_term_is_not_known_yet(table):
    rows = rated(table, """
        statement | rated_by | rating          | action     | term
        1         | Gone     | partly in place |            | 2024-25-summer
        1         | Head     | fully in place  |            | 2025-26-autumn
        1         | Head     | partly in place |            | 2026-27-autumn
        2         | Head     | fully in place  |            | 2024-25-summer
        2         | Senco    |                 | Look again | 2025-26-spring
    """)  # fmt: skip
    assert now(rows)[["rated", "raters"]].head(2).values.tolist() == [[FULLY, 1], [FULLY, 1]]
    assert standing(ratings(rows, TERM))["action"].dropna().tolist() == ["Look again"]


@pytest.mark.parametrize("number", ["0", "66", "7.5", "seven", ""])
def test_a_number_that_is_no_statement_is_no_rating(table, number):
    rows = rated(table, f"statement | rated_by | rating | term\n{number} | Head | {FULLY} | {TERM}\n3 | Head | {FULLY} | {TERM}")
    assert ratings(rows, TERM)["statement"].tolist() == [3]


def test_the_counts_of_a_section_add_up_to_its_statements(records):
    of_all = counts(with_words(now(records).reset_index()))
    assert of_all.groupby("section")["count"].sum().eq(of_all.groupby("section")["of"].first()).all()
    whole = of_all[of_all["section"].eq("all sections")].set_index("rating")
    parts = of_all[of_all["section"].ne("all sections")].groupby("rating")
    assert parts["count"].sum().to_dict() == whole["count"].to_dict() and whole["of"].eq(STATEMENTS).all()
    assert parts["count_before"].sum()[list(RATINGS)].tolist() == whole["count_before"][list(RATINGS)].tolist()


def test_nothing_is_said_of_the_last_time_where_there_was_none(table):
    rows = rated(table, f"statement | rated_by | rating | term\n1 | Head | {FULLY} | {TERM}")
    told = counts(with_words(now(rows).reset_index()))
    assert told["count_before"].isna().all()
    assert told.set_index(["section", "rating"])["count"]["Senior leaders", FULLY] == 1


# --- agreement -------------------------------------------------------------------------------------


def test_agreement_beyond_chance_is_that_of_the_worked_example():
    """Krippendorff (2011): four observers, twelve units, some not seen by all (`.`); nominal alpha 0.743."""
    observers = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
    units = [[int(seen) for seen in unit if seen != "."] for unit in zip(*observers, strict=True)]
    matrix = np.array([[unit.count(value) for value in range(1, 6)] for unit in units], dtype=float)
    same, chance = pairs_alike(matrix)
    assert (same - chance) / (1 - chance) == pytest.approx(0.743, abs=0.0005)


def test_agreement_by_hand(table):
    """Two raters, three statements: two alike, so 4 of 6 ordered pairs; three fully and three partly: 2 * 3 * 2 of 6 * 5."""
    rows = rated(table, """
        statement | rated_by | rating          | term
        1         | Head     | fully in place  | 2025-26-summer
        1         | Senco    | fully in place  | 2025-26-summer
        2         | Head     | partly in place | 2025-26-summer
        2         | Senco    | partly in place | 2025-26-summer
        3         | Head     | fully in place  | 2025-26-summer
        3         | Senco    | partly in place | 2025-26-summer
        3         | agreed   | partly in place | 2025-26-summer
        4         | Head     | partly in place | 2025-26-summer
    """)  # fmt: skip
    held = standing(ratings(rows, TERM))
    assert pairs_alike(np.array([[2, 0, 0], [0, 2, 0], [1, 1, 0], [0, 1, 0]])) == (pytest.approx(4 / 6), pytest.approx(12 / 30))
    whole = agreement(held).iloc[0]
    assert whole[["statements", "alike", "one_step", "two_steps"]].tolist() == [3, 2, 1, 0]
    assert pd.isna(whole["alpha"]), "three statements are too few to say how far people agree beyond chance"


@settings(max_examples=40)
@given(st.lists(st.lists(st.sampled_from(RATINGS), min_size=3, max_size=3), min_size=10, max_size=STATEMENTS))
def test_agreement_is_nearly_that_of_fleiss_where_all_rate_all(said):
    rows = [
        {"statement": float(place), "rated_by": f"R{who}", "rating": word, "term": str(TERM)}
        for place, words in enumerate(said, 1)
        for who, word in enumerate(words)
    ]
    told = agreement(standing(ratings({"self_evaluation": DataFrame(rows)}, TERM))).iloc[0]
    matrix = np.array([[words.count(word) for word in RATINGS] for words in said])
    if (matrix.sum(axis=0) > 0).sum() == 1:
        assert pd.isna(told["alpha"]) and told["alike"] == len(said)
        return
    n = matrix.sum()
    assert 1 - told["alpha"] == pytest.approx((1 - fleiss_kappa(matrix)) * (n - 1) / n)


# --- what is to be done ----------------------------------------------------------------------------


@pytest.fixture
def asked(table) -> dict[str, DataFrame]:
    return rated(table, """
        statement | rated_by | rating                 | priority  | action          | owner | by         | term
        1         | Head     | partly in place        | this term | Ask tutors      | Head  | 2026-06-01 | 2025-26-summer
        1         | agreed   | in need of development | this year | Ask pupils      | Senco | 2026-07-01 | 2025-26-summer
        2         | Head     | in need of development | later     | Write it down   |       |            | 2025-26-summer
        2         | Senco    | in need of development | later     | Write it down   |       |            | 2025-26-summer
        3         | Head     | in need of development | this term | Look at lessons | Head  | 2026-09-01 | 2025-26-summer
        4         | Head     | partly in place        | this term | Old news        | Head  | 2025-06-01 | 2024-25-summer
        4         | Head     | fully in place         |           |                 |       |            | 2025-26-summer
    """)  # fmt: skip


def test_what_was_agreed_takes_the_place_of_what_single_raters_propose(asked):
    held = standing(ratings(asked, TERM))
    rows = to_do(held, now(asked), DAY)
    told = rows[["statement", "priority", "action", "state"]].values.tolist()
    assert told == [
        [3, "this term", "Look at lessons", "open"],
        [1, "this year", "Ask pupils", "overdue"],
        [2, "later", "Write it down", "no day set"],
    ]
    assert rows["overdue_days"].fillna(0).tolist() == [0, 20, 0]


def test_actions_with_a_day_are_due_until_the_statement_is_rated_without_them(asked):
    rows = due(asked, DataFrame({"pupil_id": []}), TERM, None, DAY)
    assert rows[["kind", "id", "owner", "days"]].values.tolist() == [
        ["self-evaluation", "statement 1, agreed", "Senco", -20],
        ["self-evaluation", "statement 3, Head", "Head", 42],
    ]
    assert rows["sentence"].iloc[1] == "Self-evaluation: 1 September 2026, in 42 days. Owner: Head."


def test_a_statement_shows_what_was_said_by_one_and_leaves_several_to_the_list(table):
    kept = rated(table, """
        statement | rated_by | rating                 | evidence  | owner | term
        1         | Head     | partly in place        | Lessons   | Head  | 2025-26-summer
        2         | Head     | partly in place        | Lessons   | Head  | 2025-26-summer
        2         | Senco    | partly in place        | Talks     | Senco | 2025-26-summer
        3         | Head     | in need of development | Lessons   | Head  | 2025-26-summer
        3         | agreed   | in need of development | All of it | Senco | 2025-26-summer
    """)  # fmt: skip
    rows = self_evaluation_tables({}, kept, TERM, DAY)["statements"]
    assert rows["evidence"].head(3).fillna("").tolist() == ["Lessons", "", "All of it"]


# --- areas of the school ---------------------------------------------------------------------------


@pytest.fixture
def noted(table) -> DataFrame:
    first = prompts(AREA)["words"].iloc[0]
    return table(f"""
        area_id | area    | prompt          | found | action | owner | by         | monitored_how | monitored_on | term
        A1      | ethos   | {first}         | Old   | Change | Head  | 2025-06-01 | A count       | 2025-10-01   | 2024-25-summer
        A2      | Ethos   | {first.upper()} | New   | Policy | Head  | 2026-06-01 | A count       | 2026-10-01   | 2025-26-summer
        A3      | parents | Who comes?      | Half  | Call   |       |            |               |              | 2025-26-summer
        A4      | agency  |                 | Fine  |        |       |            |               |              | 2025-26-autumn
        A5      | agency  |                 | Good  |        |       |            |               |              | 2025-26-summer
        A6      | parents |                 | Late  | Write  | Head  | 2026-05-01 | Ask           | 2026-07-01   | 2025-26-summer
    """).replace({"area": {
        "ethos": "culture and ethos", "Ethos": "Culture and ethos", "parents": "parents and carers",
        "agency": "multi-agency work",
    }})  # fmt: skip


def in_areas(noted: DataFrame) -> DataFrame:
    return areas(up_to({"school_areas": noted}, "school_areas", TERM), DAY)


def test_every_question_stands_there_with_its_answer_and_the_later_answer_holds(noted):
    rows = in_areas(noted)
    assert len(rows) == len(prompts(AREA)) + 4
    assert rows["found"].dropna().tolist() == ["New", "Half", "Late", "Fine", "Good"]
    assert rows.loc[rows["own_prompt"], "area_id"].tolist() == ["A3", "A6", "A4", "A5"]
    assert rows["state"].eq("not answered").sum() == len(prompts(AREA)) - 1


def test_a_change_says_how_and_when_its_effect_is_looked_at_or_what_is_missing(noted):
    rows = in_areas(noted).set_index("area_id")
    assert rows["state"][["A2", "A3", "A4", "A6"]].tolist() == [
        "its effect is to be looked at", "to change", "nothing to change", "past its day",
    ]  # fmt: skip
    assert rows["missing"]["A2"] == "" and rows["missing"]["A4"] == ""
    assert rows["missing"]["A3"].split(". ") == [
        "How one will see whether it works is not said", "No day is set on which its effect is looked at", "Nobody is named.",
    ]  # fmt: skip


def test_what_is_to_change_is_due_and_so_is_looking_at_its_effect(noted):
    rows = due({"school_areas": noted}, DataFrame({"pupil_id": []}), TERM, None, DAY)
    assert rows[["id", "step", "days"]].values.tolist() == [
        ["A6", "", -81], ["A2", "", -50], ["A6", "looking at its effect", -20], ["A2", "looking at its effect", 72],
    ]  # fmt: skip


# --- what data show --------------------------------------------------------------------------------


def test_a_rule_stands_for_every_statement_that_data_are_said_to_speak_to():
    said = statements()
    assert sorted(rule.statement for rule in EVIDENCE) == said.loc[said["evidence"].ne(""), "statement"].tolist()


@pytest.mark.parametrize("rule", EVIDENCE, ids=lambda rule: str(rule.statement))
def test_a_rule_tells_in_whole_sentences_what_is_shown_and_what_is_not(found, records, rule):
    known = Known(found, records, TERM)
    assert known.has(rule.asks)
    said = rule.shows(known)
    assert re.match(r"[A-Z“\d]", said) and said.endswith(".") and "  " not in said
    assert not re.search(r"\b(nan|None|NaT|<NA>)\b", said)
    assert rule.not_shown.endswith(".")


@pytest.mark.parametrize("rule", EVIDENCE, ids=lambda rule: str(rule.statement))
def test_where_nothing_is_recorded_it_is_said(found, rule):
    empty = {name: rows.iloc[:0] for name, rows in found.items()}
    for there in (empty, {}):
        known = Known(there, {}, TERM)
        told = rule.shows(known) if known.has(rule.asks) else rule.nothing
        assert re.search(r"^(No|Nothing|None|Neither|Nobody)\b|\bnone\b|\bnot known\b", told) and told.endswith("."), told


@pytest.mark.parametrize("number, shown", {
    9: "Something is agreed for none of 297 pupils flagged to act on. Review meetings held this school year: 3.",
    16: "It is so at 68 of 135 places of work where it is answered; not answered at 25. "
        "Pupils with an adult who are mostly taught apart: 15 of 505.",
    38: "Pupils who answered a questionnaire: with SEN 31 of 100, without 62 of 504. "
        "What they want is noted for 64 of 100 pupils with SEN.",
    50: "Gifted and talented: with SEN 2 of 100, without 28 of 504 (no evidence of a difference).",
    53: "Persistently absent: with SEN 43 of 100, without 109 of 504. "
        "Suspended or excluded this term: with SEN 8 of 100, without 5 of 504.",
    1: NO_DATA,
}.items())  # fmt: skip
def test_numbers_are_told_with_their_whole(found, records, number, shown):
    rows = self_evaluation_tables(found, {}, TERM, DAY)["statements"].set_index("statement")
    told = self_evaluation_tables(found, records, TERM, DAY)["statements"].set_index("statement")
    assert told["shows"][number] == shown
    assert rows["rated"].eq("not rated").all()


def test_small_groups_are_told_to_be_too_small(found):
    views = found["views"].assign(n=lambda rows: rows["n"].where(rows["group"].ne("with SEN"), 4))
    rows = self_evaluation_tables({**found, "views": views}, {}, TERM, DAY)["statements"].set_index("statement")
    assert "with SEN too few to say, without 39 of 62" in rows["shows"][37]


def test_notes_that_name_a_statement_are_counted_with_it(table):
    notes = table(f"""
        evidence_id | kind        | statement    | what           | term
        E1          | observation | 33           | The code hangs | {TERM}
        E2          | observation | 33 and 34    | So it does     | {TERM}
        E3          | observation | thirty-three | Words          | {TERM}
        E4          | observation | 33           | Long ago       | {LAST_YEAR}
    """)
    rows = self_evaluation_tables({}, {"evidence": notes}, TERM, DAY)["statements"].set_index("statement")
    assert rows["shows"][33] == f"{NO_DATA} Noted about it this school year: 2 notes."


# --- the whole -------------------------------------------------------------------------------------


def test_nothing_is_changed_and_the_same_comes_out_again(found, records):
    kept = {name: rows.copy() for name, rows in records.items()}
    first, second = (self_evaluation_tables(found, records, TERM, DAY) for _ in range(2))
    for name, rows in first.items():
        pd.testing.assert_frame_equal(rows, second[name])
    for name, rows in records.items():
        pd.testing.assert_frame_equal(rows, kept[name])


def test_the_columns_are_the_same_with_records_and_without(found, records):
    full, bare = self_evaluation_tables(found, records, TERM, DAY), self_evaluation_tables({}, {}, TERM, DAY)
    assert {name: list(rows) for name, rows in full.items()} == {name: list(rows) for name, rows in bare.items()}
    assert len(bare["statements"]) == STATEMENTS and bare["priorities"].empty


def test_the_invented_school_disagrees_moves_and_forgets_to_monitor_one_policy(records):
    told = self_evaluation_tables({}, records, TERM, DAY)
    rows = told["statements"]
    assert rows["raters"].between(2, 3).all() and {"one step apart", "all agree"} <= set(rows["agreement"])
    assert {"not agreed", *RATINGS} <= set(rows["rated"]) and {"better", "worse", "same"} <= set(rows["change"].dropna())
    assert {"overdue", "open"} <= set(told["priorities"]["state"])
    assert told["school_areas_standing"]["missing"].ne("").sum() == 1


def test_the_invented_school_judges_itself_in_summer_alone():
    assert judgements(Term(2025, 1), 1) == {}
    for name, rows in judgements(TERM, 3).items():
        pd.testing.assert_frame_equal(rows, judgements(TERM, 3)[name])
    assert not judgements(TERM, 3)["self_evaluation"].equals(judgements(TERM, 4)["self_evaluation"])


# --- what people see -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def judged(found, records) -> Papers:
    """The papers of the inclusion manager of a school that has judged itself twice."""
    shown = {f"record_{name}": records[name].assign(entry="E", version=1) for name in ("self_evaluation", "school_areas")}
    return Papers("inclusion", {**found, **self_evaluation_tables(found, records, TERM, DAY), **shown})


def test_the_findings_say_how_far_people_have_come_and_what_is_first(judged):
    lines = repr(findings.self_evaluation(judged)).splitlines()
    assert lines[0].startswith("All 65 statements are rated by 3 people, and 52 are agreed: 19 fully in place, ")
    assert lines[1].startswith("Of 65 statements that several people have rated they see 27 differently, 2 of them by two steps.")
    assert lines[2] == "Of 100 pairs of ratings of one statement 70 are the same; chance alone would make it 33."
    assert "4 are better (44, 46, 52, 53)" in lines[3]
    assert lines[4].startswith("12 things are to be done, this term about statements 7, 22, 28, 40. 5 of 12 things are past")
    assert "of 1 of these it is not said how and when" in lines[5]


def test_the_findings_say_so_where_nothing_is_rated(found):
    papers = Papers("inclusion", {**found, **self_evaluation_tables(found, {}, TERM, DAY)})
    lines = repr(findings.self_evaluation(papers)).splitlines()
    assert lines[0] == NOTHING_RATED and lines[1] == "Nothing is put down to be done about any statement."
    assert "No statement is rated yet" in repr(figures.self_evaluation(papers))


@pytest.mark.parametrize("raters", [1, 2, 9])
def test_each_rater_has_a_column_as_long_as_they_are_few(found, raters):
    rows = [{"statement": 5.0, "rated_by": f"R{who}", "rating": RATINGS[who % 2], "term": str(TERM)} for who in range(raters)]
    told = self_evaluation_tables(found, {"self_evaluation": DataFrame(rows)}, TERM, DAY)
    shown = tables.ratings(Papers("inclusion", {**found, **told})).frame
    by = [f"R{who}" for who in range(raters)] if raters < 6 else ["fully in place", "partly in place", "in need of development"]
    assert list(shown) == ["Statement", *by, "All together"] and len(shown) == 1


def test_every_statement_is_shown_once_in_its_section(judged):
    shown = tables.statements(judged).parts
    assert [part.title for part in shown] == sections()
    assert sum(len(part.frame) for part in shown) == STATEMENTS
    assert shown[-1].html().count("These pupils are pupils with SEN or disabilities") == 1


def test_the_figure_tells_what_it_draws(judged):
    told = figures.self_evaluation(judged).alternative
    assert "Governors (3): 2 partly in place, 1 not agreed; the last time: 2 partly in place, 1 not rated" in told


FREE = ("evidence", "action", "owner", "found", "monitored_how")


def test_governors_read_agreed_ratings_counts_and_priorities_and_nothing_that_people_wrote(found, records):
    written = {name: records[name] for name in ("self_evaluation", "school_areas")}
    secret = {
        name: rows.assign(**dict.fromkeys([each for each in FREE if each in rows], "Robin Sampleton wept"))
        for name, rows in written.items()
    }
    own = secret["school_areas"].iloc[:1].assign(prompt="Does Robin Sampleton feel safe?", area_id="own")
    secret["school_areas"] = pd.concat([secret["school_areas"], own], ignore_index=True)
    handed = for_audience({**found, **self_evaluation_tables(found, secret, TERM, DAY)}, "governors")
    papers = Papers("governors", handed)
    rooms = (findings.self_evaluation, figures.self_evaluation, tables.statements, tables.priorities, tables.areas, tables.moved,
             tables.open_questions, tables.reflection, tables.ratings, tables.disagreements)  # fmt: skip
    for name in ("statements", "priorities", "statement_counts", "school_areas_standing", "reflection"):
        assert "Sampleton" not in handed[name].to_csv()
        assert not {*FREE, "shows", "not_shown", "raters", "agreement", "rated_by"} & {*handed[name]}
    assert not {"statement_ratings", "statement_agreement", "record_self_evaluation", "record_school_areas"} & {*handed}
    for part in rooms:
        assert part(papers).html() and "Sampleton wept" not in repr(part(papers))
    assert "Who rated what stays with those who rate." in repr(tables.disagreements(papers))
    assert "a question of the school's own" in repr(tables.areas(papers))


def test_a_department_is_handed_nothing_of_it(found, records):
    handed = for_audience({**found, **self_evaluation_tables(found, records, TERM, DAY)}, "department", ["English"])
    assert not {"statements", "statement_ratings", "priorities", "school_areas_standing"} & {*handed}


# --- forms -----------------------------------------------------------------------------------------


def test_once_a_statement_is_chosen_the_form_says_what_data_show_and_how_others_see_it(judged):
    form = forms.rate_statement(judged, lambda tables: None, lambda: None)
    form.sections[0].inputs["statement"].value = "18"
    said = form.sections[0].minded.value
    assert "It is so at 80 of 135 places of work" in said and "How pupils feel about the help: ask them." in said
    assert "Inclusion manager: fully in place" in said


def test_a_rating_is_saved_with_its_day_and_term(judged):
    form = forms.rate_statement(judged, lambda tables: None, lambda: None)
    for name, cell in {"statement": "18", "rated_by": "Head", "rating": FULLY}.items():
        form.sections[0].inputs[name].value = cell
    (row,) = form.rows()["self_evaluation"].to_dict("records")
    assert {name: row[name] for name in ("term", "statement", "rated_by", "rating", "on")} == {
        "term": str(TERM), "statement": "18", "rated_by": "Head", "rating": FULLY, "on": "2026-07-21",
    }  # fmt: skip


def test_a_change_is_asked_how_and_when_one_will_see_whether_it_works(judged):
    form = forms.school_area(judged, lambda tables: None, lambda: None)
    filled = form.sections[0]
    filled.inputs["area"].value = "parents and carers"
    filled.inputs["prompt"].value = prompts(AREA)["words"].iloc[0]
    filled.inputs["action"].value = "A new policy"
    assert "This question is about culture and ethos." in filled.minded.value
    assert "How one will see whether it works is not said." in filled.minded.value
    (row,) = form.rows()["school_areas"].to_dict("records")
    assert row["area"] == "parents and carers" and row["area_id"]


def test_what_was_rated_and_found_can_be_changed(judged):
    for make in (forms.change_rating, forms.change_school_area):
        changing = make(judged, lambda tables: None, lambda: None)
        assert len(changing.picker.options) > 1

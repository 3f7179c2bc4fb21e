"""Who is drawn for a closer look: by lot, balanced, the same again from the same seed; and what each audience is shown of it."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.measures.closer import BALANCE, COLUMNS, CONVERSATION, LESSON, LEVELS, look_closer, seed_of
from sentrack_lib.measures.lots import MOST_TIMES, drawn
from sentrack_lib.privacy import for_audience
from sentrack_lib.sources.coded import coded
from sentrack_lib.views.findings.closer import closer as findings_closer
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Sentences, Table, Unseen
from sentrack_lib.views.tables import sheets
from sentrack_lib.views.tables.closer import balance, closer, conversations
from sentrack_lib.views.tables.forms import CONVERSATION as QUESTIONS
from sentrack_lib.views.tables.forms import OBSERVATION, conversation_form, observation_form

TABLES = ("roll", "teaching_groups", "progress", "flags")
SUBJECTS = ("Art", "English", "Maths")
NEEDS = ("SLCN", "SEMH", "ASD", "MLD", None)
NO_FLAGS = DataFrame(
    {name: [] for name in ("pupil_id", "rule", "level", "evidence", "since_term", "subject")}, dtype="str"
).assign(rank=0)


def school(pupils: int = 200, sen: int = 4, subjects=SUBJECTS, flags: DataFrame = NO_FLAGS) -> dict[str, DataFrame]:
    """A school in which every pupil whose number `sen` divides has SEN, and all are taught everything in classes of 20."""
    number = np.arange(pupils)
    with_sen = number % sen == 0 if sen else np.zeros(pupils, dtype=bool)
    ids = [f"P{each:04d}" for each in number]
    needs = [NEEDS[each // max(sen, 1) % len(NEEDS)] if has else None for each, has in zip(number, with_sen, strict=True)]
    columns = {
        "pupil_id": ids, "surname": [f"S{each}" for each in number], "forename": "F", "form": "A",
        "year_group": [str(7 + each // 7 % 5) for each in number], "sen_status": np.where(with_sen, "K", "N"), "sen_need": needs,
        "sen_need_2": None, "disability": "N", "sex": np.where(number % 3 == 0, "F", "M"),
    }  # fmt: skip
    roll = DataFrame(columns).astype({name: "str" for name in columns})
    taught = [
        DataFrame({"pupil_id": ids, "subject": subject, "teaching_group": [f"{subject} {each // 20}" for each in number]})
        for subject in subjects
    ]
    empty = DataFrame({"pupil_id": [], "subject": [], "teaching_group": []})
    groups = pd.concat([empty, *taught], ignore_index=True).astype("str")
    return {"roll": roll, "teaching_groups": groups, "progress": groups[["pupil_id", "subject"]], "flags": flags}


def flagged(*rows: tuple[str, str, str | None]) -> DataFrame:
    """Flags: pupil, level, subject."""
    found = DataFrame(rows, columns=["pupil_id", "level", "subject"]).astype("str")
    return found.assign(rule="a rule", evidence="Seen.", since_term="2025-26-autumn", rank=1)


def looked(tables: dict[str, DataFrame], seed: int = 1) -> dict[str, DataFrame]:
    return look_closer(*(tables[name] for name in TABLES), seed)


def lessons(tables: dict[str, DataFrame], seed: int = 1) -> DataFrame:
    """The pupils with SEN drawn for lessons and work."""
    rows = looked(tables, seed)["closer"]
    return rows[rows["kind"].eq(LESSON) & rows["need"].ne("No SEN")]


@pytest.fixture(scope="module")
def mixed() -> dict[str, DataFrame]:
    """50 of 200 pupils have SEN; of these 20 are to be looked at first, 10 to be watched."""
    ids = [f"P{each:04d}" for each in range(0, 200, 4)]
    return school(flags=flagged(*((pupil, "act", None) for pupil in ids[:20]), *((pupil, "watch", None) for pupil in ids[20:30])))


@pytest.fixture(scope="module")
def found(mixed) -> dict[str, DataFrame]:
    return looked(mixed)


def papers_of(tables: dict[str, DataFrame], audience: str, *subjects: str, seed: int = 1) -> Papers:
    about = DataFrame([{"school": "Invented", "term": "2025-26-summer", "label": "Summer 2026"}])
    progress = tables["progress"].assign(growth_percentile=50.0, p_low=0.1)
    groups = DataFrame({name: [] for name in ("family", "group", "subject", "measure", "by", "n", "n_rest", "verdict")})
    rates = DataFrame({name: [] for name in ("family", "group", "measure", "count", "of")})
    known = {**tables, **looked(tables, seed), "about": about, "progress": progress, "comparisons": groups, "rates": rates}
    known |= {"counts": DataFrame({"file": []}), "attendance": DataFrame({"pupil_id": []})}
    known["comparisons"] = groups.astype({"by": "str"})
    return Papers(audience, for_audience(known, audience, subjects))


# --- the draw -------------------------------------------------------------------------------------


def test_the_tables_have_their_columns(found):
    assert list(found["closer"]) == COLUMNS
    assert list(found["closer_balance"]) == BALANCE


def test_six_pupils_with_sen_and_two_without_are_drawn_for_every_subject_and_twelve_for_conversations(found):
    rows = found["closer"]
    seen = rows[rows["kind"].eq(LESSON)]
    for subject in SUBJECTS:
        own = seen[seen["subject"].eq(subject)]
        assert own["order"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
        assert own["need"].eq("No SEN").tolist() == [False] * 6 + [True] * 2
        assert own["pupil_id"].is_unique
    assert rows["kind"].eq(CONVERSATION).sum() == 12
    assert rows.loc[rows["kind"].eq(CONVERSATION), ["subject", "teaching_group"]].isna().all(axis=None)


def test_two_of_each_level_are_drawn_not_just_the_worst(mixed):
    counts = lessons(mixed).groupby(["subject", "level"]).size()
    assert counts.to_dict() == {(subject, level): 2 for subject in SUBJECTS for level in LEVELS}


def test_places_of_a_level_that_nobody_has_go_to_the_others():
    assert lessons(school())["level"].eq("not flagged").all()
    assert len(lessons(school())) == 18


def test_a_flag_about_another_subject_counts_nothing_here_and_the_highest_of_a_pupil_decides():
    four = school(4, 1, ("Art", "Maths"), flagged(("P0000", "act", "Art"), ("P0001", "watch", None), ("P0001", "act", "Maths")))
    level = lessons(four).set_index(["pupil_id", "subject"])["level"]
    assert level["P0000", "Art"] == "act" and level["P0000", "Maths"] == "not flagged"
    assert level["P0001", "Art"] == "watch" and level["P0001", "Maths"] == "act"
    talks = looked(four)["closer"].query("kind == 'conversation'").set_index("pupil_id")["level"]
    assert talks["P0000"] == "act" and talks["P0002"] == "not flagged"


def test_the_same_seed_gives_the_same_pupils_whatever_the_order_of_rows_and_kind_of_text(mixed, found):
    shuffled = {name: rows.sample(frac=1, random_state=5) for name, rows in mixed.items()}
    for tables in (shuffled, coded(mixed), coded(shuffled)):
        again = looked(tables)
        for name, table in found.items():
            assert again[name].to_csv() == table.to_csv()


def test_another_seed_draws_others(mixed, found):
    assert set(looked(mixed, 2)["closer"]["pupil_id"]) != set(found["closer"]["pupil_id"])


def test_nobody_is_left_out_whatever_the_seed():
    """Not even the only pupil of a year group, whose share is a tenth of a place."""
    rows = DataFrame(
        {
            "pupil_id": list("abcdefghijklmnopqrst"),
            "subject": "Art",
            "level": "",
            "year_group": list("7777777777888888888") + ["9"],
        }
    )
    ever = Counter(pupil for seed in range(200) for pupil in drawn(rows, 6, ["year_group"], (), seed, Counter())["pupil_id"])
    assert set(ever) == set(rows["pupil_id"])


def test_what_was_drawn_is_fixed_for_ever():
    """A schedule that hangs on a wall must come out again after every library has been renewed."""
    assert lessons(school(40, 2, ("Art",)), 7)["pupil_id"].tolist() == FIXED


FIXED = ["P0026", "P0000", "P0018", "P0032", "P0014", "P0036"]


def test_the_standard_seed_differs_by_school_and_term_and_can_be_worked_out_again():
    seeds = {seed_of(school, term) for school in ("A", "B") for term in ("2025-26-autumn", "2025-26-spring")}
    assert len(seeds) == 4 and all(0 <= seed < 1_000_000 for seed in seeds)


def test_nobody_is_drawn_more_than_three_times_and_every_subject_gets_one_first():
    """Two pupils with SEN in five subjects: six places in all, so no subject gets two before all have one."""
    rows = lessons(school(2, 1, ("A", "B", "C", "D", "E")))
    assert rows["pupil_id"].value_counts().tolist() == [MOST_TIMES, MOST_TIMES]
    assert sorted(rows["subject"].value_counts().tolist()) == [1, 1, 1, 1, 2]


def test_with_pupils_enough_nobody_is_visited_twice(mixed):
    assert lessons(mixed)["pupil_id"].is_unique


def test_those_to_compare_with_sit_in_a_class_of_a_pupil_drawn(found):
    seen = found["closer"][found["closer"]["kind"].eq(LESSON)]
    peers = seen[seen["need"].eq("No SEN")]
    classes = set(seen.loc[seen["need"].ne("No SEN"), "teaching_group"])
    assert len(peers) == 6 and set(peers["teaching_group"]) <= classes


def test_a_pupil_in_two_groups_of_a_subject_is_one_candidate():
    tables = school(30, 1, ("Art",))
    twice = pd.concat([tables["teaching_groups"], tables["teaching_groups"].assign(teaching_group="Z")], ignore_index=True)
    result = looked({**tables, "teaching_groups": twice})
    assert result["closer_balance"].query("margin == 'subject'")["candidates"].tolist() == [30]
    assert not result["closer"]["teaching_group"].eq("Z").any()


def test_without_teaching_groups_subjects_are_known_from_progress():
    tables = school(60, 3)
    rows = looked({**tables, "teaching_groups": tables["teaching_groups"].head(0)})["closer"]
    seen = rows[rows["kind"].eq(LESSON)]
    assert len(seen) == 24 and seen["teaching_group"].isna().all()
    assert seen.loc[seen["need"].eq("No SEN"), "because"].str.startswith("Without SEN, to compare with: taught; ").all()


# --- balance --------------------------------------------------------------------------------------


def test_year_groups_needs_and_genders_get_their_share_within_two_places_whatever_the_seed(mixed):
    for seed in range(5):
        rows = looked(mixed, seed)["closer_balance"]
        shares = rows[rows["margin"].isin(["year group", "need", "gender"])]
        assert (shares["found"] - shares["aimed"]).abs().max() <= 2.0


def test_minimisation_is_better_balanced_than_plain_lots(mixed):
    """The sum of squared distances from the shares of years and needs, over 5 seeds, against 18 of the 150 drawn blindly."""
    taught = mixed["teaching_groups"].merge(mixed["roll"].query("sen_status == 'K'"), on="pupil_id").fillna({"sen_need": "-"})
    share = taught["year_group"].value_counts(normalize=True), taught["sen_need"].value_counts(normalize=True)

    def distance(rows: DataFrame) -> float:
        both = zip(("year_group", "sen_need"), share, strict=True)
        return sum(rows[name].value_counts().sub(18 * of, fill_value=0).pow(2).sum() for name, of in both)

    ours = [taught.merge(lessons(mixed, seed)[["pupil_id", "subject"]]) for seed in range(5)]
    blind = [taught.sample(18, random_state=seed) for seed in range(20)]
    assert all(len(rows) == 18 for rows in ours)
    assert np.mean([distance(rows) for rows in ours]) < np.mean([distance(rows) for rows in blind]) / 2


def test_the_balance_by_hand():
    """Three pupils with SEN of Year 7 and one of Year 8: three places and one are aimed at; of levels as far as there are."""
    tables = school(4, 1, ("Art",), flagged(("P0000", "act", None)))
    tables["roll"] = tables["roll"].assign(year_group=["7", "7", "7", "8"], sen_need="ASD")
    rows = looked(tables)["closer_balance"].query(f"kind == '{LESSON}'")
    assert rows[["margin", "group", "candidates", "found", "aimed"]].to_dict("split")["data"] == [
        ["subject", "Art", 4, 4, 4.0],
        ["level", "act", 1, 1, 1.0],
        ["level", "not flagged", 3, 3, 2.0],
        ["year group", "7", 3, 3, 3.0],
        ["year group", "8", 1, 1, 1.0],
        ["need", "ASD", 4, 4, 4.0],
    ]


def test_year_nine_stands_before_year_ten_and_levels_in_their_order(found):
    rows = found["closer_balance"].query(f"kind == '{LESSON}'")
    assert rows.query("margin == 'year group'")["group"].tolist() == ["7", "8", "9", "10", "11"]
    assert rows.query("margin == 'level'")["group"].tolist() == list(LEVELS)


def test_of_the_next_in_line_the_one_furthest_behind_its_share_is_taken():
    """The first place goes by chance; the second to the other year group, whichever it is."""
    rows = DataFrame({"pupil_id": list("abcde"), "subject": "Art", "level": "", "year_group": list("77788")})
    for seed in range(30):
        two = drawn(rows, 2, ["year_group"], (), seed, Counter())
        assert set(two["year_group"]) == {"7", "8"}


# --- who can be drawn -----------------------------------------------------------------------------


def test_a_pupil_with_a_disability_and_no_sen_is_talked_with_and_is_neither_seen_in_lessons_nor_compared_with():
    tables = school(6, 0, ("Art",))
    tables["roll"] = tables["roll"].assign(disability=["Y", *["N"] * 5], sen_status=["N", "K", *"NNNN"])
    rows = looked(tables)["closer"]
    assert set(rows.query("kind == 'conversation'")["pupil_id"]) == {"P0000", "P0001"}
    assert "P0000" not in set(rows.query("kind != 'conversation'")["pupil_id"])
    told = rows.query("need == 'Disability'")["because"].tolist()
    assert told == ["Stands for 2 of 2 pupils with SEN or a disability: not flagged. Year 7, a disability, no SEN known."]


def test_a_pupil_whose_sen_is_not_known_is_not_drawn_at_all():
    tables = school(30, 1, ("Art",))
    tables["roll"] = tables["roll"].assign(sen_status=[None, "?", *["K"] * 14, *["N"] * 14]).astype({"sen_status": "str"})
    drawn_ever = {pupil for seed in range(4) for pupil in looked(tables, seed)["closer"]["pupil_id"]}
    assert not drawn_ever & {"P0000", "P0001"} and len(drawn_ever) > 14


def test_a_need_that_is_not_known_is_a_need_of_its_own(found):
    needs = found["closer_balance"].query(f"kind == '{CONVERSATION}' and margin == 'need'").set_index("group")
    assert needs.loc["Not known", "candidates"] == 10
    assert needs.loc["Not known", "found"] >= 1


@pytest.mark.parametrize("sen", [0, 1])
def test_where_nobody_or_everybody_has_sen_there_is_still_an_answer(sen):
    rows = looked(school(30, sen))["closer"]
    assert rows["need"].eq("No SEN").sum() == 0
    assert len(rows) == (30 if sen else 0)


def test_an_empty_school_gives_empty_tables_with_their_columns():
    nobody = looked({name: rows.head(0) for name, rows in school(2).items()})
    assert list(nobody["closer"]) == COLUMNS and nobody["closer"].empty
    assert list(nobody["closer_balance"]) == BALANCE and nobody["closer_balance"].empty


def test_the_only_pupil_with_sen_is_told_as_one():
    [told] = lessons(school(3, 3, ("Art",)))["because"]
    assert told == "The only pupil with SEN taught Art: not flagged. Year 7, need: Speech, language and communication needs."


def test_because_gives_number_and_whole(mixed):
    told = lessons(mixed).query("subject == 'Art' and level == 'watch'")["because"]
    assert told.str.startswith("Stands for 10 of 50 pupils with SEN taught Art: to be watched. Year ").all()
    one = lessons(school(8, 1, ("Art",), flagged(("P0003", "act", "Art")))).query("level == 'act'")["because"].tolist()
    assert one[0].startswith("The only one of 8 pupils with SEN taught Art: to be looked at first. ")


# --- what is shown --------------------------------------------------------------------------------


def test_the_inclusion_manager_sees_schedule_conversations_and_balance(mixed):
    papers = papers_of(mixed, "inclusion")
    schedule, talks, shares = closer(papers), conversations(papers), balance(papers)
    assert isinstance(schedule, Table) and isinstance(talks, Table) and isinstance(shares, Table)
    assert schedule.frame["Subject"].tolist() == sorted(SUBJECTS)
    assert [len(names.split("; ")) for names in schedule.frame.iloc[:, 1]] == [6] * len(SUBJECTS)
    assert len(talks.frame) == 12
    one = closer(papers.on(subject="Art"))
    assert isinstance(one, Table) and set(one.frame["Level"]) == {"look first", "watch", "not flagged"}
    assert "".join(one.frame["Date"] + one.frame["Observer"]).strip() == ""


def test_a_department_sees_the_rows_of_its_subjects_alone(mixed):
    papers = papers_of(mixed, "department", "Art")
    schedule = closer(papers)
    assert isinstance(schedule, Table) and schedule.frame["Subject"].tolist() == ["Art"]
    assert isinstance(conversations(papers), Unseen) and isinstance(balance(papers), Unseen)
    assert isinstance(observation_form(papers), Table)
    assert "seed 1:" in repr(findings_closer(papers)) and "conversation" not in repr(findings_closer(papers))


def test_governors_are_shown_nothing_of_it(mixed):
    papers = papers_of(mixed, "governors")
    parts = [part(papers) for part in (closer, conversations, balance, observation_form, conversation_form, findings_closer)]
    assert all(isinstance(part, Unseen) for part in parts)
    assert set(sheets(papers)) == {"rates", "comparisons"}


def test_a_subject_a_class_and_a_year_group_show_their_own_rows(mixed):
    papers = papers_of(mixed, "inclusion")
    drawn_pupils = papers.tables["closer"]
    art = closer(papers.on(subject="Art"))
    assert isinstance(art, Table) and len(art.frame) == 8 and "Subject" not in art.frame
    group = drawn_pupils["teaching_group"].iloc[0]
    one = closer(papers.on(subject="Art", teaching_group=group))
    assert isinstance(one, Table) and set(one.frame["Teaching group"]) == {group}
    nine = closer(papers.on(year_group="9"))
    assert isinstance(nine, Table)
    assert len(nine.frame) == (drawn_pupils["kind"].eq(LESSON) & drawn_pupils["year_group"].eq("9")).sum()


def test_the_findings_say_how_many_of_how_many_how_balanced_and_the_seed(mixed):
    lines = findings_closer(papers_of(mixed, "inclusion", seed=42)).lines
    assert lines[0] == (
        "18 of 50 pupils with SEN were drawn for lesson observation and work scrutiny in 3 subjects, and 6 pupils without SEN to "
        "compare with."
    )
    assert lines[1].startswith("18 places: 6 to pupils to be looked at first, 6 to pupils to be watched, 6 to pupils who are not")
    assert lines[2] == "12 pupils with SEN or a disability were drawn for a conversation, and a parent or carer of each."
    assert "furthest from its share is" in lines[3]
    assert "with seed 42:" in lines[-1]


@pytest.mark.parametrize(
    ("pupils", "sen", "first"),
    [
        (20, 0, "Nobody here is known to have SEN, so nobody was drawn."),
        (1, 1, "The only pupil with SEN was drawn for lesson observation and work scrutiny in 3 subjects."),
        (
            2,
            2,
            "The only pupil with SEN was drawn for lesson observation and work scrutiny in 3 subjects, and 1 pupil without SEN",
        ),
    ],
)
def test_the_findings_are_right_for_none_and_one(pupils, sen, first):
    papers = papers_of(school(pupils, sen), "inclusion")
    found = findings_closer(papers)
    assert isinstance(found, Sentences) and found.lines[0].startswith(first)
    for part in (closer, conversations, balance):
        assert part(papers).html()


def test_a_class_in_which_nobody_was_drawn_says_so(mixed):
    papers = papers_of(mixed, "inclusion")
    classes = mixed["teaching_groups"].query("subject == 'Art'")["teaching_group"].unique()
    rows = papers.tables["closer"]
    free = next(each for each in classes if each not in set(rows["teaching_group"]))
    quiet = Papers("inclusion", {**papers.tables, "closer": rows[rows["kind"].eq(LESSON)]}).on(subject="Art", teaching_group=free)
    assert repr(findings_closer(quiet)) == "None of 5 pupils with SEN here was drawn."
    assert "nobody was drawn here" in closer(quiet).html()


# --- the forms ------------------------------------------------------------------------------------


def test_the_observation_form_asks_after_lesson_work_and_every_statement_on_adults():
    assert {statement for statement, _, _ in OBSERVATION} == {*range(16, 26), 41, 42, 43, 45}
    assert {statement for statement, where, _ in OBSERVATION if where == "Work"} == {41, 42, 45}


def test_questions_to_a_pupil_are_short_and_of_short_words():
    """A reading age of 12: the school grade of Flesch and Kincaid is below 7 for each, with vowels in a row as a syllable."""
    for _, who, question in QUESTIONS:
        words = question.replace("?", ".").replace(",", "").split()
        sentences = sum(word.endswith(".") for word in words)
        syllables = sum(max(1, len([run for run in _vowels(word) if run])) for word in words)
        grade = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
        assert grade < 7, (who, question, grade)


def _vowels(word: str) -> list[str]:
    plain = word.strip(".").lower().removesuffix("e")
    return "".join(letter if letter in "aeiouy" else " " for letter in plain).split(" ")


def test_the_workbook_has_the_schedule_with_room_and_both_forms(mixed):
    book = sheets(papers_of(mixed, "inclusion"))
    assert list(book) == ["flags", "progress", "comparisons", "look closer", "observation form", "conversation form"]
    schedule = book["look closer"]
    assert list(schedule)[:4] == ["pupil_id", "Pupil", "Form", "SEN"]
    assert list(schedule)[-4:] == ["Date", "Observer", "What was seen", "Next step"]
    assert schedule.iloc[:, -4:].eq("").all(axis=None)
    assert schedule["kind"].tolist() == [LESSON] * 24 + [CONVERSATION] * 12
    assert list(book["observation form"]) == ["Look at", "Prompt", "Statement", "How often", "What was seen", "Next step"]


def test_the_workbook_of_a_department_has_its_subjects_alone(mixed):
    schedule = sheets(papers_of(mixed, "department", "Maths"))["look closer"]
    assert set(schedule["subject"]) == {"Maths"} and set(schedule["kind"]) == {LESSON}

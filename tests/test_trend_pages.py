"""What a page says of trends, of England and of changed data: for none, one and many, for every reader, at every part."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.measures.benchmarks import beside_benchmarks
from sentrack_lib.measures.trend_changes import trend_changes
from sentrack_lib.measures.trends import FIGURES, GROUPS, sums_by_term, trends
from sentrack_lib.privacy import rounded
from sentrack_lib.sources.benchmarks import benchmarks_of
from sentrack_lib.terms import Term
from sentrack_lib.views import figures, findings, headlines, tables
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences, Table, Unseen

BEFORE, NOW = "2025-26-autumn", "2025-26-spring"
PARTS = (
    findings.trends, findings.changed, tables.trends, tables.benchmarks, tables.changed, figures.trends,
    figures.benchmarks,
)  # fmt: skip


def made(statuses: str, terms: tuple[str, ...] = (BEFORE, NOW), more_absent: int = 0) -> dict[str, DataFrame]:
    """The tables of a school; of its first pupils so many more are absent in the last term."""
    ids = [f"P{each:03d}" for each in range(len(statuses))]
    number = np.arange(len(ids))
    rolls = [DataFrame({"term": term, "pupil_id": ids, "sen_status": list(statuses)}) for term in terms]
    roll = DataFrame({"pupil_id": ids, "sen_status": list(statuses), "sen_need": None, "sex": "M", "year_group": "7"})
    roll = roll.assign(surname=[f"Madeup{each}" for each in number], forename="Ash", form="7A").astype("str")
    missed = {term: np.where(number < more_absent * (term == NOW), 0.2, np.where(number % 5 == 0, 0.15, 0.04)) for term in terms}
    attended = [DataFrame({"term": term, "pupil_id": ids, "term_absence": missed[term]}) for term in terms]
    attendance = attended[-1].assign(possible=100.0, attended=100 - 100 * missed[terms[-1]], absence=missed[terms[-1]])
    for name, least in (("persistent", 0.1), ("severe", 0.5)):
        attendance[name] = (attendance["absence"] >= least).astype("boolean")
    behaviour = DataFrame({"term": [terms[-1]] * 2, "pupil_id": ["P001", "P002"], "kind": "suspension"})
    sums = sums_by_term(_progress(ids, terms), pd.concat(attended), behaviour, pd.concat(rolls))
    england = beside_benchmarks(roll, attendance, behaviour, benchmarks_of(Path("no folder")), Term.named(terms[-1]))
    before = "Autumn 2025" if len(terms) > 1 else ""
    about = DataFrame([{"school": "Invented", "term": terms[-1], "label": "Spring 2026", "before": before}])
    tables = {"trends": trends(sums), "trend_changes": trend_changes(sums), "benchmarks": england}
    lessons = DataFrame({"pupil_id": ids, "subject": "Maths", "teaching_group": "7x/Ma"}).astype("str")
    changes = DataFrame(columns=["table", "pupil_id", "column", "before", "after"], dtype="str")
    progress = _progress(ids, terms[-1:])
    return {"about": about, "roll": roll, "teaching_groups": lessons, "progress": progress, "changes": changes, **tables}


def _progress(ids: list[str], terms: tuple[str, ...]) -> DataFrame:
    random = np.random.default_rng(2)
    parts = [
        DataFrame({"term": term, "pupil_id": ids, "subject": subject, "scaled_residual": random.normal(size=len(ids))})
        for term in terms
        for subject in ("all", "Maths")
    ]
    return pd.concat(parts, ignore_index=True).assign(p_low=0.2, growth_percentile=50.0)


def governors_of(tables: dict[str, DataFrame]) -> Papers:
    """Rounded counts of all, with and without SEN; nothing else."""
    blank = dict.fromkeys(["value", "low", "high"], np.nan)
    rows = tables["trends"][tables["trends"]["group"].isin(["all pupils", "with SEN", "without SEN"])]
    rows = rows[rows["subject"].eq("all")].assign(n=rounded(rows["n"]), count=rounded(rows["count"]), **blank)
    england = tables["benchmarks"][tables["benchmarks"]["group"].isin(["all pupils", "without SEN"])]
    counts = {name: rounded(england[name]) for name in ("of", "count")}
    england = england.assign(**counts, **blank, told="")
    return Papers("governors", {"about": tables["about"], "trends": rows, "benchmarks": england})


@pytest.fixture(scope="module")
def school() -> dict[str, DataFrame]:
    return made("K" * 40 + "E" * 12 + "N" * 100, more_absent=45)


def words(part: Part) -> str:
    assert isinstance(part, Part) and part.html()
    return repr(part)


def test_every_figure_and_group_of_the_measure_has_its_words():
    assert set(headlines.CALLED) == set(FIGURES) and set(headlines.WHO) == set(GROUPS)
    assert set(FIGURES) - set(headlines.DID) == {"growth", "absence"}


def test_what_changed_is_told_with_number_and_whole_and_out_of_how_many(school):
    lines = findings.trends(Papers("inclusion", school)).lines
    tested = int(school["trend_changes"]["q_value"].notna().sum())
    assert lines[0].startswith("Since Autumn 2025 ")
    assert f" of {tested} changes looked at are more than chance would make." in lines[0]
    told = "47 of 52 in Spring 2026, 11 of 52 in Autumn 2025."
    assert f"More pupils with SEN missed a tenth or more of the term's sessions: {told}" in lines
    assert not any("at SEN support missed a tenth" in line for line in lines)


def test_where_nothing_changed_smaller_changes_are_not_ruled_out():
    [line] = findings.trends(Papers("inclusion", made("K" * 40 + "N" * 100))).lines
    assert line.startswith("Since Autumn 2025 none of ") and line.endswith("Smaller changes than could be seen may be real.")


def test_one_subject_is_told_with_its_numbers(school):
    [line] = findings.trends(Papers("inclusion", school).on(subject="Maths")).lines
    assert line.startswith("Mean growth of pupils with SEN in Maths: ")
    assert line.endswith(" SD in Autumn 2025. The difference is within what chance does.")


def test_too_few_pupils_and_a_first_term_get_their_sentence():
    few = findings.trends(Papers("inclusion", made("K" * 3 + "N" * 5))).lines
    assert few == ["Since Autumn 2025 nothing can be said to have changed: too few pupils are known in both terms."]
    first = Papers("inclusion", made("K" * 20 + "N" * 20, terms=(NOW,)))
    assert findings.trends(first).lines == ["There is no earlier term to compare this one with."]
    assert "There is no earlier term to compare with." in tables.trends(first).note
    assert findings.changed(first).lines == ["There is no earlier term to compare this one with."]


def test_the_table_sets_the_terms_side_by_side_with_what_the_change_is_called(school):
    frame = tables.trends(Papers("inclusion", school)).frame
    assert list(frame) == ["What", "Group", "Autumn 2025", "Spring 2026", "Since Autumn 2025"]
    row = frame[frame["What"].str.startswith("Missed a tenth") & frame["Group"].eq("With SEN")].iloc[0]
    assert row["Spring 2026"] == "47 of 52\n90 in 100 (79 to 96)"
    assert row["Since Autumn 2025"].startswith("more: +69 in 100 (+52 to ")
    assert frame.loc[frame["What"].str.startswith("With a sanction"), "Spring 2026"].eq("not known").all()
    assert "SEN support" in set(frame.loc[frame["What"].str.startswith("Missed a tenth"), "Group"])
    assert "SEN support" not in set(frame.loc[frame["What"].eq("Progress can be told"), "Group"])


def test_the_picture_says_in_words_all_it_shows_and_marks_only_what_is_more_than_noise(school):
    figure = figures.trends(Papers("inclusion", school))
    assert "More than noise: with SEN more than in Autumn 2025." in figure.alternative
    assert "Spring 2026 47 of 52, 90 in 100 (79 to 96)" in figure.alternative
    assert b"with SEN more than in Autumn 2025" in figure.svg
    assert figure.alternative.count("More than noise") == figure.svg.count(b"more than in")


def test_a_year_group_or_class_has_no_trend_and_says_why(school):
    papers = Papers("inclusion", school)
    for opened in (papers.on(year_group="7"), papers.on(subject="Maths", teaching_group="7x/Ma")):
        for part in (findings.trends, tables.trends, figures.trends):
            assert "other pupils every year" in words(part(opened))
        assert "whole schools" in words(tables.benchmarks(opened))


def test_a_department_reads_its_subjects_alone(school):
    ours = {name: school[name][school[name]["subject"].eq("Maths")] for name in ("trends", "trend_changes")}
    papers = Papers("department", {"about": school["about"], "roll": school["roll"], **ours})
    assert tables.trends(papers).frame["What"].to_list() == ["Mean growth in Maths"]
    assert "Mean growth in Maths" in words(figures.trends(papers))
    assert isinstance(tables.changed(papers), Unseen) and isinstance(tables.benchmarks(papers), Unseen)


def test_governors_read_rounded_counts_and_no_change_made_of_exact_ones(school):
    papers = governors_of(school)
    lines = findings.trends(papers).lines
    assert lines[1] == (
        "Pupils with SEN who missed a tenth or more of the term's sessions: about 45 of 50 pupils in Spring 2026, "
        "about 10 of 50 pupils in Autumn 2025."
    )
    assert "Pupils with SEN who were suspended or excluded: too few to show in Spring 2026, not known in Autumn 2025." in lines
    frame = tables.trends(papers).frame
    assert list(frame) == ["What", "Group", "Autumn 2025", "Spring 2026"] and "Mean growth" not in set(frame["What"])
    assert isinstance(figures.trends(papers), Unseen) and isinstance(tables.changed(papers), Unseen)
    assert "Verdict" not in tables.benchmarks(papers).frame


def test_england_stands_beside_the_school_with_year_source_and_what_is_not_verified(school):
    rows = school["benchmarks"]
    papers = Papers("inclusion", {**school, "benchmarks": rows.assign(verified=rows["group"].ne("EHC plan"))})
    table = tables.benchmarks(papers)
    row = table.frame[table.frame["What"].str.startswith("Missed a tenth") & table.frame["Of whom"].eq("SEN support")].iloc[0]
    assert (row["Here"], row["Published"]) == ("40 of 40\n100 in 100", "36 in 100 (2024/25)")
    assert row["Half of local authorities lie between"] == "33 to 39 in 100"
    assert row["Verdict"] == "above what half of local authorities lie between"
    assert "Sources: DfE" in table.note and "there a whole year" in table.note
    assert table.frame.loc[table.frame["Of whom"].eq("EHC plan"), "Published"].str.startswith("not verified: ").all()
    figure = figures.benchmarks(papers)
    assert "EHC plan, not verified 7 of 12 pupils" in figure.alternative and b"not verified" in figure.svg
    assert "SEN support 40 of 40 pupils" in figure.alternative and "half of local authorities 33 to 39" in figure.alternative


def changes_of(*rows: str) -> DataFrame:
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    return DataFrame(cells, columns=["table", "pupil_id", "column", "before", "after"]).astype("str")


def test_changed_data_is_told_in_words_with_names(school):
    changes = changes_of(
        "pupils | P001 | roll | not on the roll | on the roll", "pupils | Z9 | roll | on the roll | not on the roll",
        "pupils | P002 | sen_status | N | K", "pupils | P003 | sen_status | K | E", "pupils | P004 | sen_status |  | K",
        "pupils | P002 | sen_need |  | Autism", "prior_attainment | P005 | Maths, KS2 | 98 | 101",
        "assessments | P006 | grade | 4 | 5", "attendance | P006 | sessions_attended | 4 | 5",
    )  # fmt: skip
    papers = Papers("inclusion", {**school, "changes": changes})
    assert findings.changed(papers).lines == [
        "Since Autumn 2025, 1 pupil joined and 1 pupil left.",
        "The SEN status of 3 pupils changed: 1 from No SEN to SEN support; 1 from SEN support to EHC plan; "
        "1 from Not known to SEN support.",
        "Prior attainment of 1 pupil and marks of 1 pupil were corrected.",
    ]
    frame = tables.changed(papers).frame.set_index("What")
    assert frame.loc["Left the roll"].to_list() == [1, "Z9"]
    assert frame.loc["SEN status: No SEN to SEN support"].to_list() == [1, "Madeup2, Ash"]
    assert "Type of need: not known to Autistic spectrum disorder" in frame.index
    assert {"Prior attainment corrected", "Marks corrected", "Attendance corrected"} <= set(frame.index)
    assert "Left the roll" not in set(tables.changed(papers.on(year_group="7")).frame["What"])


def test_many_names_are_cut_short_and_counted(school):
    changes = changes_of(*(f"pupils | P{each:03d} | roll | not on the roll | on the roll" for each in range(40)))
    [row] = tables.changed(Papers("inclusion", {**school, "changes": changes})).frame.to_dict("records")
    assert row["Pupils"] == 40 and row["Who"].endswith("; and 28 more") and row["Who"].count("Madeup") == 12


@pytest.mark.parametrize("statuses", ["N" * 30, "K" * 30, "K", "N" * 200 + "K" * 6])
def test_every_part_says_something_for_any_school_and_reader(statuses):
    tables = made(statuses)
    for papers in (Papers("inclusion", tables), governors_of(tables), Papers("department", {"about": tables["about"]})):
        for part in PARTS:
            assert words(part(papers))


def test_every_part_says_something_where_the_tables_are_empty(school):
    papers = Papers("inclusion", {**{name: table.iloc[:0] for name, table in school.items()}, "about": school["about"]})
    for part in PARTS:
        shown = part(papers)
        assert words(shown) and isinstance(shown, Sentences | Table | Unseen)


def test_a_subject_with_a_hostile_name_is_inert(school):
    evil = "<img src=q onerror=alert(1)>"
    hostile = {name: school[name].assign(subject=evil) for name in ("trends", "trend_changes")}
    rows = {name: table[table["figure"].eq("growth")].drop_duplicates(["term"]) for name, table in hostile.items()}
    papers = Papers("department", {"about": school["about"], **rows})
    for part in (findings.trends, tables.trends, figures.trends):
        assert "<img src=q" not in part(papers).html()

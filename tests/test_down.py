"""Subjects, year groups, teaching groups, pupils: counted right, compared where they can be, silent where they must be."""

import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.privacy import for_audience
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Table, Unseen
from sentrack_lib.views.tables.down import next_down

ROLL = """
pupil_id | surname | year_group | sen_status | sen_need
A        | Aamodt  | 9          | K          | SLCN
B        | Barnsey | 9          | N          |
C        | Cooper  | 9          | E          | ASD
D        | Dunnock | 10         | K          | SLCN
E        | Egglet  | 10         |            |
"""
PROGRESS = """
pupil_id | subject | growth_percentile | band_low | band_high | p_low | why_not
A        | Art     | 10                | 2        | 30        | 0.8   |
B        | Art     | 60                | 40       | 80        | 0.1   |
C        | Art     |                   |          |           |       | No start.
D        | Art     | 20                | 5        | 40        | 0.5   |
E        | Art     | 50                | 30       | 70        | 0.2   |
A        | Maths   | 40                | 20       | 60        | 0.3   |
B        | Maths   | 40                | 20       | 60        | 0.3   |
A        | all     | 25                | 15       | 35        | 0.6   |
B        | all     | 50                | 40       | 60        | 0.1   |
"""
GROUPS = """
pupil_id | subject | teaching_group
A        | Art     | 9/Ar1
B        | Art     | 9/Ar1
C        | Art     | 9/Ar2
D        | Art     | 10/Ar1
E        | Art     | 10/Ar1
A        | Maths   | 9/Ma1
B        | Maths   | 9/Ma1
"""
FLAGS = """
pupil_id | level | subject | rule     | rank | evidence
A        | act   |         | progress | 1    | Low.
B        | act   | Maths   | behind   | 2    | Far behind.
D        | watch |         | absence  | 3    | Away.
"""
COMPARISONS = """
by                | group       | subject | n  | pooled | low  | high | verdict                     | measure
SEN status        | SEN support | Art     | 12 | 0      | -0.4 | 0.4  | no evidence of a difference | progress
SEN status        | EHC plan    | Art     | 4  |        |      |      | too few to say              | progress
SEN status        | No SEN      | Art     | 90 | 0.1    | 0    | 0.2  | no evidence of a difference | progress
SEN by year group | Year 9      | Art     | 11 | -0.5   | -0.9 | -0.1 | clear difference: lower     | progress
SEN by year group | Year 9      | all     | 11 | 0      | -0.1 | 0.1  | no evidence of a difference | progress
teaching group    | 9/Ar1       | Art     | 25 | 0.25   | 0    | 0.5  | no evidence of a difference | progress
teaching group    | 9/Ar1       | Art     | 25 | 2      | 2    | 2    | clear difference: higher    | beside own average
"""


def compared(table) -> DataFrame:
    """The comparisons, each question a family of its own."""
    rows = table(COMPARISONS)
    return rows.assign(family=rows["by"], n_rest=90)


@pytest.fixture
def papers(table):
    """The papers of an audience about a school of five."""

    def made(audience: str = "inclusion", *subjects: str, **others: DataFrame) -> Papers:
        roll = table(ROLL).astype({"year_group": "str"}).assign(forename="", form="F", sen_need_2=None)
        about = DataFrame([{"school": "Invented", "term": "2025-26-summer", "label": "Summer 2026"}])
        tables = {"roll": roll, "progress": table(PROGRESS), "teaching_groups": table(GROUPS), "flags": table(FLAGS)}
        tables |= {"comparisons": compared(table), "about": about, "attendance": roll[["pupil_id"]]}
        tables |= {"counts": DataFrame(), "rates": DataFrame({"family": [], "measure": [], "group": [], "count": [], "of": []})}
        return Papers(audience, for_audience({**tables, **others}, audience, subjects))

    return made


def rows(part) -> dict[str, dict]:
    """The rows of a printed table by their first cell."""
    assert isinstance(part, Table) and part.html()
    return part.frame.set_index(part.frame.columns[0]).to_dict("index")


def test_of_the_school_every_subject_is_a_row(papers):
    part = next_down(papers())
    assert part.title == "One step down, subject by subject: Invented, Summer 2026"
    assert part.note.endswith("Next, open a subject.")
    assert list(rows(part)) == ["Art", "Maths"]


def test_pupils_are_counted_of_those_for_whom_it_can_be_told(papers):
    """In Art five, three known to have SEN; of four growths two are likely low, of those with SEN both of two; A alone is to be
    looked at first, for the flag of B is about Maths."""
    art, maths = rows(next_down(papers())).values()
    assert (art["Pupils"], art["With SEN"]) == (5, 3)
    assert (art["Low growth likely"], art["Low growth likely, with SEN"]) == ("2 of 4", "2 of 2")
    assert (art["To look at first"], art["To look at first, with SEN"]) == ("1 of 5", "1 of 3")
    assert (maths["Low growth likely"], maths["To look at first"]) == ("0 of 2", "2 of 2")


def test_a_subject_tells_what_was_found_of_pupils_with_sen_and_of_them_alone(papers):
    """Half of all are below 0 standard deviations; 0.4 below or above is the 34th and the 66th percentile."""
    art, maths = rows(next_down(papers())).values()
    assert art["Growth percentile of pupils with SEN"] == "SEN support: 50 (34 to 66)\nEHC plan: too few to say"
    assert art["Verdict on pupils with SEN"] == "SEN support: no evidence of a difference\nEHC plan: too few to say"
    assert (maths["Growth percentile of pupils with SEN"], maths["Verdict on pupils with SEN"]) == ("", "too few to say")


def test_of_a_subject_every_year_group_is_a_row_youngest_first(papers):
    part = next_down(papers().on(subject="Art"))
    assert part.title == "One step down, year group by year group: Invented, Summer 2026, Art"
    found = rows(part)
    assert list(found) == ["9", "10"]
    assert found["9"]["Pupils"] == 3 and found["10"]["Low growth likely"] == "1 of 2"
    assert found["9"]["Growth percentile of pupils with SEN"] == "31 (18 to 46)"
    assert found["9"]["Verdict on pupils with SEN"] == "clear difference: lower"
    assert found["10"]["Verdict on pupils with SEN"] == "too few to say"


def test_of_a_year_group_in_all_subjects_every_subject_is_a_row(papers):
    found = rows(next_down(papers().on(year_group="9")))
    assert found["Art"]["Pupils"] == 3 and found["Maths"]["Pupils"] == 2
    assert found["Art"]["Growth percentile of pupils with SEN"] == "31 (18 to 46)"


def test_of_a_year_group_in_a_subject_every_class_is_a_row_compared_as_a_class(papers):
    part = next_down(papers().on("9", "Art"))
    found = rows(part)
    assert list(found) == ["9/Ar1", "9/Ar2"] and part.note.endswith("Next, open a teaching group.")
    assert found["9/Ar1"]["Growth percentile of the group"] == "60 (50 to 69)"
    assert found["9/Ar1"]["Verdict on the group"] == "no evidence of a difference"
    assert (found["9/Ar2"]["Low growth likely"], found["9/Ar2"]["To look at first"]) == ("", "0 of 1")


def test_of_a_class_every_pupil_is_a_row_those_with_the_least_growth_first(papers):
    part = next_down(papers().on(subject="Art", teaching_group="9/Ar1"))
    found = rows(part)
    assert list(found) == ["Aamodt", "Barnsey"]
    assert (found["Aamodt"]["Low growth"], found["Aamodt"]["Flagged"]) == ("likely", "look first")
    assert (found["Barnsey"]["Low growth"], found["Barnsey"]["Flagged"]) == ("", "")
    assert found["Aamodt"]["Likely between"] == "2 to 30"


def test_a_pupil_whose_growth_cannot_be_told_is_listed_with_the_reason(papers):
    [one] = rows(next_down(papers().on(subject="Art", teaching_group="9/Ar2"))).values()
    assert pd.isna(one["Growth percentile"]) and one["Why not"] == "No start." and one["Low growth"] == ""


def test_a_department_goes_down_into_its_own_subjects_alone(papers):
    own = papers("department", "Maths")
    assert list(rows(next_down(own))) == ["Maths"]
    assert list(rows(next_down(own.on(subject="Maths", teaching_group="9/Ma1")))) == ["Aamodt", "Barnsey"]


def test_what_is_handed_to_a_department_of_groups_under_five_is_not_told(papers):
    art = rows(next_down(papers("department", "Art")))["Art"]
    assert art["Growth percentile of pupils with SEN"] == "SEN support: 50 (34 to 66)"


def test_governors_do_not_go_down(papers):
    assert isinstance(next_down(papers("governors")), Unseen)


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"subject": "Art"},
        {"year_group": "9"},
        {"year_group": "9", "subject": "Art"},
        {"subject": "Art", "teaching_group": "9/Ar1"},
    ],
)
def test_a_school_of_which_nothing_is_known_says_so(papers, table, place):
    empty = papers(
        roll=papers().tables["roll"].head(0), progress=table(PROGRESS).head(0), teaching_groups=table(GROUPS).head(0),
        flags=table(FLAGS).head(0), comparisons=compared(table).head(0),
    )  # fmt: skip
    part = next_down(empty.on(**place))
    assert isinstance(part, Table) and part.frame.empty
    assert "is recorded here" in part.html() or "no pupil is taught here" in part.html()


def test_a_single_pupil_without_classes_is_counted_as_one(papers, table):
    one = papers(
        roll=papers().tables["roll"].head(1), progress=table(PROGRESS).head(1), teaching_groups=table(GROUPS).head(0),
        comparisons=compared(table).head(0),
    )  # fmt: skip
    [art] = rows(next_down(one)).values()
    assert (art["Pupils"], art["With SEN"], art["Low growth likely"]) == (1, 1, "1 of 1")
    assert next_down(one.on("9", "Art")).frame.empty

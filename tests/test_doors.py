"""What the cells of a table open: only what a picker of the page could choose, and a pupil only where the name is one's own."""

import json
from collections.abc import Callable

import pytest
from pandas import DataFrame, Series

from sentrack_lib.views.controls import DASHBOARD, Page
from sentrack_lib.views.doors import Doors
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Table

Draw = Callable[[str], DataFrame]
USUAL = ("year_group", "subject", "teaching_group", "need")


@pytest.fixture
def papers(table: Draw) -> Papers:
    roll = table("""
        pupil_id | surname | forename | form | year_group | sen_status
        a        | Oak     | Ann      | 7A   | 7          | K
        b        | Elm     | Bo       | 7A   | 7          | N
        c        | Elm     | Bo       | 8B   | 8          | N
    """).astype({"year_group": "str"})
    roll["sen_need"] = Series(["SLCN", None, None], roll.index, dtype="str")
    taught = table("""
        pupil_id | subject | teaching_group
        a        | Art     | 7/Ar1
        c        | Music   | 8/Mu1
    """)
    progress = table("""
        pupil_id | subject
        a        | Art
        c        | Music
    """)
    about = DataFrame({"school": ["Invented"], "term": ["2025-26-summer"], "label": ["Summer 2026"]})
    return Papers("inclusion", {"about": about, "roll": roll, "teaching_groups": taught, "progress": progress})


def opens(papers: Papers, row: dict[str, str], pickers: tuple[str, ...] = USUAL) -> dict[str, dict[str, str]]:
    return {heading: json.loads(picks) for heading, picks in Doors(papers, pickers)(row).items()}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"Subject": "Art", "Gap": "Art"}, {"Subject": {"subject": "Art"}}),
        ({"Subject": "average over subjects"}, {}),
        ({"Year group": "8"}, {"Year group": {"year_group": "8"}}),
        ({"Year group": "12"}, {}),
        ({"SEN by year group": "Year 7"}, {"SEN by year group": {"year_group": "7"}}),
        ({"Group": "With SEN, Year 8"}, {"Group": {"year_group": "8"}}),
        ({"Teaching group": "8/Mu1"}, {"Teaching group": {"subject": "Music", "teaching_group": "8/Mu1"}}),
        ({"Teaching group": "9/Xx1"}, {}),
        ({"Pupil": "Oak, Ann"}, {"Pupil": {"pupil": "a"}}),
        ({"Pupil": "Elm, Bo"}, {}),
        ({"Pupil": "Elm, Bo", "Form": "8B"}, {"Pupil": {"pupil": "c"}}),
        ({"Pupil": "Nobody, No"}, {}),
        ({"Whose": "Oak, Ann", "About": "Oak"}, {"Whose": {"pupil": "a"}}),
        ({"Type of need": "Speech, language and communication needs"}, {"Type of need": {"need": "SLCN"}}),
        ({"Type of need": "Vision impairment"}, {}),
    ],
)
def test_a_cell_opens_what_it_names(papers: Papers, row: dict[str, str], found: dict[str, dict[str, str]]) -> None:
    assert opens(papers, row) == found


def test_what_is_open_already_opens_nothing(papers: Papers) -> None:
    assert opens(papers.on(subject="Art"), {"Subject": "Art"}) == {}


def test_a_page_without_the_picker_has_no_door(papers: Papers) -> None:
    assert opens(papers, {"Subject": "Art", "Teaching group": "8/Mu1"}, ("year_group",)) == {}


def test_readers_without_a_page_of_a_pupil_open_none(papers: Papers) -> None:
    others = Papers("department", papers.tables)
    assert opens(others, {"Pupil": "Oak, Ann"}) == {} and opens(others, {"Pupil": "Oak, Ann"}, ("pupil",))


def test_a_hostile_name_stays_words(papers: Papers) -> None:
    hostile = papers.tables["roll"].assign(surname="<img src=x onerror='hit()'>\"")
    told = Papers("inclusion", {**papers.tables, "roll": hostile})
    shown = DataFrame({"Pupil": ["<img src=x onerror='hit()'>\", Ann"]})
    made = Table(shown, "Names").html(Doors(told, USUAL))
    assert "<img" not in made and "data-opens" in made


def test_on_a_dashboard_a_row_opens_and_the_picks_follow(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DASHBOARD, "1")

    def subjects(opened: Papers) -> Part:
        return Table(DataFrame({"Subject": ["Art", opened.subject]}), "Subjects")

    page = Page(papers)
    pickers = {each.description: each for each in page.pickers().children[0].children}
    slot = page.show(subjects)
    assert slot.value.count("data-opens") == 1
    page._heard([0], {"subject": "Music", "teaching_group": "7/Ar1", "year_group": "99", "audience": "governors"})
    assert [pickers[label].value for label in ("Subject", "Teaching group", "Year group")] == ["Music", "all", "all"]
    assert "Music" in slot.value and page.papers.audience == "inclusion"


def test_paper_has_no_doors(papers: Papers) -> None:
    assert "data-opens" not in Table(DataFrame({"Subject": ["Art"]}), "Subjects").html()

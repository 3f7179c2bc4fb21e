"""Every part of every page can be shown, to every audience and at every part of a school: none fails, none is blank."""

import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.cycle.papers.preparing import reviewed
from sentrack_lib.privacy import for_audience
from sentrack_lib.records import recorded
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.loading import load_school
from sentrack_lib.views import figures, findings, forms, tables
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Figure

PROJECT = Path(__file__).resolve().parents[1]
ROOMS = {"findings": findings, "figures": figures, "tables": tables}
INTERSECTIONS = [("type of need", "year group", "subject"), ("gender", "SEN status"), ("set", "subject")]


def shown_by(notebook: str) -> list[str]:
    cells = nbformat.read(PROJECT / "notebooks" / f"{notebook}.ipynb", as_version=4).cells
    return re.findall(r"page\.show\((\w+\.\w+)\)", "\n".join(cell.source for cell in cells))


PAGES = ("home", "1_self_evaluation", "2_review", "3_plan", "4_implement", "5_monitor", "pupil")
PARTS = list(dict.fromkeys(part for page in PAGES for part in shown_by(page)))
PUPIL = "M000200415011"
"""An invented pupil with an EHC plan, of whom much is recorded."""


@pytest.fixture(scope="module")
def places() -> list[Papers]:
    """The review of the invented school as each audience opens it: the school, a year, a subject, a class."""
    asked = Parameters(school=PROJECT / "data" / "sample", term="2025-26-summer", intersections=INTERSECTIONS)
    school = recorded(load_school(asked.school))
    # The term before was run, and kept its flags.
    before = reviewed(asked.but(term="2025-26-spring"), school)["flags"].assign(term="2025-26-spring")
    found = reviewed(asked, replace(school, records={**school.records, "flags": before}))
    measured = found["single_case"]["pupil_id"].iloc[0]
    inclusion = Papers("inclusion", found)
    department = Papers("department", for_audience(found, "department", ["English"]))
    opened = [
        ("9",),
        ("7",),
        (ALL, "Science"),
        ("9", "English"),
        ("9", "English", "9/En3"),
        (ALL, ALL, ALL, PUPIL),
        (ALL, ALL, ALL, measured),
        (ALL, ALL, ALL, ALL, "SLCN"),
    ]
    governors = Papers("governors", for_audience(found, "governors"))
    return [inclusion, *(inclusion.on(*place) for place in opened), *(department.on(*place) for place in [
        (ALL, "English"), ("9", "English"), ("9", "English", "9/En3")]), governors]  # fmt: skip


def with_nobody(papers: Papers) -> Papers:
    """The same tables without a row, but for what the page is about."""
    empty = {name: table.iloc[:0] for name, table in papers.tables.items()}
    return Papers(papers.audience, {**empty, "about": papers.tables["about"]})


def function(name: str):
    room, called = name.split(".")
    return getattr(ROOMS[room], called)


def part(name: str, papers: Papers):
    return function(name)(papers)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_shown_to_every_audience_everywhere(places, name):
    for papers in places:
        shown = part(name, papers)
        assert shown.html() and repr(shown).strip(), papers.title
        assert not re.search(r"\b(nan|None(?! of)|NaT|<NA>|inf)\b", repr(shown)), (papers.title, repr(shown))


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.filterwarnings("error")
def test_a_part_says_so_where_there_is_nobody(places, name):
    for papers in {papers.audience: papers for papers in places}.values():
        assert part(name, with_nobody(papers)).html()


@pytest.mark.parametrize("name", PARTS)
def test_governors_are_shown_no_pupil(places, name):
    inclusion, governors = places[0], places[-1]
    named = inclusion.roll[["surname", "forename", "upn"]].melt()["value"].dropna().unique()
    about = set(re.findall(r"\w+", governors.title))
    words = set(re.findall(r"[\w'’-]+", repr(part(name, governors))))
    assert not words & {each for each in named if len(each) > 3} - about


def test_a_part_that_follows_some_pickers_looks_the_same_whatever_the_others_say(places):
    marked = [name for name in PARTS if hasattr(function(name), "follows")]
    assert marked
    for name in marked:
        seen: dict[tuple[str, ...], str] = {}
        for papers in (each for each in places if each.audience == "inclusion"):
            place = tuple(getattr(papers, picker) for picker in function(name).follows)
            assert seen.setdefault(place, part(name, papers).html()) == part(name, papers).html(), (name, papers.title)


@pytest.mark.parametrize("name", forms.__all__)
def test_a_form_can_be_made_and_filled_in_and_where_there_is_nobody_too(places, name):
    for papers in (places[0], places[0].on(pupil=PUPIL), with_nobody(places[0])):
        assert getattr(forms, name)(papers, None, None).widget().children


def test_figures_have_an_alternative_that_names_what_is_drawn(places):
    for name in (each for each in PARTS if each.startswith("figures.")):
        drawn = [shown for papers in places if isinstance(shown := part(name, papers), Figure)]
        assert drawn and all(re.search(r"\d", shown.alternative) for shown in drawn), name


def test_a_table_is_not_changed_by_being_shown(places):
    before = {name: table.copy() for name, table in places[0].tables.items()}
    for name in PARTS:
        part(name, places[0])
    for name, table in places[0].tables.items():
        pd.testing.assert_frame_equal(table, before[name])
    assert isinstance(before["roll"], DataFrame)

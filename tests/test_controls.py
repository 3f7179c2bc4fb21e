"""A page shows its parts still in a batch; on a dashboard they follow the pickers, and nothing fails in silence."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass

import ipywidgets as widgets
import pytest
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.views.controls import DASHBOARD, FAILED, Page
from sentrack_lib.views.painting import Line
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences

Draw = Callable[[str], DataFrame]


@pytest.fixture
def papers(table: Draw) -> Papers:
    """Four pupils in two year groups, taught two subjects."""
    tables = {
        "about": DataFrame({"school": ["The <b>Invented</b> School"], "term": ["2025-26-summer"], "label": ["Summer 2026"]}),
        "roll": table("""
            pupil_id | year_group
            a        | y7
            b        | y7
            c        | y8
            d        | y8
        """),
        "teaching_groups": table("""
            pupil_id | subject | teaching_group
            a        | Art     | 7/Ar1
            b        | Art     | 7/Ar2
            c        | Art     | 8/Ar1
            d        | Music   | 8/Mu1
        """),
        "progress": table("""
            pupil_id | subject
            a        | Art
            d        | Music
            d        | all
        """),
    }
    return Papers("inclusion", tables)


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DASHBOARD, "1")


@dataclass(frozen=True)
class Shown:
    """A page with two parts, opened on a dashboard."""

    page: Page
    pickers: dict[str, widgets.Dropdown]
    said: widgets.HTML
    slots: list[widgets.HTML]

    def pick(self, label: str, choice: str) -> str:
        apart(lambda: self.choose(label, choice))
        return str(self.said.value)

    def choose(self, label: str, choice: str) -> None:
        self.pickers[label].value = choice


def apart(work: Callable[[], None]) -> None:
    """Do it in a thread of its own: in this one a browser of other tests may be listening."""
    with ThreadPoolExecutor(1) as hands:
        hands.submit(work).result()


def shown(papers: Papers, *parts: Callable[[Papers], Part]) -> Shown:
    page = Page(papers)
    controls = page.pickers()
    assert controls
    row, said = controls.children
    return Shown(page, {picker.description: picker for picker in row.children}, said, [page.show(part) for part in parts])


def title(papers: Papers) -> Part:
    return Sentences([papers.title])


def pupils(papers: Papers) -> Part:
    return Sentences(list(papers.roll["pupil_id"]))


def faulty(papers: Papers) -> Part:
    raise KeyError("a pupil's name")


def test_in_a_batch_a_part_is_shown_as_it_is_and_there_are_no_pickers(papers: Papers) -> None:
    page = Page(papers)
    assert page.pickers() is None and page.show(title) == title(papers)


def test_a_change_repaints_every_part_in_the_widgets_that_are_there(papers: Papers, live: None) -> None:
    page = shown(papers, title, pupils)
    before = widgets.widget._instances.copy()
    assert page.pick("Subject", "Art") == "<p>Shown: The &lt;b&gt;Invented&lt;/b&gt; School, Summer 2026, Art.</p>"
    page.pick("Year group", "y8")
    assert "Art" in page.slots[0].value and page.slots[1].value == Sentences(["c"]).html()
    assert widgets.widget._instances == before


def test_what_can_be_chosen_follows_the_subject_and_year(papers: Papers, live: None) -> None:
    page = shown(papers)
    groups = page.pickers["Teaching group"]
    assert groups.disabled and groups.options == (("Choose a subject first", "all"),)
    page.pick("Subject", "Art")
    assert not groups.disabled and [value for _, value in groups.options] == ["all", "7/Ar1", "7/Ar2", "8/Ar1"]
    page.pick("Year group", "y7")
    assert [value for _, value in groups.options] == ["all", "7/Ar1", "7/Ar2"]


def test_a_teaching_group_is_left_with_its_subject(papers: Papers, live: None) -> None:
    page = shown(papers, pupils)
    page.pick("Subject", "Art")
    page.pick("Teaching group", "7/Ar2")
    assert page.slots[0].value == Sentences(["b"]).html()
    page.pick("Subject", "Music")
    assert page.page.papers.teaching_group == page.pickers["Teaching group"].value == "all"
    assert page.slots[0].value == Sentences(["d"]).html()


def test_one_choice_paints_each_part_once_and_none_again_that_was_drawn(papers: Papers, live: None) -> None:
    drawn: list[str] = []

    def counted(opened: Papers) -> Part:
        drawn.append(opened.subject)
        return title(opened)

    page = shown(papers, counted)
    for subject in ("Art", "Music", "Art", "all"):
        page.pick("Subject", subject)
    assert drawn == ["all", "Art", "Music"]


def test_a_later_choice_does_not_wait_for_an_earlier_one(papers: Papers, live: None) -> None:
    page = shown(papers, title, pupils)
    painted: list[str] = []
    page.slots[1].observe(lambda change: painted.append(change["new"]), "value")

    async def hurry() -> None:
        page.choose("Subject", "Art")
        page.choose("Subject", "Music")
        await asyncio.sleep(0.2)

    apart(lambda: asyncio.run(hurry()))
    assert painted == [Sentences(["d"]).html()] and "Shown: " in page.said.value


def test_a_part_that_fails_is_a_sentence_and_the_others_are_shown(papers: Papers, live: None) -> None:
    page = shown(papers, faulty, title)
    page.pick("Subject", "Art")
    assert FAILED in page.slots[0].value and "a pupil" not in page.slots[0].value
    assert "Summer 2026, Art" in page.slots[1].value


def test_a_choice_that_cannot_be_opened_is_said_and_the_next_one_works(
    papers: Papers, live: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = shown(papers, title)
    with monkeypatch.context() as broken:
        broken.setattr(Papers, "choices", faulty)
        assert page.pick("Subject", "Art") == f"<p>{FAILED}</p>"
    assert "Music" in page.pick("Subject", "Music")


def test_readers_with_nothing_to_choose_get_no_pickers(papers: Papers, live: None) -> None:
    governors = Papers("governors", {"about": papers.tables["about"]})
    assert Page(governors).pickers() is None


# --- forms -----------------------------------------------------------------------------------------


class Keeper:
    """Keeps nothing but what it was told, and renews the tables by a note."""

    def __init__(self) -> None:
        self.saved: list[tuple[dict, str]] = []

    def save(self, tables, by: str):
        self.saved.append((dict(tables), by))

    def renewed(self, tables):
        return {**tables, "notes": DataFrame({"said": [f"{len(self.saved)} saved"]})}

    def trail(self) -> DataFrame:
        return DataFrame({"recorded_by": [by for _, by in self.saved]})


class Made:
    """A form as a page knows it."""

    def __init__(self, papers: Papers, keep, kept) -> None:
        self.keep, self.kept, self.at = keep, kept, ""

    def renew(self, fresh: "Made") -> None:
        self.fresh = fresh

    def open_at(self, pupil: str) -> None:
        self.at = pupil

    def widget(self) -> widgets.Widget:
        self.shown = widgets.HTML("form")
        self.shown.made = self  # type: ignore[attr-defined]
        return self.shown


def notes(papers: Papers) -> Part:
    return Sentences([papers.tables["notes"]["said"].iloc[0] if papers.has("notes") else "nothing yet"])


def with_names(papers: Papers) -> Papers:
    told = {"surname": "Oak", "forename": ["Ann", "Bo", "Cy", "Di"], "form": "7A", "sen_status": "K", "sen_need": None}
    return papers.renewed({**papers.tables, "roll": papers.tables["roll"].assign(**told)})


def test_a_page_without_a_keeper_says_where_one_can_write(papers: Papers) -> None:
    page = Page(papers)
    assert "written down on the dashboard" in repr(page.form(Made)) and page.author() is None
    assert not repr(page.form(Made))  # it is said once


def test_nothing_is_kept_without_a_name(papers: Papers) -> None:
    page, keeper = Page(papers, Keeper()), None
    keeper = page.keeper
    made = page.form(Made).made
    with pytest.raises(BadInput, match="Write your name"):
        made.keep({})
    page.author().value = "  Ms Stub "
    made.keep({"actions": DataFrame()})
    assert [by for _, by in keeper.saved] == ["Ms Stub"]


@pytest.mark.usefixtures("live")
def test_a_dashboard_opens_with_what_is_recorded_and_shows_what_was_saved(papers: Papers) -> None:
    page = Page(papers, Keeper())
    slot = page.show(notes)
    assert "0 saved" in slot.value
    made = page.form(Made).made
    page.author().value = "Ms Stub"
    made.keep({"actions": DataFrame()})
    made.kept()
    assert "1 saved" in slot.value and isinstance(made.fresh, Made)


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("fault", [None, BadInput("The store is gone.")])
def test_nothing_is_chosen_in_a_form_while_its_lists_are_renewed(papers: Papers, monkeypatch, fault) -> None:
    told: list[bool] = []
    monkeypatch.setattr(Line, "tell", lambda _, **news: told.append(news["renewing"]))
    keeper = Keeper()
    made = Page(papers, keeper).form(Made).made

    def renewed(tables):
        assert told == [True]
        if fault:
            raise fault
        return tables

    monkeypatch.setattr(keeper, "renewed", renewed)
    with pytest.raises(BadInput) if fault else nullcontext():
        made.kept()
    assert told[:2] == [True, False] and not any(told[2:])


@pytest.mark.usefixtures("live")
def test_a_dashboard_tells_who_wrote_what_and_paper_does_not(papers: Papers) -> None:
    def by_whom(_: Papers, trail: DataFrame) -> Part:
        return Sentences(list(trail["recorded_by"]) or ["nobody"])

    page = Page(papers, Keeper())
    slot = page.kept(by_whom)
    assert "nobody" in slot.value
    made = page.form(Made).made
    page.author().value = "Ms Stub"
    made.keep({"actions": DataFrame()})
    made.kept()
    assert "Ms Stub" in slot.value and Page(papers).kept(by_whom) is None


@pytest.mark.usefixtures("live")
def test_forms_open_at_the_pupil_who_is_picked(papers: Papers) -> None:
    named = papers.tables["roll"].assign(
        surname="Oak", forename=["Ann", "Bo", "Cy", "Di"], form="7A", sen_status="K", sen_need=None
    )
    page = Page(papers.renewed({**papers.tables, "roll": named}), Keeper())
    made = page.form(Made).made
    picker = page.pickers("year_group", "pupil").children[0].children[1]
    assert [shown for shown, _ in picker.options][:2] == ["Choose a pupil", "Oak, Ann · 7A"]
    picker.value = "c"
    assert made.at == "c" and page.papers.roll["pupil_id"].tolist() == ["c"]


@pytest.fixture
def with_needs(papers: Papers) -> Papers:
    """The four pupils with names and types of need; the need of a pupil without SEN is history."""
    needs = {"sen_status": ["K", "E", "N", "K"], "sen_need": ["BESD", "SLCN", "SLCN", None]}
    named = papers.tables["roll"].assign(surname="Oak", forename=["Ann", "Bo", "Cy", "Di"], form="7A", **needs)
    return papers.renewed({**papers.tables, "roll": named})


@pytest.mark.usefixtures("live")
def test_a_type_of_need_opens_the_pupils_with_sen_who_have_it(with_needs: Papers) -> None:
    page = shown(with_needs, title, pupils)
    picker = page.pickers["Type of need"]
    assert [name for name, _ in picker.options] == [
        "All pupils", "Social, emotional and mental health", "Speech, language and communication needs",
    ]  # fmt: skip
    page.pick("Type of need", "SLCN")
    assert "Speech, language and communication needs" in page.slots[0].value
    assert page.page.papers.roll["pupil_id"].tolist() == ["b"]
    assert page.page.papers.of_all_needs.roll["pupil_id"].tolist() == ["a", "b", "c", "d"]


@pytest.mark.usefixtures("live")
def test_a_pupil_is_left_when_another_type_of_need_is_picked(with_needs: Papers) -> None:
    page = Page(with_needs)
    need, pupil = page.pickers("need", "pupil").children[0].children
    pupil.value = "b"
    need.value = "SEMH"
    assert page.papers.pupil == "all" and len(pupil.options) == 2


@pytest.mark.usefixtures("live")
def test_a_pupil_is_left_when_another_year_group_is_picked(papers: Papers) -> None:
    named = papers.tables["roll"].assign(
        surname="Oak", forename=["Ann", "Bo", "Cy", "Di"], form="7A", sen_status="K", sen_need=None
    )
    page = Page(papers.renewed({**papers.tables, "roll": named}))
    year, pupil = page.pickers("year_group", "pupil").children[0].children
    pupil.value = "c"
    year.value = "y7"
    assert page.papers.pupil == "all" and pupil.value == "all" and len(pupil.options) == 3

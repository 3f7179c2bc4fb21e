"""Forms are made from the description of a record; what is filled in is saved together, and Save always ends in a sentence."""

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import ipywidgets as widgets
import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.errors import BadInput, SentrackError
from sentrack_lib.sources import schema
from sentrack_lib.views import forms
from sentrack_lib.views.forms.changing import Changing
from sentrack_lib.views.forms.fields import cell_of, fields_of
from sentrack_lib.views.forms.records import OWN_IDS, Form, Section
from sentrack_lib.views.forms.saving import NOT_SAVED, PATIENCE, STANDS_ALREADY, WAITING, Saving
from sentrack_lib.views.forms.sessions import NO_DAY, NO_PROVISION, NOBODY, Sessions

TERM = "2025-26-summer"
PUPILS = {"pupil_id": [("Oak, Ann · 9A", "P1"), ("<b>Ash</b>, Bo · 9A", "P2")], "provision_id": [("Reading", "R1")]}


@dataclass
class Kept:
    """A keeper that remembers, or fails as it is told."""

    saves: list[dict[str, DataFrame]] = field(default_factory=list)
    fault: Exception | None = None
    seconds: float = 0.0
    told: int = 0
    at = "2026-05-04T14:05:09+00:00"
    rows = 0

    def keep(self, tables: Any) -> "Kept":
        time.sleep(self.seconds)
        if self.fault:
            raise self.fault
        self.saves.append(dict(tables))
        self.rows = sum(map(len, tables.values()))
        return self

    def kept(self) -> None:
        self.told += 1


@pytest.fixture(autouse=True)
def _in_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def keeper() -> Kept:
    return Kept()


def form(keeper: Kept, *sections: Section) -> Form:
    return Form(sections or forms.DECISION, PUPILS, TERM, keeper.keep, keeper.kept)


def fill(made: Any, place: int, **cells: Any) -> None:
    for name, value in cells.items():
        made.sections[place].inputs[name].value = value


# --- fields from the description -------------------------------------------------------------------


@pytest.mark.parametrize("table", [name for name in schema.RECORDS if name not in ("flags", "runs")])
def test_every_column_of_a_record_is_a_field_that_says_what_it_means(table: str) -> None:
    fields = fields_of(table, {})
    assert [each.name for each in fields] == schema.columns(table)
    for each in fields:
        made = each.widget()
        assert made.description.rstrip(" *") and made.description.endswith("*") == each.required
        assert made.tooltip == each.meaning and each.meaning.endswith(".")
        assert cell_of(made.value) == ""


def test_a_new_column_of_a_record_is_a_new_field(monkeypatch: pytest.MonkeyPatch) -> None:
    from sentrack_lib.sources.cells import text
    from sentrack_lib.sources.tables import table

    grown = table("Grown.", ("note_id",), note_id=text("The note"), colour=text("Its colour"))
    monkeypatch.setitem(schema.IMPORTED, "evidence", grown)
    assert [each.label for each in fields_of("evidence", {})] == ["Note", "Colour"]


def test_each_kind_of_cell_has_the_input_that_fits_it() -> None:
    kinds = {each.name: type(each.widget()) for each in fields_of("deployments", {"adult_id": [("Viv", "A1")]})}
    assert kinds["adult_id"] is widgets.Dropdown and kinds["start"] is widgets.DatePicker
    assert kinds["place"] is widgets.Combobox and kinds["trained"] is widgets.Dropdown and kinds["hours"] is widgets.Text
    assert type(fields_of("targets", {}, ["what"])[0].widget()) is widgets.Textarea


def test_a_cell_that_is_no_choice_any_more_is_kept() -> None:
    (adult,) = fields_of("deployments", {"adult_id": [("Viv", "A1")]}, ["adult_id"])
    assert adult.widget("A9").value == "A9"


def test_what_is_chosen_is_written_as_in_a_sheet() -> None:
    assert [cell_of(value) for value in (date(2026, 5, 4), None, "  two ", "Y")] == ["2026-05-04", "", "two", "Y"]


# --- a decision ------------------------------------------------------------------------------------


def test_a_decision_is_saved_with_all_its_parts_together(keeper: Kept) -> None:
    made = form(keeper)
    fill(made, 0, pupil_id="P1", what="Meet parents", owner="Ms One", by=date(2026, 6, 1))
    fill(made, 1, provision_id="R1", start=date(2026, 5, 4))
    fill(made, 2, what="Reads a page aloud", target="12")
    fill(made, 3, adult_id="A1", hours="2")
    made.saving.button.click()
    (saved,) = keeper.saves
    assert list(saved) == ["actions", "provision_pupils", "targets", "deployments"] and keeper.told == 1
    assert {tuple(table["pupil_id"]) for table in saved.values()} == {("P1",)}
    target = saved["targets"].iloc[0]
    assert target[["term", "kind", "provision_id", "owner", "by"]].tolist() == [TERM, "individual", "R1", "Ms One", "2026-06-01"]
    assert saved["actions"]["about"].tolist() == ["flags"] and made.saving.said.value == "<p>Saved 14:05:09, 4 rows.</p>"


def test_a_part_that_nobody_filled_in_is_not_saved(keeper: Kept) -> None:
    made = form(keeper)
    fill(made, 0, pupil_id="P1", what="Meet parents")
    made.saving.button.click()
    assert list(keeper.saves[0]) == ["actions"]


def test_the_form_is_empty_after_it_was_saved_and_says_so_when_saved_empty(keeper: Kept) -> None:
    made = form(keeper)
    fill(made, 0, pupil_id="P1", what="Meet parents", by=date(2026, 6, 1))
    made.saving.button.click()
    assert {cell for each in made.sections for cell in each.cells.values()} == {""}
    made.saving.button.click()
    assert "Nothing is filled in yet." in made.saving.said.value and len(keeper.saves) == 1


def test_records_get_names_of_their_own_and_nobody_is_asked_for_them(keeper: Kept) -> None:
    for table, own in OWN_IDS.items():
        made = form(keeper, Section(table, "One"))
        assert own not in made.sections[0].inputs
        last = next(name for name, each in made.sections[0].inputs.items() if isinstance(each, widgets.Text | widgets.Textarea))
        ids = []
        for _ in range(2):
            fill(made, 0, **{last: "something"})
            made.saving.button.click()
            ids.append(keeper.saves[-1][table][own].iloc[0])
        assert ids[0] and ids[0] != ids[1]


# --- Save ends in a sentence -----------------------------------------------------------------------


def test_nothing_new_is_said_to_stand_already(keeper: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    made = form(keeper)
    fill(made, 0, pupil_id="P1", what="Meet parents")
    monkeypatch.setattr(Kept, "keep", lambda self, tables: self)
    made.saving.keep = keeper.keep
    made.saving.button.click()
    assert STANDS_ALREADY in made.saving.said.value


def test_a_fault_of_the_record_is_told_and_what_was_written_stays(keeper: Kept) -> None:
    keeper.fault = BadInput('targets, row 1, by "soon": is not a date.')
    made = form(keeper)
    fill(made, 0, pupil_id="P1", what="Meet <b>parents</b>")
    made.saving.button.click()
    assert (
        "Not saved." in made.saving.said.value
        and "role=alert" in made.saving.said.value
        and "is not a date" in made.saving.said.value
    )
    assert made.sections[0].cells["what"] == "Meet <b>parents</b>" and keeper.told == 0 and not made.saving.button.disabled


def test_whatever_else_goes_wrong_is_a_sentence_without_a_traceback(keeper: Kept) -> None:
    keeper.fault = RuntimeError("secret <path>")
    made = form(keeper)
    fill(made, 0, pupil_id="P1", what="Meet parents")
    made.saving.button.click()
    assert NOT_SAVED in made.saving.said.value and "secret" not in made.saving.said.value and not made.saving.button.disabled


def test_both_versions_are_shown_where_two_people_changed_the_same(keeper: Kept) -> None:
    class Torn(SentrackError):
        both = DataFrame({"column": ["what"], "yours": ["<i>Meet</i>"], "theirs": ["Call"]})

    keeper.fault = Torn("Changed by Ms One at 14:01.")
    made = form(keeper)
    fill(made, 0, pupil_id="P1", what="Meet")
    made.saving.button.click()
    assert (
        "Changed by Ms One" in made.saving.said.value
        and "&lt;i&gt;Meet&lt;/i&gt;" in made.saving.said.value
        and "<table" in made.saving.said.value
    )


def test_a_save_that_takes_long_says_so_within_two_seconds_and_is_not_started_twice(keeper: Kept) -> None:
    keeper.seconds = PATIENCE + 0.6
    saving = Saving(lambda: {"actions": DataFrame({"what": ["x"]})}, keeper.keep, keeper.kept)
    heard: list[tuple[float, str, bool]] = []
    began = time.monotonic()

    async def pressed() -> None:
        saving.said.observe(
            lambda change: heard.append((time.monotonic() - began, change["new"], saving.button.disabled)), "value"
        )
        saving.button.click()
        await asyncio.sleep(keeper.seconds + 0.5)

    asyncio.run(pressed())
    assert [words for _, words, _ in heard] == [
        "<p>Saving …</p>", f"<p>{WAITING}</p>", "<p>Saved 14:05:09, 1 row.</p>",
    ]  # fmt: skip
    assert heard[1][0] < 2 and heard[0][2] and len(keeper.saves) == 1 and not saving.button.disabled


def test_the_page_goes_on_while_a_save_waits(keeper: Kept) -> None:
    keeper.seconds = 0.5
    saving = Saving(lambda: {"actions": DataFrame({"what": ["x"]})}, keeper.keep, keeper.kept)

    async def pressed() -> int:
        saving.button.click()
        beats = 0
        while not keeper.saves:
            await asyncio.sleep(0.01)
            beats += 1
        return beats

    assert asyncio.run(pressed()) > 10 and threading.active_count() < 20


# --- changing what is recorded ---------------------------------------------------------------------

ACTIONS = DataFrame({
    "term": [TERM], "action_id": ["X1"], "pupil_id": ["P1"], "what": ["Meet parents"], "owner": ["Ms One"],
    "by": pd.to_datetime(["2026-06-01"]), "entry": ["e1"], "version": [3],
}).reindex(columns=["term", *schema.columns("actions"), "entry", "version"])  # fmt: skip


def changing(keeper: Kept, rows: DataFrame = ACTIONS) -> Changing:
    section = Section("actions", "Action", ("what", "owner", "by", "done_on", "result"))
    names = {"entry": [("Meet parents", rows["entry"].iloc[0])]}
    return Changing(section, rows, names, PUPILS, keeper.keep, keeper.kept)


def test_a_record_is_changed_from_the_version_that_was_read(keeper: Kept) -> None:
    made = changing(keeper)
    made.picker.value = "e1"
    assert made.filled.cells == {"what": "Meet parents", "owner": "Ms One", "by": "2026-06-01", "done_on": "", "result": ""}
    made.filled.inputs["done_on"].value = date(2026, 5, 20)
    made.saving.button.click()
    row = keeper.saves[0]["actions"].iloc[0]
    assert row[["entry", "version", "action_id", "pupil_id", "done_on"]].tolist() == ["e1", "3", "X1", "P1", "2026-05-20"]


def test_a_record_can_be_taken_back(keeper: Kept) -> None:
    made = changing(keeper)
    made.picker.value = "e1"
    made.back.value = True
    made.saving.button.click()
    assert keeper.saves[0]["actions"]["withdrawn"].tolist() == ["Y"]


def test_nothing_is_changed_where_nothing_is_chosen(keeper: Kept) -> None:
    with pytest.raises(BadInput, match="Choose first"):
        changing(keeper).changed()


def test_a_record_can_be_changed_again_from_its_newest_version(keeper: Kept) -> None:
    made = changing(keeper)
    made.picker.value = "e1"
    made.filled.inputs["owner"].value = "Mr Two"
    made.saving.button.click()
    made.renew(changing(keeper, ACTIONS.assign(version=4, owner="Mr Two")))
    assert made.picker.value == "e1" and made.filled.cells["owner"] == "Mr Two" and "Saved" in made.saving.said.value
    made.filled.inputs["owner"].value = "Ms Three"
    made.saving.button.click()
    assert [save["actions"]["version"].iloc[0] for save in keeper.saves] == ["3", "4"]


def test_a_record_that_is_gone_is_closed_and_a_new_one_can_be_chosen(keeper: Kept) -> None:
    made = changing(keeper)
    made.picker.value = "e1"
    made.renew(changing(keeper, ACTIONS.assign(entry="e2")))
    assert made.filled is None and made.place.children == () and ("Meet parents", "e2") in made.picker.options


def test_a_form_offers_what_was_recorded_meanwhile_and_keeps_what_is_filled_in(keeper: Kept) -> None:
    made = form(keeper)
    fill(made, 0, pupil_id="P1", what="Meet parents")
    more = {**PUPILS, "provision_id": [("Reading", "R1"), ("Number", "R2")], "pupil_id": PUPILS["pupil_id"][:1]}
    made.renew(Form(forms.DECISION, more, TERM, keeper.keep, keeper.kept))
    assert ("Number", "R2") in made.sections[1].inputs["provision_id"].options
    assert made.sections[0].cells["pupil_id"] == "P1" and made.sections[0].cells["what"] == "Meet parents"
    made.renew(Form(forms.DECISION, {**more, "pupil_id": [("Ash", "P2")]}, TERM, keeper.keep, keeper.kept))
    assert made.sections[0].cells["pupil_id"] == "" and made.sections[0].cells["what"] == "Meet parents"


# --- a session of a group --------------------------------------------------------------------------


def sessions(keeper: Kept, pupils: Any = None) -> Sessions:
    groups = {"R1": [("Oak, Ann", "P1"), ("Ash, Bo", "P2")]} if pupils is None else pupils
    return Sessions([("Reading", "R1")], groups, TERM, date(2026, 5, 4), keeper.keep, keeper.kept)


def test_a_session_takes_three_clicks_everybody_is_ticked(keeper: Kept) -> None:
    made = sessions(keeper)
    made.provision.value = "R1"
    made.there.children[1].value = False
    made.saving.button.click()
    rows = keeper.saves[0]["provision_sessions"]
    assert rows[["pupil_id", "attended", "on"]].to_numpy().tolist() == [["P1", "Y", "2026-05-04"], ["P2", "N", "2026-05-04"]]
    assert made.provision.value == "" and len(made.there.children) == 0


def test_a_session_without_provision_day_or_pupils_is_not_saved(keeper: Kept) -> None:
    made = sessions(keeper)
    made.saving.button.click()
    assert NO_PROVISION in made.saving.said.value
    made.provision.value, made.day.value = "R1", None
    made.saving.button.click()
    assert NO_DAY in made.saving.said.value
    nobody = sessions(keeper, {})
    nobody.provision.value = "R1"
    nobody.saving.button.click()
    assert NOBODY in nobody.saving.said.value and not keeper.saves

"""Provision as schools write it down comes in without a mapping: maps, participation, registers, adults' timetables."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from pandas import DataFrame
from typer.testing import CliRunner

from sentrack_lib.cli import app
from sentrack_lib.sources import schema
from sentrack_lib.sources.exports.exported import Exported
from sentrack_lib.sources.exports.folding import one_of_each
from sentrack_lib.sources.exports.shapes import amounts
from sentrack_lib.sources.exports.shapes.timetables import day_of, slot_of
from sentrack_lib.sources.files import Sheet, read_sheet
from sentrack_lib.sources.imports import ImportReport, import_files
from sentrack_lib.sources.problems import problems_table

TERM = "2025-26-summer"
PROVISIONS = """
name | area_of_need                        | wave       | strategy            | intended_outcome | staff       | group_size
Zebra Reading | Cognition and learning              | targeted   | Reads to a zebra    | 12 months more   | Viv Proxy   | 4
Calm Corner   | Social, emotional and mental health | universal  | A corner, calm      | Fewer upsets     | Sam Standin |
Talk Towers   | Communication and interaction       | specialist | Talks about towers  | Speaks up        | Viv Proxy   | 1
"""
COSTS = """
sessions_planned | minutes | start | end | review_on | funding | hourly_cost | resources_cost | total_cost
24 | 45 | 2026-04-20 | 2026-07-03 | 2026-07-06 | Top-up, invented | 14.20 | 1250.50 |
   | 20 | 2026-04-27 | 2026-06-26 | 2026-07-01 |                  |       |         | 310
10 | 60 | 2026-05-04 | 2026-07-10 |            | Notional         | 31    |         |
"""


def drawn(text: str) -> DataFrame:
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return DataFrame(rows[1:], columns=rows[0], dtype="str")


def provisions() -> DataFrame:
    whole = pd.concat([drawn(PROVISIONS), drawn(COSTS)], axis=1)
    return whole.assign(provision_id=whole["name"])


def british(days: pd.Series) -> pd.Series:
    return pd.to_datetime(days, errors="coerce").dt.strftime("%d/%m/%Y").astype("str").fillna("")


def same(got: DataFrame, wanted: DataFrame) -> None:
    by = list(wanted)
    assert set(got) <= set(by), set(got) - set(by)
    one, other = (rows.reindex(columns=by, fill_value="").sort_values(by).reset_index(drop=True) for rows in (got, wanted))
    pd.testing.assert_frame_equal(one, other, check_dtype=False)


@pytest.fixture
def school(tmp_path: Path, sample: Path) -> Path:
    """A school's folder into which the roll of the invented school was imported first."""
    into = tmp_path / "school"
    into.mkdir()
    (into / "school.yml").write_bytes((sample / "school.yml").read_bytes())
    assert import_files([sample / TERM / "pupils.csv"], into, TERM, None).exit_code == 0
    return into


@pytest.fixture
def pupils(school: Path) -> DataFrame:
    return read_sheet(school / TERM / "pupils.csv").cells.reset_index(drop=True)


@pytest.fixture(params=["csv", "xlsx"])
def imported(request, school: Path, tmp_path: Path) -> Callable[..., ImportReport]:
    """What an import of some rows does, written as CSV and as a workbook."""

    def done(rows: DataFrame, name: str = "export") -> ImportReport:
        file = tmp_path / f"{name}.{request.param}"
        rows.to_csv(file, index=False) if request.param == "csv" else rows.to_excel(file, index=False, engine="xlsxwriter")
        return import_files([file], school, TERM, None)

    return done


@pytest.fixture
def held(school: Path) -> Callable[[str], DataFrame]:
    def table(name: str) -> DataFrame:
        return read_sheet(school / TERM / "records" / f"{name}.csv").cells.reset_index(drop=True)

    return table


@pytest.fixture
def taking_part(pupils: DataFrame) -> DataFrame:
    """Nine pupils in the three provisions; one of them in two."""
    whole = provisions().set_index("provision_id")
    whose = [*["Zebra Reading"] * 4, *["Calm Corner"] * 3, *["Talk Towers"] * 2]
    rows = DataFrame({"provision_id": whose, "pupil_id": pupils["pupil_id"].iloc[[0, 1, 2, 3, 3, 4, 5, 6, 7]].to_numpy()})
    rows = rows.assign(start=whole.loc[whose, "start"].to_numpy(), end=whole.loc[whose, "end"].to_numpy())
    rows.loc[1, "start"], rows.loc[2, "end"] = "2026-05-11", "2026-06-19"
    planned = whole.loc[whose, "sessions_planned"].to_numpy()
    numbers = [str(number) for number in range(1, 10)]
    return rows.assign(
        sessions_planned=planned,
        sessions_attended=numbers,
        baseline=["3a" + number for number in numbers],
        outcome=["4b" + number for number in numbers],
        rating=["good", "some", "none"] * 3,
    )


def as_map(taking_part: DataFrame, pupils: DataFrame) -> DataFrame:
    """A provision map as a school keeps it: one row a pupil, days day first, units in the cells."""
    whole = provisions().set_index("provision_id").loc[taking_part["provision_id"]].reset_index()
    who = pupils.set_index("pupil_id").loc[taking_part["pupil_id"]].reset_index()
    areas = {"Cognition and learning": "C and L", "Communication and interaction": "C&I"}
    areas["Social, emotional and mental health"] = "SEMH"
    return DataFrame(
        {
            "UPN": who["upn"],
            "Pupil": who["surname"] + ", " + who["forename"],
            "Year Group": who["year_group"],
            "SEN Stage": who["sen_status"],
            "Provision Title": whole["name"],
            "Area of Concern": whole["area_of_need"].map(areas),
            "Provision Wave": whole["wave"].map({"universal": "QFT", "targeted": "Wave 2 - Targeted", "specialist": "3"}),
            "Description": whole["strategy"],
            "Intended Outcome": whole["intended_outcome"],
            "Start Date": british(taking_part["start"]),
            "End Date": british(taking_part["end"]),
            "Review Date": british(whole["review_on"]),
            "Sessions per Week": whole["sessions_planned"].map({"24": "2", "10": "1", "": "2"}),
            "Number of Weeks": whole["sessions_planned"].map({"24": "12 weeks", "10": "10", "": ""}),
            "Session Length": whole["minutes"].map({"45": "45 mins", "20": "0:20", "60": "1 hr"}),
            "Staff": whole["staff"],
            "Group Size": whole["group_size"].replace("1", "1:1"),
            "Hourly Cost": whole["hourly_cost"].map({"14.20": "£14.20 per hour", "31": "£31", "": ""}),
            "Resources Cost": whole["resources_cost"].replace("1250.50", "£1,250.50"),
            "Total Cost": whole["total_cost"].replace("310", "£310"),
            "Funding Stream": whole["funding"],
            "Entry Score": taking_part["baseline"],
            "Exit Score": taking_part["outcome"],
            "Effectiveness": taking_part["rating"],
            "Sessions Attended": taking_part["sessions_attended"],
        }
    )


def taken_for(report: ImportReport) -> set[str]:
    return set(report.files["taken_for"])


def test_a_provision_map_comes_back_as_provisions_and_who_is_in_them(taking_part, pupils, imported, held):
    report = imported(as_map(taking_part, pupils))
    assert taken_for(report) == {"a provision map"} and report.exit_code == 0, str(report)
    same(held("provisions"), provisions())
    same(held("provision_pupils"), taking_part)
    assert report.files[["read", "accepted", "set_aside"]].to_numpy().tolist() == [[9, 9, 0]]


def test_the_second_import_of_a_map_changes_nothing(taking_part, pupils, imported, held):
    imported(as_map(taking_part, pupils))
    again = imported(as_map(taking_part, pupils))
    assert again.tables[["added", "changed"]].to_numpy().sum() == 0 and again.changes.empty
    same(held("provision_pupils"), taking_part)


@pytest.mark.parametrize("who", [["admission_no"], ["surname", "forename", "date_of_birth"]])
def test_pupils_of_a_map_are_found_by_other_ids_too(who, taking_part, pupils, imported, held):
    known = pupils.set_index("pupil_id").loc[taking_part["pupil_id"]].reset_index()
    names = {"admission_no": "Adno", "surname": "Surname", "forename": "First Name", "date_of_birth": "DOB"}
    rows = as_map(taking_part, pupils).drop(columns=["UPN", "Pupil"])
    imported(pd.concat([known[who].rename(columns=names), rows], axis=1))
    same(held("provision_pupils"), taking_part)


def test_the_sheets_own_id_of_a_provision_counts_before_its_name(taking_part, pupils, imported, held):
    rows = as_map(taking_part, pupils)
    ids = dict(zip(["Zebra Reading", "Calm Corner", "Talk Towers"], ["P1", "P2", ""], strict=True))
    imported(rows.assign(**{"Provision ID": rows["Provision Title"].map(ids)}))
    assert dict(held("provisions")[["provision_id", "name"]].to_numpy()) == {
        "P1": "Zebra Reading",
        "P2": "Calm Corner",
        "Talk Towers": "Talk Towers",
    }
    assert set(held("provision_pupils")["provision_id"]) == {"P1", "P2", "Talk Towers"}


def test_where_rows_of_a_provision_differ_most_count_and_it_is_said(taking_part, pupils, imported, held):
    rows = as_map(taking_part, pupils)
    rows.loc[2, "Staff"], rows.loc[3, "Staff"] = "", "Una Dummy"
    report = imported(rows)
    assert held("provisions").set_index("provision_id").loc["Zebra Reading", "staff"] == "Viv Proxy"
    told = report.problems.query("column == 'staff'")
    assert told["value"].tolist() == ["Zebra Reading"] and "differs" in told["problem"].iloc[0]
    assert report.exit_code == 0


def test_what_is_not_understood_stays_as_written_and_is_told(taking_part, pupils, imported, held):
    rows = as_map(taking_part, pupils)
    calm = rows["Provision Title"].eq("Calm Corner")
    odd = {"Provision Wave": "blue", "Area of Concern": "C&I / SEMH", "Session Length": "a while", "Total Cost": "lots"}
    report = imported(rows.assign(**{name: rows[name].mask(calm, text) for name, text in odd.items()}))
    row = held("provisions").set_index("provision_id").loc["Calm Corner"]
    assert [row[name] for name in ("wave", "area_of_need", "minutes", "total_cost")] == list(odd.values())
    assert {"blue", "C&I / SEMH"} <= set(report.not_understood["value"])
    assert {"a while", "lots"} <= set(report.problems["value"])


def test_pupils_who_are_nobody_bad_days_and_contradictions_are_told_and_counted(taking_part, pupils, imported, held):
    rows = as_map(taking_part, pupils)
    nobody = rows.iloc[[1]].assign(UPN="Z999999999999", Pupil="Nobody, Noa")
    torn = rows.iloc[[3]].assign(**{"Exit Score": "9z"})
    blank = rows.iloc[[4]].assign(**{"Provision Title": ""})
    rows.loc[0, "End Date"] = "31/02/2026"
    rows = pd.concat([rows, nobody, torn, blank], ignore_index=True)
    report = imported(rows)
    read, accepted, aside = report.files[["read", "accepted", "set_aside"]].to_numpy()[0]
    assert (read, accepted, aside) == (12, 8, 4) and report.exit_code == 1
    assert {"Z999999999999", "31/02/2026"} <= set(report.problems["value"])
    assert report.problems["problem"].str.contains("different values").any()
    whole = report.tables.query("table == 'provision_pupils'").iloc[0]
    assert whole["mapped"] == whole["accepted"] + whole["set_aside"] and whole["accepted"] == 8
    zebra = held("provisions").set_index("provision_id").loc["Zebra Reading"]
    assert (zebra["start"], zebra["end"]) == ("2026-04-20", "2026-07-03")


def test_a_map_that_names_pupils_by_name_alone_is_refused(taking_part, pupils, imported):
    report = imported(as_map(taking_part, pupils).drop(columns="UPN"))
    assert report.exit_code == 1 and "date of birth" in str(report)


def test_a_list_of_provisions_alone_names_no_pupils(imported, held, taking_part, pupils):
    rows = as_map(taking_part, pupils).drop(columns=["UPN", "Pupil", "Year Group", "SEN Stage"])
    rows = rows.drop_duplicates("Provision Title").rename(columns={"Provision Title": "Title"})
    wanted = provisions()
    report = imported(
        rows[[name for name in rows if "Score" not in name and "Sessions A" not in name and name != "Effectiveness"]]
    )
    assert taken_for(report) == {"a list of provisions"} and report.exit_code == 0, str(report)
    same(held("provisions"), wanted)


def test_several_pupils_in_one_cell_are_said_not_to_be_read(imported, held):
    listed = "ID | Name | Wave | Area of Need | Assigned Pupils | Cost | Sessions per Week"
    report = imported(drawn(f"{listed}\n7 | Owl Maths | 2 | C&L | Ann, Bo | £90 | 3"))
    reasons = report.columns.query("use == 'ignored'").set_index("column")["reason"]
    assert "several pupils in one cell" in reasons["Assigned Pupils"] and "not used: Assigned Pupils" in str(report)
    assert "cost of an hour" in reasons["Cost"] and "number of weeks" in reasons["Sessions per Week"]
    assert held("provisions").to_dict("records") == [
        {"provision_id": "7", "name": "Owl Maths", "area_of_need": "Cognition and learning", "wave": "targeted"}
    ]


def test_a_participation_sheet_comes_back(taking_part, pupils, imported, held):
    names = {"pupil_id": "UPN", "provision_id": "Intervention", "start": "Start Date", "end": "End Date"}
    names |= {"sessions_planned": "Sessions Planned", "sessions_attended": "Sessions Attended"}
    rows = taking_part.rename(columns=names | {"baseline": "Baseline", "outcome": "Outcome", "rating": "RAG Rating"})
    report = imported(rows)
    assert taken_for(report) == {"a participation sheet"} and report.exit_code == 0, str(report)
    same(held("provision_pupils"), taking_part)
    assert set(held("provisions")) == {"provision_id", "name"} and len(held("provisions")) == 3


def test_an_outcome_beside_a_score_at_the_end_is_a_rating(imported, held, pupils):
    upn = pupils["upn"][0]
    imported(drawn(f"UPN | Provision | Pre-test | Post-test | Outcome\n{upn} | Owl Maths | 11 | 15 | Partly met"))
    assert held("provision_pupils")[["baseline", "outcome", "rating"]].to_numpy().tolist() == [["11", "15", "Partly met"]]


@pytest.fixture
def sessions(taking_part: DataFrame) -> DataFrame:
    """Three days of the nine pupils, with a pupil missing on some."""
    days = DataFrame({"on": ["2026-05-12", "2026-05-19", "2026-06-02"]})
    rows = taking_part[["provision_id", "pupil_id"]].merge(days, "cross")
    return rows.assign(attended=(["Y", "Y", "N", "Y", "N", "Y", "Y"] * 4)[: len(rows)])


@pytest.mark.parametrize(("there", "away"), [("/", "N"), ("x", "O"), ("present", "absent"), ("1", "0"), ("Y", "N"), ("✓", "Abs")])
def test_a_register_of_an_intervention_comes_back(there, away, sessions, imported, held):
    marks = sessions["attended"].map({"Y": there, "N": away})
    listed = {"UPN": sessions["pupil_id"], "Intervention": sessions["provision_id"], "Session Date": british(sessions["on"])}
    report = imported(DataFrame(listed | {"Mark": marks, "Session Length": "30 mins"}))
    assert taken_for(report) == {"an intervention register"} and report.exit_code == 0, str(report)
    same(held("provision_sessions"), sessions.assign(minutes="30"))


@pytest.mark.parametrize(("there", "away"), [("/", "N"), ("X", "O"), ("P", "Abs"), ("1", "0")])
def test_a_register_with_a_column_for_each_day_comes_back(there, away, sessions, imported, held):
    told = sessions.assign(mark=sessions["attended"].map({"Y": there, "N": away}))
    told = told[~(told["provision_id"].eq("Calm Corner") & told["on"].eq("2026-05-19"))]
    wide = told.pivot(index=["pupil_id", "provision_id"], columns="on", values="mark").fillna("").reset_index()
    wide.columns = ["UPN", "Provision", "Tue 12 May 2026", "19/05/2026", "2 Jun 2026"]
    report = imported(wide.assign(**{"09/06/2026": "", "Score 30/06/2026": "14", "16/06/2026 {x}": ""}))
    assert taken_for(report) == {"an intervention register with a column for each day"} and report.exit_code == 0, str(report)
    same(held("provision_sessions"), told[["provision_id", "pupil_id", "on", "attended"]])
    assert "Score 30/06/2026" in str(report)


def test_among_ticks_alone_a_blank_is_n_and_an_unknown_mark_stays(imported, held, pupils):
    first, second = pupils["upn"][:2]
    rows = f"UPN | Intervention | Date | Attended\n{first} | Owl | 12/05/2026 | ✓\n{second} | Owl | 12/05/2026 |"
    imported(drawn(rows))
    assert held("provision_sessions").set_index("pupil_id")["attended"].to_dict() == {first: "Y", second: "N"}
    report = imported(drawn(f"{rows} fell asleep\n{first} | Owl | 19/05/2026 | N"), "later")
    assert "fell asleep" in set(held("provision_sessions")["attended"]) & set(report.not_understood["value"])


TIMETABLE = """
adult_id | role | day | starts | ends | teaching_group | subject | place | hours
Viv Proxy | TA | Monday | 08:50 | 09:50 | 7a/Ma1 | Maths | in class | 1
Viv Proxy | TA | Tuesday | 10:00 | 11:00 | 7a/En1 | English | small group | 1
Sam Standin | HLTA | Friday | 09:00 | 09:30 | | | one to one | 0.5
Sam Standin | HLTA | Wednesday | 14:00 | 15:00 | 8b/Sc1 | Science | out of class | 1
"""


def test_a_timetable_of_adults_comes_back_with_the_pupil_where_it_names_one(imported, held, pupils):
    wanted = drawn(TIMETABLE).assign(pupil_id=["", "", pupils["pupil_id"][0], ""])
    names = {"role": "Role", "teaching_group": "Class", "subject": "Subject", "pupil_id": "UPN"}
    rows = wanted.rename(columns=names).drop(columns=["adult_id", "starts", "ends", "hours"])
    rows = rows.assign(
        TA=wanted["adult_id"],
        Day=wanted["day"].str[:3],
        Time=wanted["starts"] + " - " + wanted["ends"],
        Hours=wanted["hours"].replace("0.5", "30 mins"),
        Support_Type=wanted["place"].replace({"one to one": "1:1", "in class": "In-class", "out of class": "Withdrawal"}),
    )
    rows = rows.drop(columns=["day", "place"]).rename(columns={"Support_Type": "Support Type"})
    report = imported(rows)
    assert taken_for(report) == {"a timetable of additional adults"} and report.exit_code == 0, str(report)
    same(held("deployments"), wanted)
    assert imported(rows).changes.empty


def test_a_timetable_names_the_letter_of_the_week_and_a_number_of_a_room_is_no_way_of_working(imported, held):
    rows = ["Viv Proxy | Mon | A | P1 | 7a/Ma1 | B12", "Viv Proxy | Mon | Week B | P1 | 7a/Ma1 | B14"]
    report = imported(drawn("\n".join(["Teaching Assistant | Day | Week | Period | Class | Room", *rows])))
    assert held("deployments")[["day", "starts"]].to_numpy().tolist() == [["Monday A", "P1"], ["Monday B", "P1"]]
    assert "place" not in held("deployments") and "not used: Room" in str(report)


def test_a_pupil_named_without_an_id_in_a_timetable_is_said_not_to_be_used(imported, held):
    report = imported(drawn("TA | Day | Period | Class | Pupil | Pupils\nViv Proxy | Monday | 1 | | Sample, Nicky | Ann; Bo"))
    reasons = report.columns.set_index("column")["reason"]
    assert reasons["Pupil"] and "several pupils" in reasons["Pupils"] and "not used: Pupil, Pupils" in str(report)
    assert len(held("deployments")) == 1


def test_a_pupil_of_a_timetable_who_is_nobody_is_set_aside(imported):
    rows = "TA | Day | Period | Class | UPN\nViv Proxy | Mon | 1 | 7a | Z999999999999\nViv Proxy | Mon | 2 | 7a |"
    report = imported(drawn(rows))
    assert report.files[["read", "accepted", "set_aside"]].to_numpy().tolist() == [[2, 1, 1]]


def test_a_timetable_with_a_column_for_each_period_comes_back(imported, held):
    rows = """
TA          | Role | Mon P1 | Mon P2 | Tuesday 2 | Fri 09:00-09:50
Viv Proxy   | TA   | 7a/Ma1 |        | 8b/En2    |
Sam Standin | TA   |        | 9c/Sc1 |           | 7a/Ar1
"""
    report = imported(drawn(rows))
    assert "with a column for each period" in next(iter(taken_for(report))) and report.exit_code == 0, str(report)
    wanted = """
adult_id | role | day | starts | ends | teaching_group
Viv Proxy | TA | Monday | P1 | | 7a/Ma1
Viv Proxy | TA | Tuesday | 2 | | 8b/En2
Sam Standin | TA | Monday | P2 | | 9c/Sc1
Sam Standin | TA | Friday | 09:00 | 09:50 | 7a/Ar1
"""
    same(held("deployments"), drawn(wanted))
    assert imported(drawn(rows)).changes.empty
    told = imported(drawn("TA | Mon P1 | Mon P2\nViv Proxy | Sample, Nicky | 7a"), "pupils")
    assert told.not_understood[["column", "value"]].to_numpy().tolist() == [["Mon P1", "Sample, Nicky"]]


@pytest.mark.parametrize(
    ("heading", "slot"),
    [
        ("Mon P1", ("Monday", "P1", "")),
        ("Tuesday 2", ("Tuesday", "2", "")),
        ("MonB:3", ("Monday B", "3", "")),
        ("Week A Thurs Period 4", ("Thursday A", "Period 4", "")),
        ("Wed 09:00 - 09:50", ("Wednesday", "09:00", "09:50")),
        ("Fri Lunch", ("Friday", "Lunch", "")),
        ("Mon AM", ("Monday", "AM", "")),
        ("Wed 3 Sep 2025", ("", "", "")),
        ("Monitoring 1", ("", "", "")),
        ("Sunita", ("", "", "")),
    ],
)
def test_a_heading_names_a_day_and_a_period(heading, slot):
    assert slot_of(heading) == slot


def test_days_of_the_week():
    assert [day_of(text) for text in ("Mon", "tues", "Thursday", "Wk B Fri", "Mon A", "Today")] == [
        *("Monday", "Tuesday", "Thursday", "Friday B", "Monday A", "")
    ]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        *[("45 mins", "45"), ("45", "45"), ("0:45", "45"), ("1 hr", "60"), ("1 hour 15 mins", "75"), ("1.5 hours", "90")],
        *[("01:00:00", "60"), ("half an hour", "30"), ("45 mins x 2", ""), ("an age", "")],
    ],
)
def test_minutes_of_a_session(text, minutes):
    assert amounts.minutes(text) == minutes


def test_money_counts_and_hours():
    assert [amounts.pounds(text) for text in ("£1,250.50", "14", "£14.20/hr", "1,2")] == ["1250.50", "14", "", ""]
    assert [amounts.pounds_an_hour(text) for text in ("£14.20/hr", "£14 per hour", "£9")] == ["14.20", "14", "9"]
    assert [amounts.hours(text) for text in ("1.5", "90 mins", "1 hr", "all day")] == ["1.5", "1.5", "1", ""]
    assert [amounts.group_size(text) for text in ("1:1", "11", "4 pupils", "1:4")] == ["1", "11", "4", ""]


def test_waves_and_areas_of_need():
    waves = ["Wave 1", "2", "Tier 3", "QFT", "Wave 2: small groups", "Wave 1 (targeted)", "4", "1:1"]
    meant = amounts.meant(pd.Series(waves), "wave")
    assert meant == dict(zip(waves[:5], ["universal", "targeted", "specialist", "universal", "targeted"], strict=True))
    areas = amounts.meant(pd.Series(["C&I", "c and l", "S/P", "SEMH", "Other"]), "area_of_need")
    assert [area.split()[0] for area in areas.values()] == ["Communication", "Cognition", "Sensory", "Social,"]


def test_rows_of_one_provision_become_one():
    rows = """
provision_id | start | end | staff
P1 | soon       | 2026-05-01 | A
P1 | 2026-04-02 |            | B
   |            |            | C
P1 | 2026-04-01 | x          | B
   |            |            | C
"""
    rows = drawn(rows)
    source = Exported(Sheet("map.csv", rows, problems_table(), len(rows)))
    kept = one_of_each(rows, "provision_id", source)
    assert kept.to_numpy().tolist() == [["P1", "2026-04-01", "2026-05-01", "B"], ["", "", "", "C"], ["", "", "", "C"]]
    assert [said["column"] for said in source.problems] == ["staff"]


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        ("UPN | Date | Incident Type | Points | Intervention | Staff\n{0} | 12/05/2026 | Merit | 1 | | V", "a behaviour list"),
        ("UPN | Date | AM/PM | Mark\n{0} | 12/05/2026 | AM | /", "a register of attendance marks"),
        ("UPN | 12/05/2026 AM | 12/05/2026 PM\n{0} | / | N", "a register with a column for each session"),
        ("UPN | Possible | Sessions Attended | Start Date\n{0} | 10 | 9 | 01/09/2025", "an attendance summary"),
        ("UPN | Subject | Class | Staff\n{0} | Maths | 7a/Ma1 | Ada", "a list of teaching groups"),
        ("UPN | En Y9 Sum CWG | Intervention\n{0} | 5 | Y", "a marksheet"),
        ("UPN | Surname | Year | SEN Status | Provision | Start Date\n{0} | Sample | 7 | N | N | 01/09/2025", "a roll"),
        ("UPN | SEN Status | Area of Need | Intervention | Review Date\n{0} | K | C&L | Owl | 01/07/2026", "a list of SEN"),
        ("Staff Name | Role | Hours per Week | Hourly Cost\nViv Proxy | TA | 20 | 14", "a list of staff"),
    ],
)  # fmt: skip
def test_other_exports_stay_what_they_are(headings, kind, pupils, school, tmp_path):
    drawn(headings.format(pupils["upn"][0])).to_csv(tmp_path / "other.csv", index=False)
    assert taken_for(import_files([tmp_path / "other.csv"], school, TERM, None)) == {kind}


@pytest.mark.parametrize("shape", ["map", "register"])
def test_a_drafted_profile_does_what_the_import_without_one_did(shape, taking_part, sessions, pupils, school, tmp_path, imported):
    listed = {"UPN": sessions["pupil_id"], "Intervention": sessions["provision_id"], "12/05/2026": "x", "19/05/2026": ""}
    rows = as_map(taking_part, pupils) if shape == "map" else DataFrame(listed).drop_duplicates()
    rows.to_csv(tmp_path / "sheet.csv", index=False)
    words = ["import", str(tmp_path / "sheet.csv"), "--term", TERM, "--into", str(school)]
    assert CliRunner().invoke(app, [*words, "--draft-profile", str(tmp_path / "ours.yml")]).exit_code == 0
    imported(rows)
    again = CliRunner().invoke(app, [*words, "--profile", str(tmp_path / "ours.yml")])
    assert again.exit_code == 0 and " 0 new, 0 changed" in again.output, again.output
    assert set(schema.RECORDS) >= {file.stem for file in (school / TERM / "records").glob("*.csv")}

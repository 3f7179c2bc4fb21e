"""The invented school, written out as each system writes it, comes back equal: every column that the shape can carry."""

from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from shutil import copytree

import pandas as pd
import pytest
from pandas import DataFrame, Series
from typer.testing import CliRunner
from written_as import arbor, as_csv, as_workbook, behaviour, bromcom, dfe, feeds, lists, printed, registers, sims
from written_as.marksheets import CARRIED, marksheet

from sentrack_lib.cli import app
from sentrack_lib.sources import codes
from sentrack_lib.sources.checking import check_table
from sentrack_lib.sources.codes import code_rows
from sentrack_lib.sources.files import read_sheet
from sentrack_lib.sources.imports import ImportReport, import_files
from sentrack_lib.sources.problems import KEPT, ROW_SET_ASIDE

TERM = "2025-26-summer"
NEEDS = [row["code"] for row in code_rows("sen_need") if row["current"] == "1"]


@pytest.fixture(scope="session")
def school(sample: Path) -> dict[str, DataFrame]:
    """A term of the invented school without its slips; more pupils have SEN and an id, so that every column says something."""
    tables = {file.stem: check_table(file.stem, read_sheet(file).cells, "")[0] for file in sorted((sample / TERM).glob("*.csv"))}
    roll = set(tables["pupils"]["pupil_id"]) | {""}
    known = {name: rows[rows["pupil_id"].isin(roll)] if "pupil_id" in rows else rows for name, rows in tables.items()}
    whole = {name: rows.reset_index(drop=True) for name, rows in known.items()}
    return whole | {"pupils": said_in_full(whole["pupils"])}


def said_in_full(pupils: DataFrame) -> DataFrame:
    going_round = lambda *texts: Series(list(islice(cycle(texts), len(pupils))), index=pupils.index)  # noqa: E731
    status = going_round("N", "K", "N", "E", "N", "N", "K", "")
    has_need = status.isin(["K", "E"])
    return pupils.assign(
        mis_id=Series(range(1000, 1000 + len(pupils)), index=pupils.index).astype("str"),
        sen_status=status,
        sen_need=going_round(*NEEDS).where(has_need, ""),
        sen_need_2=going_round("SEMH", "", "HI").where(has_need & status.eq("E"), ""),
        looked_after=going_round("N", "Y", "N"),
        gifted_talented=going_round("N", "N", "Y"),
        disability=going_round("N", "N", "Y"),
    )


@pytest.fixture
def folder(tmp_path: Path, sample: Path) -> Path:
    """The folder files are brought into: nothing in it but the school's settings."""
    (tmp_path / "school").mkdir()
    (tmp_path / "school" / "school.yml").write_bytes((sample / "school.yml").read_bytes())
    return tmp_path / "school"


def bring_in(folder: Path, *files: Path, term: str = TERM) -> ImportReport:
    """Import files, twice: every row is accounted for, and the second time not a byte of the folder changes."""
    first = import_files(files, folder, term)
    before = content(folder)
    again = import_files(files, folder, term)
    assert content(folder) == before
    for report in (first, again):
        assert report.files["read"].eq(report.files["accepted"] + report.files["set_aside"]).all()
    return first


def content(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def held(folder: Path, table: str, term: str = TERM) -> DataFrame:
    return read_sheet(folder / term / f"{table}.csv").cells.reset_index(drop=True)


def same(got: DataFrame, wanted: DataFrame, columns: list[str]) -> None:
    one, other = (rows[columns].sort_values(columns).reset_index(drop=True) for rows in (got, wanted))
    pd.testing.assert_frame_equal(one, other, check_dtype=False)


def taken_for(report: ImportReport) -> set[str]:
    return set(report.files["taken_for"])


@pytest.fixture(scope="session")
def enrolled(school, sample, tmp_path_factory) -> Path:
    """The folder of a school that has brought in its roll and nothing else."""
    made = tmp_path_factory.mktemp("enrolled") / "school"
    made.mkdir()
    (made / "school.yml").write_bytes((sample / "school.yml").read_bytes())
    with_roll(made, school["pupils"])
    return made


@pytest.fixture
def on_roll(enrolled: Path, tmp_path: Path) -> Path:
    """The same, to be written to: each pupil is known by UPN, admission number and id of the system."""
    return Path(copytree(enrolled, tmp_path / "on_roll"))


def with_roll(folder: Path, pupils: DataFrame) -> None:
    """The roll as Arbor exports it."""
    import_files([as_csv(arbor.roll(pupils), folder.parent / "the_roll.csv")], folder, TERM)


# Rolls

ROLLS = [
    pytest.param(sims.roll, sims.ROLL, id="SIMS"),
    pytest.param(sims.roll_with_needs, [*sims.ROLL, "sen_need", "sen_need_2"], id="SIMS with needs below each pupil"),
    pytest.param(arbor.roll, arbor.ROLL, id="Arbor"),
    pytest.param(bromcom.roll, bromcom.ROLL, id="Bromcom"),
    pytest.param(feeds.students, feeds.WONDE, id="Wonde"),
    pytest.param(dfe.census, dfe.CENSUS, id="census"),
    pytest.param(dfe.autumn_census, dfe.AUTUMN, id="autumn census"),
]
SAVED = [
    pytest.param(as_csv, "roll.csv", id="csv"),
    pytest.param(lambda rows, file: as_csv(rows.replace("✓", "Tick"), file, "cp1252"), "roll.csv", id="csv of Windows"),
    pytest.param(printed, "roll.csv", id="printed"),
    pytest.param(as_workbook, "roll.xlsx", id="workbook"),
    pytest.param(lambda rows, file: as_workbook(rows, file, above=2), "roll.xlsx", id="workbook with a title"),
]
TICKED = ("eal", "pupil_premium", "gifted_talented")


def as_ticks_say(pupils: DataFrame, write: Callable[[DataFrame], DataFrame]) -> DataFrame:
    """In a column of ticks a blank is N."""
    ticks = {sims.roll: ["eal"], sims.roll_with_needs: ["eal"], bromcom.roll: ["pupil_premium", "gifted_talented"]}.get(write, [])
    return pupils.assign(**{name: pupils[name].replace("", "N") for name in ticks})


@pytest.mark.parametrize(("write", "columns"), ROLLS)
def test_a_roll_comes_back_from_every_system(write, columns, school, folder, tmp_path):
    report = bring_in(folder, as_csv(write(school["pupils"]), tmp_path / "roll.csv"))
    same(held(folder, "pupils"), as_ticks_say(school["pupils"], write), columns)
    assert report.exit_code == 0, str(report)


@pytest.mark.parametrize(
    ("write", "columns", "save", "name"),
    [
        pytest.param(*roll.values, *saved.values, id=f"{roll.id}, {saved.id}")
        for roll, saved in zip(cycle(ROLLS), SAVED * 2, strict=False)
    ],
)
def test_a_roll_comes_back_however_it_is_saved(write, columns, save, name, school, folder, tmp_path):
    report = bring_in(folder, save(write(school["pupils"]), tmp_path / name))
    wanted = as_ticks_say(school["pupils"], write)
    # What a spreadsheet has lost no reader can tell: the number is read as it stands there.
    spelt = wanted.assign(admission_no=wanted["admission_no"].str.lstrip("0")) if name.endswith(".xlsx") else wanted
    same(held(folder, "pupils"), spelt, columns)
    assert report.files["read"].sum() == report.files["accepted"].sum() + (save is printed)


def test_what_a_census_says_that_no_table_needs_is_left_with_a_reason(school, folder, tmp_path):
    report = import_files([as_csv(dfe.census(school["pupils"]), tmp_path / "census.csv")], folder, TERM)
    said = report.columns.set_index("column").loc[["PreferredSurname", "FSMeligible", "Language", "IDACI_S"]]
    assert said["use"].eq("ignored").all() and said["reason"].ne("").all()


def test_a_roll_comes_back_from_a_report_of_sims_in_xml(school, folder, tmp_path):
    (tmp_path / "roll.xml").write_text(sims.superstar(sims.roll_with_needs(school["pupils"])), encoding="utf-8")
    bring_in(folder, tmp_path / "roll.xml")
    wanted = as_ticks_say(school["pupils"], sims.roll)
    same(held(folder, "pupils"), wanted, [*sims.ROLL, "sen_need", "sen_need_2"])


@pytest.mark.parametrize("version", range(12, 26))
def test_pupils_and_their_starts_come_back_from_a_transfer_file_of_every_version(version, school, folder, tmp_path):
    pupils, prior = school["pupils"], school["prior_attainment"]
    parts = {"Reading": ("ENG", "REA"), "Maths": ("MAT", "")}
    starts = {
        pupil: [
            {"grade": row["grade"], "subject": parts[row["subject"]][0], "part": parts[row["subject"]][1]}
            for row in rows.to_dict("records")
        ]
        for pupil, rows in prior.groupby("pupil_id")
    }
    heading = "CTFversion" if version % 2 else "CTFVersion"
    written = dfe.ctf(
        *(dfe.ctf_pupil(row, starts.get(row["pupil_id"], ())) for row in pupils.to_dict("records")),
        head=dfe.told(heading, f"{version}.0"),
    )
    older = written.replace("<Sex>", "<Gender>").replace("</Sex>", "</Gender>") if version < 16 else written
    (tmp_path / "9994000_CTF_9994001_001.xml").write_text(older, encoding="utf-8")
    import_files([tmp_path / "9994000_CTF_9994001_001.xml"], folder, TERM)
    columns = ["pupil_id", "upn", "surname", "forename", "date_of_birth", "sex", "year_group", "ethnicity", "sen_status"]
    same(held(folder, "pupils"), pupils, [*columns, "sen_need", "sen_need_2", "disability", "eal", "looked_after"])
    same(held(folder, "prior_attainment"), prior, list(prior))


def test_a_school_census_comes_back(school, folder, tmp_path):
    pupils = school["pupils"]
    (tmp_path / "census.xml").write_text(dfe.census_xml(*map(dfe.census_pupil, pupils.to_dict("records"))), encoding="utf-8")
    bring_in(folder, tmp_path / "census.xml")
    columns = ["pupil_id", "surname", "forename", "date_of_birth", "sex", "year_group", "ethnicity", "sen_status"]
    same(held(folder, "pupils"), pupils, [*columns, "sen_need", "sen_need_2"])


# Lists about pupils who are on the roll


def test_the_list_of_the_pupil_premium_says_who_has_it(school, folder, tmp_path):
    pupils = school["pupils"]
    with_roll(folder, pupils.assign(pupil_premium=""))
    report = bring_in(folder, as_csv(dfe.pupil_premium(pupils), tmp_path / "premium.csv"))
    assert report.exit_code == 0 and taken_for(report) == {"the Department's list of pupil premium"}
    same(held(folder, "pupils"), pupils.assign(pupil_premium=pupils["pupil_premium"].replace("", "N")), arbor.ROLL)


def test_needs_of_a_feed_count_only_where_they_last_to_the_end_of_the_term(school, folder, tmp_path):
    pupils = school["pupils"]
    with_roll(folder, pupils.assign(sen_need="OTH", sen_need_2=""))
    report = bring_in(folder, as_csv(feeds.needs(pupils), tmp_path / "needs.csv"))
    assert report.exit_code == 0, str(report)
    same(held(folder, "pupils"), pupils, arbor.ROLL)


def test_of_a_history_of_provision_the_one_in_force_at_the_end_of_the_term_counts(school, folder, tmp_path):
    pupils = school["pupils"]
    with_roll(folder, pupils.assign(sen_status="N"))
    report = bring_in(folder, as_csv(feeds.provisions(pupils), tmp_path / "provisions.csv"))
    assert report.exit_code == 0, str(report)
    same(held(folder, "pupils"), pupils, arbor.ROLL)


def test_enrolments_say_who_came_and_left(school, folder, tmp_path):
    pupils = school["pupils"]
    with_roll(folder, pupils.assign(joined_on="", left_on=""))
    bring_in(folder, as_csv(arbor.enrolments(pupils), tmp_path / "enrolments.csv"))
    same(held(folder, "pupils"), pupils, arbor.ROLL)


def test_sen_in_further_education_finds_its_pupils_by_name_and_day_of_birth(school, folder, tmp_path):
    pupils = school["pupils"]
    with_roll(folder, pupils.assign(sen_status=""))
    report = bring_in(folder, as_csv(dfe.further_education(pupils), tmp_path / "fe.csv"))
    assert "further education" in str(taken_for(report))
    same(held(folder, "pupils"), pupils, arbor.ROLL)


def test_the_multiplication_tables_check_is_known_and_holds_nothing_that_is_needed(school, on_roll, tmp_path):
    before = held(on_roll, "pupils")
    report = bring_in(on_roll, as_csv(dfe.tables_check(school["pupils"]), tmp_path / "mtc.csv"))
    assert "multiplication tables check" in str(report) and "nothing" in str(report)
    assert held(on_roll, "pupils").equals(before)


def test_where_pupils_started_comes_back_from_key_stage_2_with_the_reason_where_there_is_no_score(school, on_roll, tmp_path):
    pupils, prior = school["pupils"], school["prior_attainment"]
    wide = {
        "Reading": ("ks2_scaled", "B"),
        "Maths": ("ks2_scaled", "101"),
        "Writing": ("ks2_ta", "EXS"),
        "Science": ("ks2_ta", "HNM"),
    }
    others = [(pupil, subject, "KS2", *said) for pupil in pupils["pupil_id"][:5] for subject, said in wide.items()]
    starts = pd.concat([prior, DataFrame(others, columns=list(prior))]).drop_duplicates(["pupil_id", "subject"])
    report = bring_in(on_roll, as_csv(dfe.key_stage_2(starts, pupils), tmp_path / "results.csv"))
    assert report.exit_code == 0, str(report)
    same(held(on_roll, "prior_attainment"), starts, list(starts))
    same(held(on_roll, "pupils"), pupils, arbor.ROLL)


def test_where_pupils_started_comes_back_from_key_stage_4_and_nothing_else_of_it(school, on_roll, tmp_path):
    prior, pupils = school["prior_attainment"], school["pupils"]
    report = bring_in(on_roll, as_csv(dfe.key_stage_4(prior, pupils), tmp_path / "results.csv"))
    assert report.exit_code == 0, str(report)
    same(held(on_roll, "prior_attainment"), prior, list(prior))
    same(held(on_roll, "pupils"), pupils, arbor.ROLL)
    assert {file.stem for file in (on_roll / TERM).glob("*.csv")} == {"pupils", "prior_attainment"}


# Attendance


@pytest.mark.parametrize(("save", "name"), SAVED)
def test_sessions_come_back_from_a_summary(save, name, school, on_roll, tmp_path):
    there = sums_up(school["attendance"])
    report = bring_in(on_roll, save(arbor.attendance_report(there), tmp_path / name))
    assert report.exit_code == 0, str(report)
    same(held(on_roll, "attendance"), there, list(there))


def test_sessions_come_back_from_a_feed(school, on_roll, tmp_path):
    there = sums_up(school["attendance"])
    bring_in(on_roll, as_csv(feeds.attendance(there), tmp_path / "attendance.csv"))
    same(held(on_roll, "attendance"), there, list(there))


def sums_up(sessions: DataFrame) -> DataFrame:
    """The sample's sessions, those possible as the sum of the others: the sample also holds a row that does not add up."""
    numbers = sessions.drop(columns="pupil_id").apply(pd.to_numeric)
    whole = numbers[["sessions_attended", "sessions_authorised", "sessions_unauthorised"]].sum(axis=1)
    return sessions.assign(sessions_possible=whole.astype("str"))


def test_sessions_come_back_from_marks_of_the_connector(school, on_roll, tmp_path):
    there = sums_up(school["attendance"])
    marks = registers.behind(there, SCHOOL_DAYS)
    report = bring_in(on_roll, as_csv(arbor.attendance(marks, school["pupils"]), tmp_path / "ATTENDANCE.csv"))
    assert report.exit_code == 0, str(report)
    same(held(on_roll, "attendance"), there, list(there))


@pytest.mark.parametrize(("write", "save", "name"), [(registers.long, as_csv, "m.csv"), (registers.wide, as_workbook, "m.xlsx")])
def test_sessions_come_back_from_a_register(write, save, name, school, on_roll, tmp_path):
    there = sums_up(school["attendance"])
    bring_in(on_roll, save(write(registers.behind(there, SCHOOL_DAYS)), tmp_path / name))
    same(held(on_roll, "attendance"), there, list(there))


SCHOOL_DAYS = [str(day.date()) for day in pd.bdate_range("2026-04-14", "2026-07-21")]
CODES_BEFORE = ["/", "\\", "L", "H", "J", "Y", "B", "D", "I", "U", "K", "Q", "Y1", "-", "C1"]
CODES_AFTER = ["/", "\\", "L", "H", "J", "Y", "B", "D", "J1", "K", "Q", "Y4", "C2", "U", "#"]
PRESENT, LATE_CODES = {*"/\\LBPVW"}, {"L", "U"}
AUTHORISED, UNAUTHORISED = {*"CEIMRST"}, {*"GNOU"}


def counted_slowly(marks: DataFrame) -> DataFrame:
    """Session by session, by the words of the guidance of 19 August 2024 and of the one before."""
    counts = {pupil: [0, 0, 0, 0, 0] for pupil in marks["pupil_id"].unique()}
    for pupil, on, _, mark in marks.to_numpy():
        new = on >= "2024-08-19"
        present = PRESENT | ({"K"} if new else {"J"})
        away = AUTHORISED | ({"C1", "C2", "J1"} if new else {"H"})
        row = counts[pupil]
        row[0] += mark in present | away | UNAUTHORISED
        row[1] += mark in present
        row[2] += mark in away
        row[3] += mark in UNAUTHORISED
        row[4] += mark in LATE_CODES
    names = ["sessions_possible", "sessions_attended", "sessions_authorised", "sessions_unauthorised", "sessions_late"]
    return DataFrame.from_dict(counts, orient="index", columns=names).astype("str").rename_axis("pupil_id").reset_index()


@pytest.mark.parametrize("write", [registers.long, registers.wide])
@pytest.mark.parametrize(
    ("term", "first", "last", "marked"),
    [
        ("2023-24-summer", "2024-08-05", "2024-08-16", CODES_BEFORE),
        ("2023-24-summer", "2024-08-12", "2024-08-30", CODES_AFTER),
        ("2024-25-autumn", "2024-09-02", "2024-09-20", CODES_AFTER),
    ],
    ids=["before 19 August 2024", "across it", "after it"],
)
def test_marks_count_by_the_codes_of_their_day(write, term, first, last, marked, school, folder, tmp_path):
    pupils = school["pupils"]
    import_files([as_csv(arbor.roll(pupils), tmp_path / "roll.csv")], folder, term)
    days = [str(day.date()) for day in pd.bdate_range(first, last)]
    marks = registers.marks_on(days, marked, pupils["pupil_id"][:8])
    report = bring_in(folder, as_csv(write(marks), tmp_path / "marks.csv"), term=term)
    same(held(folder, "attendance", term), counted_slowly(marks), list(school["attendance"]))
    assert set(report.not_understood["value"]) == then_unknown(marks)


def then_unknown(marks: DataFrame) -> set[str]:
    new = marks["on"].ge("2024-08-19")
    gone, not_yet = marks["mark"].isin(["H", "J", "Y"]), marks["mark"].isin(["K", "Q", "Y1", "Y4", "C1", "C2", "J1"])
    return set(marks.loc[(new & gone) | (~new & not_yet), "mark"])


@pytest.mark.parametrize("share", ["93.4", "93.4%", "0.934"])
def test_a_percentage_alone_is_refused_with_what_is_needed_instead(share, school, on_roll, tmp_path):
    report = bring_in(on_roll, as_csv(DataFrame({"UPN": school["pupils"]["upn"], "% Attendance": share}), tmp_path / "share.csv"))
    assert report.exit_code == 1 and "sessions possible and attended" in str(report)
    assert not (on_roll / TERM / "attendance.csv").exists()


# What pupils did


def test_everything_pupils_did_comes_back_from_one_list(school, on_roll, tmp_path):
    report = bring_in(on_roll, as_csv(behaviour.everything(school["behaviour"]), tmp_path / "behaviour.csv"))
    assert report.exit_code == 0, str(report)
    same(held(on_roll, "behaviour"), school["behaviour"], list(school["behaviour"]))


def test_incidents_come_back_from_the_connector(school, on_roll, tmp_path):
    events = school["behaviour"].query("kind == 'incident'")
    bring_in(on_roll, as_csv(arbor.behaviour_incidents(events, school["pupils"]), tmp_path / "BEHAVIOUR_INCIDENTS.csv"))
    same(held(on_roll, "behaviour"), events, ["pupil_id", "on", "kind", "reason"])


@pytest.fixture
def away(school) -> DataFrame:
    """Suspensions of the term in days and half days, with coded reasons, and one pupil who may not come back."""
    events = school["behaviour"].query("kind == 'suspension'").reset_index(drop=True)
    kinds = events["kind"].mask(events.index == 0, "permanent_exclusion")
    lost = events["sessions_lost"].mask(events.index == 0, "").mask(events.index == 1, "1")
    reasons = list(islice(cycle(["DS", "PP", "BW", "VA"]), len(events)))
    return events.assign(kind=kinds, sessions_lost=lost, reason=reasons)


CAME = ["pupil_id", "on", "kind", "reason", "sessions_lost"]


@pytest.mark.parametrize(("save", "name"), [SAVED[0], SAVED[4]])
def test_days_of_suspension_come_back_as_sessions(save, name, away, school, on_roll, tmp_path):
    report = bring_in(on_roll, save(behaviour.suspensions(away), tmp_path / name))
    assert taken_for(report) == {"a list of suspensions"}
    same(held(on_roll, "behaviour"), away, CAME)


def test_exclusions_come_back_from_the_connector(away, school, on_roll, tmp_path):
    bring_in(on_roll, as_csv(arbor.exclusions(away, school["pupils"]), tmp_path / "EXCLUSIONS.csv"))
    same(held(on_roll, "behaviour"), away, CAME)


def test_a_suspension_at_lunchtime_is_one_session(away, school, on_roll, tmp_path):
    rows = behaviour.suspensions(away.assign(category="LNCH", sessions_lost="2"))
    bring_in(on_roll, as_csv(rows, tmp_path / "lunch.csv"), as_csv(rows.drop(columns="Number of Days"), tmp_path / "bare.csv"))
    assert held(on_roll, "behaviour")[["kind", "sessions_lost"]].drop_duplicates().to_numpy().tolist() == [["suspension", "1"]]


@pytest.mark.parametrize(
    ("on", "known", "listed"),
    [
        ("2026-05-06", ["DS", "BW", "BU - Bullying", "Fighting"], ["OT", "ZZ", "XX - Invented"]),
        ("2024-05-06", ["DS", "DB"], ["BW", "OT"]),
        ("2018-05-06", ["OT", "DB"], ["BW", "LG"]),
    ],
)
def test_a_code_that_is_no_reason_of_its_school_year_is_kept_and_listed(on, known, listed, away, school, on_roll, tmp_path):
    reasons = [*known, *listed]
    events = away.iloc[[1] * len(reasons)].assign(reason=reasons, on=on)
    report = bring_in(on_roll, as_csv(behaviour.suspensions(events), tmp_path / "suspensions.csv"))
    assert list(report.not_understood["value"]) == listed and set(report.not_understood["column"]) == {"Reason"}
    assert list(held(on_roll, "behaviour")["reason"]) == reasons
    same(held(on_roll, "pupils"), school["pupils"], arbor.ROLL)


def test_reasons_of_suspensions_agree_with_the_reference_list(shared):
    theirs = pd.read_csv(shared / "codesets" / "suspension_reasons.csv", dtype="str")
    ours = DataFrame(code_rows("suspension_reasons"))
    assert set(ours["code"]) == set(theirs["code"])
    assert set(ours.loc[ours["first_year"].eq("2025-26"), "code"]) == set(
        theirs.query("in_cbds_2026 == '1' and in_2020_to_2025_set == '0'")["code"]
    )
    assert set(ours.loc[ours["last_year"].ne(""), "code"]) == set(theirs.query("in_cbds_2026 == '0'")["code"])


# Marks


@pytest.fixture(scope="session")
def marks(school) -> DataFrame:
    """One mark of each kind a pupil and subject: a marksheet has one cell for it."""
    return school["assessments"].drop_duplicates(["pupil_id", "subject", "kind"], keep="last")


@pytest.mark.parametrize(("save", "name"), [SAVED[0], SAVED[2], SAVED[3]])
def test_marks_on_several_scales_come_back_from_one_column(save, name, marks, school, on_roll, tmp_path):
    report = bring_in(on_roll, save(marksheet(marks, school["pupils"]), tmp_path / name))
    assert taken_for(report) == {"a marksheet"} and set(report.problems["effect"]) <= {KEPT, ROW_SET_ASIDE}
    same(held(on_roll, "assessments"), marks, CARRIED)


def test_marks_come_back_from_a_marksheet_a_year_group(marks, school, on_roll, tmp_path):
    year = marks["pupil_id"].map(school["pupils"].set_index("pupil_id")["year_group"])
    files = [
        as_csv(marksheet(of_year, school["pupils"], f"{{subject}} Y{name} Sum {{kind}}"), tmp_path / f"year {name}.csv")
        for name, of_year in marks.groupby(year)
    ]
    bring_in(on_roll, *files)
    same(held(on_roll, "assessments"), marks, CARRIED)


# Lists the school keeps itself


def test_activities_come_back(school, on_roll, tmp_path):
    report = bring_in(on_roll, as_csv(lists.activities(school["activities"]), tmp_path / "activities.csv"))
    assert taken_for(report) == {"a list of activities"} and report.exit_code == 0, str(report)
    same(held(on_roll, "activities"), school["activities"], list(school["activities"]))


def test_a_list_of_clubs_needs_no_kind(school, on_roll, tmp_path):
    clubs = school["activities"].query("kind == 'club'")
    bring_in(on_roll, as_csv(lists.clubs(clubs), tmp_path / "clubs.csv"))
    same(held(on_roll, "activities"), clubs, ["pupil_id", "activity", "kind"])


def test_staff_come_back(school, folder, tmp_path):
    report = bring_in(folder, as_csv(lists.staff(school["adults"]), tmp_path / "staff.csv"))
    assert taken_for(report) == {"a list of staff"} and report.exit_code == 0, str(report)
    same(held(folder, "adults"), school["adults"], list(school["adults"]))


def test_answers_to_a_questionnaire_come_back_and_may_be_anonymous(school, on_roll, tmp_path):
    views = school["views"].assign(pupil_id=school["views"]["pupil_id"].mask(school["views"]["respondent"].eq("parent"), ""))
    report = bring_in(on_roll, as_csv(lists.questionnaire(views), tmp_path / "answers.csv"))
    assert taken_for(report) == {"answers to a questionnaire"} and report.exit_code == 0, str(report)
    same(held(on_roll, "views"), views, list(views))


def test_every_table_that_already_has_sentracks_columns_comes_back_as_it_is(school, folder, tmp_path):
    for name, rows in school.items():
        rows.to_csv(tmp_path / f"{name}.csv", index=False)
    report = bring_in(folder, *sorted(tmp_path.glob("*.csv")))
    assert taken_for(report) == {"a table with sentrack's own columns"}
    for name, rows in school.items():
        same(held(folder, name), rows, list(rows))


def test_the_least_that_names_a_table_will_do(school, on_roll, tmp_path):
    bare = school["activities"][["pupil_id", "activity", "kind"]]
    bring_in(on_roll, as_csv(bare, tmp_path / "who does what.csv"))
    same(held(on_roll, "activities"), bare, list(bare))


# Answers and codes


@pytest.mark.parametrize(
    ("yes", "no"), [("Y", "N"), ("Yes", "No"), ("T", "F"), ("True", "False"), ("TRUE", "FALSE"), ("1", "0"), ("x", ""), ("✓", "")]
)
def test_yes_and_no_are_understood_in_every_way_they_are_written(yes, no, school, folder, tmp_path):
    flags = ["pupil_premium", "eal", "looked_after", "gifted_talented", "disability"]
    pupils = school["pupils"].assign(**{name: school["pupils"][name].replace("", "N") for name in flags})
    headings = ["Pupil Premium", "EAL", "In Care", "Gifted and Talented", "Disability"]
    said = {heading: pupils[name].map({"Y": yes, "N": no}) for heading, name in zip(headings, flags, strict=True)}
    who = {"UPN": "upn", "Surname": "surname", "Year Group": "year_group", "SEN Status": "sen_status"}
    rows = DataFrame({heading: pupils[name] for heading, name in who.items()} | said)
    bring_in(folder, as_workbook(rows, tmp_path / "f.xlsx") if yes in ("1", "TRUE") else as_csv(rows, tmp_path / "f.csv"))
    same(held(folder, "pupils"), pupils, flags)


def printed_status(code: str, way: int) -> str:
    ways = {
        "K": ["SEN Support", "K - SEN Support", "SEN support (K)", "k"],
        "E": ["EHCP", "E - Education, Health and Care Plan", "EHC Plan", "Education, Health and Care Plan"],
        "N": ["No SEN", "N - No Special Educational Need", "No Special Educational Need", "n"],
    }
    return ways[code][way] if code else ""


@pytest.mark.parametrize("way", range(4))
def test_sen_needs_ethnicity_and_year_mean_the_same_however_they_are_printed(way, school, folder, tmp_path):
    pupils = school["pupils"]
    label = {name: {row["code"]: row["label"] for row in code_rows(name)} for name in ("sen_need", "ethnicity")}
    form = ["{1}", "{0} - {1}", "{1} ({0})", "{0}"][way]
    spelt = lambda name, cells: cells.map(lambda code: form.format(code, label[name][code]) if code else "")  # noqa: E731
    year = ["Year {}", "Y{}", "Year  {}", "0{}"][way]
    rows = DataFrame(
        {
            "UPN": pupils["upn"],
            "Surname": pupils["surname"],
            "Year Group": pupils["year_group"].map(year.format),
            "SEN Status": pupils["sen_status"].map(lambda code: printed_status(code, way)),
            "Primary Need": spelt("sen_need", pupils["sen_need"]),
            "Secondary Need": spelt("sen_need", pupils["sen_need_2"]),
            "Ethnicity": spelt("ethnicity", pupils["ethnicity"]),
        }
    )
    report = bring_in(folder, as_csv(rows, tmp_path / "roll.csv"))
    got, wanted = (table.sort_values("pupil_id").reset_index(drop=True) for table in (held(folder, "pupils"), pupils))
    for name, meaning in (("sen_status", codes.sen_group), ("ethnicity", codes.ethnic_group), ("sen_need", codes.need)):
        assert meaning(got[name]).tolist() == meaning(wanted[name]).tolist()
    assert codes.need(got["sen_need_2"]).tolist() == codes.need(wanted["sen_need_2"]).tolist()
    assert got["year_group"].tolist() == wanted["year_group"].tolist() and report.not_understood.empty


@pytest.mark.parametrize("year", ["N1", "N2", "R", "X", "14"])
def test_year_groups_that_are_no_numbers_are_kept(year, school, folder, tmp_path):
    report = bring_in(folder, as_csv(sims.roll(school["pupils"].assign(year_group=year)), tmp_path / "roll.csv"))
    assert set(held(folder, "pupils")["year_group"].str.split().str[-1]) == {year} and report.exit_code == 0


@pytest.mark.parametrize("between", ["; ", ", ", " / ", "|"])
def test_needs_in_one_cell_come_back_as_two(between, school, folder, tmp_path):
    pupils = school["pupils"]
    both = pupils["sen_need"] + pupils["sen_need_2"].map(lambda second: between + second if second else "")
    bring_in(folder, as_csv(sims.roll(pupils).assign(**{"SEN Needs": both}), tmp_path / "roll.csv"))
    same(held(folder, "pupils"), pupils, ["pupil_id", "sen_need", "sen_need_2"])


def test_admission_numbers_that_lost_their_zeros_find_their_pupils(school, on_roll, tmp_path):
    there = sums_up(school["attendance"])
    numbers = there["pupil_id"].map(school["pupils"].set_index("pupil_id")["admission_no"])
    rows = feeds.attendance(there).drop(columns="upn").assign(Adno=numbers)
    report = bring_in(on_roll, as_workbook(rows, tmp_path / "attendance.xlsx"))
    assert "leading zeros" in str(report)
    same(held(on_roll, "attendance"), there, list(there))


# Everything at once, as a new user has it


@pytest.fixture
def messy(school, marks, tmp_path) -> Path:
    """A folder of exports of two systems, with their titles, totals, lost zeros and old encodings, and files that are none."""
    there = tmp_path / "Exports Summer" / "from the office"
    there.mkdir(parents=True)
    as_workbook(sims.roll(school["pupils"]), there / "SIMS whole school.xlsx", above=2)
    printed(arbor.attendance_report(sums_up(school["attendance"])), there.parent / "Attendance (Arbor).csv", "cp1252")
    printed(marksheet(marks, school["pupils"]), there / "marksheet all years.xlsx")
    joiner = school["pupils"].iloc[0].to_dict() | {"upn": "A999000126001", "surname": "Newcomer", "admission_no": ""}
    (there / "9994000_CTF_9994001_001.xml").write_text(dfe.ctf(dfe.ctf_pupil(joiner)), encoding="utf-8")
    first = school["pupils"].head(3)
    provision = {"UPN": first["upn"], "Provision": "Invented Reading Club", "Wave": "2", "Start Date": "20/04/2026"}
    as_csv(DataFrame(provision), there / "provision map.csv")
    (there / "Thumbs.db").write_bytes(b"\\0")
    (there / "scan of letter.pdf").write_bytes(b"%PDF-1.7")
    return there.parent


def test_a_messy_mixed_folder_comes_in_with_one_command(messy, school, marks, folder):
    done = CliRunner().invoke(app, ["import", str(messy), "--into", str(folder), "--term", TERM])
    assert done.exit_code == 1 and "scan of letter.pdf: is a PDF" in done.output, done.output
    assert "Traceback" not in done.output
    for kind in ("a roll", "an attendance summary", "a marksheet", "a Common Transfer File", "a provision map"):
        assert f"was taken for {kind}." in done.output, done.output
    roll = held(folder, "pupils")
    assert len(roll) == len(school["pupils"]) + 1 and "Newcomer" in set(roll["surname"])
    same(held(folder, "assessments"), marks, CARRIED)
    same(held(folder, "attendance"), sums_up(school["attendance"]), list(school["attendance"]))
    assert len(read_sheet(folder / TERM / "records" / "provision_pupils.csv").cells) == 3
    checked = CliRunner().invoke(app, ["check", str(folder)])
    assert checked.exit_code == 0, checked.output

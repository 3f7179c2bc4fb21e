"""OneRoster packages: what is written conforms and comes back equal; what is read is counted, and told where it is not used."""

import csv
import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from sentrack_lib.errors import BadInput, WrongUse
from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources import schema
from sentrack_lib.sources.exports.export import IGNORED, NOT_MENTIONED, USED, Export
from sentrack_lib.sources.exports.oneroster import is_package, read_package, write_package
from sentrack_lib.sources.files.opening import opened
from sentrack_lib.sources.imports.placing import placed
from sentrack_lib.sources.imports.rolls import Rolls
from sentrack_lib.sources.loading import School, load_school
from sentrack_lib.sources.problems import KEPT, ROW_SET_ASIDE
from sentrack_lib.terms import Term

TERM = Term.named("2025-26-summer")
EVERY_ROW = "sourcedId,status,dateLastModified"

# The standard's columns, written down a second time.
STANDARD_1_1 = {
    "manifest": "propertyName,value",
    "academicSessions": f"{EVERY_ROW},title,type,startDate,endDate,parentSourcedId,schoolYear",
    "categories": f"{EVERY_ROW},title",
    "classes": f"{EVERY_ROW},title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,"
    "subjects,subjectCodes,periods",
    "courses": f"{EVERY_ROW},schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
    "demographics": f"{EVERY_ROW},birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,"
    "nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,"
    "countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
    "enrollments": f"{EVERY_ROW},classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
    "lineItems": f"{EVERY_ROW},title,description,assignDate,dueDate,classSourcedId,categorySourcedId,"
    "gradingPeriodSourcedId,resultValueMin,resultValueMax",
    "orgs": f"{EVERY_ROW},name,type,identifier,parentSourcedId",
    "results": f"{EVERY_ROW},lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment",
    "users": f"{EVERY_ROW},enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,"
    "email,sms,phone,agentSourcedIds,grades,password",
}
STANDARD_1_2 = STANDARD_1_1 | {
    "categories": f"{EVERY_ROW},title,weight",
    "lineItems": f"{EVERY_ROW},title,description,assignDate,dueDate,classSourcedId,categorySourcedId,"
    "academicSessionSourcedId,resultValueMin,resultValueMax,schoolSourcedId",
    "lineItemScoreScales": f"{EVERY_ROW},title,lineItemSourcedId,scoreScaleSourcedId",
    "results": f"{EVERY_ROW},lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment,textScore,"
    "classSourcedId,inProgress,incomplete,late,missing",
    "roles": f"{EVERY_ROW},userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId",
    "scoreScales": f"{EVERY_ROW},title,type,orgSourcedId,courseSourcedId,classSourcedId,scoreScaleValue",
    "userProfiles": f"{EVERY_ROW},userSourcedId,profileType,vendorId,applicationId,description,credentialType,username,password",
    "users": f"{EVERY_ROW},enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,"
    "agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,"
    "primaryOrgSourcedId,pronouns",
}
STANDARD = {"1.1": STANDARD_1_1, "1.2": STANDARD_1_2}
MANIFEST = {
    "1.1": "academicSessions categories classes classResources courses courseResources demographics enrollments lineItems "
    "orgs resources results users",
    "1.2": "academicSessions categories classes classResources courses courseResources demographics enrollments "
    "lineItemLearningObjectiveIds lineItems lineItemScoreScales orgs resources resultLearningObjectiveIds results "
    "resultScoreScales roles scoreScales userProfiles userResources users",
}
WORDS = {
    ("academicSessions", "type"): {"gradingPeriod", "semester", "schoolYear", "term"},
    ("classes", "classType"): {"homeroom", "scheduled"},
    ("demographics", "sex"): {"male", "female", "unspecified", "other", ""},
    ("enrollments", "role"): {"administrator", "proctor", "student", "teacher"},
    ("enrollments", "primary"): {"true", "false", ""},
    ("orgs", "type"): {"department", "school", "district", "local", "state", "national"},
    ("results", "scoreStatus"): {"exempt", "fully graded", "not submitted", "partially graded", "submitted"},
    ("roles", "roleType"): {"primary", "secondary"},
    ("users", "enabledUser"): {"true", "false"},
    ("users", "role"): {"student", "teacher"},
    ("roles", "role"): {"student", "teacher"},
}
FILLED = {
    "academicSessions": "title type startDate endDate schoolYear",
    "categories": "title",
    "classes": "title courseSourcedId classType schoolSourcedId termSourcedIds",
    "courses": "title orgSourcedId",
    "enrollments": "classSourcedId schoolSourcedId userSourcedId role",
    "lineItems": "title assignDate dueDate classSourcedId categorySourcedId resultValueMin resultValueMax",
    "lineItemScoreScales": "lineItemSourcedId scoreScaleSourcedId",
    "orgs": "name type",
    "results": "lineItemSourcedId studentSourcedId scoreStatus scoreDate",
    "roles": "userSourcedId roleType role orgSourcedId",
    "scoreScales": "title type orgSourcedId courseSourcedId classSourcedId scoreScaleValue",
    "users": "enabledUser username givenName familyName",
}
POINTS_TO = {
    **dict.fromkeys(["schoolSourcedId", "orgSourcedId", "orgSourcedIds", "primaryOrgSourcedId"], "orgs"),
    **dict.fromkeys(["userSourcedId", "studentSourcedId"], "users"),
    **dict.fromkeys(["schoolYearSourcedId", "termSourcedIds"], "academicSessions"),
    **dict.fromkeys(["gradingPeriodSourcedId", "academicSessionSourcedId"], "academicSessions"),
    "classSourcedId": "classes",
    "courseSourcedId": "courses",
    "categorySourcedId": "categories",
    "lineItemSourcedId": "lineItems",
    "scoreScaleSourcedId": "scoreScales",
}

Rows = list[dict[str, str]]
Package = dict[str, Rows]


# Reading what was written, by nothing but the csv module


def as_written(file: Path) -> dict[str, str]:
    """The text of each file of a package, zip or folder."""
    if file.is_dir():
        return {path.stem: path.read_bytes().decode("utf-8") for path in sorted(file.iterdir())}
    with zipfile.ZipFile(file) as packed:
        return {name.removesuffix(".csv"): packed.read(name).decode("utf-8") for name in packed.namelist()}


def rows_in(texts: Mapping[str, str]) -> Package:
    return {name: list(csv.DictReader(io.StringIO(text, newline=""))) for name, text in texts.items()}


def faults_in(texts: Mapping[str, str], version: str) -> Iterator[str]:
    """Everything in which a package does not conform to the standard."""
    package = rows_in(texts)
    for name, columns in STANDARD[version].items():
        if texts[name].split("\r\n")[0] != columns:
            yield f"{name}: columns"
    for name in texts.keys() - STANDARD[version].keys():
        yield f"{name}: no file of the standard"
    said = {row["propertyName"]: row["value"] for row in package["manifest"]}
    listed = {f"file.{name}": "bulk" if name in texts else "absent" for name in MANIFEST[version].split()}
    if said != {"manifest.version": "1.0", "oneroster.version": version, **listed} | {
        name: value for name, value in said.items() if name.startswith("source.system")
    }:
        yield "manifest"
    for name, rows in package.items():
        if name != "manifest":
            yield from faults_of(name, rows, package)


def faults_of(name: str, rows: Rows, package: Package) -> Iterator[str]:
    known = {other: {row["sourcedId"] for row in found} for other, found in package.items() if other != "manifest"}
    if len(known[name]) != len(rows):
        yield f"{name}: an id twice"
    targets = POINTS_TO | ({"sourcedId": "users"} if name == "demographics" else {})
    targets |= {"parentSourcedId": "academicSessions"} if name == "academicSessions" else {"parentSourcedId": "orgs"}
    for row in rows:
        if not re.fullmatch(r"[0-9A-Za-z./@_-]{1,255}", row["sourcedId"]):
            yield f"{name}: an id with other signs"
        if row["status"] or row["dateLastModified"]:
            yield f"{name}: filled in a bulk row"
        yield from (f"{name}.{column} blank" for column in FILLED.get(name, "").split() if not row[column])
        for column, cell in row.items():
            words = WORDS.get((name, column))
            if words and cell not in words:
                yield f"{name}.{column}: {cell}"
            if column.endswith("Date") and cell and date.fromisoformat(cell).isoformat() != cell:
                yield f"{name}.{column}: {cell}"
            if column in ("score", "resultValueMin", "resultValueMax") and cell and not re.fullmatch(r"-?\d+(\.\d+)?", cell):
                yield f"{name}.{column}: {cell}"
            if column in targets and cell and cell not in known[targets[column]]:
                yield f"{name}.{column} names {cell}"


# A school that was written and read


@pytest.fixture(scope="module")
def school(sample: Path) -> School:
    return load_school(sample)


def understood(file: Path, term: str = str(TERM), known: SchoolSettings | None = None) -> dict[str, Export]:
    """The exports of a package, by the name of the file, opened as an import opens it."""
    with opened([file]) as found:
        files = {each.path.name.casefold(): each.path for each in found}
        names = {each.path.name.casefold(): each.name for each in found}
        exports = read_package(files, names, term, known)
    return {export.file.rpartition("/")[2].removesuffix(".csv"): export for export in exports}


def table_of(export: Export, name: str) -> DataFrame:
    """A table of an export with the pupils of its rows; without ids of a system the invented pupils go by their ids here."""
    rows = export.tables[str(TERM), name]
    return rows.assign(pupil_id=export.who.loc[rows.index, "mis_id"])


def as_held(school: School, name: str, columns: list[str]) -> DataFrame:
    rows = school.tables[name]
    own = rows.loc[rows["term"].eq(str(TERM)), columns]
    days = {day: own[day].dt.strftime("%Y-%m-%d") for day in schema.days(name, columns)}
    return own.assign(**days).astype("str").fillna("").replace("nan", "").sort_values(columns, ignore_index=True)


def in_order(rows: DataFrame, columns: list[str]) -> DataFrame:
    whole = rows.reindex(columns=columns, fill_value="").astype("str")
    return whole.sort_values(columns, ignore_index=True)


PUPIL = ["pupil_id", "upn", "admission_no", "surname", "forename", "date_of_birth", "sex", "year_group"]
GROUP = ["pupil_id", "subject", "teaching_group", "teacher"]
MARK = ["pupil_id", "subject", "kind", "scale", "grade", "assessed_on"]


def assert_comes_back(school: School, exports: Mapping[str, Export]) -> None:
    pupils = table_of(exports["users"], "pupils")
    pd.testing.assert_frame_equal(in_order(pupils, PUPIL), as_held(school, "pupils", PUPIL), check_dtype=False)
    groups = table_of(exports["enrollments"], "teaching_groups")
    pd.testing.assert_frame_equal(in_order(groups, GROUP), as_held(school, "teaching_groups", GROUP), check_dtype=False)
    marks = table_of(exports["results"], "assessments")
    pd.testing.assert_frame_equal(in_order(marks, MARK), as_held(school, "assessments", MARK), check_dtype=False)


VERSIONS = pytest.mark.parametrize("version", ["1.1", "1.2"])


@VERSIONS
@pytest.mark.parametrize("place", ["package.zip", "package"])
def test_a_school_that_was_written_comes_back_equal(school: School, tmp_path: Path, version: str, place: str) -> None:
    write_package(school, TERM, tmp_path / place, version)
    exports = understood(tmp_path / place, known=school.settings)
    assert_comes_back(school, exports)
    assert {export.taken_for for export in exports.values()} == {f"OneRoster {version} {name}" for name in STANDARD[version]}
    assert not any(counted(export).set_aside for export in exports.values())


@VERSIONS
def test_a_package_conforms_to_the_standard(school: School, tmp_path: Path, version: str) -> None:
    write_package(school, TERM, tmp_path / "package.zip", version)
    texts = as_written(tmp_path / "package.zip")
    assert list(faults_in(texts, version)) == []
    assert all(len(rows) > 0 for name, rows in rows_in(texts).items() if name != "userProfiles")


@VERSIONS
def test_the_same_school_makes_the_same_bytes(school: School, tmp_path: Path, version: str) -> None:
    write_package(school, TERM, tmp_path / "one.zip", version)
    shuffled = {name: rows.sample(frac=1, random_state=7) for name, rows in school.tables.items()}
    write_package(replace(school, tables=shuffled), TERM, tmp_path / "two.zip", version)
    write_package(school, TERM, tmp_path / "folder", version)
    write_package(school, TERM, tmp_path / "folder", version)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert as_written(tmp_path / "folder") == dict(sorted(as_written(tmp_path / "one.zip").items()))


@VERSIONS
def test_nothing_of_needs_or_ethnicity_leaves(school: School, tmp_path: Path, version: str) -> None:
    write_package(school, TERM, tmp_path / "package.zip", version)
    package = rows_in(as_written(tmp_path / "package.zip"))
    kept = {"sourcedId", "birthDate", "sex"}
    assert all(not cell for row in package["demographics"] for column, cell in row.items() if column not in kept)
    words = {cell for rows in package.values() for row in rows for cell in row.values()}
    held = school.tables["pupils"]
    told = {str(value) for column in ("ethnicity", "sen_need", "form") for value in held[column].dropna()}
    assert told and not words & told


# A school with everything odd in it

ODD_PUPILS = """pupil_id,upn,admission_no,mis_id,surname,forename,date_of_birth,sex,year_group,sen_status
A000200114009,A000200114009,00123,M-1,'=cmd|'/c calc'!A1,Zoë,2010-03-29,M,11,K
00124,,00124,,O'Neill,"Ann ""A"", Lee",2010-10-13,F,R,N
P 3,,,,,Mononym,,,7,
P4,,,dup,Onlysurname,,2012-01-01,,8,E
P5,,,dup,van der <b>Berg</b>,@Al,2012-01-02,F,Year 9,N
"""
ODD_GROUPS = """pupil_id,subject,teaching_group,set,teacher
A000200114009,"Art, Craft and Design",'=11/A,1,Prince
A000200114009,Maths,11/M1,,Ms Fay Dummy
00124,Maths,11/M1,,Mr Ben Sample
P4,Maths,11/M1,,
"""
ODD_MARKS = """pupil_id,subject,kind,scale,grade,assessed_on
A000200114009,Maths,actual,nc_level,4b,2026-05-01
A000200114009,Maths,actual,nc_level,5,2026-05-02
A000200114009,Maths,target,gcse_9_1,5=,
A000200114009,Maths,target,gcse_9_1,U,2026-05-01
00124,Maths,actual,nc_level,ABS,2026-05-01
00124,Maths,predicted,gcse_9_1,7,2026-05-01
00124,Maths,actual,percentage,45%,2026-05-01
00124,History,actual,percentage,07.50,2026-05-01
P4,Maths,effort,effort,2,
P4,Maths,actual,nc_level,N/A,2026-05-01
P4,Maths,actual,p_scale,P4,2026-05-03
P4,Maths,actual,nc_level,P4,2026-05-03
P5,Maths,actual,Ladder: own {x},"Nearly, there",2026-05-01
P5,Maths,actual,steps,Secure,2026-05-01
P5,Maths,actual,nobody's scale,X9,
P5,Maths,actual,gcse_9_1,7?,2026-05-01
P5,Maths,predicted,gcse_9_1,'=1+1,2026-05-01
"""
ODD_SETTINGS = """name: '=Odd "School", with commas'
scales:
  'Ladder: own {x}': ['Below', 'Nearly, there', 'a:b']
  steps: {grades: [Emerging, Secure], points: [1, 2.5]}
  effort: ['4', '3', '2', '1']
"""


@pytest.fixture
def odd(tmp_path: Path) -> School:
    """A school whose names, ids, groups and grades are all that a person may write."""
    folder = tmp_path / "odd"
    (folder / str(TERM)).mkdir(parents=True)
    (folder / "school.yml").write_text(ODD_SETTINGS, encoding="utf-8")
    for name, text in {"pupils": ODD_PUPILS, "teaching_groups": ODD_GROUPS, "assessments": ODD_MARKS}.items():
        (folder / str(TERM) / f"{name}.csv").write_text(text, encoding="utf-8")
    return load_school(folder)


@VERSIONS
def test_whatever_people_write_comes_back(odd: School, tmp_path: Path, version: str) -> None:
    assert len(odd.tables["assessments"]) == ODD_MARKS.count("\n") - 1 and len(odd.tables["pupils"]) == 5
    write_package(odd, TERM, tmp_path / "package.zip", version)
    exports = understood(tmp_path / "package.zip", known=odd.settings)
    roll = exports["users"].tables[str(TERM), "pupils"]
    columns = ["upn", "admission_no", "surname", "forename", "date_of_birth", "sex", "year_group"]
    pd.testing.assert_frame_equal(in_order(roll, columns), as_held(odd, "pupils", columns), check_dtype=False)
    assert {"M-1", "00124", "P4", "P5"} < set(roll["mis_id"]) and "dup" not in set(roll["mis_id"])
    columns = ["subject", "teaching_group", "teacher"]
    groups = exports["enrollments"].tables[str(TERM), "teaching_groups"]
    pd.testing.assert_frame_equal(in_order(groups, columns), as_held(odd, "teaching_groups", columns), check_dtype=False)
    columns = ["subject", "kind", "scale", "grade", "assessed_on"]
    marks = exports["results"].tables[str(TERM), "assessments"]
    pd.testing.assert_frame_equal(in_order(marks, columns), as_held(odd, "assessments", columns), check_dtype=False)
    assert list(faults_in(as_written(tmp_path / "package.zip"), version)) == []


@VERSIONS
def test_nothing_in_a_package_runs_in_a_spreadsheet(odd: School, tmp_path: Path, version: str) -> None:
    write_package(odd, TERM, tmp_path / "package.zip", version)
    package = rows_in(as_written(tmp_path / "package.zip"))
    cells = [cell for rows in package.values() for row in rows for cell in row.values()]
    assert any("cmd" in cell for cell in cells)
    assert not [cell for cell in cells if re.match(r"\s*[=+\-@\t\r]", cell) and not re.fullmatch(r"-?\d+(\.\d+)?", cell)]


def test_a_grade_that_is_no_number_has_a_place_in_each_version(odd: School, tmp_path: Path) -> None:
    write_package(odd, TERM, tmp_path / "one.zip", "1.1")
    write_package(odd, TERM, tmp_path / "two.zip", "1.2")
    older, newer = (rows_in(as_written(tmp_path / name))["results"] for name in ("one.zip", "two.zip"))
    told = {row["comment"]: (row["score"], row["scoreStatus"]) for row in older}
    assert told["Grade: 4b"] == ("27", "fully graded") and told["Grade: Secure"] == ("2.5", "fully graded")
    assert told["Grade: ABS"] == ("", "not submitted") and told["Grade: N/A"] == ("", "exempt")
    assert {row["textScore"]: row["score"] for row in newer}["4b"] == ""
    assert all((row["score"] == "") != (row["textScore"] == "") for row in newer)


def test_what_cannot_be_written_is_refused_with_a_sentence(school: School, tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="not a version of OneRoster"):
        write_package(school, TERM, tmp_path / "x.zip", "2.0")
    with pytest.raises(BadInput, match="Nobody is on the roll"):
        write_package(school, Term.named("1999-00-autumn"), tmp_path / "x.zip")
    write_package(school, TERM, tmp_path / "folder", "1.2")
    with pytest.raises(WrongUse, match="roles.csv"):
        write_package(school, TERM, tmp_path / "folder", "1.1")


@VERSIONS
def test_an_imported_package_is_placed_in_a_school(school: School, tmp_path: Path, version: str) -> None:
    write_package(school, TERM, tmp_path / "package.zip", version)
    exports = understood(tmp_path / "package.zip", known=school.settings)
    rolls, into = Rolls(), tmp_path / "new"
    for name in sorted(exports, key=lambda name: name != "users"):
        done = placed(exports[name], into, rolls, school.settings.calendar)
        rolls = done.rolls
        assert done.accepted + done.set_aside == exports[name].read and done.set_aside == exports[name].not_wanted
    (into / "school.yml").write_text((school.folder / "school.yml").read_text(encoding="utf-8"), encoding="utf-8")
    again = load_school(into)
    for name, columns in {"pupils": PUPIL, "teaching_groups": GROUP, "assessments": MARK}.items():
        pd.testing.assert_frame_equal(as_held(again, name, columns), as_held(school, name, columns), check_dtype=False)


# Packages of other systems


SESSIONS = (
    "sourcedId,title,type,startDate,endDate\n"
    "y,2025-26,schoolYear,2025-09-01,2026-08-31\n"
    "s,Summer,term,2026-04-16,2026-07-20\n"
    "a,Autumn,term,2025-09-01,2025-12-19\n"
)
OTHERS: dict[str, str] = {
    "manifest.csv": "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.users,bulk\n",
    "orgs.csv": "sourcedId,name,type\no,Our School,school\n",
    "academicSessions.csv": SESSIONS,
    "courses.csv": "sourcedId,title\nc1,Mathematics\n",
    "classes.csv": "sourcedId,title,courseSourcedId,classType,termSourcedIds,subjects\n"
    'k1,10x/Ma1,c1,scheduled,"y,s",\nk2,10x/En1,,scheduled,a,English\nk3,10A,,homeroom,y,\nk4,10x/Zz,,scheduled,s,\n',
    "users.csv": "sourcedId,status,role,userIds,givenName,familyName,identifier,grades,metadata.house\n"
    'u1,active,student,"{AdmissionNumber: 0042},{UPN:A000200114009}",Ann,One,,10,Red\n'
    "u2,active,Student,,Bob,Two,B000200216016,Year 10,Blue\n"
    "t1,active,teacher,,Cas,Three,,,\n"
    "t2,active,teacher,,Dee,Four,,,\n"
    "g1,active,guardian,,Gus,Five,,,\n"
    "x1,tobedeleted,student,,Gone,Six,,10,\n",
    "demographics.csv": "sourcedId,birthDate,sex\nu1,2010-03-01,female\nu2,2010-03-02T00:00:00.000Z,other\n",
    "enrollments.csv": "sourcedId,status,classSourcedId,userSourcedId,role,primary,beginDate,endDate\n"
    "e1,,k1,u1,student,,,\ne2,,k1,t2,teacher,false,,\ne3,,k1,t1,teacher,true,,\ne4,,k2,u1,student,,,\n"
    "e5,,k3,u1,student,,,\ne6,tobedeleted,k1,u2,student,,,\ne7,,nowhere,u2,student,,,\ne8,,k1,nobody,student,,,\n"
    "e9,,k1,g1,guardian,,,\ne10,,k1,u2,student,,2025-09-01,2026-01-10\ne11,,k4,u2,student,,,\n",
    "categories.csv": "sourcedId,title\ng1,End of term predicted grade\ng2,Homework\ng3,Attitude to Learning\n",
    "lineItems.csv": "sourcedId,title,classSourcedId,categorySourcedId,gradingPeriodSourcedId,resultValueMin,resultValueMax\n"
    "l1,Test,k1,g2,,0,100\nl2,Forecast,k1,g1,s,,\nl3,Old test,k1,g2,a,0,100\nl4,Quiz,k1,g2,s,0,20\nl5,ATL,k1,g3,s,,\n",
    "results.csv": "sourcedId,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment\n"
    "r1,l1,u1,fully graded,0,2026-05-01,Well tried\nr2,l1,u2,exempt,0,2026-05-01,Was away\nr3,l2,u1,fully graded,,2026-05-01,7\n"
    "r4,l3,u1,fully graded,50,2025-10-01,\nr5,l4,u1,fully graded,17,2026-05-01,\nr6,lost,u1,fully graded,1,2026-05-01,\n"
    "r7,l1,lost,fully graded,1,2026-05-01,\nr8,l1,u1,submitted,,2026-05-02,See me please\nr9,l1,u1,fully graded,71,2025-10-01,\n"
    "r10,l1,u2,fully graded,88,2026-06-01,\nr11,l5,u2,fully graded,3,2026-05-01,\n",
}


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., dict[str, Export]]:
    """Read a package of another system, with some files replaced or (None) left out."""

    def reading(term: str = str(TERM), **changed: str | None) -> dict[str, Export]:
        folder = tmp_path / "theirs"
        folder.mkdir(exist_ok=True)
        whole = OTHERS | {f"{name}.csv": text for name, text in changed.items()}
        for name, text in whole.items():
            (folder / name).unlink(missing_ok=True)
            if text is not None:
                (folder / name).write_text(text, encoding="utf-8")
        return understood(folder, term)

    return reading


Read = Callable[..., dict[str, Export]]


class Counted:
    """The rows of an export: those that a table has, those set aside, and those not wanted."""

    def __init__(self, export: Export) -> None:
        rows = [set(table.index) for table in export.tables.values()]
        self.in_tables = set[int]().union(*rows)
        aside = export.problems[export.problems["effect"].eq(ROW_SET_ASIDE)]
        self.aside_rows = set(aside["row"].astype(int))
        self.set_aside, self.not_wanted = len(self.aside_rows), export.not_wanted
        self.accepted = export.read - self.set_aside - self.not_wanted


def counted(export: Export) -> Counted:
    found = Counted(export)
    assert found.accepted >= len(found.in_tables) and not found.in_tables & found.aside_rows
    if set(export.tables) and export.taken_for.endswith(("users", "results")):
        assert found.accepted == len(found.in_tables)
    return found


def told(export: Export) -> set[tuple[int, str, str, str]]:
    rows = export.problems.dropna(subset="row")
    return set(rows[["row", "column", "value", "problem"]].itertuples(index=False, name=None))


def test_the_pupils_of_another_system_are_read(read: Read) -> None:
    users = read()["users"]
    pupils = users.tables[str(TERM), "pupils"]
    assert pupils.loc[2].to_dict() == {
        **{"upn": "A000200114009", "admission_no": "0042", "mis_id": "u1", "surname": "One", "forename": "Ann"},
        **{"date_of_birth": "2010-03-01", "sex": "F", "year_group": "10", "form": "10A"},
    }
    assert pupils.loc[3, ["upn", "date_of_birth", "sex", "year_group"]].tolist() == ["B000200216016", "2010-03-02", "other", "10"]
    assert list(pupils.index) == [2, 3] and users.roll == "whole" and "sen_status" not in pupils
    assert users.not_understood.to_numpy().tolist() == [["sex", "other", 1]]
    assert (users.read, users.not_wanted) == (6, 4)  # two teachers, a guardian, a deleted pupil


def test_columns_are_told_as_used_not_needed_or_without_a_place(read: Read) -> None:
    uses = read()["users"].columns.set_index("column")["use"]
    assert uses["givenName"] == USED and uses["metadata.house"] == NOT_MENTIONED
    assert read()["enrollments"].columns.set_index("column")["use"]["sourcedId"] == IGNORED


def test_who_is_taught_what_by_whom(read: Read) -> None:
    enrolments = read()["enrollments"]
    table = enrolments.tables[str(TERM), "teaching_groups"]
    assert table.loc[2].tolist() == ["Mathematics", "10x/Ma1", "Cas Three"] and list(table.index) == [2]
    assert enrolments.who.loc[2].to_dict() == {"upn": "A000200114009", "mis_id": "u1"}
    assert enrolments.not_wanted == 4  # another term, deleted, a guardian, over before the term
    assert told(enrolments) == {
        (8, "classSourcedId", "nowhere", "names a class that is not in classes.csv"),
        (9, "userSourcedId", "nobody", "names a user that is not in users.csv"),
        (12, "classSourcedId", "k4", "is a class without a subject"),
    }
    assert counted(enrolments).accepted == 4  # a pupil, two teachers, a tutor group


def test_marks_of_another_system_are_read(read: Read) -> None:
    results = read()["results"]
    table = results.tables[str(TERM), "assessments"]
    assert table.loc[2].tolist() == ["Mathematics", "actual", "percentage", "0", "2026-05-01"]
    assert table.loc[3, "grade"] == "N/A"  # exempt is never 0
    assert table.loc[4].tolist() == ["Mathematics", "predicted", "gcse_9_1", "7", "2026-05-01"]
    assert table.loc[12, ["kind", "scale", "grade"]].tolist() == ["effort", "effort", "3"]
    assert list(table.index) == [2, 3, 4, 11, 12]
    assert results.not_wanted == 3  # of another term by line item, by day, and without a grade
    assert told(results) == {
        (6, "lineItemSourcedId", "l4", "is on no scale that is known"),
        (7, "lineItemSourcedId", "lost", "names a line item that is not in lineItems.csv"),
        (8, "studentSourcedId", "lost", "names a pupil that is not in users.csv"),
    }
    assert "has 1 results without a grade" in results.problems["problem"].str.cat()


def test_a_row_that_is_set_aside_takes_those_that_speak_of_it_with_it(read: Read) -> None:
    exports = read(lineItems="sourcedId,title,classSourcedId\nl1,Test,nowhere\nl2,Test,k1\n")
    assert told(exports["lineItems"]) == {(2, "classSourcedId", "nowhere", "names a class that is not in classes.csv")}
    assert list(exports["results"].tables[str(TERM), "assessments"].index) == [4]


def test_ids_named_twice_are_told(read: Read) -> None:
    users = OTHERS["users.csv"] + "u1,active,student,,Other,Person,,10,\nt1,active,teacher,,Cas,Three,,,\n"
    exports = read(users=users)
    said = {(row, problem) for row, _, _, problem in told(exports["users"])}
    assert said == {
        *((row, "stands for two different rows") for row in (2, 8)),
        (9, "is in this file twice, with the same values"),
    }
    assert list(exports["users"].tables[str(TERM), "pupils"].index) == [3]
    assert (2, "userSourcedId", "u1", "names a user that is not in users.csv") in told(exports["enrollments"])
    assert counted(exports["users"]).set_aside == 3


def test_roles_stand_in_their_own_file_in_version_1_2(read: Read) -> None:
    users = "sourcedId,givenName,familyName\nu1,Ann,One\nt1,Cas,Three\nu3,No,Role\n"
    roles = "sourcedId,userSourcedId,roleType,role\nr1,u1,primary,student\nr2,t1,primary,teacher\nr3,zz,primary,student\n"
    exports = read(users=users, roles=roles, manifest=None, enrollments=None, results=None)
    assert exports["users"].taken_for == "OneRoster 1.2 users"
    assert exports["users"].tables[str(TERM), "pupils"]["mis_id"].tolist() == ["u1"]
    assert told(exports["users"]) == {(4, "sourcedId", "u3", "has no role, neither here nor in roles.csv")}
    assert counted(exports["roles"]).set_aside == 1


def test_a_score_scale_names_the_scale(read: Read) -> None:
    exports = read(
        scoreScales="sourcedId,title\ns1,standardised\n",
        lineItemScoreScales="sourcedId,lineItemSourcedId,scoreScaleSourcedId\nx,l1,s1\n",
    )
    assert exports["results"].tables[str(TERM), "assessments"].loc[2, "scale"] == "standardised"


def test_only_the_marks_and_groups_of_the_term_count(read: Read) -> None:
    exports = read("2025-26-autumn")
    assert exports["enrollments"].tables["2025-26-autumn", "teaching_groups"]["teaching_group"].tolist() == [
        "10x/Ma1",
        "10x/En1",
        "10x/Ma1",
    ]
    assert list(exports["results"].tables["2025-26-autumn", "assessments"].index) == [5, 10]


def test_a_term_that_the_package_does_not_have_is_told(read: Read) -> None:
    exports = read("2023-24-autumn")
    assert exports["academicSessions"].problems["problem"].tolist() == ["has no session in Autumn 2023"]
    assert "teaching_groups" not in {name for _, name in exports["enrollments"].tables}


def test_sessions_without_dates_leave_every_row_in(read: Read) -> None:
    exports = read(academicSessions="sourcedId,title,startDate,endDate\na,Autumn,,\n")
    assert {"10x/Ma1", "10x/En1"} <= set(exports["enrollments"].tables[str(TERM), "teaching_groups"]["teaching_group"])


def test_a_package_of_changes_is_no_whole_roll(read: Read) -> None:
    exports = read(manifest="propertyName,value\noneroster.version,1.1\nfile.users,delta\n")
    assert exports["users"].roll == "joiners"
    assert exports["manifest"].problems["problem"].tolist() == ["holds only changes of users"]


def test_several_schools_in_one_package_are_told(read: Read) -> None:
    exports = read(orgs="sourcedId,name,type\no,One,school\np,Two,school\nq,Trust,district\n")
    assert exports["orgs"].problems["problem"].tolist() == ["names 2 schools, which were read as one"]


def test_files_that_only_say_more_of_others_are_accepted_whole(read: Read) -> None:
    exports = read()
    for name in ("manifest", "orgs", "academicSessions", "courses", "classes", "demographics", "categories", "lineItems"):
        assert not exports[name].tables and counted(exports[name]).accepted == exports[name].read > 0


def test_a_class_whose_course_is_nowhere_is_used_and_told(read: Read) -> None:
    exports = read(courses="sourcedId,title\nother,Other\n")
    said = exports["classes"].problems
    assert said["effect"].tolist() == [KEPT] and said["value"].tolist() == ["c1"]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("users", "sourcedId,givenName\nu1,Ann\n", "users.csv lacks familyName, which a OneRoster package must have"),
        ("users", None, "holds no users.csv"),
        ("results", "sourcedId,score\nr,1\n", "results.csv lacks lineItemSourcedId, studentSourcedId"),
        ("classes", "", "classes.csv is empty"),
    ],
)
def test_a_file_that_lacks_what_it_must_have_is_refused(read: Read, name: str, text: str | None, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read(**{name: text})


def test_a_folder_is_known_by_its_headings(tmp_path: Path, school: School) -> None:
    folder = tmp_path / "folder"
    write_package(school, TERM, folder, "1.2")
    assert is_package(folder) and not is_package(tmp_path) and not is_package(folder / "users.csv")
    (folder / "users.csv").write_text("id,name\n1,Ann\n")
    assert not is_package(folder)
    (folder / "users.csv").write_bytes(b"")
    assert not is_package(folder)
    other = tmp_path / "other"
    other.mkdir()
    (other / "Users.csv").write_text("sourcedId,givenName,familyName\nu,A,B\n")
    assert not is_package(other)
    (other / "classes.csv").write_text("class,teacher\n1,2\n")
    assert not is_package(other)
    (other / "MANIFEST.csv").write_text("propertyName,value\nmanifest.version,1.0\n")
    assert is_package(other)


# Damage


JUNK = [
    b"",
    b"\0",
    b"\xff\xfe",
    b"\xc3",
    b'"',
    b"'=",
    b",",
    b"\r",
    b"\n",
    b"{UPN:",
    b"}",
    "٣🙂".encode(),
    b"inf",
    b"2026-99-99",
    b"-1e9",
]


def damaged(text: str, chance: random.Random) -> bytes:
    content = bytearray(text.encode())
    for _ in range(chance.choice([1, 1, 3, 20])):
        place = chance.randrange(len(content) + 1)
        kind = chance.randrange(6)
        if kind == 0:
            content[place : place + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            content[place:place] = chance.choice(JUNK)
        elif kind == 2:
            del content[place : place + chance.choice([1, 10, 1000])]
        else:
            content = bytearray(reshaped(bytes(content), chance, kind))
    return bytes(content)


def reshaped(content: bytes, chance: random.Random, kind: int) -> bytes:
    """Lines repeated or lost, cells emptied or swapped with one of another line."""
    lines = content.splitlines(keepends=True)
    if len(lines) < 2:
        return content
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    if kind == 3:
        return b"".join([*lines, lines[one]])
    if kind == 4:
        return b"".join(line for place, line in enumerate(lines) if place != one)
    cells, more = lines[one].split(b","), lines[other].split(b",")
    cells[chance.randrange(len(cells))] = chance.choice([b"", chance.choice(more)])
    return b"".join([*lines[:one], b",".join(cells), *lines[one + 1 :]])


@settings(max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), written=st.sampled_from(["theirs", "1.1", "1.2"]))
def test_a_damaged_package_is_read_and_counted_or_refused_with_a_sentence(
    seed: int, written: str, small: dict[str, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance = random.Random(seed)
    folder = tmp_path_factory.mktemp("damaged")
    chosen = chance.sample(sorted(small[written]), chance.choice([1, 1, 2, 5]))
    files = {}
    for name, text in small[written].items():
        files[name.casefold()] = folder / name
        (folder / name).write_bytes(damaged(text, chance) if name in chosen else text.encode())
    if chance.random() < 0.2:
        del files[chance.choice(sorted(files))]
    try:
        exports = read_package(files, {}, str(TERM))
    except BadInput as fault:
        assert str(fault).endswith(".")
        return
    is_package(folder)
    assert len(exports) == len(files)
    for export in exports:
        found = counted(export)
        assert 0 <= found.accepted <= export.read


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, school: School) -> dict[str, dict[str, str]]:
    """Packages of a few pupils, which are quick to read: of another system, and of the library in both versions."""
    few = school.tables["pupils"]["pupil_id"].unique()[:4]
    tables = {name: rows[rows["pupil_id"].isin(few)] if "pupil_id" in rows else rows for name, rows in school.tables.items()}
    found = {"theirs": dict(OTHERS)}
    for version in ("1.1", "1.2"):
        folder = tmp_path_factory.mktemp("small") / version
        write_package(replace(school, tables=tables), TERM, folder, version)
        found[version] = {path.name: path.read_bytes().decode() for path in folder.iterdir()}
    return found

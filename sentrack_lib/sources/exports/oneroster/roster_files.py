"""Who is at the school and who is taught what as the files of a package: users, classes and enrolments."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.exports.oneroster.rosters import NOT_KNOWN
from sentrack_lib.sources.exports.oneroster.sourced_ids import PLAIN_ID, SCHOOL_ID, TERM_ID, YEAR_ID, as_list, made_id, made_ids


def pupil_ids(pupils: DataFrame) -> Series:
    """The id of the school's own system where it names one pupil, else the pupil's id here, else one made from it."""
    ids = pupils["mis_id"].where(_is_unique_id(pupils["mis_id"]), pupils["pupil_id"])
    return ids.where(_is_unique_id(ids), made_ids("pupil", pupils[["pupil_id"]]))


def users(pupils: DataFrame, groups: DataFrame, ids: Series) -> dict[str, DataFrame]:
    """Pupils and teachers, and their roles, which version 1.2 has in a file of their own."""
    own = pupils["pupil_id"].map(ids)
    children = DataFrame(
        {
            "sourcedId": own,
            "role": "student",
            "userIds": _user_ids(pupils),
            "givenName": pupils["forename"].where(pupils["forename"].ne(""), NOT_KNOWN),
            "familyName": pupils["surname"].where(pupils["surname"].ne(""), NOT_KNOWN),
            "identifier": pupils["upn"],
            "grades": pupils["year_group"].str.replace("^([0-9])$", r"0\1", regex=True),
        }
    )
    names = Series(sorted(set(groups["teacher"]) - {""}), dtype="str")
    split = names.str.rsplit(" ", n=1)
    adults = DataFrame({"sourcedId": _teacher_ids(names), "role": "teacher"}).assign(
        givenName=split.map(lambda parts: parts[0] if len(parts) > 1 else NOT_KNOWN).astype("str"),
        familyName=split.map(lambda parts: parts[-1]).astype("str"),
    )
    both = pd.concat([children, adults], ignore_index=True).fillna("").astype("str")
    everyone = both.assign(enabledUser="true", orgSourcedIds=SCHOOL_ID, username=both["sourcedId"], primaryOrgSourcedId=SCHOOL_ID)
    roles = DataFrame(
        {"sourcedId": made_ids("role", both[["sourcedId"]]), "userSourcedId": both["sourcedId"], "role": both["role"]}
    )
    return {"users": everyone, "roles": roles.assign(roleType="primary", orgSourcedId=SCHOOL_ID)}


def demographics(pupils: DataFrame, ids: Series) -> DataFrame:
    """Date of birth and sex; the standard's flags of race are no code of an English school, and stay blank."""
    born = pupils["date_of_birth"].dt.strftime("%Y-%m-%d").fillna("")
    sex = pupils["sex"].map({"M": "male", "F": "female"}).fillna("")
    rows = DataFrame({"sourcedId": pupils["pupil_id"].map(ids), "birthDate": born, "sex": sex})
    return rows[born.ne("") | sex.ne("")]


def with_class(groups: DataFrame) -> DataFrame:
    """Teaching groups with the id of their `class`: one for each group and teacher, since a class has its teacher from its own
    enrolments."""
    return groups.assign(**{"class": made_ids("class", groups[["subject", "teaching_group", "teacher"]])})


def with_class_of_mark(marks: DataFrame, groups: DataFrame) -> DataFrame:
    """Marks with their `class` and `course`: the first of the pupil's groups in the subject, else a class of the subject without
    pupils, since a mark must be of a class."""
    first = groups.sort_values("teaching_group").drop_duplicates(["pupil_id", "subject"])[["pupil_id", "subject", "class"]]
    found = marks[["pupil_id", "subject"]].merge(first, how="left", on=["pupil_id", "subject"]).set_index(marks.index)["class"]
    own = found.fillna(made_ids("class", marks[["subject"]])).astype("str")
    return marks.assign(**{"class": own, "course": _course(marks["subject"])})


def classes(groups: DataFrame, marks: DataFrame) -> DataFrame:
    """Every class that pupils are in or have marks of."""
    taught = groups.drop_duplicates("class").assign(title=lambda rows: rows["teaching_group"], code=lambda rows: rows["title"])
    alone = (
        marks[~marks["class"].isin(groups["class"])].drop_duplicates("class").assign(title=lambda rows: rows["subject"], code="")
    )
    rows = pd.concat([each[["class", "title", "code", "subject"]] for each in (taught, alone)], ignore_index=True).astype("str")
    return DataFrame(
        {
            "sourcedId": rows["class"],
            "title": rows["title"],
            "courseSourcedId": _course(rows["subject"]),
            "classCode": rows["code"],
            "subject": rows["subject"],
            "subjects": rows["subject"].map(lambda subject: as_list([subject])),
        }
    ).assign(classType="scheduled", schoolSourcedId=SCHOOL_ID, termSourcedIds=TERM_ID)


def courses(taught: DataFrame) -> DataFrame:
    """A course for each subject that is taught in classes."""
    once = taught.drop_duplicates("courseSourcedId")
    rows = {"sourcedId": once["courseSourcedId"], "title": once["subject"], "subjects": once["subjects"]}
    return DataFrame(rows).assign(schoolYearSourcedId=YEAR_ID, orgSourcedId=SCHOOL_ID)


def enrolments(groups: DataFrame, ids: Series) -> DataFrame:
    """Pupils in their classes, and the teacher of each class."""
    pupils = DataFrame({"classSourcedId": groups["class"], "userSourcedId": groups["pupil_id"].map(ids)})
    taught = groups[groups["teacher"].ne("")].drop_duplicates("class")
    adults = DataFrame({"classSourcedId": taught["class"], "userSourcedId": _teacher_ids(taught["teacher"])})
    both = pd.concat(
        [pupils.assign(role="student", primary="false"), adults.assign(role="teacher", primary="true")], ignore_index=True
    )
    named = made_ids("enrolment", both[["classSourcedId", "userSourcedId", "role"]])
    return both.assign(sourcedId=named, schoolSourcedId=SCHOOL_ID)


def _course(subjects: Series) -> Series:
    return subjects.map({subject: made_id("course", subject) for subject in subjects.unique()}).astype("str")


def _is_unique_id(ids: Series) -> Series:
    return ids.str.fullmatch(PLAIN_ID).astype(bool) & ~ids.str.casefold().duplicated(keep=False)


def _user_ids(pupils: DataFrame) -> Series:
    """The numbers a pupil is known by, as `{UPN:…},{AdmissionNumber:…}`; one that would break the list is left out."""
    named = {"UPN": pupils["upn"], "AdmissionNumber": pupils["admission_no"]}
    found = zip(*(numbers.where(~numbers.str.contains('[{}",\n\r]'), "") for numbers in named.values()), strict=True)
    cells = [",".join(f"{{{kind}:{number}}}" for kind, number in zip(named, row, strict=True) if number) for row in found]
    return Series(cells, index=pupils.index, dtype="str")


def _teacher_ids(names: Series) -> Series:
    return made_ids("teacher", names.to_frame())

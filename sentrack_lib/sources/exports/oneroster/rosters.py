"""Who is at the school and who is taught what: the users, classes and enrolments of a package as pupils and teaching groups."""

import re

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.codes import known_year_group
from sentrack_lib.sources.exports.days import iso_dates
from sentrack_lib.sources.exports.export import NOT_UNDERSTOOD, WHO, Export, Roll
from sentrack_lib.sources.exports.oneroster.packages import Parts, days, is_of_term, listed, looked_up, rows_of
from sentrack_lib.sources.files.headings import normalised
from sentrack_lib.sources.problems import Fault

NOT_KNOWN = "(not known)"
"""Stands for a name that nobody knows, because the standard wants one."""
NO_ROLE = Fault("has no role, neither here nor in roles.csv", "Give the user a role, such as student, and export again.")
NO_SUBJECT = Fault("is a class without a subject", "Give the class a subject, or a course with a title, and export again.")
UPN = re.compile("[A-HJ-NP-RTUVWXYZ][0-9]{11}[0-9A-HJ-NP-RTUVWXYZ]")
_IDS = {
    **dict.fromkeys(["upn", "uniquepupilnumber", "uniquepupilno"], "upn"),
    **dict.fromkeys(["admissionnumber", "admissionno", "admission", "admno", "admissionnum"], "admission_no"),
}
_SEX = {"male": "M", "female": "F", "m": "M", "f": "F", "unspecified": "", "": ""}
_USER_ID = re.compile(r"\{\s*([^:{}]+?)\s*:\s*([^{}]*?)\s*\}")


def read_pupils(parts: Parts, term: str, sessions: dict[str, bool], version: str, roll: Roll) -> Export:
    """The pupils among the users, with what demographics and tutor groups say of them."""
    users = parts["users"]
    roles = rows_of(parts, "roles")
    is_student = _said(users.rows["role"], "student") | users.rows["sourcedId"].isin(
        roles.loc[_said(roles["role"], "student"), "userSourcedId"]
    )
    nothing = users.rows["role"].eq("") & ~users.rows["sourcedId"].isin(roles.loc[roles["role"].ne(""), "userSourcedId"])
    left = users.without(nothing, NO_ROLE, "sourcedId").leaving(~is_student[~nothing])
    pupils, odd = _pupils(left.rows, parts, sessions)
    who = pupils[[name for name in WHO if name in pupils]]
    tables = {(term, "pupils"): pupils} if len(pupils) else {}
    return left.export(version, tables=tables, who=who, roll=roll, not_understood=odd)


def read_groups(
    parts: Parts, term: str, within: tuple[pd.Timestamp, pd.Timestamp], sessions: dict[str, bool], version: str
) -> Export:
    """Who is taught what, by whom: the enrolments of pupils in classes of the term."""
    groups = classes_of(parts)
    part = parts["enrollments"].leaving(~_is_now(parts, within, sessions))
    role = part.rows["role"].str.casefold().str.strip()
    part = part.leaving(~role.isin(["student", "teacher"]))
    taught = part.rows["role"].str.casefold().str.strip().eq("student") & ~part.rows["classSourcedId"].isin(
        groups.index[groups["homeroom"]]
    )
    subject = part.rows["classSourcedId"].map(groups["subject"])
    part = part.without(taught & subject.eq(""), NO_SUBJECT, "classSourcedId")
    rows = part.rows[taught.loc[part.rows.index]]
    table = groups[["subject", "teaching_group"]].loc[rows["classSourcedId"]].set_index(rows.index)
    teachers = rows["classSourcedId"].map(_teachers(parts, part.rows)).astype("str").fillna("")
    whole = table.assign(teacher=teachers) if teachers.ne("").any() else table
    tables = {(term, "teaching_groups"): whole} if len(whole) else {}
    return part.export(version, tables=tables, who=who_of(rows["userSourcedId"], parts))


def classes_of(parts: Parts) -> DataFrame:
    """Of each class (index: its sourcedId) the `subject`, the name of the `teaching_group`, and whether it is a `homeroom`."""
    rows, courses = rows_of(parts, "classes"), rows_of(parts, "courses")
    course = looked_up(rows["courseSourcedId"], courses, "title")
    of_course = looked_up(rows["courseSourcedId"], courses, "subjects").map(_first)
    subject = _first_filled(rows["subjects"].map(_first), course, of_course)
    group = _first_filled(rows["title"], rows["classCode"])
    found = DataFrame({"subject": subject, "teaching_group": group, "homeroom": _said(rows["classType"], "homeroom")})
    return found.set_axis(pd.Index(rows["sourcedId"], dtype="str"))


def who_of(users: Series, parts: Parts) -> DataFrame:
    """What rows say of their pupils: the sourcedId, and the UPN where users.csv knows it."""
    rows = rows_of(parts, "users")
    upns = looked_up(users, rows.assign(upn=_numbers(rows)["upn"]), "upn")
    who = DataFrame({"upn": upns, "mis_id": users.astype("str")}, index=users.index)
    return who if upns.ne("").any() else who[["mis_id"]]


def year_groups(parts: Parts) -> Series:
    """The year group of each user, by the sourcedId."""
    rows = rows_of(parts, "users")
    return Series(_years(rows["grades"]).to_numpy(), index=pd.Index(rows["sourcedId"], dtype="str"), dtype="str")


def _pupils(users: DataFrame, parts: Parts, sessions: dict[str, bool]) -> tuple[DataFrame, DataFrame]:
    """The roll, without columns of which the package says nothing for anybody; and answers that were not understood."""
    demographics = rows_of(parts, "demographics")
    sex = looked_up(users["sourcedId"], demographics, "sex")
    plain = sex.str.casefold().str.strip()
    born = looked_up(users["sourcedId"], demographics, "birthDate")
    numbers = _numbers(users)
    columns = {
        "upn": numbers["upn"],
        "admission_no": numbers["admission_no"],
        "mis_id": users["sourcedId"],
        "surname": users["familyName"].replace(NOT_KNOWN, ""),
        "forename": users["givenName"].replace(NOT_KNOWN, ""),
        "date_of_birth": iso_dates(born),
        "sex": plain.map(_SEX).fillna(sex),
        "year_group": _years(users["grades"]),
        "form": users["sourcedId"].map(_forms(parts, sessions)).astype("str").fillna(""),
    }
    pupils = DataFrame(columns, index=users.index, dtype="str")
    unknown = sex[~plain.isin([*_SEX])].value_counts()
    odd = DataFrame([("sex", value, rows) for value, rows in unknown.items()], columns=NOT_UNDERSTOOD)
    return pupils.loc[:, (pupils != "").any()], odd


def _numbers(users: DataFrame) -> DataFrame:
    """The UPN and admission number of each user: as `{UPN:…}` among the userIds, else an identifier of the form of a UPN."""
    found = [{_IDS.get(normalised(kind), ""): number for kind, number in _USER_ID.findall(cell)} for cell in users["userIds"]]
    numbers = DataFrame(found, index=users.index).reindex(columns=["upn", "admission_no"]).astype("str").fillna("")
    formed = users["identifier"].str.upper().str.fullmatch(UPN.pattern).astype(bool)
    return numbers.assign(upn=numbers["upn"].where(numbers["upn"].ne("") | ~formed, users["identifier"]))


def _years(grades: Series) -> Series:
    """Year groups as sentrack writes them (`07` and `Year 7` as 7); what is none stays, and of several none is certain."""
    several = {cell: listed(cell) for cell in grades.unique()}
    single = grades.map({cell: found[0] if len(set(found)) == 1 else cell for cell, found in several.items()}).astype("str")
    return known_year_group(single).fillna(single).astype("str")


def _forms(parts: Parts, sessions: dict[str, bool]) -> Series:
    """The tutor group of each user, where classes of the kind homeroom name one."""
    groups, rows = classes_of(parts), rows_of(parts, "enrollments")
    rooms = groups[groups["homeroom"]]
    inside = rows["classSourcedId"].isin(rooms.index) & _said(rows["role"], "student") & _of_class(parts, rows, sessions)
    first = rows[inside].drop_duplicates("userSourcedId").set_index("userSourcedId")["classSourcedId"]
    return first.map(rooms["teaching_group"]).astype("str")


def _is_now(parts: Parts, within: tuple[pd.Timestamp, pd.Timestamp], sessions: dict[str, bool]) -> Series:
    """Whether each enrolment is in a class of the term, and not over before it or yet to come after it."""
    rows = parts["enrollments"].rows
    begins, ends = days(rows["beginDate"]), days(rows["endDate"])
    return _of_class(parts, rows, sessions) & ~ends.lt(within[0]) & ~begins.gt(within[1])


def _of_class(parts: Parts, rows: DataFrame, sessions: dict[str, bool]) -> Series:
    return is_of_term(looked_up(rows["classSourcedId"], rows_of(parts, "classes"), "termSourcedIds"), sessions)


def _teachers(parts: Parts, enrolments: DataFrame) -> Series:
    """The name of the teacher of each class; of several the first who is said to be its primary one, else the first."""
    users = rows_of(parts, "users")
    names = (users["givenName"].replace(NOT_KNOWN, "") + " " + users["familyName"].replace(NOT_KNOWN, "")).str.strip()
    teaching = enrolments[_said(enrolments["role"], "teacher")]
    first = teaching.assign(second=~_said(teaching["primary"], "true")).sort_values("second", kind="stable")
    once = first.drop_duplicates("classSourcedId")
    called = looked_up(once["userSourcedId"], users.assign(name=names), "name")
    return called.set_axis(pd.Index(once["classSourcedId"], dtype="str"))


def _first_filled(first: Series, *others: Series) -> Series:
    for other in others:
        first = first.where(first.ne(""), other)
    return first.astype("str")


def _first(cell: str) -> str:
    return next(iter(listed(cell)), "")


def _said(cells: Series, word: str) -> Series:
    return cells.str.casefold().str.strip().eq(word)

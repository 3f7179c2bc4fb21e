"""Additional adults as they are read: their week, what pupils are entitled to, and how each place of work is prepared."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.plan import days
from sentrack_lib.views.tables.pupils import CAPACITY, MOST_PUPILS, called, pupil_names
from sentrack_lib.views.words import band, number, pounds

NOT_SHOWN = "Adults' time is shown to those who plan it."
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Day not said")
NEVER = "It says nothing of how well anybody works: need decides who has help."
HOURS = {
    "hours_in_class": "In class", "hours_small_group": "Small group", "hours_one_to_one": "One to one",
    "hours_out_of_class": "Out of class", "hours_not_said": "Not said",
}  # fmt: skip


def adults_week(papers: Papers) -> Part:
    """The week of each adult: hours by place, free hours, and what does not fit."""
    if not papers.has("adults_week"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["adults_week"]
    hours = {shown: rows[name].map(_hours) for name, shown in HOURS.items() if rows[name].gt(0).any()}
    shown = DataFrame({
        "Adult": rows["name"].fillna(rows["adult_id"]),
        "Role": rows["role"],
        "Department": rows["department"],
        "Contract": rows["weekly_hours"].map(_hours),
        **hours,
        "Deployed": rows["deployed"].map(_hours),
        "Free": rows["free_hours"].map(_hours),
        "To mind": rows["sentence"].astype("str").fillna(""),
    })  # fmt: skip
    return Table(shown, f"Adults' week: {papers.label}", f"Hours a week. {NEVER}", "no adult is recorded.")


def timetable(papers: Papers) -> Part:
    """Who is with whom, and when: a row an adult, a column a day."""
    if not papers.has("record_deployments", "adults", "roll"):
        return Unseen(NOT_SHOWN)
    told = _work(papers) if papers.pupil == ALL else papers.own(_work_with_each)
    note = "As it stands in the records of the term."
    title = f"Who is with whom, and when: {papers.title}"
    return Table(_week(told), title, note, "no place of an adult is recorded.")


def _work(papers: Papers) -> DataFrame:
    """The places of work with a pupil or a teaching group of this part of the school, of the whole school all: by adult and time,
    as they are told."""
    rows = papers.tables["record_deployments"]
    groups = papers.of_pupils("teaching_groups")["teaching_group"]
    with_group = rows["pupil_id"].isna() & rows["teaching_group"].isin(groups)
    here = rows["pupil_id"].isin(papers.roll["pupil_id"]) | with_group | papers.whole
    rows = rows[rows["term"].eq(papers.term) & here]
    names = papers.tables["adults"].drop_duplicates("adult_id").set_index("adult_id")["name"]
    adult = rows["adult_id"].map(names).fillna(rows["adult_id"])
    return rows.assign(Adult=adult, told=_places(papers, rows), on=_day(rows)).sort_values(["Adult", "starts"], kind="stable")


def _work_with_each(papers: Papers) -> DataFrame:
    """The places of work of each pupil: with the pupil alone, or with a teaching group that the pupil is in."""
    rows = _work(papers).assign(place=lambda work: range(len(work)))
    groups = papers.of_pupils("teaching_groups")[["pupil_id", "teaching_group"]].drop_duplicates()
    with_group = rows[rows["pupil_id"].isna()].drop(columns="pupil_id").merge(groups, on="teaching_group")
    return pd.concat([rows[rows["pupil_id"].notna()], with_group]).sort_values("place", kind="stable")


def _week(work: DataFrame) -> DataFrame:
    """A row an adult, a column a day on which somebody works."""
    week: dict[str, dict[str, str]] = {}
    for adult, day, told in zip(work["Adult"], work["on"], work["told"], strict=True):
        if isinstance(adult, str):
            own = week.setdefault(adult, {})
            own[day] = f"{own[day]}\n{told}" if day in own else told
    there = [day for day in DAYS if any(day in own for own in week.values())]
    return DataFrame({"Adult": sorted(week), **{day: [week[adult].get(day, "") for adult in sorted(week)] for day in there}})


def _day(rows: DataFrame) -> Series:
    """The day of the week as it is written; others go under the last."""
    said = rows["day"].astype("str").str.strip().str.capitalize()
    return said.where(said.isin(DAYS), DAYS[-1])


def _places(papers: Papers, rows: DataFrame) -> Series:
    """`09:00 9/En3 (in class)`, with a pupil by name."""
    whom = rows["pupil_id"].map(pupil_names(papers)).fillna(rows["teaching_group"])
    whom = whom.fillna(rows["provision_id"].map(_provision_names(papers))).fillna("")
    place = rows["place"].map("({})".format, na_action="ignore").fillna("")
    return (rows["starts"].fillna("") + " " + whom + " " + place).str.strip().astype("str")


def free_adults(papers: Papers) -> Part:
    """Who has free hours, and what they are trained for."""
    if not papers.has("free_adults"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["free_adults"]
    rows = rows[rows["free_hours"].gt(0)].sort_values("free_hours", ascending=False, kind="stable")
    shown = DataFrame({
        "Adult": rows["name"].fillna(rows["adult_id"]), "Role": rows["role"], "Department": rows["department"],
        "Free hours a week": rows["free_hours"].map(_hours), "Training": rows["training"],
    })  # fmt: skip
    return Table(shown, f"Adults with free hours: {papers.label}", "Contract less what is timetabled.", "nobody has free hours.")


def clashes(papers: Papers) -> Part:
    """What cannot be, or need not be, in the timetable of adults; and where roles are not clear."""
    if not papers.has("clashes", "role_findings"):
        return Unseen(NOT_SHOWN)
    parts = [papers.tables[name][["kind", "sentence"]] for name in ("clashes", "role_findings")]
    shown = DataFrame({
        "Kind": [each for part in parts for each in part["kind"]], "What": [each for part in parts for each in part["sentence"]],
    })  # fmt: skip
    return Table(
        shown, f"What does not fit in the timetable: {papers.label}", "", "nobody is in two places, and roles are clear."
    )


def entitlements_met(papers: Papers) -> Part:
    """What is specified for single pupils beside what is timetabled and delivered, the shortest of it first."""
    if not papers.has("entitlements_met"):
        return Unseen("What is specified for single pupils is the inclusion manager's.")
    shown, count = papers.listed(_specified, _specified_printed, MOST_PUPILS)
    fewer = f" {MOST_PUPILS} of {count}, what is short first." if count > MOST_PUPILS else ""
    note = f"Hours a week. Delivered is counted where a register is kept.{fewer}"
    return Table(shown, f"Specified, timetabled, delivered: {papers.title}", note, "nothing is specified for single pupils.")


def _specified(papers: Papers) -> DataFrame:
    rows = papers.of_pupils("entitlements_met")
    return rows.assign(met=rows["state"].eq("met")).sort_values(["met", "short"], ascending=[True, False], kind="stable")


def _specified_printed(papers: Papers, rows: DataFrame) -> DataFrame:
    some = rows.merge(called(papers), on="pupil_id", sort=False)
    return some[["Pupil", "Form"]].assign(**{
        "Specified in": some["source"],
        "Hours a week": some["hours_week"].map(_hours),
        "Timetabled": some["timetabled"].map(_hours),
        "Delivered": some["delivered"].map(_hours),
        "State": some["state"],
        "Review by": days(some["review_on"]),
        "What": some["sentence"],
    })  # fmt: skip


def leaning(papers: Papers) -> Part:
    """Pupils whose help comes mostly from one adult, or mostly away from the class."""
    if not papers.has("pupil_adults"):
        return Unseen("Support of single pupils is shown to the inclusion manager.")
    rows = papers.of_pupils("pupil_adults")
    rows = rows[rows["dependent"].fillna(False).astype("bool") | rows["isolated"].fillna(False).astype("bool")]
    some = (
        rows.sort_values("hours_week", ascending=False, kind="stable")
        .head(MOST_PUPILS)
        .merge(called(papers), on="pupil_id", sort=False)
    )
    shown = some[["Pupil", "Form", "SEN"]].assign(**{
        "Hours a week": some["hours_week"].map(_hours),
        "From one adult": _of_100(some["share_one_adult"]),
        "Away from the class": _of_100(some["share_outside"]),
        "What": some["sentence"],
    })  # fmt: skip
    note = (
        "Help is to lead to doing without it, among others. More than half from one adult, or away from the class, is looked at."
    )
    return Table(shown, f"Who leans on one adult, or is taught apart: {papers.title}", note, "nobody.")


def checks_by_statement(papers: Papers) -> Part:
    """How the places of work are prepared, statement by statement."""
    if not papers.has("checks_by_statement"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["checks_by_statement"]
    shown = DataFrame({
        "Statement": rows["statement"].astype("int64"),
        "Question": rows["question"],
        "Yes": rows["yes"],
        "No": rows["no"],
        "Not answered": rows["not_answered"],
        "Yes in 100, likely between": band(100 * rows["low"], 100 * rows["high"]),
    })  # fmt: skip
    note = "A row of the timetable of adults has ten questions; here each place of work counts once."
    return Table(shown, f"How the work of adults is prepared: {papers.label}", note, "no place of work is recorded.")


def unprepared(papers: Papers) -> Part:
    """The places of work of which most is not yet so."""
    if not papers.has("deployment_checks"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["deployment_checks"]
    rows = rows.assign(no=rows["answered"] - rows["yes"])
    some = rows[rows["no"].gt(0)].sort_values("no", ascending=False, kind="stable").head(CAPACITY)
    shown = DataFrame({
        "Adult": some["name"].fillna(some["adult_id"]), "Role": some["role"], "Where": _where(papers, some),
        "Yes": some["yes"], "Answered": some["answered"], "Not yet": some["sentence"],
    })  # fmt: skip
    whole = f"The {len(some)} of {int(rows['no'].gt(0).sum())} places of work where most is not yet so. {NEVER}"
    return Table(shown, f"Places of work to prepare better: {papers.label}", whole, "all that is answered is so.")


def _where(papers: Papers, rows: DataFrame) -> Series:
    """The place of work as it is called; a pupil or a provision by name."""
    names = pupil_names(papers) | _provision_names(papers)
    return rows["work"].map(lambda work: names.get(work, work)).astype("str")


def _provision_names(papers: Papers) -> dict[str, str]:
    rows = papers.tables["catalogue"]
    return dict(zip(rows["provision_id"], rows["name"], strict=True))


def adults_cost(papers: Papers) -> Part:
    """What adults' time costs, by role and place."""
    if not papers.has("adults_cost"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["adults_cost"]
    shown = DataFrame({
        "Role": rows["role"], "Place": rows["place"], "Adults": rows["adults"], "Hours a week": rows["hours_week"].map(_hours),
        "A week": rows["cost_week"].map(pounds), "The term": rows["cost_term"].map(pounds), "Not counted": rows["why"],
    })  # fmt: skip
    note = "Pounds, at the rate that holds in each week."
    return Table(shown, f"What adults' time costs: {papers.label}", note, "no adult is timetabled.")


def _hours(hours: float) -> str:
    return number(hours, 1, signed=False).removesuffix(".0")


def _of_100(shares: Series) -> Series:
    return (100 * shares).round(0).map(lambda share: f"{share:.0f} in 100" if share == share else "").astype("str")

"""Every table and column a school's folder may hold: its meaning, its checks, and what to do when a check fails.

The data dictionary (`data/README.md`) is generated from here. Cells are checked as the text they are written in.
"""

from collections.abc import Iterator

import numpy as np
from pandas import DataFrame
from pandera.pandas import Column, DataFrameSchema

from sentrack_lib.sources import cells, codes
from sentrack_lib.sources.cells import CODE, SEX, YEAR, amount, code, day, letter, text, words
from sentrack_lib.sources.cells import DATE as DATE
from sentrack_lib.sources.problems import ROW_SET_ASIDE, Fault
from sentrack_lib.sources.sums import ROW_RULES


def _table(meaning: str, key: tuple[str, ...], **columns: Column) -> DataFrameSchema:
    return DataFrameSchema(columns, description=meaning, metadata={"key": key})


_PUPIL = "The pupil: the UPN where the roll has it, else the admission number, else the id of the school's system"
_SUBJECT = "The subject, by the school's own name for it"

TABLES: dict[str, DataFrameSchema] = {
    "pupils": _table(
        "The roll of the term: every pupil of the school, not only those with SEN.",
        ("pupil_id",),
        pupil_id=text(_PUPIL, required=True),
        upn=text("Unique pupil number"),
        admission_no=text("Admission number, with its leading zeros"),
        mis_id=text("The pupil's id in the school's information system"),
        surname=text("Surname"),
        forename=text("Forename"),
        date_of_birth=day("Date of birth"),
        sex=letter("Sex as on the roll", SEX),
        year_group=code("National Curriculum year, such as 7", codes.is_year_group, "year group", required=True, written=YEAR),
        form=text("Form or tutor group"),
        ethnicity=code("Ethnicity code of the school census", codes.is_ethnicity, "ethnicity code"),
        sen_status=code("SEN status: N, K, E; historic A, P, S, Q", codes.is_sen_status, "SEN status", required=True),
        sen_need=code("First type of need, such as SLCN", codes.is_need, "type of need"),
        sen_need_2=code("Second type of need", codes.is_need, "type of need"),
        disability=letter("Whether the pupil is disabled"),
        pupil_premium=letter("Whether the school receives the pupil premium for the pupil"),
        eal=letter("Whether English is an additional language"),
        looked_after=letter("Whether the pupil is looked after by a local authority"),
        gifted_talented=letter("Whether the pupil is on the gifted and talented list"),
        joined_on=day("First day at the school"),
        left_on=day("Last day at the school"),
    ),
    "prior_attainment": _table(
        "Where pupils started: results from before this school.",
        ("pupil_id", "subject", "stage", "scale"),
        pupil_id=text(_PUPIL, required=True),
        subject=text(_SUBJECT, required=True),
        stage=text("The key stage it is from, such as KS2", required=True),
        scale=text("The scale the grade is on", required=True),
        grade=text("The grade or score as exported", required=True),
    ),
    "assessments": _table(
        "Marks of the term: what pupils attain, are set as targets, are predicted, and how they apply themselves.",
        ("pupil_id", "subject", "kind", "scale", "assessed_on"),
        pupil_id=text(_PUPIL, required=True),
        subject=text(_SUBJECT, required=True),
        kind=words("What kind of mark it is", "actual", "target", "predicted", "effort"),
        scale=text("The scale the grade is on", required=True),
        grade=text("The grade as exported; absent, not entered, not assessed and ungraded are rows and never 0", required=True),
        assessed_on=day("When it was assessed"),
    ),
    "teaching_groups": _table(
        "Who is taught what, in which group.",
        ("pupil_id", "subject", "teaching_group"),
        pupil_id=text(_PUPIL, required=True),
        subject=text(_SUBJECT, required=True),
        teaching_group=text("The teaching group (class)", required=True),
        set=text("The set, where the subject is set by attainment"),
        teacher=text("Who teaches the group"),
    ),
    "attendance": _table(
        "Sessions (half days) of the term, one row a pupil.",
        ("pupil_id",),
        pupil_id=text(_PUPIL, required=True),
        sessions_possible=amount("Sessions that the pupil could attend", required=True, highest=400),
        sessions_attended=amount("Sessions attended", required=True, highest=400),
        sessions_authorised=amount("Sessions missed with leave", highest=400),
        sessions_unauthorised=amount("Sessions missed without leave", highest=400),
        sessions_late=amount("Sessions late, before or after the register closed (L and U)", highest=400),
    ),
    "behaviour": _table(
        "Rewards, sanctions, incidents, suspensions and exclusions, one row each.",
        (),
        pupil_id=text(_PUPIL, required=True),
        on=day("The day", required=True),
        kind=words("What it was", "reward", "sanction", "incident", "suspension", "permanent_exclusion"),
        reason=text("Why, as the school records it"),
        points=amount("Points given; signed where the school signs them", lowest=-1000, highest=1000),
        sessions_lost=amount("Sessions lost; a suspension at lunchtime is one", highest=400),
    ),
    "views": _table(
        "What pupils and parents say: questionnaire scores and comments.",
        (),
        respondent=words("Who answered", "pupil", "parent"),
        pupil_id=text(_PUPIL + "; blank where the answer was anonymous"),
        on=day("The day", required=True),
        theme=text("What was asked about", required=True),
        score=amount("1 (worst) to 5 (best)", required=True, lowest=1, highest=5),
        comment=text("What they wrote"),
    ),
    "activities": _table(
        "Clubs, council, enrichment, options, pathways, work experience, support at transfer and from peers.",
        ("pupil_id", "activity", "kind"),
        pupil_id=text(_PUPIL, required=True),
        activity=text("The activity", required=True),
        kind=words(
            "What kind of activity",
            "club",
            "council",
            "enrichment",
            "option",
            "pathway",
            "work_experience",
            "transfer_support",
            "peer_support",
        ),
        sessions_offered=amount("Sessions offered"),
        sessions_attended=amount("Sessions attended"),
    ),
    "adults": _table(
        "Additional adults: teaching assistants, mentors, therapists and others who support pupils.",
        ("adult_id",),
        adult_id=text("The adult", required=True),
        name=text("Name"),
        role=text("Role", required=True),
        department=text("The department or team they belong to"),
        weekly_hours=amount("Hours a week", required=True, highest=168),
        hourly_cost=amount("Cost of an hour in pounds"),
        training=text("Training they have had"),
    ),
}


def columns(table: str) -> list[str]:
    """The canonical columns of a table, in order."""
    return list(TABLES[table].columns)


def key(table: str) -> list[str]:
    """The columns that name a row; none where every row is an event of its own."""
    return list((TABLES[table].metadata or {})["key"])


def required(table: str) -> list[str]:
    """The columns a table must have."""
    return [name for name, column in TABLES[table].columns.items() if column.required]


def failures(table: str, rows: DataFrame) -> Iterator[tuple[str, Fault, np.ndarray]]:
    """What is wrong with single cells, and with cells of one row beside each other: column, fault, and the places of the rows."""
    for name, column in TABLES[table].columns.items():
        yield from ((name, fault, places) for fault, places in cells.failures(column, rows[name]))
    rules = ROW_RULES.get(table, ())
    read = typed(table, rows) if rules else rows
    yield from ((rule.column, rule.fault, np.flatnonzero(rule.fails(read))) for rule in rules)


def typed(table: str, rows: DataFrame) -> DataFrame:
    """The table's cells as numbers, days and text; blank, and what cannot be read, is missing. Other columns stay as they are."""
    read = {name: cells.read(column, rows[name]) for name, column in TABLES[table].columns.items()}
    return DataFrame({name: read.get(name, rows[name]) for name in rows}, index=rows.index, copy=False)


def dictionary() -> str:
    """The data dictionary as Markdown, made from the tables above."""
    listed = "\n".join(f"- [{name}.csv](#{name}csv): {schema.description}" for name, schema in TABLES.items())
    return "\n\n".join([_HEAD, listed, *(_described(name) for name in TABLES), _FOOT]) + "\n"


def _described(name: str) -> str:
    """One table of the dictionary."""
    schema = TABLES[name]
    named = " + ".join(f"`{part}`" for part in key(name))
    one_row = f"One row for each {named}." if named else "Every row is an event of its own."
    rows = [_described_column(title, column) for title, column in schema.columns.items()]
    titles = ["| column | written as | meaning | where it is written otherwise |", "|---|---|---|---|"]
    return "\n".join([f"## {name}.csv", "", f"{schema.description} {one_row}", "", *titles, *rows])


def _described_column(name: str, column: Column) -> str:
    title = f"**`{name}`** *" if column.required else f"`{name}`"
    return f"| {title} | {column.metadata['how']} | {column.description}. | {_otherwise(column)} |"


def _otherwise(column: Column) -> str:
    """What becomes of a row whose cell is blank or wrong."""
    aside = any(check.name == ROW_SET_ASIDE for check in column.checks)
    if aside:
        return "the row is set aside"
    if column.metadata["written"] in (CODE, YEAR):
        return "the text is kept, and counts as not known"
    return "the cell counts as not known" if column.checks else ""


_HEAD = """# What a school's folder holds

This page is generated (`sentrack dictionary > data/README.md`). Do not edit it by hand.

A school's folder holds `school.yml` and one folder a term, such as `2025-26-autumn`, with the tables below. `data/sample` is an
invented school to look at. A school's own data is never committed.

- Each table is a CSV file: UTF-8, a comma between cells, the names of the columns in its first row.
- A column in **bold** with a `*` must be there. The others may be absent, and so may any table but `pupils.csv`.
- A blank cell means *not known*, never *no*. A grade that was not given is a row with `ABS`, `X`, `N/A` or `U`, never a 0.
- Keep leading zeros: every id is text.
- A row that cannot be used is set aside; the others are used. `sentrack check` lists each with its row and what to do, and counts
  the rows read, used and set aside.
- Exports of the school's system need not look like this: `sentrack import` turns them into these tables.

## The tables"""

_FOOT = """## Scales

A grade is read on the scale that its row names: `nc_level`, `p_scale`, `ks2_scaled`, `ks2_ta`, `pre_key_stage`, `gcse_9_1`,
`gcse_a_g`, `standardised`, `percentage`, or one that the school describes in `school.yml` under `scales`."""

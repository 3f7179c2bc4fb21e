"""A whole school's exports imported (matched, counted, checked, merged, kept), beside DuckDB merely reading the same files."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
from pandas import DataFrame

from benchmarks.measuring import WARM, Measured, Plan, apart, desk, in_turns, invented

TERM = "2025-26-autumn"
SESSIONS_A_PUPIL = 375
"""About 450,000 marks for 1,200 pupils."""
EVENTS_A_PUPIL = 17
"""About 20,000 rows of behaviour for 1,200 pupils."""
SCHOOL = """
name: Whole year
calendar: {2025-26-autumn: {start: 2025-09-01, end: 2026-07-31}}
scales: {effort: ["4", "3", "2", "1"]}
"""
"""So many sessions are those of a year; all of them are to count."""
MARKS = np.array(["/", "\\", "L", "I", "N", "B", "O", "M", "C", "U"])
OFTEN = np.array([45, 44, 2, 4, 1, 1, 1, 1, 0.5, 0.5]) / 100


def exported(pupils: int) -> Path:
    """The folder of a term's exports of an invented school: roll, marksheet, register of marks, behaviour list."""
    folder = desk(f"exports-{pupils}")
    if not folder.exists():
        folder.mkdir(parents=True)
        term = invented(pupils) / TERM
        roll = pd.read_csv(term / "pupils.csv", dtype=str, keep_default_na=False)
        _roll(roll).to_csv(folder / "roll.csv", index=False)
        _marksheet(roll, pd.read_csv(term / "assessments.csv", dtype=str, keep_default_na=False)).to_csv(
            folder / "marksheet.csv", index=False
        )
        _register(roll).to_csv(folder / "register.csv", index=False)
        _behaviour(roll).to_csv(folder / "behaviour.csv", index=False)
    return folder


def _british(days: pd.Series) -> pd.Series:
    return pd.to_datetime(days).dt.strftime("%d/%m/%Y")


def _roll(roll: DataFrame) -> DataFrame:
    named = {"surname": "Legal Surname", "forename": "Legal Forename", "upn": "UPN", "admission_no": "Adno", "sex": "Gender"}
    more = {"form": "Reg", "sen_status": "SEN Status", "sen_need": "Primary Need", "ethnicity": "Ethnicity Code", "eal": "EAL"}
    years = {"DOB": _british(roll["date_of_birth"]), "Year taught in Code": "Year  " + roll["year_group"]}
    return roll[[*named, *more]].rename(columns=named | more).assign(**years)


def _marksheet(roll: DataFrame, marks: DataFrame) -> DataFrame:
    kinds = {"actual": "CWG", "target": "Target", "predicted": "Predicted", "effort": "ATL"}
    headed = marks.assign(heading=marks["subject"] + " Autumn " + marks["kind"].map(kinds))
    wide = headed.drop_duplicates(["pupil_id", "heading"]).pivot(index="pupil_id", columns="heading", values="grade").fillna("")
    who = roll.set_index("pupil_id")[["upn", "surname", "forename", "year_group"]]
    names = {"upn": "UPN", "surname": "Surname", "forename": "Forename", "year_group": "Year"}
    return who.rename(columns=names).join(wide, how="inner")


def _register(roll: DataFrame) -> DataFrame:
    days = pd.bdate_range("2025-09-02", periods=SESSIONS_A_PUPIL // 2 + 1)
    sessions = [(day.strftime("%d/%m/%Y"), half) for day in days for half in ("MORNING", "AFTERNOON")][:SESSIONS_A_PUPIL]
    chosen = np.random.default_rng(1).choice(MARKS, p=OFTEN, size=len(roll) * len(sessions))
    who = np.repeat(roll["admission_no"].to_numpy(), len(sessions))
    on, half = (np.tile([session[part] for session in sessions], len(roll)) for part in (0, 1))
    return DataFrame({"Adno": who, "Date": on, "Session": half, "Mark": chosen})


def _behaviour(roll: DataFrame) -> DataFrame:
    draw = np.random.default_rng(2)
    size = len(roll) * EVENTS_A_PUPIL
    days = pd.bdate_range("2025-09-02", "2025-12-18").strftime("%d/%m/%Y")
    kinds = {"Type": draw.choice(["Achievement", "Behaviour", "Detention"], size=size, p=[0.7, 0.2, 0.1])}
    who = {"UPN": draw.choice(roll["upn"], size=size), "Date": draw.choice(days, size=size)}
    more = {"Points": draw.integers(1, 5, size=size), "Reason": draw.choice(["Effort", "Late"], size=size)}
    return DataFrame({**who, **kinds, **more})


def ours(folder: Path) -> None:
    """Everything imported into a new school."""
    from sentrack_lib.sources.imports import import_files

    school = desk("imported")
    shutil.rmtree(school, ignore_errors=True)
    school.mkdir(parents=True)
    (school / "school.yml").write_text(SCHOOL, encoding="utf-8")
    import_files([folder], school, TERM)


def as_frames(folder: Path) -> None:
    """DuckDB reading every file as text into a DataFrame, the form in which an import begins with it."""
    import duckdb

    for file in sorted(folder.glob("*.csv")):
        duckdb.sql(f"SELECT * FROM read_csv('{file}', header=true, all_varchar=true)").df()


def as_tables(folder: Path) -> None:
    """DuckDB reading every file as text into a table of its own memory, which no Python program sees yet."""
    import duckdb

    for place, file in enumerate(sorted(folder.glob("*.csv"))):
        duckdb.sql(f"CREATE OR REPLACE TABLE t{place} AS SELECT * FROM read_csv('{file}', header=true, all_varchar=true)")


def measure(plan: Plan) -> dict[str, Measured]:
    """Seconds beside both ways to read with DuckDB."""
    folder, warm = exported(plan.pupils), exported(WARM)
    names = ["ours", "as_frames", "as_tables"]
    runs = [lambda name=name: apart(f"{__name__}:{name}", folder, warm=warm).seconds for name in names]
    own, *peers = in_turns(plan.rounds, *runs)
    measured = dict(zip(["import", "import_strict"], peers, strict=True))
    return {
        name: Measured(own, peer, own / peer, "s", "at most 4 times the peer", own <= 4 * peer) for name, peer in measured.items()
    }

"""Who changed what in the records, the newest first."""

from collections.abc import Hashable, Mapping

import pandas as pd
from pandas import DataFrame

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Table
from sentrack_lib.views.tables.pupils import pupil_names
from sentrack_lib.views.words import sentence

MOST = 40
ROW = ["recorded_at", "recorded_by", "table", "entry"]
NOTHING = "nobody has written or changed anything on a page, or in a workbook, yet."


def trail(papers: Papers, changed: DataFrame) -> Part:
    """Each record that a person wrote, changed or took back: when, who, and each cell before and after."""
    names = pupil_names(papers) if papers.has("roll") else {}
    told = changed.assign(line=[_line(row, names) for row in changed.astype("str").to_dict("records")])
    whole = told.groupby(ROW, sort=False)["line"].agg("\n".join).reset_index().iloc[::-1]
    some = whole.head(MOST)
    shown = DataFrame({
        "When, UTC": pd.to_datetime(some["recorded_at"]).dt.strftime("%Y-%m-%d %H:%M"),
        "Who": some["recorded_by"],
        "Record": some["table"].str.replace("_", " "),
        "What": some["line"],
    })  # fmt: skip
    fewer = f"The newest {MOST} of {len(whole):,}; " if len(whole) > MOST else ""
    note = f"{fewer}`sentrack records trail` tells all, also what came from sheets."
    return Table(shown, "Who changed what", note[:1].upper() + note[1:] if fewer else note, NOTHING)


def _line(row: Mapping[Hashable, str], names: Mapping[str, str]) -> str:
    """`Owner: Ms Stub`, `By: 2026-05-01, now 2026-06-01`, or that it was taken back."""
    before, after = (names.get(row[side], row[side]) for side in ("before", "after"))
    if not row["column"]:
        return sentence(f"{after}" if after else f"no longer {before}")
    name = sentence(row["column"].removesuffix("_id").replace("_", " "))
    return f"{name}: {after}" if not before else f"{name}: {before}, now {after or 'blank'}"

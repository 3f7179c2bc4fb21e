"""Finding the pupil of each row by UPN, admission number or MIS id, or name and date of birth; what is less than sure is told.

Everything a row says of its pupil is looked up on the rolls. A row whose ids fit one pupil gets that pupil. A row that fits two,
or contradicts itself or its UPN, gets none: nothing is guessed.
"""

import numpy as np
import pandas as pd
from pandas import DataFrame, Index, Series

from sentrack_lib.sources.exports.export import WHO
from sentrack_lib.sources.imports.evidence import ZEROS_LOST, Told, found, with_new
from sentrack_lib.sources.imports.people import NUMBERS, has_right_check_letter, plain
from sentrack_lib.sources.problems import KEPT, Fault, all_problems

CHECK_LETTER = Fault("is not a right UPN: its form or its check letter is wrong", "Used as it is. Check it for a slip.", KEPT)


def matched(rows: DataFrame, known: DataFrame, file: str = "", new: bool = False) -> tuple[DataFrame, DataFrame]:
    """Rows with `pupil_id` filled (blank where no one pupil is certain), and the problems.

    `rows` (index = row of the sheet) have any of the columns `WHO`, days as ISO dates; `known` as `known_pupils` gives it. `new`:
    the rows are a roll, so who is on no roll yet is a new pupil: UPN, else admission number, else MIS id. Of rows that are alike
    a remark names the first, a fault each."""
    cells = rows[[name for name in WHO if name in rows]].astype("str").fillna("")
    numbers = _alike(cells)
    first = np.flatnonzero(~Series(numbers).duplicated().to_numpy())
    different = cells.iloc[first].reindex(columns=WHO, fill_value="").astype("str").reset_index(drop=True)
    said = plain(different)
    pupils, told = _looked_up(said, different, known, new)
    told = [(CHECK_LETTER, ~has_right_check_letter(said["upn"]).to_numpy()), *told]
    filled = Series(pupils.array.take(numbers), index=rows.index, dtype="str")
    problems = all_problems(_problems(fault, at, numbers, first, cells, file) for fault, at in told if at.any())
    return rows.assign(pupil_id=filled), problems


def _looked_up(said: DataFrame, cells: DataFrame, known: DataFrame, new: bool) -> tuple[Series, Told]:
    """The pupil of each different row, and what to tell of which rows: most are settled at once, the others are looked into."""
    settled = _settled(said, known)
    unsure = np.flatnonzero(settled.eq("").to_numpy())
    if not len(unsure):
        return settled, []
    if new:
        # A new pupil is looked at beside all others of the roll, who may have the same number or name.
        return with_new(*found(said, known), said, cells, known)
    pupils, told = found(said.iloc[unsure].reset_index(drop=True), known)
    whole = settled.to_numpy(dtype=object, copy=True)
    whole[unsure] = pupils.to_numpy(dtype=object)
    return Series(whole, index=said.index, dtype="str"), [(fault, _spread(at, unsure, len(said))) for fault, at in told]


def _spread(at: np.ndarray, places: np.ndarray, size: int) -> np.ndarray:
    whole = np.zeros(size, dtype=bool)
    whole[places] = at
    return whole


def _settled(said: DataFrame, known: DataFrame) -> Series:
    """The pupil of each row whose every id, and whose name and date of birth if it has them, are those of one and the same pupil
    and of nobody else; blank for the others."""
    pupil = np.full(len(said), "", dtype=object)
    sure = (said[["pupil_id", *NUMBERS]].to_numpy(dtype=object) != "").any(axis=1)
    for column in ["pupil_id", *NUMBERS, "name"]:
        held = known.loc[known[column].ne(""), [column, "pupil"]].drop_duplicates()
        alone = held[~held[column].duplicated(keep=False)]
        at = Index(alone[column]).get_indexer(Index(said[column]))
        pupils = np.where(at >= 0, np.append(alone["pupil"].to_numpy(dtype=object), "")[at], "")
        speaks = said[column].to_numpy(dtype=object) != ""
        sure &= ~speaks | ((pupils != "") & ((pupil == "") | (pupil == pupils)))
        pupil = np.where(speaks & (pupil == ""), pupils, pupil)
    return Series(np.where(sure, pupil, ""), index=said.index, dtype="str")


def _alike(cells: DataFrame) -> np.ndarray:
    """For each row the number of the first row that says the same, counted over different rows."""
    numbers = np.zeros(len(cells), dtype="int64")
    for name in cells:
        codes, different = pd.factorize(cells[name])
        numbers = pd.factorize(numbers * (len(different) + 1) + codes)[0]
    return numbers


def _problems(fault: Fault, at: np.ndarray, numbers: np.ndarray, first: np.ndarray, cells: DataFrame, file: str) -> DataFrame:
    """A fault told of some different rows: a remark once for rows that are alike, else of each row."""
    places = np.sort(first[at]) if fault.effect == KEPT else np.flatnonzero(at[numbers])
    rows = cells.iloc[places].reindex(columns=WHO, fill_value="")
    # Of a lost zero the number is told that lost it, of all else the number that says most.
    sooner = ["admission_no", "upn"] if fault is ZEROS_LOST else ["upn", "admission_no"]
    named = [*sooner, "mis_id", "pupil_id", "surname"]
    texts = rows[named].to_numpy(dtype=object)
    column = (texts != "").argmax(axis=1)
    values = texts[np.arange(len(rows)), column]
    where = {"file": file, "row": rows.index, "column": np.array(named)[column], "value": values}
    return DataFrame({**where, "problem": fault.problem, "remedy": fault.remedy, "effect": fault.effect})

"""Finding the pupil of each row by UPN, admission number or MIS id, or name and date of birth; what is less than sure is told.

Everything a row says of its pupil is looked up on the rolls. A row whose ids fit one pupil gets that pupil. A row that fits two,
or contradicts itself or its UPN, gets none: nothing is guessed.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from pandas import DataFrame, Index, MultiIndex, Series

from sentrack_lib.sources.problems import KEPT, ROW_SET_ASIDE, Fault, all_problems

NUMBERS = ["upn", "admission_no", "mis_id"]
PERSON = ["surname", "forename", "date_of_birth"]
SAID = ["pupil_id", *NUMBERS, *PERSON]
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"

CHECK_LETTER = Fault("is not a right UPN: its form or its check letter is wrong", "Used as it is. Check it for a slip.", KEPT)
BY_NAME = Fault("was found by name and date of birth only", "Export the UPN as well, to be sure.", KEPT)
ZEROS_LOST = Fault(
    "was found although its leading zeros are lost", "Keep admission numbers as text, so that Excel keeps them.", KEPT
)
REAL_UPN = Fault("is the real UPN of a pupil who had a temporary one", "Nothing to do: the pupil keeps the earlier id.", KEPT)
OUTVOTED = Fault("has an id or name of another pupil too; most of the row fits this one", "Check the ids in this row.", KEPT)
NEW_WITH_OLD = Fault(
    "is new, but with the number or name of a pupil of another UPN", "Taken as a new pupil. Check the UPN.", KEPT
)
SEEN_TWICE = Fault("is new, but its number or name is in this file under another id too", "Taken as two pupils. Check it.", KEPT)
TWO_IDS = replace(SEEN_TWICE, remedy="Add the UPN, or take the second row out.", effect=ROW_SET_ASIDE)
NOT_FOUND = Fault("is nobody on the rolls of the school", "Add the pupil to the roll, or correct the id.")
NOBODY = Fault("names no pupil", "Add the UPN or another id; to find a pupil, surname, forename and date of birth will do.")
FITS_TWO = Fault("fits two or more pupils of the rolls", "Add the UPN, or give each pupil one id on the rolls.")
NOT_TOGETHER = Fault("does not fit together: its ids are those of two pupils", "Correct the id that is wrong.")
OTHER_UPN = Fault("is a pupil with another UPN on the rolls", "Correct the UPN here or on the roll, then import again.")
OTHER_PERSON = Fault("is a pupil with another name and another date of birth", "Correct the id, or the name and date of birth.")
TWO_UNDER_ONE = Fault("stands for two pupils", "Give each pupil an id of their own, best the UPN.")

_BY_ID, _BY_UPN, _BY_ADMISSION_NO, _BY_MIS_ID, _BY_NAME = range(5)
_LOOKED_UP = [  # what the row says, how it is looked up, and which way counts first
    (_BY_ID, "pupil_id", "pupil_id", 0),
    (_BY_ID, "pupil_id", "upn", 1),
    (_BY_ID, "pupil_id", "admission_no", 2),
    (_BY_ID, "pupil_id", "mis_id", 2),
    (_BY_ID, "pupil_no", "admission_number", 3),
    (_BY_UPN, "upn", "upn", 0),
    (_BY_UPN, "upn", "pupil_id", 1),
    (_BY_ADMISSION_NO, "admission_no", "admission_no", 0),
    (_BY_ADMISSION_NO, "admission_number", "admission_number", 1),
    (_BY_MIS_ID, "mis_id", "mis_id", 0),
    (_BY_NAME, "name", "name", 0),
]
_Told = list[tuple[Fault, np.ndarray]]


def has_right_check_letter(upn: Series) -> Series:
    """Whether each UPN has the form and the check letter of the DfE's UPN guide (2019): the sum of value x place over characters
    2 to 13, modulo 23, names the letter; a letter in place 13 (a temporary UPN) counts with its own value. A blank is right."""
    places, texts = pd.factorize(upn.astype("str").fillna("").str.strip().str.upper())
    formed = Index(texts).str.fullmatch(f"[{LETTERS}][0-9]{{11}}[0-9{LETTERS}]")
    letters = np.array([[_value(letter) for letter in text] for text in texts[formed]], dtype="int64").reshape(-1, 13)
    right = np.array([text == "" for text in texts], dtype=bool)
    right[np.flatnonzero(formed)] = letters[:, 1:] @ np.arange(2, 14) % 23 == letters[:, 0]
    return Series(right[places], index=upn.index, dtype=bool)


def matched(rows: DataFrame, rolls: DataFrame, file: str = "", new: bool = False) -> tuple[DataFrame, DataFrame]:
    """Rows with `pupil_id` filled (blank where no one pupil is certain), and the problems.

    `rows` (index = row of the sheet) and `rolls` (this and earlier terms) have any of the columns `SAID`; days are ISO. `new`:
    the rows are a roll, so who is on no roll yet is a new pupil: UPN, else admission number, else MIS id. Of rows that are alike
    a remark names the first, a fault each."""
    cells = rows.reindex(columns=SAID).astype("str").fillna("")
    numbers = cells.groupby(SAID, sort=False).ngroup().to_numpy()
    first = np.unique(numbers, return_index=True)[1]
    different = cells.iloc[first].reset_index(drop=True)
    said, known = _plain(different), _known(rolls)
    pupils, told = _found(said, known)
    if new:
        pupils, told = _with_new(pupils, told, said, different, known)
    told = [(CHECK_LETTER, ~has_right_check_letter(said["upn"]).to_numpy()), *told]
    filled = Series(pupils.array.take(numbers), index=rows.index, dtype="str")
    problems = all_problems(_problems(fault, at, numbers, first, cells, file) for fault, at in told if at.any())
    return rows.assign(pupil_id=filled), problems


def _value(letter: str) -> int:
    return LETTERS.find(letter) if letter in LETTERS else int(letter)


def _plain(cells: DataFrame) -> DataFrame:
    """What is said, so that it can be compared: without case and outer spaces; with `name` (all three parts or blank), and the
    numbers without leading zeros."""
    ids = {name: cells[name].str.strip().str.upper().replace(r"^UN[1-5]$", "", regex=True) for name in ["pupil_id", *NUMBERS]}
    person = {name: cells[name].str.split().str.join(" ").str.casefold() for name in PERSON}
    full = person["surname"] + "|" + person["forename"]
    whole = person["surname"].ne("") & person["forename"].ne("")
    name = (full + "|" + person["date_of_birth"]).where(whole & person["date_of_birth"].ne(""), "")
    bare = {
        "admission_number": ids["admission_no"].str.replace("^0+(?=.)", "", regex=True),
        "pupil_no": ids["pupil_id"].str.replace("^0+(?=.)", "", regex=True),
    }
    # The same id under two headings is one piece of evidence, not two.
    again = ids["pupil_id"].eq(ids["upn"]) | ids["pupil_id"].eq(ids["admission_no"]) | ids["pupil_id"].eq(ids["mis_id"])
    own = DataFrame({**ids, **person, **bare, "full_name": full.where(whole, ""), "name": name})
    return own.assign(
        again=again, upn_said=ids["upn"].where(ids["upn"].ne(""), ids["pupil_id"].where(_is_upn(ids["pupil_id"]), ""))
    )


def _known(rolls: DataFrame) -> DataFrame:
    """What the rolls say, plain, beside each pupil's id as it is written (`pupil`)."""
    cells = rolls.reindex(columns=SAID).astype("str").fillna("").drop_duplicates().reset_index(drop=True)
    only_id = Series((cells[NUMBERS].to_numpy() == "").all(axis=1), index=cells.index)
    cells = cells.assign(**{name: cells[name].mask(only_id, cells["pupil_id"]) for name in NUMBERS[1:]})
    known = _plain(cells).assign(pupil=cells["pupil_id"])
    return known[known["pupil"].ne("")]


def _is_upn(ids: Series) -> Series:
    return ids.str.fullmatch(f"[{LETTERS}][0-9]{{11}}[0-9{LETTERS}]")


def _is_temporary(upns: Series) -> Series:
    return _is_upn(upns) & upns.str.slice(12).str.isalpha()


def _found(said: DataFrame, known: DataFrame) -> tuple[Series, _Told]:
    """The pupil of each different row, blank where no one is certain, and what to tell of which rows."""
    every = _candidates(said, known)
    fits = every[~_contradicts_upn(every, said, known)]
    best = _best(fits, len(said))
    winner = best["pupil"]
    evidence = every.groupby("who")["by"].nunique().reindex(said.index, fill_value=0).to_numpy()
    fitting, torn = said.index.isin(fits["who"]), _upn_of_another(winner, every)
    tie, other = fitting & winner.eq("").to_numpy(), _other_person(winner, said, known) & ~torn
    sure = winner.ne("").to_numpy() & ~torn & ~other
    anything = (said[["pupil_id", *NUMBERS, "name"]].to_numpy() != "").any(axis=1)
    return winner.where(sure, ""), [
        (NOBODY, ~anything),
        (NOT_FOUND, anything & (evidence == 0)),
        (OTHER_UPN, ~fitting & (evidence > 0)),
        (FITS_TWO, tie & (evidence == 1)),
        (NOT_TOGETHER, (tie & (evidence > 1)) | torn),
        (OTHER_PERSON, other),
        (OUTVOTED, sure & (best["votes"].to_numpy() < evidence)),
        (BY_NAME, sure & best["by"].eq(_BY_NAME).to_numpy()),
        (ZEROS_LOST, sure & best["zeros"].to_numpy()),
        (REAL_UPN, sure & _replaces_temporary(winner, said, known)),
    ]


def _candidates(said: DataFrame, known: DataFrame) -> DataFrame:
    """Every pupil whom a different row (`who`) may be about, and `by` which of its ids; `zeros`: only without leading zeros."""
    asked = [
        DataFrame({"who": said.index, "by": by, "rank": rank, "key": kind + " " + said[column]})[_speaks(said, by, column)]
        for by, column, kind, rank in _LOOKED_UP
    ]
    kinds = list(dict.fromkeys(kind for _, _, kind, _ in _LOOKED_UP))
    held = [DataFrame({"key": kind + " " + known[kind], "pupil": known["pupil"]})[known[kind].ne("")] for kind in kinds]
    found = pd.concat(asked).merge(pd.concat(held).drop_duplicates(), on="key")
    nearest = found["rank"].eq(found.groupby(["who", "by"])["rank"].transform("min"))
    sure = found[nearest].drop_duplicates(["who", "by", "pupil"])
    return sure.assign(zeros=sure["key"].str.startswith("admission_number "))[["who", "by", "pupil", "zeros"]]


def _speaks(said: DataFrame, by: int, column: str) -> Series:
    return said[column].ne("") & ~(said["again"] & (by == _BY_ID))


def _best(fits: DataFrame, rows: int) -> DataFrame:
    """The pupil whom most of what each different row says fits, blank where two fit alike; by how many ids, and which first."""
    votes = fits.groupby(["who", "pupil"], sort=False).agg(votes=("by", "size"), by=("by", "min"), zeros=("zeros", "any"))
    flat = votes.reset_index()
    most = flat[flat["votes"].eq(flat.groupby("who")["votes"].transform("max"))]
    alone = most[~most["who"].duplicated(keep=False)].set_index("who").reindex(range(rows))
    return alone.assign(pupil=alone["pupil"].astype("str").fillna(""), zeros=alone["zeros"].eq(True))


def _real_upns(known: DataFrame) -> DataFrame:
    """Each pupil's permanent UPNs on the rolls (`pupil`, `upn`)."""
    both = [
        known[["pupil", "upn"]],
        known.loc[_is_upn(known["pupil_id"]), ["pupil", "pupil_id"]].set_axis(["pupil", "upn"], axis=1),
    ]
    upns = pd.concat(both).drop_duplicates()
    return upns[upns["upn"].ne("") & ~_is_temporary(upns["upn"])]


def _contradicts_upn(every: DataFrame, said: DataFrame, known: DataFrame) -> np.ndarray:
    """Candidates with another permanent UPN than the row has, where the row's UPN is no pupil's of the rolls."""
    upn = said["upn_said"].where(~_is_temporary(said["upn_said"]), "").take(every["who"].to_numpy()).array
    real = _real_upns(known)
    same = _among(DataFrame({"pupil": every["pupil"].array, "upn": upn}), real)
    unknown = ~Index(upn).isin(real["upn"])
    return (Index(upn) != "") & unknown & every["pupil"].isin(real["pupil"]).to_numpy() & ~same


def _upn_of_another(winner: Series, every: DataFrame) -> np.ndarray:
    """Rows whose UPN is that of others than the pupil whom the rest of the row fits best."""
    of_upn = every[every["by"].eq(_BY_UPN)]
    whose = DataFrame({"who": winner.index, "pupil": winner})
    return winner.ne("").to_numpy() & winner.index.isin(of_upn["who"]) & ~_among(whose, of_upn)


def _other_person(winner: Series, said: DataFrame, known: DataFrame) -> np.ndarray:
    """Rows with a full name and a date of birth, neither of which is the pupil's on any roll."""
    differs = winner.ne("").to_numpy().copy()
    for column in ("full_name", "date_of_birth"):
        held = known.loc[known[column].ne(""), ["pupil", column]].drop_duplicates()
        asked = DataFrame({"pupil": winner, column: said[column]})
        differs &= said[column].ne("").to_numpy() & winner.isin(held["pupil"]).to_numpy() & ~_among(asked, held)
    return differs


def _replaces_temporary(winner: Series, said: DataFrame, known: DataFrame) -> np.ndarray:
    """Rows with the permanent UPN of a pupil who has only a temporary one on the rolls."""
    temporary = known.loc[_is_temporary(known["upn_said"]), "pupil"]
    has_real = said["upn"].ne("") & ~_is_temporary(said["upn"])
    return (has_real & winner.isin(temporary) & ~winner.isin(_real_upns(known)["pupil"])).to_numpy()


def _among(rows: DataFrame, held: DataFrame) -> np.ndarray:
    """Whether each row is one of the rows held, by the columns of `rows`."""
    return MultiIndex.from_frame(rows).isin(MultiIndex.from_frame(held[list(rows)]))


def _with_new(pupils: Series, told: _Told, said: DataFrame, cells: DataFrame, known: DataFrame) -> tuple[Series, _Told]:
    """Who is on no roll yet, or contradicts the roll only by a UPN of their own, is a new pupil."""
    faults = dict(told)
    ids = cells[[*NUMBERS, "pupil_id"]].map(str.strip).where(said[[*NUMBERS, "pupil_id"]].to_numpy() != "", "")
    own = ids.replace("", np.nan).bfill(axis=1).iloc[:, 0].astype("str").fillna("")
    with_old = faults[OTHER_UPN] & said["upn"].ne("").to_numpy()
    wanted = (faults[NOT_FOUND] | with_old) & own.ne("").to_numpy()
    two = wanted & (own.isin(known["pupil"]).to_numpy() | _two_people(own.where(wanted, ""), said))
    new = wanted & ~two
    filled = pupils.mask(new, own)
    twice = new & _under_another_id(filled, said)
    has_upn = said["upn"].ne("").to_numpy()
    unnamed = faults[NOT_FOUND] & own.eq("").to_numpy()
    changed = {NOBODY: faults[NOBODY] | unnamed, NOT_FOUND: faults[NOT_FOUND] & ~wanted & ~unnamed}
    more = {TWO_UNDER_ONE: two, NEW_WITH_OLD: new & with_old, SEEN_TWICE: twice & has_upn, TWO_IDS: twice & ~has_upn}
    faults |= changed | {OTHER_UPN: faults[OTHER_UPN] & ~with_old} | more
    return filled.mask(twice & ~has_upn, ""), list(faults.items())


def _two_people(ids: Series, said: DataFrame) -> np.ndarray:
    """Rows whose new id stands beside two UPNs, or two names and two dates of birth."""
    of = said[["upn", "full_name", "date_of_birth"]].replace("", np.nan).groupby(ids.str.upper()).transform("nunique").gt(1)
    return (ids.ne("") & (of["upn"] | of["full_name"] & of["date_of_birth"])).to_numpy()


def _under_another_id(pupils: Series, said: DataFrame) -> np.ndarray:
    """Rows one of whose ids, or whose name and date of birth, another row has under another id."""
    shared = np.zeros(len(said), dtype=bool)
    for column in [*NUMBERS, "name"]:
        speaks = said[column].ne("") & pupils.ne("")
        shared[speaks] |= pupils[speaks].groupby(said.loc[speaks, column]).transform("nunique").gt(1)
    return shared


def _problems(fault: Fault, at: np.ndarray, numbers: np.ndarray, first: np.ndarray, cells: DataFrame, file: str) -> DataFrame:
    """A fault told of some different rows: a remark once for rows that are alike, else of each row."""
    places = np.sort(first[at]) if fault.effect == KEPT else np.flatnonzero(at[numbers])
    rows = cells.iloc[places]
    named = ["upn", "admission_no", "mis_id", "pupil_id", "surname"]
    texts = rows[named].to_numpy(dtype=object)
    column = (texts != "").argmax(axis=1)
    values = texts[np.arange(len(rows)), column]
    where = {"file": file, "row": rows.index, "column": np.array(named)[column], "value": values}
    return DataFrame({**where, "problem": fault.problem, "remedy": fault.remedy, "effect": fault.effect})

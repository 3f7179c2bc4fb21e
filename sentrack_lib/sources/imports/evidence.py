"""Looking into rows whose pupil is not settled at once: what they say is evidence for one pupil, for several, or for none."""

from dataclasses import replace

import numpy as np
import pandas as pd
from pandas import DataFrame, Index, MultiIndex, Series

from sentrack_lib.sources.imports.people import NUMBERS, is_temporary, is_upn
from sentrack_lib.sources.problems import KEPT, ROW_SET_ASIDE, Fault

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
Told = list[tuple[Fault, np.ndarray]]
"""What is to be told of which rows."""


def found(said: DataFrame, known: DataFrame) -> tuple[Series, Told]:
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
        (ZEROS_LOST, sure & best["zeros"].to_numpy() & (best["votes"].to_numpy() == 1)),
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
        known.loc[is_upn(known["pupil_id"]), ["pupil", "pupil_id"]].set_axis(["pupil", "upn"], axis=1),
    ]
    upns = pd.concat(both).drop_duplicates()
    return upns[upns["upn"].ne("") & ~is_temporary(upns["upn"])]


def _contradicts_upn(every: DataFrame, said: DataFrame, known: DataFrame) -> np.ndarray:
    """Candidates with another permanent UPN than the row has, where the row's UPN is no pupil's of the rolls."""
    upn = said["upn_said"].where(~is_temporary(said["upn_said"]), "").take(every["who"].to_numpy()).array
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
    temporary = known.loc[is_temporary(known["upn_said"]), "pupil"]
    has_real = said["upn"].ne("") & ~is_temporary(said["upn"])
    return (has_real & winner.isin(temporary) & ~winner.isin(_real_upns(known)["pupil"])).to_numpy()


def _among(rows: DataFrame, held: DataFrame) -> np.ndarray:
    """Whether each row is one of the rows held, by the columns of `rows`."""
    return MultiIndex.from_frame(rows).isin(MultiIndex.from_frame(held[list(rows)]))


def with_new(pupils: Series, told: Told, said: DataFrame, cells: DataFrame, known: DataFrame) -> tuple[Series, Told]:
    """Who is on no roll yet, or contradicts the roll only by a UPN of their own, is a new pupil."""
    faults = dict(told)
    ids = cells[[*NUMBERS, "pupil_id"]].map(str.strip).where(said[[*NUMBERS, "pupil_id"]].to_numpy() != "", "")
    own = ids["pupil_id"]
    for name in reversed(NUMBERS):
        own = ids[name].where(ids[name].ne(""), own)
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

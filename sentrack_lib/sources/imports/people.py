"""What rows and rolls say of pupils, written so that it can be compared: ids, names, dates of birth."""

import numpy as np
import pandas as pd
from pandas import DataFrame, Index, Series

from sentrack_lib.sources.exports.export import WHO

NUMBERS = ["upn", "admission_no", "mis_id"]
PERSON = ["surname", "forename", "date_of_birth"]
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_WRITTEN = f"[{LETTERS}][0-9]{{11}}[0-9{LETTERS}]"
_VALUES = np.array([LETTERS.find(chr(sign)) if chr(sign) in LETTERS else sign - ord("0") for sign in range(128)])
_NO_UPN = [f"UN{number}" for number in range(1, 6)]
"""Written in place of a UPN that is not known."""


def has_right_check_letter(upn: Series) -> Series:
    """Whether each UPN has the form and the check letter of the DfE's UPN guide (2019): the sum of value x place over characters
    2 to 13, modulo 23, names the letter; a letter in place 13 (a temporary UPN) counts with its own value. A blank is right."""
    places, texts = pd.factorize(upn.astype("str").fillna("").str.strip().str.upper())
    formed = Index(texts).str.fullmatch(_WRITTEN)
    letters = _VALUES[np.frombuffer("".join(texts[formed]).encode("ascii"), dtype="uint8")].reshape(-1, 13)
    right = np.asarray(Index(texts) == "")
    right[np.flatnonzero(formed)] = letters[:, 1:] @ np.arange(2, 14) % 23 == letters[:, 0]
    return Series(right[places], index=upn.index, dtype=bool)


def known_pupils(rolls: DataFrame) -> DataFrame:
    """What the rolls of all terms (any of the columns `WHO`) say of pupils, so that rows can be looked up there."""
    cells = rolls.reindex(columns=WHO).astype("str").fillna("").drop_duplicates().reset_index(drop=True)
    only_id = Series((cells[NUMBERS].to_numpy() == "").all(axis=1), index=cells.index)
    cells = cells.assign(**{name: cells[name].mask(only_id, cells["pupil_id"]) for name in NUMBERS[1:]})
    known = plain(cells).assign(pupil=cells["pupil_id"])
    return known[known["pupil"].ne("")]


def plain(cells: DataFrame) -> DataFrame:
    """What is said, so that it can be compared: without case and outer spaces; with `name` (all three parts or blank), and the
    numbers without leading zeros."""
    bare = {name: cells[name].str.strip().str.upper() for name in ["pupil_id", *NUMBERS]}
    ids = {name: texts.mask(texts.isin(_NO_UPN), "") for name, texts in bare.items()}
    person = {name: cells[name].str.split().str.join(" ").str.casefold() for name in PERSON}
    full = person["surname"] + "|" + person["forename"]
    whole = person["surname"].ne("") & person["forename"].ne("")
    name = (full + "|" + person["date_of_birth"]).where(whole & person["date_of_birth"].ne(""), "")
    numbers = {
        "admission_number": ids["admission_no"].str.replace("^0+(?=.)", "", regex=True),
        "pupil_no": ids["pupil_id"].str.replace("^0+(?=.)", "", regex=True),
    }
    # The same id under two headings is one piece of evidence, not two.
    again = ids["pupil_id"].eq(ids["upn"]) | ids["pupil_id"].eq(ids["admission_no"]) | ids["pupil_id"].eq(ids["mis_id"])
    own = DataFrame({**ids, **person, **numbers, "full_name": full.where(whole, ""), "name": name})
    return own.assign(
        again=again, upn_said=ids["upn"].where(ids["upn"].ne(""), ids["pupil_id"].where(is_upn(ids["pupil_id"]), ""))
    )


def is_upn(ids: Series) -> Series:
    """Whether each id is formed like a UPN, temporary ones included."""
    return ids.str.fullmatch(_WRITTEN)


def is_temporary(upns: Series) -> Series:
    """Whether each is a temporary UPN: its last character is a letter."""
    return is_upn(upns) & upns.str.slice(12).str.isalpha()

"""Where the timetable of adults cannot be kept: one adult in two places, or two adults with one pupil, at the same time."""

from functools import reduce

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.adults.times import SLOT, said_when, together
from sentrack_lib.measures.adults.timetable import AT, IN_CLASS, NOT_SAID, ONE_TO_ONE, Timetable
from sentrack_lib.measures.spoken import told

TWO_PLACES, TWO_ADULTS = "two places", "two adults"
COLUMNS = ["kind", "adult_id", "other_adult_id", "pupil_id", "day", "starts", "what", "other", "sentence"]


def clashes_of(table: Timetable) -> DataFrame:
    """A row each time of the week at which something cannot be, or need not be: `kind` (two places, two adults), `adult_id`,
    `other_adult_id`, `pupil_id`, `day`, `starts` (of the one that begins later), `what` and `other` (the two places), `sentence`.

    Two places: an adult is in class with two teaching groups, in two provisions, one to one with two pupils, or in two kinds of
    place, at times that overlap. Two adults: both are put with the same pupil by name. Only what is on one clock (times, or
    periods) can be held against each other; a place without a day or a start cannot. The pupil is not named in the sentence."""
    rows = table.week[table.week["timed"]].merge(table.adults[["adult_id", "called"]], on="adult_id")
    rows = rows.assign(what=_what(rows), when=said_when(rows))
    found = pd.concat([_two_places(rows), _two_adults(rows)], ignore_index=True)
    words = found.reindex(columns=COLUMNS).astype("str")
    return words.sort_values(["kind", "adult_id", "day", "starts"], kind="stable", ignore_index=True)


def _what(rows: DataFrame) -> Series:
    """A place in words, without naming a pupil: `in class with 8/En2`."""
    whom = (" with " + rows["teaching_group"]).fillna((" for " + rows["provision_id"]).fillna(""))
    place = rows["place"].map(AT).astype("str")
    return (place + whom.where(whom.ne("") | rows["pupil_id"].isna(), " with a pupil")).astype("str")


def _pairs(rows: DataFrame, by: list[str]) -> tuple[DataFrame, DataFrame]:
    """Every two rows that share `by` and are at the same time, side by side."""
    numbered = rows.reset_index(drop=True).rename_axis("at").reset_index()
    pairs = numbered[["at", *by]].merge(numbered[["at", *by]], on=by, suffixes=("_one", "_other"))
    pairs = pairs[pairs["at_one"] < pairs["at_other"]]
    one, other = (numbered.iloc[pairs[side]].reset_index(drop=True) for side in ("at_one", "at_other"))
    same = together(one, other)
    return one[same].reset_index(drop=True), other[same].reset_index(drop=True)


def _two_places(rows: DataFrame) -> DataFrame:
    # The pupils of one group are one place; only who works one to one can be with no second pupil.
    single = rows["pupil_id"].where(rows["place"].eq(ONE_TO_ONE))
    key = [*SLOT, "until", "adult_id", "teaching_group", "provision_id", "place"]
    places = rows.assign(single=single).drop_duplicates([*key, "single"])
    one, other = _pairs(places, ["adult_id", "weekday", "clock"])
    apart = _apart(one, other)
    one, other = one[apart], other[apart]
    words = one["called"] + " is in two places at once " + _when(one, other) + ": " + one["what"] + ", and " + other["what"] + "."
    return _told(TWO_PLACES, one, other, words)


def _apart(one: DataFrame, other: DataFrame) -> Series:
    """Whether two rows of one adult are two places: a group drawn from several classes for one provision is one."""

    def differ(name: str, unknown: str = "") -> Series:
        known = one[name].notna() & other[name].notna() & one[name].ne(unknown) & other[name].ne(unknown)
        return known & one[name].ne(other[name])

    place = differ("place", NOT_SAID)
    lesson = one["place"].isin([IN_CLASS, NOT_SAID]) & other["place"].isin([IN_CLASS, NOT_SAID])
    same = one["provision_id"].eq(other["provision_id"])
    return reduce(Series.__or__, [place, differ("single"), ~same & lesson & differ("teaching_group"), differ("provision_id")])


def _two_adults(rows: DataFrame) -> DataFrame:
    named = rows.dropna(subset=["pupil_id"]).drop_duplicates(["adult_id", "pupil_id", *SLOT], keep="last")
    one, other = _pairs(named, ["pupil_id", "weekday", "clock"])
    two = one["adult_id"].ne(other["adult_id"])
    one, other = one[two], other[two]
    both = one["place"].ne(NOT_SAID) & other["place"].ne(NOT_SAID) & one["place"].ne(other["place"])
    ends = Series("Would one do?", one.index).where(~both, "The pupil can be in one place alone.")
    who = one["called"] + " (" + one["what"] + ") and " + other["called"] + " (" + other["what"] + ")"
    words = who + " are put with one pupil at once " + _when(one, other) + ". " + ends
    return _told(TWO_ADULTS, one, other, words)


def _when(one: DataFrame, other: DataFrame) -> Series:
    return one["when"].where(one["begins"].ge(other["begins"]), other["when"])


def _told(kind: str, one: DataFrame, other: DataFrame, words: Series) -> DataFrame:
    later = one["begins"].ge(other["begins"])
    day = [told(*parts) for parts in zip(one["weekday"], one["week"].where(one["week"].ne(""), other["week"]), strict=True)]
    columns = {
        "kind": kind,
        "adult_id": one["adult_id"],
        "other_adult_id": other["adult_id"].where(other["adult_id"].ne(one["adult_id"])),
        "pupil_id": one["pupil_id"].where(one["pupil_id"].eq(other["pupil_id"])),
        "day": day,
        "starts": one["starts"].where(later, other["starts"]),
        "what": one["what"],
        "other": other["what"],
        "sentence": words,
    }
    return DataFrame(columns, index=one.index)

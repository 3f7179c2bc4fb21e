"""Areas of the school beside its data: what was found, what is to change, and how and when one will see whether it works."""

from datetime import date

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from sentrack_lib.measures.progress.taught import moments
from sentrack_lib.sources.statements import AREA, prompts

COLUMNS = [
    "area", "prompt", "own_prompt", "area_id", "term", "found", "action", "owner", "by", "monitored_how", "monitored_on", "state",
    "missing",
]  # fmt: skip
NOT_ANSWERED, NOTHING_TO_CHANGE, LATE, MONITORED, TO_CHANGE = (
    "not answered", "nothing to change", "past its day", "its effect is to be looked at", "to change",
)  # fmt: skip
NO_HOW, NO_DAY, NO_OWNER = (
    "How one will see whether it works is not said.", "No day is set on which its effect is looked at.", "Nobody is named.",
)  # fmt: skip


def areas(kept: DataFrame, as_of: date) -> DataFrame:
    """Every question about the five areas of the school with what was found: `area` `prompt`, whether it is a question of the
    school's own (`own_prompt`), the entry's `area_id` and `term`, `found` `action` `owner` `by` `monitored_how` `monitored_on`
    (all missing where it is not answered; see `answers`), its `state`, and what is `missing` of a change, in sentences. A
    question with several entries has a row for each; an entry without a question stands last in its area.

    Past its day is what was to be done, or looked at, before `as_of`. `kept` is the record `school_areas` up to the term.
    Sources: guidance, Section C and Next steps."""
    asked = prompts(AREA).assign(place_of=lambda rows: range(len(rows))).rename(columns={"place": "area", "words": "prompt"})
    asked = asked.assign(key=_key(asked["area"], asked["prompt"]))
    kept = answers(kept)
    kept = kept.assign(own_prompt=~kept["key"].isin(asked["key"]))
    answered = asked[["area", "prompt", "key", "place_of"]].merge(kept.drop(columns=["area", "prompt"]), on="key", how="left")
    others = kept[kept["own_prompt"]].assign(place_of=len(asked))
    order = {name: place for place, name in enumerate(asked["area"].unique())}
    rows = pd.concat([answered, others], ignore_index=True)
    rows = rows.assign(order=rows["area"].map(order).fillna(len(order)))
    rows = rows.sort_values(["order", "place_of"], kind="stable", ignore_index=True)
    rows["own_prompt"] = rows["own_prompt"].eq(True).astype("bool")
    return rows.assign(state=_state(rows, Timestamp(as_of)), missing=_missing(rows))[COLUMNS]


def answers(kept: DataFrame) -> DataFrame:
    """Of the entries of `school_areas` (from `recorded`), those that hold: of a question that was answered again in a later term
    the later answers; an entry without a question by itself. The question as it is looked up is in `key`."""
    kept = kept.assign(area=kept["area"].str.casefold(), key=_key(kept["area"], kept["prompt"]))
    each = kept["key"].where(kept["prompt"].notna(), kept["area_id"])
    when = Series(moments(kept["term"]), kept.index)
    return kept[when.eq(when.groupby(each).transform("max"))].reset_index(drop=True)


def _key(areas: Series, words: Series) -> Series:
    """A question as it is looked up: small letters, without the mark at its end."""
    said = words.astype("str").str.casefold().str.strip().str.rstrip("?. ")
    return areas.astype("str").str.casefold().fillna("") + "\n" + said.fillna("")


def changing(rows: DataFrame) -> Series:
    """Whether something is to change, such as a policy that is revised."""
    return rows["action"].notna()


def _state(rows: DataFrame, day: Timestamp) -> Series:
    late = rows["by"].lt(day) & ~rows["monitored_on"].ge(day) | rows["monitored_on"].lt(day)
    kinds = [rows["area_id"].isna(), ~changing(rows), late, rows["by"].lt(day)]
    return Series(np.select(kinds, [NOT_ANSWERED, NOTHING_TO_CHANGE, LATE, MONITORED], TO_CHANGE), rows.index, dtype="str")


def _missing(rows: DataFrame) -> Series:
    """What nobody has said about a change."""
    said = {"monitored_how": NO_HOW, "monitored_on": NO_DAY, "owner": NO_OWNER}
    parts = [Series(words, rows.index, dtype="str").where(rows[name].isna(), "") for name, words in said.items()]
    told = Series([" ".join(filter(None, each)) for each in zip(*parts, strict=True)], rows.index, dtype="str")
    return told.where(changing(rows), "")

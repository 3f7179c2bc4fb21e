"""What there is to talk about at a review meeting: each source of items is a function from the tables of a term to items."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

Tables = Mapping[str, DataFrame]
GROUP, PROVISION, PUPIL, LATE, QUESTION = "group that differs", "provision", "pupil", "overdue", "question"
ITEM = ["item", "kind", "subject", "year_group", "teaching_group", "pupil_id", "about", "evidence"]
OVERDUE = "overdue"


def groups(tables: Tables) -> DataFrame:
    """Groups that clearly progress less than others."""
    rows = tables["groups_to_plan"]
    gap = (-rows["gap_less_artefact"]).round(2).astype("str")
    evidence = gap + " SD less growth than the others, " + rows["n"].astype("str") + " pupils"
    taught, year = rows["family"].eq("teaching group"), rows["group"].str.extract(r"^Year (\S+)$", expand=False)
    subject = rows["subject"].where(rows["subject"].ne("all"))
    named = rows["family"] + " " + rows["group"] + " in " + rows["subject"]
    place = {"subject": subject, "teaching_group": rows["group"].where(taught), "year_group": year}
    return _items(GROUP, named, about=rows["group"], evidence=evidence, **place)


def provisions(tables: Tables) -> DataFrame:
    """Provisions of the term: what is known of their effect, and what was given of what was planned."""
    rows = tables["provision_map"]
    rows = rows[rows["wave"].ne("universal")]
    known = tables["impact"].drop_duplicates("provision_id").set_index("provision_id")
    told = known["verdict"].fillna("cannot tell") + ": " + known["why"].fillna("")
    effect = told.str.removesuffix(": ").reindex(rows["provision_id"]).fillna("nothing is known of its effect").to_numpy()
    given = _of(rows["sessions_given"], rows["sessions_due"], " sessions given of ", " due")
    late = _reviews(tables["due"]).set_index("id")["sentence"].reindex(rows["provision_id"]).set_axis(rows.index)
    lines = [given.mask(given.eq("")), late]
    evidence = "Effect: " + Series(effect, rows.index, dtype="str")
    for line in lines:
        evidence = evidence + ("\n" + line).fillna("")
    return _items(PROVISION, rows["provision_id"], subject=rows["subject"], about=rows["name"], evidence=evidence)


def _reviews(due: DataFrame) -> DataFrame:
    """Provisions that should have been looked at again."""
    return due[due["table"].eq("provisions") & due["state"].eq(OVERDUE)].drop_duplicates("id")


def pupils(tables: Tables) -> DataFrame:
    """Pupils flagged to act on, first those whom nobody has acted for; and pupils with something late or a target in question."""
    flagged = tables["pupils_to_plan"]
    flagged = flagged[flagged["level"].eq("act")].reset_index(drop=True)
    agreed = "Agreed: " + flagged["agreed"] + (" (" + flagged["owner"].astype("str") + ")").fillna("")
    lines = [
        DataFrame({"pupil_id": flagged["pupil_id"], "line": flagged["evidence"]}),
        DataFrame({"pupil_id": flagged["pupil_id"], "line": agreed}),
        *(_lines(tables, name) for name in ("due", "targets_and_progress")),
    ]
    found = pd.concat(lines, ignore_index=True).dropna()
    here = found["pupil_id"].isin(tables["roll"]["pupil_id"])
    told = found[here].drop_duplicates().groupby("pupil_id", sort=False)["line"].agg("\n".join)
    year = tables["roll"].drop_duplicates("pupil_id").set_index("pupil_id")["year_group"].reindex(told.index)
    who = told.index.to_series().reset_index(drop=True)
    return _items(PUPIL, who, pupil_id=who, about=who, evidence=told.reset_index(drop=True), year_group=year.to_numpy())


def _lines(tables: Tables, name: str) -> DataFrame:
    """What is to be said of a pupil beside flags."""
    rows = tables.get(name, DataFrame(columns=["pupil_id", "state", "sentence", "question", "subject"]))
    if name == "due":
        rows = rows[rows["state"].eq(OVERDUE)]
        return DataFrame({"pupil_id": rows["pupil_id"], "line": rows["sentence"]})
    asked = rows[rows["question"].fillna("").ne("")]
    return DataFrame({"pupil_id": asked["pupil_id"], "line": asked["subject"] + ": " + asked["question"]})


def overdue(tables: Tables) -> DataFrame:
    """What else is overdue, about no single pupil and no provision that stands on the agenda."""
    rows, planned = tables["due"], tables["provision_map"]
    there = rows["table"].eq("provisions") & rows["id"].isin(planned.loc[planned["wave"].ne("universal"), "provision_id"])
    rows = rows[rows["state"].eq(OVERDUE) & rows["pupil_id"].isna() & ~there]
    named = rows["table"] + " " + rows["id"] + " " + rows["step"].fillna("")
    about = rows["about"].fillna(rows["kind"])
    return _items(LATE, named.str.strip(), subject=rows["subject"], about=about, evidence=rows["sentence"])


def questions(tables: Tables) -> DataFrame:
    """Questions to reflect on together, of the stage of monitoring and evaluating."""
    rows = tables["reflection"]
    rows = rows[rows["step"].eq("monitor")]
    return _items(QUESTION, rows["words"], about=rows["words"], evidence=rows["words"].str.slice(0, 0))


SOURCES: tuple[Callable[[Tables], DataFrame], ...] = (groups, provisions, pupils, overdue, questions)


def _items(kind: str, named: Series, **columns: Series | np.ndarray) -> DataFrame:
    rows = DataFrame({"item": kind + ": " + named.astype("str"), "kind": kind}, index=named.index).assign(**columns)
    return rows.reindex(columns=ITEM).reset_index(drop=True).astype("str")


def _of(count: Series, whole: Series, between: str, after: str) -> Series:
    """`12 sessions given of 20 due`; blank where one of them is not known."""
    told = count.round(0).astype("Int64").astype("str") + between + whole.round(0).astype("Int64").astype("str") + after
    return told.where(count.notna() & whole.notna(), "").astype("str")

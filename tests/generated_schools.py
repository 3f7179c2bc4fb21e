"""Invented schools by the dozen, with nothing in them or with one difference of known size, and what is said of their groups."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
from pandas import DataFrame

from sentrack_lib.measures.attendance import attendance
from sentrack_lib.measures.groups.beside_others import beside_others
from sentrack_lib.measures.progress import progress
from sentrack_lib.measures.progress.taught import in_term
from sentrack_lib.sources import schema
from sentrack_lib.sources.coded import coded
from sentrack_lib.sources.loading import School
from sentrack_lib.sources.sample import Invention, invent, school_of
from sentrack_lib.sources.sample.truths import Truth
from sentrack_lib.sources.scales import Scale, read_grades
from sentrack_lib.terms import Term

PUPILS, TERMS, FEWEST = 600, 4, 2
"""Differences are planted over three terms; where there are none, two terms show the same sooner."""
CLASS, NEED, STATUS = "9/En3 in English", "SLCN in Science", "SEN support in Maths"


def tables_of_terms(invention: Invention, terms: Sequence[Term], scales: Mapping[str, Scale]) -> dict[str, DataFrame]:
    """Some terms of an invention, of which only what progress is measured from: no mess, no file, a fraction of the time."""
    clean = {str(term): invention.clean(term) for term in terms}

    def together(name: str) -> DataFrame:
        parts = [tables[name].reindex(columns=schema.columns(name)).assign(term=term) for term, tables in clean.items()]
        return schema.typed(name, pd.concat(parts, ignore_index=True).astype("object").fillna("").astype("str"))

    graded = {name: read_grades(together(name), scales) for name in ("assessments", "prior_attainment")}
    return coded({"pupils": together("pupils"), "teaching_groups": together("teaching_groups"), **graded})


def told_of(invention: Invention) -> DataFrame:
    """The comparisons of growth and of rates in the last term, one under the other."""
    found = comparisons_of(school_of(invention))
    return pd.concat([found["comparisons"], found["rate_comparisons"]], ignore_index=True)


def comparisons_of(school: School) -> dict[str, DataFrame]:
    tables, terms = coded(school.tables), school.terms[-2:]
    names = ("pupils", "teaching_groups")
    held = {term: {name: in_term(school.tables[name], term) for name in names} for term in terms}
    grown = {term: progress(tables, school.scales, term) for term in terms}
    return beside_others(tables, held, grown, {term: attendance(tables, term) for term in terms})


def without_differences(seed: int) -> DataFrame:
    """One school without any difference between groups but luck: a row a family and subject, `clear` if anything was claimed."""
    rows = told_of(invent(PUPILS, FEWEST, seed, planted=False, luck=True))
    rows = rows[rows["q_value"].notna()]
    # Beside the own average a question is one family over all subjects.
    rows = rows.assign(subject=rows["subject"].where(rows["measure"].ne("beside own average"), "all"))
    clear = rows["verdict"].str.startswith("clear difference")
    told = rows[["measure", "family", "subject"]].assign(seed=seed, clear=clear, opening=clear & rows["q_all"].le(0.10))
    return told.groupby(["measure", "family", "subject", "seed"], as_index=False)[["clear", "opening"]].any()


def with_difference(size: float, seed: int) -> dict[str, bool]:
    """One school in which a class, a need and a status each grow less by `size` in one subject: which of them was found?"""
    invention = invent(PUPILS, TERMS, seed, planted=False, luck=True)
    people, term = invention.people, str(invention.terms[-1])
    at_support = tuple(people.loc[people["sen_status"].eq("K"), "pupil_id"])
    planted = (
        Truth("planted", term, CLASS, subject="English", teaching_group="9/En3", size_sd=-size),
        Truth("planted", term, NEED, subject="Science", need="SLCN", size_sd=-size),
        Truth("planted", term, STATUS, subject="Maths", pupil_ids=at_support, size_sd=-size),
    )
    rows = told_of(replace(invention, truths=planted)).set_index(["family", "group", "subject"])["verdict"]
    where = {CLASS: ("teaching group", "9/En3", "English"), NEED: ("type of need", "SLCN", "Science"),
             STATUS: ("SEN status", "SEN support", "Maths")}  # fmt: skip
    return {name: str(rows.get(row, "")).startswith("clear difference: lower") for name, row in where.items()}

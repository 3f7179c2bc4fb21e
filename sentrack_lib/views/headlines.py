"""How headline figures, term by term, are said: what each is called, the number with its whole, and what a change is called."""

import numpy as np
from pandas import DataFrame, Series

from sentrack_lib.terms import Term
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.words import number, sentence

CALLED = {
    "low progress": "Low progress more likely than not",
    "growth": "Mean growth",
    "missed a tenth": "Missed a tenth or more of the term's sessions",
    "missed half": "Missed half or more of the term's sessions",
    "absence": "Share of the term's sessions missed, mean",
    "suspended or excluded": "Suspended or excluded in the term",
    "sanction": "With a sanction in the term",
    "reward": "With a reward in the term",
    "progress told": "Progress can be told",
}
"""Every headline figure, as it is printed."""
DID = {
    "low progress": "are more likely than not to make low progress",
    "missed a tenth": "missed a tenth or more of the term's sessions",
    "missed half": "missed half or more of the term's sessions",
    "suspended or excluded": "were suspended or excluded",
    "sanction": "had a sanction",
    "reward": "had a reward",
    "progress told": "have a figure of progress",
}
"""The figures that count pupils, as they are said of them."""
MARKS = ("more", "fewer", "higher", "lower")
"""What a change is called that is more than noise."""
WHO = {
    "all pupils": "pupils",
    "with SEN": "pupils with SEN",
    "without SEN": "pupils without SEN",
    "SEN support": "pupils at SEN support",
    "EHC plan": "pupils with an EHC plan",
}
NOT_HERE = "Trends are for the inclusion manager, departments and governors."
OTHER_PUPILS = (
    "Trends are followed over the whole school and in each subject: a year group or a teaching group is made of other pupils "
    "every year."
)
RARE = 0.05
"""Shares below this are told with a decimal."""
MOST_TERMS = 6
"""Terms side by side; more cannot be read on one page, and all stand in the tables."""


def not_followed(papers: Papers) -> str:
    """Why there is no trend on these papers; nothing where there is one."""
    if not papers.has("trends"):
        return NOT_HERE
    return OTHER_PUPILS if papers.year_group != ALL or papers.teaching_group != ALL else ""


def followed(papers: Papers, name: str) -> DataFrame:
    """The rows of `trends` or `trend_changes` about the subject looked at, or about everything; none where there is no table."""
    if not papers.has(name):
        return DataFrame(columns=["figure", "group", "subject", "term", "since", "mark", "q_value"])
    rows = papers.tables[name]
    return rows if papers.subject == ALL else rows[rows["subject"].eq(papers.subject)]


def last_terms(rows: DataFrame) -> list[str]:
    """The last terms that have a row, in order."""
    return sorted(rows["term"].unique(), key=Term.named)[-MOST_TERMS:]


def label(term: str) -> str:
    """A term as it is said: `Summer 2026`."""
    return Term.named(term).label


def what(rows: DataFrame) -> Series:
    """The figure of each row as it is printed, with its subject."""
    return rows["figure"].map(CALLED) + (" in " + rows["subject"]).where(rows["subject"].ne(ALL), "")


def told(rows: DataFrame) -> Series:
    """The figure of each row with its whole and interval: `47 of 203` above `23 in 100 (18 to 29)`."""
    whole = rows["n"].astype("Int64").astype("str")
    counted = rows["count"].astype("Int64").astype("str") + " of " + whole
    above = counted.where(rows["count"].notna(), whole + " pupils")
    unit = Series(np.where(rows["figure"].eq("growth"), " SD", " in 100"), rows.index, dtype="str")
    middle = above + "\n" + size(rows, "value") + unit
    figures = (middle + " (" + size(rows, "low") + " to " + size(rows, "high") + ")").where(rows["low"].notna(), middle)
    return figures.where(rows["value"].notna(), np.where(rows["n"].eq(0), "not known", "too few to show"))


def size(rows: DataFrame, column: str, signed: bool = False) -> Series:
    """A number of each row: in standard deviations for growth, else in 100, with a decimal for mean absence and what is rare."""
    rare = rows["figure"].eq("absence") | rows.get("value", rows[column]).abs().lt(RARE)
    columns = zip(rows["figure"], rows[column].astype("float64"), rare, strict=True)
    written = [number(size, 2) if figure == "growth" else number(100 * size, int(fine), signed) for figure, size, fine in columns]
    return Series(written, rows.index, dtype="str")


def change_told(rows: DataFrame) -> Series:
    """What became of each figure: `more` with the change and its interval where it is more than noise, else that it is not."""
    unit = Series(np.where(rows["figure"].eq("growth"), " SD", " in 100"), rows.index, dtype="str")
    ends = " (" + size(rows, "low", True) + " to " + size(rows, "high", True) + ")"
    marked = rows["mark"] + ": " + size(rows, "change", True) + unit + ends
    return marked.where(rows["mark"].isin(MARKS), rows["mark"])


def rounded_share(rows: DataFrame) -> Series:
    """`45 of 200 (23 in 100)` from counts that were rounded before they came here, or that it cannot be shown."""
    count, whole = rows["count"].astype("Int64"), rows["n"].astype("Int64")
    share = (100 * count / whole.mask(whole.eq(0))).round(0).astype("Int64")
    shown = count.astype("str") + " of " + whole.astype("str") + " (" + share.astype("str") + " in 100)"
    return shown.where(share.notna(), "too few to show").mask(whole.eq(0).fillna(False), "not known")


def group_named(groups: Series) -> Series:
    """Groups as they are printed: `With SEN`."""
    return groups.map(sentence)

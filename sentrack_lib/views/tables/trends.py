"""Headline figures term by term: the last beside the one before and the same a year earlier, and what each change is called."""

from pandas import DataFrame, Series

from sentrack_lib.views.headlines import (
    DID,
    MARKS,
    change_told,
    followed,
    group_named,
    label,
    last_terms,
    not_followed,
    rounded_share,
    told,
    what,
)
from sentrack_lib.views.needs import of_all_needs
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.words import said

ALWAYS = ["with SEN", "without SEN"]
"""Groups of which every figure is printed; of the others, those that changed by more than noise."""
CAUTIOUS = (
    "Below each count is the share with its 95 % interval. A change is given a name only where it is more than noise: its "
    "interval leaves nought out, also when held against the number of changes looked at. Most pupils are in both terms, which is "
    "not made use of, so smaller changes may be real. The same term a year earlier is the fairer comparison: absence and "
    "behaviour have their seasons. Growth is measured against others of the same start and year group, so that of all pupils "
    "cannot rise."
)
ROUNDED = "Rounded to the nearest 5; 1 to 7 are not shown. Changes of a few pupils are as likely to be chance."


@of_all_needs
def trends(papers: Papers) -> Part:
    """Headline figures of the last term beside the term before and the same term a year earlier."""
    if why := not_followed(papers):
        return Unseen(why)
    title = f"Term by term: {papers.title}"
    rows = followed(papers, "trends")
    if papers.audience == "governors":
        return Table(_counted(rows[rows["figure"].isin(list(DID))]), title, ROUNDED, "nothing is known yet.")
    changes = followed(papers, "trend_changes")
    shown = _beside_earlier(rows, changes)
    tested = "; ".join(f"{said(int(number), 'change')} since {label(str(since))}" for since, number in _tested(changes).items())
    note = f"Looked at: {tested}. {CAUTIOUS}" if tested else "There is no earlier term to compare with."
    return Table(shown, title, f"{note} All groups and terms stand in trends.csv.", "nothing is known yet.")


def _tested(changes: DataFrame) -> Series:
    return changes.groupby("since", sort=False)["tested"].first() if len(changes) else Series(dtype="int64")


def _counted(rows: DataFrame) -> DataFrame:
    """Rounded counts of every figure and group, term by term."""
    return _side_by_side(rows.assign(told=rounded_share(rows)), last_terms(rows))


def _beside_earlier(rows: DataFrame, changes: DataFrame) -> DataFrame:
    """The terms that are compared, side by side, and what each change is called."""
    compared = sorted({*changes["since"], *changes["term"]}) or last_terms(rows)
    marked = changes.loc[changes["mark"].isin(MARKS), ["figure", "group", "subject"]].drop_duplicates()
    listed = rows.merge(marked.assign(marked=True), how="left", on=["figure", "group", "subject"])
    subjects_alone = bool(rows["subject"].ne(ALL).all())
    everyone = listed["group"].isin(ALWAYS) & (listed["subject"].eq(ALL) | subjects_alone)
    listed = listed[(everyone | listed["marked"].notna()) & listed["term"].isin(compared)]
    shown = _side_by_side(listed.assign(told=told(listed)), compared)
    for since in sorted(changes["since"].unique(), reverse=True):
        of_term = changes[changes["since"].eq(since)]
        words = DataFrame({"What": what(of_term), "Group": group_named(of_term["group"]), "told": change_told(of_term)})
        shown = shown.merge(words.rename(columns={"told": f"Since {label(since)}"}), how="left", on=["What", "Group"])
    return shown


def _side_by_side(rows: DataFrame, terms: list[str]) -> DataFrame:
    """What is `told` of each figure and group, a column a term."""
    cells = DataFrame({"What": what(rows), "Group": group_named(rows["group"]), "term": rows["term"], "told": rows["told"]})
    order = cells[["What", "Group"]].drop_duplicates()
    wide = cells.pivot(index=["What", "Group"], columns="term", values="told").reindex(columns=terms)
    wide = wide.rename(columns={term: label(term) for term in terms}).rename_axis(None, axis=1).reset_index()
    return order.merge(wide, on=["What", "Group"]).fillna("")

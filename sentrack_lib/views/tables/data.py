"""What was read, what is wrong with it, who is counted in what, and how a page was made."""

from pandas import DataFrame, Series

from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen

NOT_YOURS = "This is for the inclusion manager and the data manager."
MOST_PROBLEMS = 60
"""Kinds of problem listed on a page; problems.csv holds every row."""


def files(papers: Papers) -> Part:
    """What was read for this term."""
    if not papers.has("counts"):
        return Unseen(NOT_YOURS)
    rows = papers.tables["counts"]
    rows = rows[rows["term"].eq(papers.term)]
    shown = rows[["file", "read", "accepted", "set_aside"]].set_axis(["File", "Rows read", "Used", "Set aside"], axis=1)
    return Table(shown, "Files of this term", "Rows read are always the rows used and the rows set aside.", "no file was found.")


def imports(papers: Papers) -> Part:
    """What each imported file was taken for, and what came of its rows, columns, codes and pupils."""
    if not papers.has("imports"):
        return Unseen(NOT_YOURS)
    names = {
        "file": "File",
        "taken_for": "Taken for",
        "read": "Rows read",
        "accepted": "Accepted",
        "set_aside": "Set aside",
        "no_pupil": "Rows without a certain pupil",
        "columns_used": "Columns used",
        "columns_unused": "Columns not used",
        "codes": "Codes not understood",
    }
    shown = papers.tables["imports"][list(names)].rename(columns=names)
    note = "If a file was taken for something else than it is, write its profile with `sentrack import … --draft-profile`."
    return Table(shown, "What was imported", note, "no file of this term came in with `sentrack import`.")


def columns(papers: Papers) -> Part:
    """The columns of the imported files that were not used, with the reason."""
    if not papers.has("import_columns"):
        return Unseen(NOT_YOURS)
    rows = papers.tables["import_columns"]
    left = rows[rows["use"].ne("used")]
    shown = left[["file", "column", "use", "reason"]].set_axis(["File", "Column", "What became of it", "Why"], axis=1)
    return Table(shown, "Columns that were not used", "A column is brought in with a profile.", "every column was used.")


def codes(papers: Papers) -> Part:
    """The codes of the imported files that are on no list, with how often each stands there."""
    if not papers.has("import_codes"):
        return Unseen(NOT_YOURS)
    rows = papers.tables["import_codes"]
    shown = rows[["file", "column", "value", "rows"]].set_axis(["File", "Column", "Code", "Rows"], axis=1)
    kept = "They are kept as they are, and count as not known."
    return Table(shown, "Codes that were not understood", kept, "every code was understood.")


def problems(papers: Papers) -> Part:
    """Every kind of problem with this term's files once: how often, where first, an example, and what to do."""
    if not papers.has("problems"):
        return Unseen(NOT_YOURS)
    rows = papers.problems
    kind = ["file", "column", "problem", "effect", "remedy"]
    kinds = (
        rows.groupby(kind, sort=False).agg(Rows=("row", "size"), First=("row", "min"), Example=("value", "first")).reset_index()
    )
    names = {
        "file": "File",
        "column": "Column",
        "problem": "Problem",
        "effect": "Effect",
        "remedy": "What to do",
        "First": "First row",
    }
    shown = kinds.rename(columns=names)[["File", "Column", "Problem", "Rows", "First row", "Example", "Effect", "What to do"]]
    more = f" {len(shown) - MOST_PROBLEMS} more kinds stand there." if len(shown) > MOST_PROBLEMS else ""
    return Table(
        shown.head(MOST_PROBLEMS), "What is wrong, and what to do", f"All rows stand in problems.csv.{more}", "nothing is wrong."
    )


def coverage(papers: Papers) -> Part:
    """For each subject: who is taught, who has a mark with points, a start, and a growth percentile; and why not the others."""
    if not papers.has("progress"):
        return Unseen(NOT_YOURS)
    rows = papers.tables["progress"]
    rows = rows[rows["subject"].ne(ALL)]
    counted = rows.groupby("subject").agg(
        **{
            "Taught": ("pupil_id", "size"),
            "With a mark": ("points", "count"),
            "With a start": ("start", "count"),
            "With a growth percentile": ("growth_percentile", "count"),
        }
    )
    why = rows[rows["growth_percentile"].isna()].groupby("subject")["why_not"].agg(_most_frequent)
    shown = counted.join(why.rename("Most frequent reason why not")).rename_axis("Subject").reset_index()
    return Table(shown, "Who is counted in what", "A mark counts when its scale gives it points.", "nobody is taught.")


def _most_frequent(reasons: Series) -> str:
    counts = reasons.value_counts()
    return str(counts.index[0]) if len(counts) else ""


def changes(papers: Papers) -> Part:
    """What changed since the term before, counted by kind."""
    if not papers.has("changes"):
        return Unseen(NOT_YOURS)
    counted = papers.tables["changes"].groupby(["table", "column"])["pupil_id"].nunique().reset_index()
    counted = counted.assign(table=counted["table"].str.replace("_", " "), column=counted["column"].str.replace("_", " "))
    shown = counted.set_axis(["Table", "What changed", "Pupils"], axis=1)
    return Table(shown, "What changed since the term before", "Every change stands in changes.csv.", "nothing changed.")


def made(papers: Papers) -> Part:
    """How this page was made."""
    about = papers.tables["about"].iloc[0]
    rows = [("School", about["school"]), ("Term", about["label"]), ("For", papers.audience), ("sentrack", about["version"])]
    return Table(DataFrame(rows, columns=["What", "Which"]), "How this was made")

"""What pupils and parents say, who of them was heard, and what was done about what they said the last time."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.codes import need_label
from sentrack_lib.terms import Term
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen, follows
from sentrack_lib.views.tables.pupils import called
from sentrack_lib.views.words import band, number, sentence

RESPONDENT = {"pupil": "Pupils", "parent": "Parents"}
EVERYONE, SEN, WITH, YEAR = "all pupils", "SEN", "with SEN", "year group"
BIAS = [EVERYONE, SEN, YEAR, "pupil premium", "persistent absence"]
CLEAR = "clear difference"
CHANCE = "within what chance does"
MOST_COMMENTS = 40
"""Comments read out on a page, those with the lowest scores first; a workbook lists all."""
NOT_ASKED = "nobody was asked."
NO_VIEWS = "What pupils and parents say is not for this page."
SCORES = (
    "Scores from 1 to 5; parents stand in the group of their child. The interval says where the mean may lie if others like "
    "these had been asked. A gap below the size that could be seen may exist all the same."
)
WHOLE = "Questionnaires ask about the school as a whole, not about one subject or class."


@follows("year_group")
def views(papers: Papers) -> Part:
    """Every theme: pupils with SEN and their parents beside the others; of one year group, that year beside the others."""
    if not papers.has("views"):
        return Unseen(NO_VIEWS)
    rows = papers.tables["views"]
    if papers.year_group != ALL:
        shown = _printed(rows[_this_year(papers, rows)])
        return Table(shown, f"What is said in Year {papers.year_group}: {papers.label}", _note(papers), NOT_ASKED)
    everyone = rows[rows["family"].eq(EVERYONE)].set_index(["respondent", "theme"])
    mine = rows[rows["family"].eq(SEN) & rows["group"].eq(WITH)].set_index(["respondent", "theme"]).reindex(everyone.index)
    return Table(_beside(everyone, mine), f"What pupils and parents say: {papers.label}", _note(papers), NOT_ASKED)


@follows("year_group")
def views_that_differ(papers: Papers) -> Part:
    """The groups, by whatever question, that say something clearly different from the others."""
    if not papers.has("views"):
        return Unseen(NO_VIEWS)
    rows = papers.tables["views"]
    rows = rows if papers.year_group == ALL else rows[_this_year(papers, rows)]
    tested = int(rows["q_value"].notna().sum())
    clear = rows[rows["verdict"].str.startswith(CLEAR)].sort_values("q_value", kind="stable")
    many = len(clear)
    # Of two groups that are each other's rest the lower is listed.
    pair = rows.groupby(["respondent", "theme", "family"])["group"].transform("nunique").eq(2).reindex(clear.index)
    clear = clear[~pair | clear["gap"].lt(0)]
    needs = clear["family"].eq("type of need")
    group = clear["group"].where(~needs, need_label(clear["group"])).map(sentence)
    shown = DataFrame({"Group": group}).join(_printed(clear))
    note = f"{many} of {tested} comparisons are clear; of two groups that are each other's rest, the lower is listed. {SCORES}"
    return Table(shown, "Groups that say something clearly different", note, f"none of {tested} comparisons is clear.")


@follows("year_group")
def responses(papers: Papers) -> Part:
    """Of how many pupils there is an answer, and what part each group has of those who answered and of the others."""
    if not papers.has("responses"):
        return Unseen("Who answered is counted for the inclusion manager.")
    rows = papers.tables["responses"]
    rows = rows[rows["family"].isin(BIAS)] if papers.year_group == ALL else rows[_this_year(papers, rows)]
    shown = DataFrame({
        "Asked": rows["respondent"].map(RESPONDENT),
        "Group": rows["group"].map(sentence),
        "Answered": _told(rows["count"], rows["n"], rows["share"]),
        "Likely between": band(100 * rows["low"], 100 * rows["high"]),
        "Of 100 who answered": (100 * rows["among_answered"]).round(0),
        "Of 100 who did not": (100 * rows["among_others"]).round(0),
        "Verdict": rows["verdict"],
    })  # fmt: skip
    note = f"Pupils on the roll; of parents, pupils for whom a parent answered. {_anonymous(rows)}"
    return Table(shown, f"Who answered: {papers.label}", note, NOT_ASKED)


def comments(papers: Papers) -> Part:
    """What was written, with who wrote it: for the inclusion manager alone."""
    if not papers.has("comments"):
        return Unseen("Comments are for the inclusion manager alone.")
    rows = papers.tables["comments"].merge(called(papers), how="left", on="pupil_id")
    whole = papers.whole
    rows = rows[rows["Pupil"].notna() | (rows["pupil_id"].isna() & whole)].sort_values("score", kind="stable")
    shown = DataFrame({
        "Asked": rows["respondent"].map(RESPONDENT),
        "Theme": rows["theme"].map(sentence),
        "Score": rows["score"],
        "Comment": rows["comment"],
        "Pupil": rows["Pupil"].fillna("anonymous"),
        "SEN": rows["SEN"],
    }).head(MOST_COMMENTS)  # fmt: skip
    fewer = f" {MOST_COMMENTS} of {len(rows)}; the workbook lists all." if len(rows) > MOST_COMMENTS else ""
    return Table(shown, f"What was written: {papers.label}", f"The lowest scores first.{fewer}", "nobody wrote a comment.")


def asked_before(papers: Papers) -> Part:
    """What was said the last time, what was agreed about it, whether that was done, and what is said now."""
    if not papers.has("asked_before"):
        return Unseen(NO_VIEWS)
    rows = papers.tables["asked_before"]
    columns = {
        "Asked": rows["respondent"].map(RESPONDENT),
        "Theme": rows["theme"].map(sentence),
        "Asked last": rows["since"].map(_label),
        "Mean then": rows["mean_then"].map(_mean),
        "What was agreed": rows.get("agreed"),
        "Done": rows["state"].map(sentence),
        "What came of it": rows.get("result"),
        "Mean now": rows["mean"].map(_mean).mask(rows["n"].eq(0), "not asked again"),
        "Change": _change(rows),
    }
    shown = DataFrame({name: column for name, column in columns.items() if column is not None})
    note = f"A change is named only where it is more than chance; that it came of what was done cannot be told from it. {WHOLE}"
    return Table(shown, "What was said the last time, and what was done about it", note, "nobody was asked in an earlier term.")


def _this_year(papers: Papers, rows: DataFrame) -> Series:
    return rows["family"].eq(YEAR) & rows["group"].eq(f"Year {papers.year_group}")


def _note(papers: Papers) -> str:
    rounding = " Numbers of answers to the nearest 5, means to one decimal." if papers.audience == "governors" else ""
    return f"{SCORES}{rounding} {WHOLE}"


def _beside(everyone: DataFrame, mine: DataFrame) -> DataFrame:
    """All answers, and those of and about pupils with SEN beside the others."""
    asked = everyone.reset_index()
    columns = {
        "Asked": asked["respondent"].map(RESPONDENT),
        "Theme": asked["theme"].map(sentence),
        "Answers": asked["n"],
        "Mean": asked["mean"].map(_mean),
        "4 or 5": _told(asked["positive"], asked["n"], asked["share"]),
        "Change since the last time": _change(asked),
    }
    ours = _gap(mine.reset_index()).rename(columns={"Answers": "With SEN", "Mean": "Mean, with SEN"})
    shown = DataFrame(columns).join(ours)
    return shown.drop(columns="4 or 5") if shown["4 or 5"].eq("").all() else shown


def _printed(rows: DataFrame) -> DataFrame:
    """Rows of views as they are printed: a group beside the others."""
    first = {"Asked": rows["respondent"].map(RESPONDENT), "Theme": rows["theme"].map(sentence)}
    return DataFrame(first).join(_gap(rows)).assign(**{"Change since the last time": _change(rows)})


def _gap(rows: DataFrame) -> DataFrame:
    return DataFrame({
        "Answers": rows["n"].astype("Int64"),
        "Mean": rows["mean"].map(_mean),
        "Likely between": _between(rows),
        "Mean of others": rows["mean_rest"].map(_mean),
        "Gap": rows["gap"].map(lambda gap: number(gap, 1)),
        "Could be seen from": rows["detectable"].map(_mean),
        "Verdict": rows["verdict"].fillna("nobody answered"),
    })  # fmt: skip


def _mean(value: float) -> str:
    return number(value, 1, signed=False)


def _change(rows: DataFrame) -> Series:
    """`lower: −0.4 (−0.7 to −0.1)`, `within what chance does`; blank where there was no last time."""
    sizes = zip(*(rows[name] for name in ("change", "change_low", "change_high")), strict=True)
    told = [f"{number(size, 1)} ({number(low, 1)} to {number(high, 1)})" for size, low, high in sizes]
    named = rows["mark"].isin(["higher", "lower"]) & rows["change_low"].notna()
    return (
        rows["mark"]
        .astype("str")
        .mask(named, rows["mark"].astype("str") + ": " + Series(told, rows.index, dtype="str"))
        .fillna("")
    )


def _between(rows: DataFrame) -> list[str]:
    """`3.4 to 4.1`; blank where it is missing."""
    both = zip(rows["low"], rows["high"], strict=True)
    return [f"{_mean(low)} to {_mean(high)}" if pd.notna(low) else "" for low, high in both]


def _told(count: Series, whole: Series, share: Series) -> Series:
    """`12 of 30 (40 in 100)`; blank where it may not be shown."""
    written = count.astype("Int64").astype("str") + " of " + whole.astype("Int64").astype("str")
    told = written + " (" + (100 * share).round(0).astype("Int64").astype("str") + " in 100)"
    return told.where(count.notna() & whole.notna() & share.notna(), "")


def _anonymous(rows: DataFrame) -> str:
    unnamed = rows.loc[rows["family"].eq(EVERYONE) & rows["anonymous"].gt(0), ["respondent", "anonymous"]]
    told = [f"{who} who gave no name: at least {many}" for who, many in unnamed.itertuples(index=False)]
    said = f" {sentence('; '.join(told))}. They are in no group, so every group may have answered more often." if told else ""
    return "If only some were asked, more of those who were asked have answered." + said


def _label(term: str) -> str:
    return Term.named(term).label if pd.notna(term) and term else ""

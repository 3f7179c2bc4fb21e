"""Findings as sentences: computed from the papers, with number and whole, the bottom line first."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.codes import sen_group
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Sentences
from sentrack_lib.views.words import named, of, said, sentence

CLEAR = "clear difference"
MOST_SHOWN = 3
"""Clear differences told one by one; the others are counted and stand in the tables."""
FEW_MARKS = 0.9
"""A subject in which fewer of those taught have a mark is named."""
READERS = {"inclusion": "the inclusion manager", "department": "the department", "governors": "governors"}
SEN = ["SEN support", "EHC plan"]

Row = Mapping[Hashable, Any]


def about(papers: Papers) -> Sentences:
    """Which school, term and part of the school the page is about, and for whom."""
    return Sentences([f"{papers.title}. For {READERS[papers.audience]}."])


def review(papers: Papers) -> Sentences:
    """Who is not making expected progress: the few things that matter, the bottom line first."""
    if not papers.has("roll"):
        return Sentences([*_rates(papers), *_differences(papers), _sen(papers)])
    if papers.roll.empty:
        return Sentences(["No pupils are in this part of the school."])
    return Sentences([*_first(papers), *_differences(papers), _sen(papers), *_absence(papers), _unsaid(papers)])


def data(papers: Papers) -> Sentences:
    """Whether this term's files are complete and believable."""
    return Sentences([_read(papers), *_imported(papers), _problems(papers), _known(papers), _thin(papers), _changed(papers)])


def _with_sen(papers: Papers) -> Series:
    """Whether each pupil of the roll has SEN; missing where the status is not known."""
    group = sen_group(papers.roll["sen_status"])
    return group.isin(SEN).astype("boolean").mask(group.eq("Not known"))


def _first(papers: Papers) -> list[str]:
    """Of those whose progress can be told, how many are likely to make low progress, and have SEN; and how many any flag."""
    told = papers.of_pupils("progress").dropna(subset=["growth_percentile"])["pupil_id"].nunique()
    act = papers.flags[papers.flags["level"].eq("act")]
    low = act.loc[act["rule"].eq("progress"), "pupil_id"].unique()
    both = int(papers.roll["pupil_id"].isin(low).to_numpy() @ _with_sen(papers).fillna(False).to_numpy(dtype=int))
    likely = f"{sentence(of(len(low), told))} {_is(len(low))} likely to make low progress on average over subjects"
    whose = f"; of these, {both or 'none'} {_has(both)} SEN" if len(low) else ""
    reasons = act["pupil_id"].nunique()
    any_kind = f"{sentence(said(reasons, 'pupil'))} {_has(reasons)} a reason of any kind to be looked at first."
    return [f"{likely}{whose}." if told else f"Progress cannot be told for any of {said(len(papers.roll), 'pupil')}.", any_kind]


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def _differences(papers: Papers) -> list[str]:
    """The clear differences between groups, and how many comparisons they are out of."""
    groups = papers.compared if papers.subject == ALL else papers.comparisons
    if papers.year_group == ALL and papers.subject == ALL:
        # Single years in single subjects are too many, and too small, to open a page with.
        groups = groups[groups["family"].ne("SEN by year group") | groups["subject"].eq(ALL)]
    tested = groups[groups["q_value"].notna()]
    if tested.empty:
        return ["No group here is large enough to be compared with the others: too few to say."]
    clear = tested[tested["verdict"].str.startswith(CLEAR)]
    # Of two groups that are each other's rest, one difference is told once, as that of the group that is behind.
    pair = groups.groupby(["family", "subject"])["group"].transform("nunique").eq(2).reindex(clear.index)
    told = clear.assign(side=clear["group"].mask(pair, "either"), behind=clear["verdict"].str.contains("lower"))
    told = told.sort_values(["behind"], ascending=False, kind="stable").drop_duplicates(["family", "subject", "side"])
    told = told.sort_values("q_value", kind="stable").head(MOST_SHOWN)
    return [*(_difference(row) for row in told.to_dict("records")), _out_of(len(clear), len(tested))]


def _out_of(clear: int, tested: int) -> str:
    """How many comparisons were made, so that nobody takes the one found among hundreds for the one looked for."""
    shows = "shows" if clear == 1 else "show"
    told = f"{sentence(of(clear, tested, 'comparison'))} of groups {shows} a clear difference in progress"
    if clear > MOST_SHOWN:
        return f"{told}; the {MOST_SHOWN} clearest are told here, the others stand in the tables."
    return f"{told}." + ("" if clear else " Smaller differences than could be detected may exist.")


def _difference(row: Row) -> str:
    where = "" if row["subject"] == ALL else f" in {row['subject']}"
    amount = "less" if "lower" in row["verdict"] else "more"
    seen = ", as last term" if "as last" in row["verdict"] else ""
    size = f"{abs(row['gap_less_artefact']):.2f} of a standard deviation"
    who = sentence(named(row["family"], row["group"]))
    made = f"{who} made clearly {amount} progress{where} than other pupils of the same start"
    return f"{made}: {size}, {said(row['n'], 'pupil')}{seen}."


def _sen(papers: Papers) -> str:
    """What can be said of pupils with SEN beside the others of the same start."""
    where = "on average over subjects" if papers.subject == ALL else f"in {papers.subject}"
    rows = papers.comparisons
    ours = rows[rows["family"].eq("SEN by year group") if papers.year_group != ALL else rows["group"].isin(SEN)]
    if ours.empty:
        return f"Too few pupils with SEN to say anything of them as a group {where}."
    return f"Progress {where}: " + "; ".join(_verdict(row) for row in ours.to_dict("records")) + "."


def _verdict(row: Row) -> str:
    unseen: bool = pd.notna(row["detectable"]) and not row["verdict"].startswith(CLEAR)
    least = f" (a difference below {row['detectable']:.2f} SD could not be seen)" if unseen else ""
    return f"{named(row['family'], row['group'])}, {said(row['n'], 'pupil')}, {row['verdict']}{least}"


def _absence(papers: Papers) -> list[str]:
    if not papers.has("attendance"):
        return []
    rows = papers.of_pupils("attendance").dropna(subset=["persistent"])
    if rows.empty:
        return ["Attendance of these pupils is not known."]
    mine = rows[rows["pupil_id"].isin(papers.roll.loc[_with_sen(papers).fillna(False), "pupil_id"])]
    own = f" Among those with SEN it is {of(int(mine['persistent'].sum()), len(mine))}." if len(mine) else ""
    return [f"{sentence(of(int(rows['persistent'].sum()), len(rows)))} missed a tenth or more of this year's sessions.{own}"]


def _unsaid(papers: Papers) -> str:
    rows = papers.progress
    blank = rows[rows["growth_percentile"].isna()]
    if rows.empty:
        return "Nobody here has a mark to judge progress by."
    if blank.empty:
        return f"Progress can be told for all of them: {said(len(rows), 'pupil')}."
    return f"For {of(len(blank), len(rows))} progress cannot be told. Most often: {blank['why_not'].value_counts().index[0]}"


def _rates(papers: Papers) -> list[str]:
    """Rounded counts as sentences, for those who may see no pupil."""
    rows = papers.tables["rates"]
    everyone = rows[rows["family"].eq("all pupils") & rows["measure"].ne("on the roll")]
    return [_rate(row) for row in everyone.to_dict("records")]


def _rate(row: Row) -> str:
    if row["of"] == 0:
        return f"{sentence(row['measure'])}: not known."
    if pd.isna(row["of"]) or pd.isna(row["count"]):
        return f"{sentence(row['measure'])}: too few to show."
    return f"{sentence(row['measure'])}: about {of(int(row['count']), int(row['of']))}."


def _of_term(papers: Papers, name: str) -> DataFrame:
    """The rows of a table that are about files of the term under review."""
    rows = papers.tables[name]
    return rows[rows["file"].str.startswith(papers.term)]


def _read(papers: Papers) -> str:
    counts = _of_term(papers, "counts")
    aside = int(counts["set_aside"].sum())
    files = sentence(said(len(counts), "file was", "files were"))
    rows = said(int(counts["read"].sum()), "row")
    return f"{files} read for this term: {rows}, of which {aside or 'none'} {_is(aside)} set aside."


def _imported(papers: Papers) -> list[str]:
    """How much of the files that were imported came into the tables; nothing where none was."""
    files = papers.tables["imports"]
    if files.empty:
        return []
    read, accepted, aside = (int(files[name].sum()) for name in ("read", "accepted", "set_aside"))
    nobody, codes = int(files["no_pupil"].sum()), int(files["codes"].sum())
    came = f"{sentence(said(len(files), 'file was', 'files were'))} imported"
    brought = f"{came}: of {said(read, 'row')}, {accepted:,} were accepted and {f'{aside:,}' if aside else 'none'} set aside"
    pupils = f"{said(nobody, 'row')} {'names' if nobody == 1 else 'name'} no certain pupil" if nobody else "every pupil was found"
    odd = f"{said(codes, 'code')} {_is(codes)} not understood" if codes else "every code is understood"
    return [f"{brought}; {pupils}, and {odd}."]


def _problems(papers: Papers) -> str:
    problems = papers.problems
    kinds = len(problems.drop_duplicates(["file", "column", "problem"]))
    if not kinds:
        return "Nothing is wrong with the files."
    found = f"{sentence(said(kinds, 'kind'))} of problem {'was' if kinds == 1 else 'were'} found"
    return f"{found} in {said(problems['file'].nunique(), 'file')}; the table below says what to do."


def _known(papers: Papers) -> str:
    sen = _with_sen(papers)
    mine, unknown = int(sen.sum()), int(sen.isna().sum())
    share = f" ({100 * mine / len(sen):.0f} in 100)" if len(sen) else ""
    roll = f"The roll has {said(len(sen), 'pupil')}; {mine or 'none'} {_has(mine)} SEN{share}"
    return f"{roll}, for {unknown or 'none'} the status is not known."


def _thin(papers: Papers) -> str:
    """Subjects in which too few of those taught have a mark this term."""
    rows = papers.tables["progress"]
    rows = rows[rows["subject"].ne(ALL)]
    if rows.empty:
        return "There are no marks for this term."
    share = rows["points"].notna().groupby(rows["subject"]).mean()
    thin = share[share < FEW_MARKS].sort_values()
    if thin.empty:
        return f"In every subject at least {100 * FEW_MARKS:.0f} in 100 of those taught have a mark with points this term."
    told = "; ".join(f"{subject} {100 * part:.0f} in 100" for subject, part in thin.items())
    where = f"In {said(len(thin), 'subject')} fewer than {100 * FEW_MARKS:.0f} in 100 of those taught"
    return f"{where} have a mark with points: {told}."


def _changed(papers: Papers) -> str:
    before = papers.tables["about"]["before"].iloc[0]
    if not before:
        return "There is no earlier term to compare this one with."
    rows = papers.tables["changes"]
    moved = rows[rows["column"].eq("roll")]
    joined = int(moved["before"].isna().sum())
    other = rows.loc[rows["column"].ne("roll"), "pupil_id"].nunique()
    came = f"{said(joined, 'pupil')} joined, {said(len(moved) - joined, 'pupil')} left"
    return f"Since {before}, {came}, and details of {said(other, 'pupil')} changed."

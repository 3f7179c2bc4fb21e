"""What the page is about, and what matters first: the few sentences it opens with."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sentrack_lib.sources.codes import has_sen
from sentrack_lib.views.findings.support import support
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Sentences
from sentrack_lib.views.words import are, have, named, of, said, sentence

CLEAR, QUESTIONED = "clear difference", 0.10
MOST_SHOWN = 2
"""Clear differences told one by one; the others are counted and stand in the tables."""
READERS = {"inclusion": "the inclusion manager", "department": "the department", "governors": "governors"}
SEN = ["SEN support", "EHC plan"]

Row = Mapping[Hashable, Any]


def about(papers: Papers) -> Sentences:
    """Which school, term and part of the school the page is about, and for whom."""
    return Sentences([f"{papers.title}. For {READERS[papers.audience]}."])


def review(papers: Papers) -> Sentences:
    """Who is not making expected progress: the few things that matter, the bottom line first."""
    if not papers.has("roll"):
        return Sentences([_rates(papers), _differences(papers), _sen(papers)])
    if papers.roll.empty:
        return Sentences(["No pupils are in this part of the school."])
    return Sentences([_first(papers), _differences(papers), _sen(papers), *_support(papers), *_absence(papers), _unsaid(papers)])


def _first(papers: Papers) -> str:
    """Of those whose progress can be told, how many are likely to make low progress, and have SEN; and how many any flag."""
    told = papers.of_pupils("progress").dropna(subset=["growth_percentile"])["pupil_id"].nunique()
    act = papers.flags[papers.flags["level"].eq("act")]
    low = act.loc[act["rule"].eq("progress"), "pupil_id"].unique()
    both = int((papers.roll["pupil_id"].isin(low) & has_sen(papers.roll["sen_status"]).fillna(False)).sum())
    likely = f"{sentence(of(len(low), told))} {are(len(low))} likely to make low progress on average over subjects"
    whose = f"; of these, {both or 'none'} {have(both)} SEN" if len(low) else ""
    reasons = act["pupil_id"].nunique()
    any_kind = f"{sentence(said(reasons, 'pupil'))} {have(reasons)} a reason of any kind to be looked at first."
    bottom_line = f"{likely}{whose}." if told else f"Progress cannot be told for any of {said(len(papers.roll), 'pupil')}."
    return f"{bottom_line} {any_kind}"


def _differences(papers: Papers) -> str:
    """The clear differences between groups, and how many comparisons they are out of."""
    groups = papers.compared if papers.subject == ALL else papers.comparisons
    if papers.year_group == ALL and papers.subject == ALL:
        # Single years in single subjects are too many, and too small, to open a page with.
        groups = groups[groups["family"].ne("SEN by year group") | groups["subject"].eq(ALL)]
    tested = groups[groups["q_value"].notna()]
    if tested.empty:
        return "No group here is large enough to be compared with the others: too few to say."
    clear = tested[tested["verdict"].str.startswith(CLEAR)]
    found = clear[clear["q_all"].le(QUESTIONED)]
    # Of two groups that are each other's rest, one difference is told once, as that of the group that is behind.
    pair = groups.groupby(["family", "subject"])["group"].transform("nunique").eq(2).reindex(found.index)
    told = found.assign(side=found["group"].mask(pair, "either"), behind=found["verdict"].str.contains("lower"))
    told = told.sort_values(["behind"], ascending=False, kind="stable").drop_duplicates(["family", "subject", "side"])
    told = told.sort_values("q_value", kind="stable").head(MOST_SHOWN)
    return " ".join([*(_difference(row) for row in told.to_dict("records")), _out_of(len(clear), len(found), len(tested))])


def _out_of(clear: int, found: int, tested: int) -> str:
    """How many comparisons were made, so that nobody takes the one found among hundreds for the one looked for."""
    if not clear:
        return f"{sentence(of(0, tested, 'comparison'))} of groups shows a clear difference in progress; smaller ones may exist."
    shows, whose = ("shows", "its") if clear == 1 else ("show", "their")
    told = f"{sentence(of(clear, tested, 'comparison'))} of groups {shows} a clear difference within {whose} own question"
    if tested == 1:
        return f"{told}."
    holds = "holds" if found == 1 else "hold"
    return f"{told}; {of(found, clear, 'difference')} {holds} against all {tested:,} comparisons together."


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
    ours = rows[rows["family"].eq(papers.sen_family) & rows["group"].ne("No SEN")]
    if ours.empty:
        return f"Too few pupils with SEN to say anything of them as a group {where}."
    return f"Progress {where}: " + "; ".join(_verdict(row) for row in ours.to_dict("records")) + "."


def _verdict(row: Row) -> str:
    unseen: bool = pd.notna(row["detectable"]) and not row["verdict"].startswith(CLEAR)
    least = f" (a difference below {row['detectable']:.2f} SD could not be seen)" if unseen else ""
    return f"{named(row['family'], row['group'])}, {said(row['n'], 'pupil')}, {row['verdict']}{least}"


def _support(papers: Papers) -> list[str]:
    """Who below expectation receives nothing, in a sentence; nothing where that cannot be said here."""
    told = support(papers)
    return [told.lines[0]] if isinstance(told, Sentences) else []


def _absence(papers: Papers) -> list[str]:
    if not papers.has("attendance"):
        return []
    rows = papers.of_pupils("attendance").dropna(subset=["persistent"])
    if rows.empty:
        return ["Attendance of these pupils is not known."]
    mine = rows[rows["pupil_id"].isin(papers.roll.loc[has_sen(papers.roll["sen_status"]).fillna(False), "pupil_id"])]
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


def _rates(papers: Papers) -> str:
    """Rounded counts in a sentence each, for those who may see no pupil."""
    rows = papers.tables["rates"]
    everyone = rows[rows["family"].eq("all pupils") & rows["measure"].ne("on the roll")]
    return " ".join(_rate(row) for row in everyone.to_dict("records"))


def _rate(row: Row) -> str:
    if row["of"] == 0:
        return f"{sentence(row['measure'])}: not known."
    if pd.isna(row["of"]) or pd.isna(row["count"]):
        return f"{sentence(row['measure'])}: too few to show."
    return f"{sentence(row['measure'])}: about {of(int(row['count']), int(row['of']))}."

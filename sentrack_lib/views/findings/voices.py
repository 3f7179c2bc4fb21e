"""What pupils and parents say, how far it can be trusted, and whether they were heard the last time."""

from collections.abc import Hashable, Mapping
from typing import Any

from pandas import DataFrame

from sentrack_lib.terms import Term
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen
from sentrack_lib.views.words import are, have, of, said, sentence

WHO = {"pupil": "pupils", "parent": "parents"}
EVERYONE, SEN, WITH = "all pupils", "SEN", "with SEN"
CLEAR = "clear difference"
GROUPS = {
    "with SEN": "pupils with SEN",
    "without SEN": "pupils without SEN",
    "Pupil premium": "pupils with the pupil premium",
    "Not pupil premium": "pupils without the pupil premium",
    "persistently absent": "persistently absent pupils",
    "not persistently absent": "pupils who are not persistently absent",
}
BIASED = "by SEN, year group, pupil premium or persistent absence"

Row = Mapping[Hashable, Any]


def views(papers: Papers) -> Part:
    """Whom the school heard, what they say lowest, whether it differs for SEN, what changed and what was done."""
    if not papers.has("views", "asked_before"):
        return Unseen("What pupils and parents say is not for this page.")
    rows = papers.tables["views"]
    parts = [_heard(papers), *_bias(papers)]
    for who in WHO:
        mine = rows[rows["respondent"].eq(who)]
        parts += [_lowest(who, mine), _sen(who, mine), *_changed(who, mine)] if len(mine) else [_silent(papers, who)]
    return Sentences([line for line in (*parts, _done(papers)) if line])


def _heard(papers: Papers) -> str:
    """Response rates, number and whole together; where these are not handed out, what is known of them."""
    if not papers.has("responses"):
        return ""
    rows = papers.tables["responses"]
    told = [_rate(row) for row in rows[rows["family"].eq(EVERYONE)].to_dict("records")]
    return f"{sentence('; '.join(told))}." if told else ""


def _rate(row: Row) -> str:
    unnamed = f"at least {row['anonymous']} more without a name" if row["anonymous"] else ""
    if not row["count"] >= 0:  # missing as well: all are anonymous, or the number may not be shown
        return f"{WHO[row['respondent']]}: {unnamed or 'too few to show'}"
    whose = (
        f"{of(row['count'], row['n'])} answered"
        if row["respondent"] == "pupil"
        else f"a parent answered for {of(row['count'], row['n'])}"
    )
    return f"{whose}{f', and {unnamed}' if unnamed else ''}"


def _bias(papers: Papers) -> list[str]:
    """Whether those who answered are like those who did not."""
    if not papers.has("responses"):
        return []
    rows = papers.tables["responses"]
    tested = rows[rows["q_value"].notna()]
    clear = tested[tested["verdict"].str.startswith(CLEAR)].sort_values("q_value", kind="stable")
    if tested.empty:
        return ["Whether those who answered are like those who did not cannot be told."]
    if clear.empty:
        return [
            f"There is no evidence that those who answered differ from those who did not {BIASED}; small differences may exist."
        ]
    # Of two groups that are each other's rest one is told.
    told = "; ".join(_biased(row) for row in clear.drop_duplicates(["respondent", "family"]).to_dict("records"))
    return [f"Read what follows with care, for those who answered are not like the others: {told}."]


def _biased(row: Row) -> str:
    group = GROUPS.get(row["group"], f"pupils of {row['group']}")
    whose = "pupils" if row["respondent"] == "pupil" else "pupils whose parents"
    return (
        f"{group} are {100 * row['among_answered']:.0f} in 100 of the {whose} who answered".replace(
            "parents who answered", "parents answered"
        )
        + f" and {100 * row['among_others']:.0f} in 100 of the others"
    )


def _lowest(who: str, rows: DataFrame) -> str:
    """The theme with the lowest mean."""
    known = rows[rows["family"].eq(EVERYONE)].dropna(subset=["mean"]).sort_values("mean", kind="stable")
    if known.empty:
        return f"Too few {WHO[who]} answered to show what they say."
    row = known.to_dict("records")[0]
    share = f"; {of(int(row['positive']), row['n'], 'answer')} {are(int(row['positive']))} 4 or 5" if row["positive"] >= 0 else ""
    others = f" of {said(len(known), 'theme')}" if len(known) > 1 else ""
    return f"Lowest{others} with {WHO[who]}: {row['theme']}, {row['mean']:.1f} on a scale from 1 to 5{share}."


def _sen(who: str, rows: DataFrame) -> str:
    """Pupils with SEN, or their parents, beside the others."""
    whose = "Pupils with SEN" if who == "pupil" else "Parents of pupils with SEN"
    mine = rows[rows["family"].eq(SEN) & rows["group"].eq(WITH)]
    tested = mine[mine["q_value"].notna()]
    if tested.empty:
        return f"{whose}: too few answers to say how theirs compare with the others."
    clear = tested[tested["verdict"].str.startswith(CLEAR)]
    if clear.empty:
        unseen = f"; a gap below {tested['detectable'].max():.1f} of a point could not be seen" if "detectable" in tested else ""
        return f"{whose}: no evidence of a difference from the others in any of {said(len(tested), 'theme')}{unseen}."
    told = "; ".join(_gap(row) for row in clear.sort_values("gap").to_dict("records"))
    return f"{whose} answer clearly differently from the others in {of(len(clear), len(tested), 'theme')}: {told}."


def _gap(row: Row) -> str:
    return f"{row['theme']} {'lower' if row['gap'] < 0 else 'higher'} by {abs(row['gap']):.1f} ({row['mean']:.1f} against {row['mean_rest']:.1f})"


def _changed(who: str, rows: DataFrame) -> list[str]:
    """Themes that moved by more than chance since the last time."""
    asked = rows[rows["family"].eq(EVERYONE) & rows["since"].ne("")]
    if asked.empty:
        return []
    clear = asked[asked["mark"].isin(["higher", "lower"])]
    told = "; ".join(
        f"{theme} {mark} by {abs(change):.1f}"
        for theme, mark, change in clear[["theme", "mark", "change"]].itertuples(index=False)
    )
    whose = f"Since the last time {WHO[who]} were asked"
    if clear.empty:
        return [f"{whose}, none of {said(len(asked), 'theme')} has changed by more than chance does."]
    return [f"{whose}, {of(len(clear), len(asked), 'theme')} {have(len(clear))} changed by more than chance does: {told}."]


def _silent(papers: Papers, who: str) -> str:
    """A respondent who was not asked this term."""
    rows = papers.tables["asked_before"]
    last = rows.loc[rows["respondent"].eq(who), "since"].drop_duplicates()
    when = f", last in {max(map(Term.named, last)).label}" if len(last) else " in any term up to now"
    return f"No answers of {WHO[who]} this term{when}." if len(last) else f"No answers of {WHO[who]}{when}."


def _done(papers: Papers) -> str:
    """What became of what was said the last time."""
    rows = papers.tables["asked_before"]
    if rows.empty:
        return "There is no earlier term in which anybody was asked."
    states = rows["state"].value_counts()
    silent, done, late = (int(states.get(state, 0)) for state in ("nothing recorded", "done", "overdue"))
    if silent == len(rows):
        return f"About what was said the last time nothing is recorded as agreed, in any of {said(len(rows), 'theme')}."
    agreed = of(len(rows) - silent, len(rows), "theme")
    how = f"all of it is done in {done or 'none'}, something is overdue in {late or 'none'}"
    return f"About {agreed} asked before something was agreed: {how}; about {silent or 'none'} nothing is recorded."

"""Who was drawn for a closer look: how many from how many, how balanced, and how to draw the same again."""

from pandas import DataFrame

from sentrack_lib.sources.codes import has_sen
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen
from sentrack_lib.views.tables.closer import CONVERSATION, LESSON, NO_DRAW, chosen, group_named
from sentrack_lib.views.words import of, said, sentence

NO_SEN = "No SEN"
NOT_COUNTED = (
    "They are drawn so that many kinds of pupils are seen, and not only those furthest behind. They show how things are done; a "
    "share of them is not a share of the school."
)


def closer(papers: Papers) -> Part:
    """How many were drawn from how many, for what, how balanced, and by which seed."""
    if not papers.has("closer", "roll"):
        return Unseen(NO_DRAW)
    rows = chosen(papers)
    if rows.empty:
        return Sentences([_nobody(papers)])
    lessons = rows[rows["kind"].eq(LESSON)]
    own, peers = lessons[lessons["need"].ne(NO_SEN)], lessons[lessons["need"].eq(NO_SEN)]
    return Sentences([*_lessons(papers, own, peers), *_talks(rows), *_balanced(papers), NOT_COUNTED, _again(rows)])


def _nobody(papers: Papers) -> str:
    sen = int(has_sen(papers.roll["sen_status"]).fillna(False).sum())
    if not sen:
        return "Nobody here is known to have SEN, so nobody was drawn."
    return f"None of {said(sen, 'pupil')} with SEN here was drawn." if sen > 1 else "The only pupil with SEN here was not drawn."


def _lessons(papers: Papers, own: DataFrame, peers: DataFrame) -> list[str]:
    """Whom to see in lessons, of how many levels, classes and years; and beside whom."""
    if own.empty:
        return ["No pupil with SEN here was drawn for lesson observation and work scrutiny."]
    sen = int(has_sen(papers.roll["sen_status"]).fillna(False).sum())
    pupils = own["pupil_id"].nunique()
    who = sentence(of(pupils, sen, "pupil with SEN", "pupils with SEN"))
    where = f" in {said(own['subject'].nunique(), 'subject')}" if papers.subject == ALL else ""
    drawn = f"{who} {'was' if pupils == 1 else 'were'} drawn for lesson observation and work scrutiny{where}"
    beside = f", and {said(peers['pupil_id'].nunique(), 'pupil')} without SEN to compare with" if len(peers) else ""
    return [f"{drawn}{beside}.", *([_spread(own)] if len(own) > 1 else [])]


def _spread(own: DataFrame) -> str:
    """Over how many levels, years, classes and needs the places are spread."""
    act, watch, rest = (int(own["level"].eq(level).sum()) or "none" for level in ("act", "watch", "not flagged"))
    levels = f"{act} to pupils to be looked at first, {watch} to pupils to be watched, {rest} to pupils who are not flagged"
    years, classes = said(own["year_group"].nunique(), "year group"), said(own["teaching_group"].nunique(), "teaching group")
    needs = said(own["need"].nunique(), "type of need", "types of need")
    return f"{len(own)} places: {levels}; spread over {years}, {classes} and {needs}."


def _talks(rows: DataFrame) -> list[str]:
    talks = int(rows["kind"].eq(CONVERSATION).sum())
    if not talks:
        return []
    were, each = ("was", "a parent or carer") if talks == 1 else ("were", "a parent or carer of each")
    return [f"{sentence(said(talks, 'pupil'))} with SEN or a disability {were} drawn for a conversation, and {each}."]


def _balanced(papers: Papers) -> list[str]:
    """The group furthest from its share, over the whole school."""
    if not papers.has("closer_balance") or (papers.year_group, papers.subject, papers.teaching_group) != (ALL,) * 3:
        return []
    rows = papers.tables["closer_balance"].assign(off=lambda row: (row["found"] - row["aimed"]).abs())
    worst = rows.sort_values("off", ascending=False, kind="stable").head(1)
    [group], [row] = group_named(worst), worst.to_dict("records")
    told = f"{said(int(row['found']), 'place')} where {row['aimed']:.1f} were aimed at"
    return [
        f"Of {said(len(rows), 'group')} held in balance, the one furthest from its share is {group} ({row['kind']}), with {told}."
    ]


def _again(rows: DataFrame) -> str:
    seed = rows["seed"].iloc[0]
    return (
        f"Drawn by lot with seed {seed}: the same files and seed give the same pupils on any day. For another draw, write "
        f"`seed:` and a number of your own into the parameters, before you look at who comes out."
    )

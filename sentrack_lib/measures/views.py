"""What pupils and parents say: theme by theme and group by group, beside the others and beside what was said the last time."""

import numpy as np
import pandas as pd
from pandas import DataFrame, Index, Series

from sentrack_lib.measures.groups.certainty import (
    NO_SPREAD,
    QUESTIONED,
    TESTED,
    detectable,
    gap_of_means,
    mean_interval,
    q_values,
    wilson,
)
from sentrack_lib.measures.groups.counts import EVERYONE
from sentrack_lib.measures.groups.verdicts import in_words, seen, why_not
from sentrack_lib.measures.respondents import ABSENT, FAMILIES, RESPONDENTS, Codes, Respondents
from sentrack_lib.measures.trend_changes import CHANCE, HIGHER, LOWER, TOO_FEW, UNTOLD
from sentrack_lib.measures.trends import moments
from sentrack_lib.sources.coded import different, places_among, together
from sentrack_lib.terms import Term

RELEVANT = 0.3
"""The smallest gap, in points of score, that is spoken of: as if three in ten had chosen the answer next to theirs."""
MIDDLE, POSITIVE = 3, 4
"""The middle of the scores from 1 to 5, and the lowest that is favourable."""
QUESTION = ["respondent", "theme"]
ROW = [*QUESTION, "family", "group"]
SUMS = ("n", "total", "squares", "positive")
SIDES = ("", "_rest", "_then", "_then_rest")
SCORES = [*ROW, "since", *(f"{name}{side}" for side in SIDES for name in SUMS)]
COLUMNS = [
    *ROW, "n", "mean", "low", "high", "positive", "share", "share_low", "share_high", "n_rest", "mean_rest", "gap", "gap_low",
    "gap_high", "detectable", "q_value", "tested", "seen", "verdict", "why", "since", "change", "change_low", "change_high",
    "change_q", "mark",
]  # fmt: skip


def asked(views: DataFrame, term: Term) -> DataFrame:
    """Every `theme` that a `respondent` was asked about up to `term`, and the last term before in which that was (`since`)."""
    known = views.loc[views["score"].notna(), [*QUESTION, "term"]].drop_duplicates().astype("str")
    known = known.assign(when=known["term"].map({name: Term.named(name) for name in known["term"].unique()}))
    known = known[known["when"].map(lambda when: when <= term).astype("bool")].sort_values("when", kind="stable")
    before = known[known["term"].ne(str(term))].groupby(QUESTION)["term"].last().rename("since")
    questions = known[QUESTION].drop_duplicates().join(before, on=QUESTION)
    place = questions["respondent"].map({who: place for place, who in enumerate(RESPONDENTS)})
    return questions.assign(place=place).sort_values(["place", "theme"], ignore_index=True).drop(columns="place")


def scores(views: DataFrame, respondents: Respondents, asked: DataFrame, term: Term) -> DataFrame:
    """What was answered in `term` and (`_then`) in the last term that asked before it: sums, a row a theme and group.

    `n` answers, the `total` of their scores less 3 and its `squares`, and how many are `positive` (4 or 5); `_rest` likewise of
    all others who gave their names. Of a respondent who answers about one theme more than once in a term the mean counts.
    Anonymous answers stand in the row of all pupils alone, which has no rest. `asked` is from `asked`."""
    groups = respondents.names[respondents.names["family"].ne(ABSENT)]
    now = _sums(views, respondents, asked.assign(term=str(term)), len(groups))
    then = _sums(views, respondents, asked.assign(term=asked["since"]), len(groups))
    rows = asked.loc[asked.index.repeat(len(groups))].reset_index(drop=True)
    names = pd.concat([groups] * len(asked), ignore_index=True) if len(asked) else groups[:0]
    table = pd.concat([rows, names], axis=1).join(DataFrame(np.hstack([now, then]), columns=SCORES[len(ROW) + 1 :]))
    table = table[table["n"].gt(0) | table["n_then"].gt(0) | table["family"].eq(EVERYONE)]
    return table[SCORES].astype(dict.fromkeys([f"n{side}" for side in SIDES], "int64")).reset_index(drop=True)


def _sums(views: DataFrame, respondents: Respondents, questions: DataFrame, groups: int) -> np.ndarray:
    """`SUMS` of every question and group, and of the others beside each."""
    question, place, score = _answers(views, respondents, questions)
    named, u = place >= 0, score - MIDDLE
    values = np.column_stack([np.ones(len(u)), u, u**2, score >= POSITIVE])
    belongs = respondents.groups[place][:, : FAMILIES.index(ABSENT)]
    belongs[~named, 1:] = -1  # anonymous answers are of all pupils, and of no other group
    cells = np.where(belongs < 0, -1, question[:, None] * groups + belongs).ravel()
    inside = _added(cells, np.repeat(values, belongs.shape[1], axis=0), len(questions) * groups)
    rest = np.repeat(_added(question[named], values[named], len(questions)), groups, axis=0) - inside
    rest[:: max(groups, 1)] = 0
    return np.hstack([inside, rest])


def _added(cell: Codes, values: np.ndarray, cells: int) -> np.ndarray:
    """The sums of each column in each cell; a row without a cell counts nowhere."""
    known = cell >= 0
    return np.column_stack([np.bincount(cell[known], column[known], cells) for column in values.T])


def _answers(views: DataFrame, respondents: Respondents, questions: DataFrame) -> tuple[Codes, Codes, np.ndarray]:
    """The number of the question, the place of the pupil (-1: anonymous) and the score: one answer a respondent and question."""
    rows = views[views["score"].notna() & views["term"].isin(questions["term"].dropna().unique())]
    questions = questions.fillna({"term": ""})
    question = Index(_keys(questions, questions)).get_indexer(Index(_keys(rows, questions)))
    place, unnamed = respondents.places(rows), rows["pupil_id"].isna().to_numpy()
    taken = (question >= 0) & (unnamed | (place >= 0))
    # Every anonymous answer is one of its own: numbered from below.
    whose = np.where(unnamed, -1 - np.arange(len(rows)), place)[taken]
    who = pd.DataFrame({"question": question[taken], "whose": whose, "score": rows["score"].to_numpy(dtype="float64")[taken]})
    one = who.groupby(["question", "whose"], sort=False)["score"].mean().reset_index()
    return one["question"].to_numpy(), one["whose"].clip(lower=-1).to_numpy(), one["score"].to_numpy()


def _keys(rows: DataFrame, questions: DataFrame) -> Codes:
    """A number for the term, respondent and theme of each row; -1 where one of them stands in none of the questions."""
    keys = np.zeros(len(rows), dtype="int64")
    for name in ("term", *QUESTION):
        asked = different(questions[name])
        place = places_among(rows[name], asked)
        keys = np.where((keys < 0) | (place < 0), -1, keys * len(asked) + place)
    return keys


def views(scores: DataFrame) -> DataFrame:
    """One row a respondent, theme, family and group: what was said in the term of `scores`.

    `n` answers, their `mean` score (1 to 5) with its 95 % interval `low` to `high` (t); `positive` of them 4 or 5, as a `share`
    with Wilson's interval. The `gap` to all others who gave their names is in points of score, with Welch's interval;
    `detectable`, likewise, is what could have been seen; `q_value` is over all themes and groups of a respondent and family
    (methods, 4), `tested` how many those are; a gap from 0.3 is spoken of. `change` is since the last term that asked
    (`since`), with Welch's interval, and `mark` its direction where it is more than chance; the two terms are treated as
    independent, which is cautious: many answer in both. Under 5 answers all is blank but their number; all pupils together are
    beside nobody."""
    rows = scores[scores["n"].gt(0)].reset_index(drop=True)
    return _changed(_compared(_described(rows)))[COLUMNS]


def _described(table: DataFrame) -> DataFrame:
    """Means, shares and gaps with their intervals, blank for groups too small to show."""
    some, rest = moments(table), moments(table, "_rest")
    # That all say the same does not make their mean certain.
    own = mean_interval(some.assign(variance=some["variance"].where(some["variance"].gt(NO_SPREAD)))).add(MIDDLE).clip(1, 5)
    gap, share = gap_of_means(some, rest), wilson(table["positive"], some["n"])
    squares = (some["n"] - 1) * some["variance"] + (rest["n"] - 1) * rest["variance"]
    within = np.sqrt(squares / (some["n"] + rest["n"] - 2))
    told = {"mean": some["mean"] + MIDDLE, "low": own["low"], "high": own["high"]}
    told |= {"positive": table["positive"].where(some["n"].notna()).astype("Int64"), "share": table["positive"] / some["n"]}
    told |= {
        "share_low": share["low"],
        "share_high": share["high"],
        "mean_rest": (rest["mean"] + MIDDLE).where(some["n"].notna()),
    }
    told |= {"gap": gap["gap"], "gap_low": gap["low"], "gap_high": gap["high"], "p": gap["p"]}
    return table.assign(**told, detectable=detectable(some["n"], rest["n"]) * within)


def _compared(table: DataFrame) -> DataFrame:
    """q-values within each respondent and family, and the verdict in words."""
    large = table["n"].ge(TESTED) & table["n_rest"].ge(TESTED)
    family = Series(together(table["respondent"], table["family"]), table.index)
    q = q_values(table["p"].where(large), [family])
    earlier = moments(table, "_then")["mean"] - moments(table, "_then_rest")["mean"]
    table = table.assign(gap_less_artefact=table["gap"], q_value=q, tested=q.notna().groupby(family).transform("sum"))
    table = table.assign(seen=seen(table, table[ROW].assign(gap_less_artefact=earlier), ROW))
    relevant = table["gap"].abs().ge(RELEVANT)
    words = {
        "verdict": in_words(table, relevant),
        "why": why_not(table, relevant).str.replace("pupils", "answers"),
        "seen": table["seen"],
    }
    everyone = table["family"].eq(EVERYONE)
    return table.assign(**{name: said.mask(everyone, "") for name, said in words.items()}).astype({"tested": "int64"})


def _changed(table: DataFrame) -> DataFrame:
    """Each group's mean against that of the last term that asked; blank where the theme is new."""
    gap = gap_of_means(moments(table), moments(table, "_then"))
    large = table["n"].ge(TESTED) & table["n_then"].ge(TESTED)
    q = q_values(gap["p"].where(large), [table["respondent"], table["family"]])
    clear = q.le(QUESTIONED) & (gap["low"].gt(0) | gap["high"].lt(0))
    cases = [table["since"].isna(), ~large, q.isna() & gap["gap"].ne(0), clear]
    mark = np.select(cases, ["", TOO_FEW, UNTOLD, np.where(gap["gap"].gt(0), HIGHER, LOWER)], CHANCE)
    changes = {"change": gap["gap"], "change_low": gap["low"], "change_high": gap["high"], "change_q": q}
    return table.assign(**changes, mark=Series(mark, table.index, dtype="str"), since=table["since"].fillna("").astype("str"))

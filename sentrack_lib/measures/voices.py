"""All that is known of what pupils and parents say, of who says it, and of what was done about it."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import SHOWN
from sentrack_lib.measures.groups.counts import EVERYONE
from sentrack_lib.measures.respondents import Respondents, comments
from sentrack_lib.measures.responses import responses
from sentrack_lib.measures.trend_changes import UNTOLD
from sentrack_lib.measures.views import MIDDLE, QUESTION, asked, scores, views
from sentrack_lib.terms import Term

NOTHING_RECORDED, DONE, NOT_DONE, OVERDUE = "nothing recorded", "done", "not done", "overdue"
ACTION = ["action_id", "about", "what", "owner", "agreed_on", "by", "done_on", "result"]
COLUMNS = [
    *QUESTION, "since", "n_then", "mean_then", "actions", "done", "overdue", "state", "agreed", "result", "n", "mean", "change",
    "change_low", "change_high", "mark",
]  # fmt: skip


def voices(
    tables: Mapping[str, DataFrame],
    attendance: DataFrame,
    term: Term,
    actions: DataFrame | None = None,
    calendar: Mapping[str, tuple[date, date]] | None = None,
) -> dict[str, DataFrame]:
    """`views`, `responses`, `comments` and `asked_before` of a term; `attendance` is its measure, `actions` a table of the
    records."""
    said, pupils = tables["views"], tables["pupils"]
    questions = asked(said, term)
    terms = {term, *map(Term.named, questions["since"].dropna().unique())}
    respondents = Respondents.of(pupils, sorted(terms), attendance)
    sums = scores(said, respondents, questions, term)
    found = views(sums)
    return {
        "views": found,
        "responses": responses(said, respondents, term),
        "comments": comments(said, respondents, term),
        "asked_before": asked_before(sums, found, DataFrame() if actions is None else actions, term, calendar),
    }


def asked_before(
    scores: DataFrame,
    views: DataFrame,
    actions: DataFrame,
    term: Term,
    calendar: Mapping[str, tuple[date, date]] | None = None,
) -> DataFrame:
    """One row a respondent and theme asked before `term`: what was said then (`since`), what was agreed about it, what is said
    now.

    `n_then` answers with the mean score `mean_then`, `n` and `mean` now (0 and blank where it was not asked again), `change`
    with its interval and `mark` as in `views`. `actions` are those about the theme, agreed since then or still open; `done` and
    `overdue` are how many of them, on the last day of the term; `state` is nothing recorded, done (all), overdue (any) or not
    done; `agreed` and `result` are their texts, a line each. An action is about a theme, so it stands beside each respondent
    who was asked about it. Sums are from `scores`, changes from `views`."""
    rows = scores[scores["family"].eq(EVERYONE) & scores["since"].notna()].reset_index(drop=True)
    means = {
        f"mean{side}": rows[f"total{side}"] / rows[f"n{side}"].where(rows[f"n{side}"].ge(SHOWN)) + MIDDLE
        for side in ("", "_then")
    }
    told = views.loc[views["family"].eq(EVERYONE), [*QUESTION, "change", "change_low", "change_high", "mark"]]
    rows = rows.assign(**means).merge(told, how="left", on=QUESTION)
    rows = rows.join(_done(rows, actions, term, calendar)).assign(mark=rows["mark"].fillna(UNTOLD))
    numbers, texts = ("actions", "done", "overdue"), ("since", "mark", "state", "agreed", "result")
    return rows.astype(dict.fromkeys(numbers, "int64") | dict.fromkeys(texts, "str"))[COLUMNS]


def _done(rows: DataFrame, actions: DataFrame, term: Term, calendar: Mapping[str, tuple[date, date]] | None) -> DataFrame:
    """What was agreed about the theme of each row, and how far it has come."""
    known = _known(actions, pd.Timestamp(term.dates(calendar)[1])).to_dict("records")
    begun = {name: pd.Timestamp(Term.named(name).dates(calendar)[0]) for name in rows["since"].unique()}
    told = [
        _told([one for one in known if one["about"] == theme and (not one["done"] or not one["agreed_on"] < begun[since])])
        for theme, since in zip(_plain(rows["theme"]), rows["since"], strict=True)
    ]
    return DataFrame(told, rows.index, columns=["actions", "done", "overdue", "state", "agreed", "result"])


def _told(actions: Sequence[Mapping[Hashable, Any]]) -> tuple[int, int, int, str, str, str]:
    """How many there are, how many are done and overdue, what state that is, and what was agreed and came of it."""
    done, overdue = (sum(one[name] for one in actions) for name in ("done", "overdue"))
    state = NOTHING_RECORDED if not actions else OVERDUE if overdue else DONE if done == len(actions) else NOT_DONE
    agreed, result = ("\n".join(filter(None, (one[name] for one in actions))) for name in ("agreed", "result"))
    return len(actions), done, overdue, state, agreed, result


def _known(actions: DataFrame, today: pd.Timestamp) -> DataFrame:
    """The actions agreed up to a day, as they stood on it: `done`, `overdue`, and `agreed` as a line with owner and day."""
    rows = actions.reindex(columns=ACTION)
    days = {name: pd.to_datetime(rows[name], errors="coerce") for name in ("agreed_on", "by", "done_on")}
    rows = rows.astype("str").assign(**days)
    replaced = rows["action_id"].notna() & rows["action_id"].duplicated(keep="last")
    rows = rows[~rows["agreed_on"].gt(today) & ~replaced]
    done = rows["done_on"].le(today)
    by = " (" + rows["owner"].fillna("no owner") + rows["by"].dt.strftime(", by %d.%m.%Y").fillna("") + ")"
    said = {
        "about": _plain(rows["about"]),
        "agreed": rows["what"].fillna("") + by,
        "result": rows["result"].fillna("").where(done, ""),
    }
    return rows.assign(**said, done=done, overdue=~done & rows["by"].lt(today))


def _plain(themes: Series) -> Series:
    return themes.astype("str").str.strip().str.casefold()

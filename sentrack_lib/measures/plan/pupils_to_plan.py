"""Whom to plan for: every pupil flagged, what is already in place, and for how long nobody has acted."""

from collections.abc import Mapping

from pandas import DataFrame, Series

from sentrack_lib.terms import SEASONS, Term

COLUMNS = [
    "pupil_id", "rank", "level", "rules", "subjects", "evidence", "since_term", "terms", "waiting", "owner", "action_id",
    "agreed", "by", "provisions", "adult_hours_week", "targets",
]  # fmt: skip

TYPES = {
    "rank": "int64", "terms": "int64", "targets": "int64", "waiting": "bool", "adult_hours_week": "float64",
    "by": "datetime64[us]",
}  # fmt: skip


def pupils_to_plan(flags: DataFrame, support: DataFrame, targets: DataFrame, actions: DataFrame, term: Term) -> DataFrame:
    """A row a flagged pupil, those whom nobody has acted for on top, longest first, then by `rank` (guidance, Section A, step 2).

    `rules`, `subjects` and `evidence` of all flags, a line each; `level` is act if any is; `since_term` is the oldest flag's and
    `terms` how many terms it has stood, this one counted. `waiting` is whether a flag at act has no action; `owner`,
    `action_id`, `agreed` and `by` are of the newest action. Already in place: `provisions` by name, `adult_hours_week`, and how
    many `targets` are open. `flags` have their owners (`with_owners`); `support` is from the function of that name."""
    if flags.empty:
        return DataFrame(columns=COLUMNS).astype(dict.fromkeys(COLUMNS, "str") | TYPES)
    rows = flags.sort_values("level", kind="stable").assign(
        age=flags["since_term"].map({name: -_age(name, term) for name in flags["since_term"].unique()})
    )
    told = rows.groupby("pupil_id", sort=False).agg(rank=("rank", "first"), level=("level", "first"), age=("age", "min"))
    told = told.join(
        [_once(rows, "rule", "rules"), _once(rows, "subject", "subjects"), _once(rows, "evidence", "evidence", "\n")]
    )
    oldest = rows.sort_values("age", kind="stable").drop_duplicates("pupil_id").set_index("pupil_id")["since_term"]
    told = told.join(oldest).fillna({"subjects": ""})
    owned = flags["action_id"].notna()
    told["waiting"] = (flags["level"].eq("act") & ~owned).groupby(flags["pupil_id"]).any()
    told["terms"] = -told["age"]
    newest = _newest(flags[owned], actions)
    beside = support.set_index("pupil_id")[["provisions", "adult_hours_week"]]
    told = told.join(newest).join(beside).assign(targets=_open(targets)).fillna({"targets": 0, "provisions": ""})
    by = {"waiting": False, "level": True, "terms": False, "rank": True}
    ordered = told.reset_index().sort_values(list(by), ascending=list(by.values()), kind="stable", ignore_index=True)
    return ordered.astype({"targets": "int64", "waiting": "bool"})[COLUMNS]


def terms_between(first: Term, last: Term) -> int:
    """How many terms from one to another, both counted."""
    seasons = len(SEASONS)
    return (last.year * seasons + last.season) - (first.year * seasons + first.season) + 1


def _age(name: str, term: Term) -> int:
    return terms_between(Term.named(name), term)


def _once(rows: DataFrame, column: str, named: str, between: str = "; ") -> Series:
    """Of each pupil what stands in a column, each word once."""
    words = rows[["pupil_id", column]].dropna().drop_duplicates()
    return words.groupby("pupil_id", sort=False)[column].agg(between.join).rename(named)


def _newest(owned: DataFrame, actions: DataFrame) -> DataFrame:
    """Of each pupil the newest action that answers one of their flags."""
    known = actions.reindex(columns=["action_id", "what", "by", "agreed_on"]).drop_duplicates("action_id", keep="last")
    rows = owned[["pupil_id", "owner", "action_id"]].drop_duplicates().merge(known, on="action_id", how="left")
    newest = rows.sort_values(["agreed_on", "action_id"], kind="stable").drop_duplicates("pupil_id", keep="last")
    return newest.set_index("pupil_id").rename(columns={"what": "agreed"})[["owner", "action_id", "agreed", "by"]]


def _open(targets: DataFrame) -> Series:
    """How many targets of each pupil are open."""
    rows = targets.reindex(columns=["pupil_id", "state"])
    return rows[rows["state"].isin(["open", "due", "goes on"])].groupby("pupil_id").size()


def waiting_counts(pupils: DataFrame) -> Mapping[str, int]:
    """How many pupils are flagged at act, how many of these wait, and how many of those for more than a term."""
    act = pupils[pupils["level"].eq("act")]
    waits = act[act["waiting"].astype("bool")]
    return {"flagged": len(act), "waiting": len(waits), "longer": int(waits["terms"].gt(1).sum())}

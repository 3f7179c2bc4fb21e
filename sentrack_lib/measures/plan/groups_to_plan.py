"""Groups that clearly progress less than others, and what is in place for them."""

from pandas import DataFrame

GROUPS = ["by", "family", "group", "subject", "n", "gap_less_artefact", "verdict", "provisions", "action_id", "owner", "agreed"]


def groups_to_plan(comparisons: DataFrame, provisions: DataFrame, actions: DataFrame) -> DataFrame:
    """A row a group and subject with a clear difference to the worse, the widest gap first (guidance, Section A, steps 1 and 2).

    `gap_less_artefact` is in standard deviations of growth; `provisions` are those that run in its subject or for its need, by
    name; `action_id`, `owner` and `agreed` are of the newest action that names the group. `provisions` is the provision map."""
    worse = comparisons["measure"].eq("progress") & comparisons["verdict"].str.startswith("clear difference: lower")
    rows = comparisons[worse].sort_values("gap_less_artefact", kind="stable")
    rows = rows.assign(provisions=[_beside(provisions, *pair) for pair in zip(rows["subject"], rows["group"], strict=True)])
    agreed = actions.reindex(columns=["about", "action_id", "owner", "what"]).dropna(subset=["about"])
    newest = (
        agreed.assign(about=agreed["about"].astype("str").str.casefold()).drop_duplicates("about", keep="last").set_index("about")
    )
    named = rows["group"].astype("str").str.casefold()
    found = newest.rename(columns={"what": "agreed"}).reindex(named).set_axis(rows.index)
    return rows.join(found)[GROUPS].reset_index(drop=True)


def _beside(provisions: DataFrame, subject: str, group: str) -> str:
    """The provisions for a subject, by name; for a group of the whole school those whose area of need is the group."""
    here = provisions["subject"].eq(subject) if subject != "all" else provisions["area_of_need"].eq(group)
    return "; ".join(provisions.loc[here, "name"].dropna().unique())

"""What can be chosen in a form: the pupils, adults, provisions and targets of the papers, as they are called."""

from pandas import DataFrame, Series

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.tables.pupils import called, pupil_names

Offered = list[tuple[str, str]]


def choices_of(papers: Papers) -> dict[str, Offered]:
    """For each column of a record that names something: what is shown, and what is recorded."""
    return {
        "pupil_id": pupils(papers),
        "adult_id": _named(papers, "adults", "adult_id", "name", "role"),
        "provision_id": _named(papers, "catalogue", "provision_id", "name"),
        "target_id": targets(papers),
        "meeting_id": _named(papers, "meetings", "meeting_id", "on", "kind"),
        "subject": [(name, name) for name in papers.choices("subject")],
        "teaching_group": [(name, name) for name in _teaching_groups(papers)],
        "year_group": [(f"Year {name}", name) for name in papers.choices("year_group")],
    }


def pupils(papers: Papers) -> Offered:
    """The pupils of this part of the school: those nobody has acted for on top, marked so, then by name."""
    named = called(papers).sort_values("Pupil", kind="stable")
    shown = named["Pupil"].str.cat(named["Form"].fillna("").astype("str"), sep=" · ")
    waiting = named["pupil_id"].isin(_waiting(papers))
    marked = shown.where(~waiting, shown + " · nobody has acted")
    ordered = DataFrame({"shown": marked, "id": named["pupil_id"], "first": ~waiting}).sort_values("first", kind="stable")
    return list(zip(ordered["shown"], ordered["id"], strict=True))


def _waiting(papers: Papers) -> Series:
    rows = papers.tables.get("pupils_to_plan", DataFrame(columns=["pupil_id", "waiting"]))
    return rows.loc[rows["waiting"].astype("bool"), "pupil_id"]


def targets(papers: Papers) -> Offered:
    """The targets that are open, by pupil and words."""
    if not papers.has("targets"):
        return []
    rows = papers.tables["targets"]
    rows = rows[rows["state"].isin(["open", "due", "goes on"])]
    names = pupil_names(papers)
    whose = rows["pupil_id"].map(names).fillna(rows["teaching_group"]).fillna(rows["year_group"]).fillna("the school")
    return list(zip((whose.astype("str") + ": " + rows["what"].astype("str")).str.slice(0, 90), rows["target_id"], strict=True))


def _named(papers: Papers, table: str, own: str, *words: str) -> Offered:
    if not papers.has(table):
        return []
    rows = papers.tables[table].drop_duplicates(own, keep="last")
    if rows.empty:
        return []
    told = rows[list(words)].astype("str").fillna("").agg(" · ".join, axis=1).str.strip(" ·")
    return sorted(zip(told, rows[own], strict=True))


def _teaching_groups(papers: Papers) -> list[str]:
    return sorted(papers.tables["teaching_groups"]["teaching_group"].dropna().unique()) if papers.has("teaching_groups") else []

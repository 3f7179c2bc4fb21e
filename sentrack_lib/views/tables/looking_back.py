"""Looking back at last term: which flags were right, what happened to each, what changed, and what became of decisions."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.due import said_day
from sentrack_lib.measures.looking_back.cases import ALL_RULES
from sentrack_lib.measures.looking_back.changed import EVERYONE, STATES
from sentrack_lib.measures.looking_back.changed import flags_changed as counted
from sentrack_lib.measures.looking_back.done import IN_TIME, LATE, NOT_REACHED
from sentrack_lib.measures.looking_back.fair import TOO_FEW
from sentrack_lib.measures.looking_back.followed import STILL
from sentrack_lib.measures.looking_back.scored import EVER
from sentrack_lib.sources.codes import need_label
from sentrack_lib.terms import Term
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Told, Unseen
from sentrack_lib.views.tables.due import due_here
from sentrack_lib.views.tables.pupils import MOST_PUPILS, called
from sentrack_lib.views.words import band, band_of, sentence

NOT_SCORED = "How often flags were right is counted for readers who decide which rules are kept."
NO_PUPILS = "What became of single flags and decisions is for readers who are shown pupils."
NOT_COUNTED = "Which flags are new and which are cleared is not for this page."
HOW_SCORED = (
    "Flags at act alone. Pupils who had come to it by the term of the flag are not counted: nothing was foretold of them. Right: "
    "those flagged who came to it in the next term. Found: those who came to it who had been flagged. The simple list holds as "
    "many of the lowest attenders of the term (the data hold terms, not half-terms); a rule must name more rightly than that "
    "list. A week is one of the term of the flag."
)
HOW_FAIR = (
    "All rules together. False alarms: flagged, and it did not come. Misses: not flagged, and it came. Groups to whom it comes "
    "more or less often cannot have alike shares of false alarms and alike shares of right flags at once; here false alarms and "
    "misses are held alike, not right flags. Ten events on both sides are asked for."
)


def nothing_kept(papers: Papers) -> str:
    """What is said where no flags of an earlier term are there to look back at."""
    return f"No flags are kept of a term before {papers.label}: the run at the end of a term keeps them for the next."


def none_kept(papers: Papers) -> bool:
    """Whether no flags of an earlier term are there at all, for any part of the school."""
    return not any(len(papers.tables.get(name, [])) for name in ("flags_scored", "flags_since", "flags_changed"))


def nothing_here(papers: Papers) -> Part:
    """What is shown where there is no flag to look back at in this part: that none is about it, and nothing where none are kept,
    for that is said before."""
    return Told() if none_kept(papers) else Unseen("No flag of last term or this is about this part of the school.")


def flags_scored(papers: Papers) -> Part:
    """Rule by rule how often flags were right, how many they found, how early, and a simple list beside."""
    if not papers.has("flags_scored"):
        return Unseen(NOT_SCORED)
    rows = papers.tables["flags_scored"]
    if rows.empty:
        return Told()
    shown = DataFrame({
        "Rule": rows["rule"].map(sentence),
        "Over": rows["over"].map(sentence),
        "Who comes to it": rows["outcome"],
        "Right": _of(rows["right"], rows["flagged"]),
        "Right, likely, in 100": band(100 * rows["precision_low"], 100 * rows["precision_high"]),
        "Found": _of(rows["right"], rows["events"]),
        "Found, likely, in 100": band(100 * rows["recall_low"], 100 * rows["recall_high"]),
        "Simple list, right": _of(rows["simple_right"].round(0).astype("Int64"), rows["simple_listed"].round(0).astype("Int64")),
        "How early": _early(rows),
        "Flagged a week": rows["alerts_week"].round(1),
        "Place": rows["earns"],
        "In words": rows["sentence"],
    })  # fmt: skip
    return Table(shown, f"Were flags right? {papers.label}", HOW_SCORED)


def _of(count: Series, whole: Series) -> Series:
    """`16 of 33`; blank where nobody is counted."""
    told = count.astype("Int64").astype("str") + " of " + whole.astype("Int64").astype("str")
    return told.where(whole.gt(0) & count.notna(), "")


def _early(rows: DataFrame) -> Series:
    """`12 days (5 to 20)`; blank where no flag was right."""
    middle = rows["lead"].round(0).astype("Int64").astype("str") + " " + rows["lead_unit"].fillna("")
    told = middle.mask(rows["lead"].eq(1), rows["lead"].map(lambda lead: "1 ") + rows["lead_unit"].str.rstrip("s"))
    return (told + " (" + band(rows["lead_low"], rows["lead_high"]) + ")").where(rows["lead"].notna(), "")


def flags_fair(papers: Papers) -> Part:
    """False alarms and misses of groups of pupils, beside those of all others."""
    if not papers.has("flags_fair", "flags_scored"):
        return Unseen(NOT_SCORED)
    if papers.tables["flags_scored"].empty:
        return Told()
    rows = papers.tables["flags_fair"]
    rows = rows[rows["over"].eq(EVER)]
    told = rows["verdict"].ne(TOO_FEW)
    group = rows["group"].where(rows["family"].ne("type of need"), need_label(rows["group"]))
    shown = DataFrame({
        "What": rows["measure"].map(sentence),
        "Group": group,
        "Here": _of(rows["count"], rows["n"]).where(told, ""),
        "Likely, in 100": band(100 * rows["low"], 100 * rows["high"]),
        "All others": _of(rows["count_rest"], rows["n_rest"]).where(told, ""),
        "Gap, likely, in 100": band_of(100 * rows["gap_low"], 100 * rows["gap_high"], 0),
        "Verdict": rows["verdict"],
    })  # fmt: skip
    return Table(shown, f"Do flags treat groups alike? {papers.label}", HOW_FAIR, "nobody could be counted.")


def flags_followed(papers: Papers) -> Part:
    """Each flag of last term: who took it on, how that stands, and whether it still stands; those that nobody took on on top."""
    if not papers.has("flags_followed", "roll"):
        return Unseen(NO_PUPILS)
    if papers.tables["flags_followed"].empty:
        return nothing_here(papers)
    rows = _of_subject(papers, papers.of_pupils("flags_followed"))
    rows = rows.assign(gone=rows["now"].ne(STILL)).sort_values(["level", "acted", "gone", "pupil_id"], kind="stable")
    some = rows.head(MOST_PUPILS).merge(called(papers).drop_duplicates("pupil_id"), on="pupil_id")
    shown = some[["Pupil", "Form", "SEN"]].assign(**{
        "Level": some["level"].map({"act": "look first", "watch": "watch"}),
        "Since": some["since_term"].map(lambda name: Term.named(name).label, na_action="ignore").fillna(""),
        "What became of it": some["sentence"],
        "Decision": some["decision"].fillna(""),
        "Did it come": some["outcome"],
    })  # fmt: skip
    fewer = f" The first {MOST_PUPILS} of {len(rows)} flags." if len(rows) > MOST_PUPILS else ""
    note = "An action answers a flag if it is about the pupil and was agreed since the flag has stood. Those without are on top."
    return Table(shown, f"What became of last term's flags: {papers.title}", note + fewer, "nothing was flagged here.")


def flags_changed(papers: Papers) -> Part:
    """How many flags are new, still stand, are cleared, and left with the pupil."""
    if not papers.has("flags_since") and not papers.has("flags_changed"):
        return Unseen(NOT_COUNTED)
    rows = changed_here(papers)
    if rows.empty:
        return nothing_here(papers)
    rows = rows[rows["rule"].eq(ALL_RULES) | rows["group"].eq(EVERYONE)]
    wide = rows.pivot(index=["rule", "group"], columns="state", values="flags").reindex(columns=list(STATES))
    order = rows[["rule", "group"]].drop_duplicates().sort_values("rule", key=lambda rule: rule.ne(ALL_RULES), kind="stable")
    wide = wide.reindex(pd.MultiIndex.from_frame(order)).reset_index()
    shown = wide.rename(columns=sentence).rename(columns={"Group": "Pupils"}).assign(Rule=wide["rule"].map(sentence))
    before = Term.named(rows["before"].iloc[0]).label
    note = f"Flags at act and at watch, held against those kept of {before}. Pupils who left are among all pupils alone."
    return Table(shown, f"What changed since {before}: {papers.title}", note)


def changed_here(papers: Papers) -> DataFrame:
    """The counts of flags by state for this part of the school, counted or as handed out."""
    if not papers.has("flags_since"):
        return papers.tables["flags_changed"]
    return counted(since_here(papers), papers.roll)


def since_here(papers: Papers) -> DataFrame:
    """The flags that are new, stand or stood, of this part's pupils; of the whole school those of pupils who left as well."""
    return _of_subject(papers, papers.tables["flags_since"] if _whole(papers) else papers.of_pupils("flags_since"))


def followed_here(papers: Papers) -> DataFrame:
    """What became of last term's flags of this part's pupils, likewise."""
    return _of_subject(papers, papers.tables["flags_followed"] if _whole(papers) else papers.of_pupils("flags_followed"))


def _whole(papers: Papers) -> bool:
    return papers.whole


def _of_subject(papers: Papers, flags: DataFrame) -> DataFrame:
    """The flags that are about no one subject, or about the one looked at."""
    return flags if papers.subject == ALL else flags[flags["subject"].isna() | flags["subject"].eq(papers.subject)]


def decisions_followed(papers: Papers) -> Part:
    """Each decision of last term and this: is it done; what is not, and is late for longest, on top."""
    if not papers.has("decisions_followed", "roll"):
        return Unseen(NO_PUPILS)
    rows = due_here(papers, "decisions_followed")
    rows = rows.assign(done=rows["state"].isin([IN_TIME, LATE, NOT_REACHED]))
    rows = rows.sort_values(["done", "days"], ascending=[True, False], kind="stable")
    some = rows.head(MOST_PUPILS)
    names = called(papers).drop_duplicates("pupil_id").set_index("pupil_id")["Pupil"]
    known = names.reindex(some["pupil_id"]).set_axis(some.index)
    shown = DataFrame({
        "What": some["kind"].map(sentence) + ": " + some["what"].fillna("not said"),
        "Pupil": known.fillna(some["pupil_id"] + " (not on the roll)").fillna(""),
        "Owner": some["owner"].fillna(""),
        "For": some["by"].map(said_day, na_action="ignore").fillna(""),
        "State": some["state"],
        "What became of it": some["sentence"],
        "Entry": some["id"],
    })  # fmt: skip
    fewer = f" The first {MOST_PUPILS} of {len(rows)}." if len(rows) > MOST_PUPILS else ""
    note = f"Actions, targets and provisions of last term and this. What is recorded as done moves to the end.{fewer}"
    return Table(shown, f"What became of decisions: {papers.title}", note, "nothing was decided last term or this.")

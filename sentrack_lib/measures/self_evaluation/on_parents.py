"""What the data say about parents and partners: statements 60 to 65."""

from sentrack_lib.measures.self_evaluation.known import Evidence, Known, answered, answers
from sentrack_lib.measures.spoken import listed, of

NO_ANSWERS = "No answer of a parent is recorded."
MOST_AGENCIES = 6


def _contact(known: Known) -> str:
    rows = known.meetings[known.meetings["kind"].isin(["with parents", "annual review"])]
    mine = known.sen.isin(rows["pupil_id"]).sum()
    met = "Pupils with SEN about whom a meeting with parents or an annual review was held this school year"
    return f"{met}: {of(int(mine), len(known.sen))}. {answers(known, 'parent', 'inform', 'progress')}"


def _heard(known: Known) -> str:
    return f"{answered(known, 'parent')} {_done(known)}".strip()


def _done(known: Known) -> str:
    """What was agreed about what parents said before."""
    rows = known["asked_before"]
    if rows.empty:
        return ""
    agreed, done, late = (int(rows.loc[rows["respondent"].eq("parent"), name].sum()) for name in ("actions", "done", "overdue"))
    return f"Actions agreed about what parents said: {agreed or 'none'}" + (f", done {done}, overdue {late}." if agreed else ".")


def _agencies(known: Known) -> str:
    names = sorted(known["agencies"]["agency"].unique())
    told = listed(names) if len(names) <= MOST_AGENCIES else str(len(names))
    return f"Agencies recorded to work with the school: {told}."


def _together(known: Known) -> str:
    rows, specified = known.meetings[known.meetings["kind"].eq("multi-agency")], known["entitlements_met"]
    outcome = f", with an outcome to work for {of(int(rows['outcome'].notna().sum()), len(rows))}" if len(rows) else ""
    told = f"Meetings of several agencies held this school year: {len(rows) or 'none'}{outcome}."
    if specified.empty:
        return f"{told} No support is specified for a single pupil."
    met = specified["state"].isin(["short", "nothing timetabled"]).sum()
    return f"{told} Supports specified for single pupils that are not fully timetabled: {of(int(met), len(specified))}."


ON_PARENTS = [
    Evidence(
        60,
        ("views",),
        lambda known: answers(known, "parent", "listen", "understood", "welcome", "relation"),
        NO_ANSWERS,
        "How staff see it, and parents who do not answer.",
    ),
    Evidence(61, ("views", "roll"), _contact, NO_ANSWERS, "Calls and messages, and whether something was done in time."),
    Evidence(62, ("responses",), _heard, NO_ANSWERS, "How soon and how kindly a worry was answered."),
    Evidence(
        63,
        ("views",),
        lambda known: answers(known, "parent", "inform", "involved", "events"),
        NO_ANSWERS,
        "Which parents come to what: sentrack holds no list of it.",
    ),
    Evidence(
        64,
        ("agencies",),
        _agencies,
        "No agency is recorded.",
        "Voluntary groups and special schools, and how good the links are.",
    ),
    Evidence(65, (), _together, "", "What comes of meetings for a child and a family."),
]

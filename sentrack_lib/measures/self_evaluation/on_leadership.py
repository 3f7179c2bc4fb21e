"""What the data say about leadership, data, resources and policy: statements 7 to 14, 26, 27, 29 and 30."""

from sentrack_lib.measures.self_evaluation.areas import answers as area_answers
from sentrack_lib.measures.self_evaluation.areas import changing
from sentrack_lib.measures.self_evaluation.known import WITH_SEN, Evidence, Known, answers, taken_part
from sentrack_lib.measures.spoken import counted, of


def _read(known: Known) -> str:
    rows = known["counts"]
    here = rows[rows["term"].eq(str(known.term))]
    aside = of(int(here["set_aside"].sum()), int(here["read"].sum()), "row")
    terms = counted(rows["term"].nunique(), "term")
    return f"Files read for this term: {len(here)}; {aside} could not be used. There are data of {terms}."


def _known_of(known: Known) -> str:
    rows = known["questions"]
    asked = [f"{family} {of(*both)}" for family, *both in zip(rows["family"], rows["known"], rows["of"], strict=True)]
    start = of(int(known.progress["scaled_residual"].notna().sum()), len(known["roll"]))
    return f"Known of pupils: {', '.join(asked)}, progress since a start {start}."


def _acted(known: Known) -> str:
    flags = known["flags"]
    flags = flags[flags["level"].eq("act")]
    pupils = flags["action_id"].notna().groupby(flags["pupil_id"]).any()
    met = int(known.meetings["kind"].eq("review meeting").sum())
    return (
        f"Something is agreed for {of(int(pupils.sum()), len(pupils), 'pupil')} flagged to act on. {_met('Review meetings', met)}"
    )


def _met(kinds: str, count: int) -> str:
    return f"{kinds} held this school year: {count or 'none noted'}."


def _told(known: Known) -> str:
    kinds = known.meetings["kind"].isin(["with parents", "annual review"])
    return f"{_met('Meetings with parents and annual reviews', int(kinds.sum()))} {answers(known, 'parent', 'inform')}"


def _targets(known: Known) -> str:
    rows = known["targets"]
    rows = rows[rows["state"].isin(["open", "due", "goes on"])]
    mine = of(int(known.sen.isin(rows["pupil_id"]).sum()), len(known.sen))
    together = int(rows["kind"].ne("individual").sum())
    late = of(int(rows["overdue_days"].gt(0).fillna(False).sum()), len(rows))
    others = f"Open targets of groups and of the curriculum: {together or 'none'}. Open targets past their day: {late}."
    return f"Pupils with SEN who have an open target: {mine}. {others}"


def _owners(known: Known) -> str:
    here = known["due"]
    owners = here["owner"].dropna().str.casefold().nunique()
    nobody = of(int(here["owner"].isna().sum()), len(here))
    return f"People or roles who see to targets, actions and reviews that are due: {owners}. Nobody is named for {nobody}."


def _programmes(known: Known) -> str:
    rows, here = known["provision_map"], known["pupil_provision"]
    waves = rows["wave"].str.casefold().value_counts()
    kinds = ", ".join(f"{wave} {waves.get(wave, 0)}" for wave in ("targeted", "specialist"))
    mine = of(int(known.sen.isin(here["pupil_id"]).sum()), len(known.sen))
    how = of(int(rows["monitored_how"].notna().sum()), len(rows))
    told = of(int((here["outcome"].notna() | here["rating"].notna()).sum()), len(here))
    said = f"Provisions of which it is said how one will see whether they work: {how}."
    running = f"Provisions that run: {kinds}. Pupils with SEN who take part: {mine}."
    return f"{running} {said} Places of pupils with an outcome or a rating: {told}."


def _policies(known: Known) -> str:
    rows = area_answers(known.areas)
    if rows.empty:
        return "Nothing is recorded about areas of the school."
    revised = rows[changing(rows)]
    both = int((revised["monitored_how"].notna() & revised["monitored_on"].notna()).sum())
    when = f" How and when their effect is looked at is said for {of(both, len(revised))}." if len(revised) else ""
    return f"Changes noted in areas of the school: {len(revised) or 'none'}.{when}"


def _trained(known: Known) -> str:
    rows = known["adults"]
    return f"Some training is recorded for {of(int(rows['training'].notna().sum()), len(rows), 'additional adult')}."


def _money(known: Known) -> str:
    rows = known["costs_by"]
    year, status = (rows[rows["by"].eq(by)] for by in ("school year", "SEN status"))
    mine = status.loc[status["group"].isin(WITH_SEN), "cost_planned"].sum()
    planned, spent = year["cost_planned"].sum(), year["cost_to_date"].sum()
    told = f"Planned for provision this school year: £{planned:,.0f}, of it £{mine:,.0f} for pupils with SEN"
    return f"{told}; spent so far £{spent:,.0f}."


ON_LEADERSHIP = [
    Evidence(7, ("counts",), _read, "No file has been read.", "Whether the days are fixed beforehand, and who keeps to them."),
    Evidence(
        8,
        ("questions", "progress", "roll"),
        _known_of,
        "Nothing is known of pupils.",
        "Whether anybody looks at it, and how often.",
    ),
    Evidence(
        9, ("flags",), _acted, "No pupil is flagged.", "Whether what was agreed was right, and whether governors know of it."
    ),
    Evidence(
        10, ("views",), _told, "Nobody's answers are recorded.", "What staff and pupils hear, and whether they understand it."
    ),
    Evidence(
        11, ("targets", "roll"), _targets, "No target is recorded.", "Whether targets for the group as a whole are any good."
    ),
    Evidence(
        12, ("due",), _owners, "Nobody is recorded to see to anything.", "What training leaders had, and how sure they are."
    ),
    Evidence(
        14,
        ("provision_map", "pupil_provision", "roll"),
        _programmes,
        "No provision is recorded.",
        "Whether a programme fits the pupil in it.",
    ),
    Evidence(26, (), _policies, "", "Whether policies are lived from day to day."),
    Evidence(
        27, ("adults",), _trained, "No additional adult is recorded.", "Training of teachers and leaders; how long ago it was."
    ),
    Evidence(
        29,
        ("representation",),
        lambda known: taken_part(known, 29, "options, courses and placements"),
        "Nothing is recorded about who chooses what.",
        "Whether a choice was free, well advised, and led to something.",
    ),
    Evidence(30, ("costs_by",), _money, "No cost is recorded.", "Whether the same money could have reached more."),
]

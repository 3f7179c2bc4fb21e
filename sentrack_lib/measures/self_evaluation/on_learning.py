"""What the data say about teaching and learning: statements 41, 42 and 44 to 47."""

from sentrack_lib.measures.progress.taught import ALL
from sentrack_lib.measures.self_evaluation.known import WITH_SEN, Evidence, Known, answers, rate, taken_part
from sentrack_lib.measures.spoken import counted, of


def _seen(known: Known) -> str:
    rows = known.notes[known.notes["kind"].eq("observation")]
    drawn = known["closer"]
    pupils = known.sen.isin(drawn["pupil_id"]).sum() if len(drawn) else 0
    mine = f", of pupils with SEN {rows['pupil_id'].isin(known.sen).sum()}" if len(rows) else ""
    told = f"Observations noted this school year: {len(rows) or 'none'}{mine}."
    return f"{told} Pupils with SEN proposed for a closer look this term: {pupils or 'none'}."


def _next_steps(known: Known) -> str:
    mine = known.progress[known.progress["pupil_id"].isin(known.sen)]
    start = of(int(mine["scaled_residual"].notna().sum()), len(known.sen), "pupil")
    return f"Progress can be told of {start} with SEN. {answers(known, 'pupil', 'target', 'next')}"


def _advice(known: Known) -> str:
    work, given = known["agencies"], known["pupil_provision"]
    advised = known.notes.loc[known.notes["kind"].eq("specialist's advice"), "pupil_id"].dropna().drop_duplicates()
    placed = f", in a provision {advised.isin(given['pupil_id']).sum() if len(given) else 0}" if len(advised) else ""
    agencies = f"{counted(work['agency'].nunique(), 'agency', 'agencies')} for {counted(work['pupil_id'].nunique(), 'pupil')}"
    return f"Recorded at work: {agencies}. Pupils of whom advice is noted this school year: {len(advised) or 'none'}{placed}."


def _in_line(known: Known) -> str:
    rows = known["comparisons"]
    asked = rows["measure"].eq("progress") & rows["by"].eq("SEN status") & rows["subject"].eq(ALL)
    rows = rows[asked & rows["group"].isin(WITH_SEN)].sort_values("group", ascending=False, kind="stable")
    each = zip(rows["group"], rows["n"].astype("int64"), rows["verdict"], strict=True)
    told = [f"{group}, {counted(n, 'pupil')}: {verdict}." for group, n, verdict in each]
    return " ".join(["Progress beside all other pupils:", *told, rate(known, "likely to make low progress")])


def _stretch(known: Known) -> str:
    rows = known["targets"]
    rows = rows[rows["kind"].eq("individual") & rows["pupil_id"].isin(known.sen)]
    kinds = rows["challenge"].str.casefold().value_counts()
    said = ", ".join(f"{word} {kinds.get(word, 0)}" for word in ("typical", "challenging", "exceptional"))
    states = rows["state"].value_counts()
    ended = int(states.reindex(["reached", "partly reached", "not reached"]).fillna(0).sum())
    return (
        f"Pupils with SEN who have targets of their own: {of(rows['pupil_id'].nunique(), len(known.sen))}. How far they stretch: "
        f"{said}. Of those that are over, reached: {of(int(states.get('reached', 0)), ended)}."
    )


def _sets(known: Known) -> str:
    return f"{taken_part(known, 47, 'sets')} Each set is held against pupils of the same start."


ON_LEARNING = [
    Evidence(41, ("roll",), _seen, "No pupil is on the roll.", "What lessons are like: it takes somebody who sits in them."),
    Evidence(
        42,
        ("progress", "views", "roll"),
        _next_steps,
        "No progress is known.",
        "Whether a test suits a pupil, and what the pupil makes of it.",
    ),
    Evidence(
        44, ("agencies",), _advice, "No agency is recorded to work for a pupil.", "Whether the advice is followed in lessons."
    ),
    Evidence(
        45,
        ("comparisons", "rates"),
        _in_line,
        "Progress is not known.",
        "What a pupil could reach, beyond what pupils of the same start did.",
    ),
    Evidence(46, ("targets", "roll"), _stretch, "No target is recorded.", "Whether a target matters to the pupil who has it."),
    Evidence(
        47, ("representation",), _sets, "No sets are recorded.", "Whether a set is the right one for a pupil in other ways."
    ),
]

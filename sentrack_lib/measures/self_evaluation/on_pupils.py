"""What the data say about ethos, support of pupils and moving up: statements 36 to 40, 50, 52 to 58."""

from sentrack_lib.measures.self_evaluation.known import Evidence, Known, answered, answers, beside, rate, taken_part, transferred
from sentrack_lib.measures.spoken import of
from sentrack_lib.measures.support import BELOW, MUCH, NOTHING, SOME

NO_ANSWERS = "No answer of a pupil is recorded."
ASK = "What a few words in a questionnaire leave out: ask pupils."


def _all_of_it(known: Known) -> str:
    told = taken_part(known, 36, "councils")
    rows, pupils = known["attended_activities"], known["roll"]["pupil_id"]
    if rows.empty:
        return told
    there, mine = pupils.isin(rows["pupil_id"]), pupils.isin(known.sen)
    both = (of(int((there & side).sum()), int(side.sum())) for side in (mine, ~mine))
    return f"{told} {beside('noted in at least one activity', *both)}"


def _asked(known: Known) -> str:
    return f"{answered(known, 'pupil')} {_wishes(known)}".strip()


def _wishes(known: Known) -> str:
    rows = known["said_and_wanted"]
    rows = rows if rows.empty else rows[rows["respondent"].eq("pupil")].dropna(subset=["count"])
    numbers = zip(rows["count"].astype("int64"), rows["n"].astype("int64"), strict=True) if len(rows) else ()
    return " ".join(f"What they want is noted for {of(count, whole, 'pupil')} with SEN." for count, whole in numbers)


def _incidents(known: Known) -> str:
    return f"{rate(known, 'suspended or excluded this term')} {answers(known, 'pupil', 'safe', 'bull')}"


def _clubs(known: Known) -> str:
    rows = known["turnout"]
    rows = rows if rows.empty else rows[rows["kind"].isin(["club", "enrichment"])].dropna(subset=["mean", "mean_rest"])
    told = [
        beside(f"sessions of {row['kind']} attended, in 100", f"{100 * row['mean']:.0f}", f"{100 * row['mean_rest']:.0f}")
        for row in rows.to_dict("records")
    ]
    return " ".join([taken_part(known, 52, "clubs and other activities"), *told])


def _relations(known: Known) -> str:
    return f"{rate(known, 'persistently absent')} {rate(known, 'suspended or excluded this term')}"


def _at_risk(known: Known) -> str:
    roll, rows = known["roll"], known["support"]
    looked_after = roll.loc[roll["looked_after"].eq("Y") & roll["pupil_id"].isin(known.sen), "pupil_id"]
    given = looked_after.isin(rows.loc[rows["amount"].isin([SOME, MUCH]), "pupil_id"]).sum()
    below = rows[rows["expectation"].eq(BELOW) & rows["pupil_id"].isin(known.sen)]
    none = of(int(below["amount"].eq(NOTHING).sum()), len(below))
    known_of = f"Looked-after pupils with SEN who have some support recorded: {of(int(given), len(looked_after))}."
    told = known_of if len(looked_after) else "No pupil with SEN is recorded as looked after."
    return f"{told} Pupils with SEN below expectation without any support recorded: {none}."


ON_PUPILS = [
    Evidence(
        36, ("representation", "roll"), _all_of_it, "Nothing is recorded about who takes part in what.", "Pride: ask pupils."
    ),
    Evidence(
        37, ("views",), lambda known: answers(known, "pupil", "value", "respect", "belong", "listen", "safe"), NO_ANSWERS, ASK
    ),
    Evidence(38, ("responses",), _asked, NO_ANSWERS, "Whether those who find it hard to answer were helped to."),
    Evidence(
        39,
        ("views",),
        lambda known: answers(known, "pupil", "friend", "get on", "other pupils", "alone"),
        NO_ANSWERS,
        "How pupils are with each other at breaks and on the way home.",
    ),
    Evidence(
        40, ("rates", "views"), _incidents, "No incident is counted.", "Bullying by itself, and how soon something was done."
    ),
    Evidence(
        50,
        ("representation",),
        lambda known: taken_part(known, 50, "lists of gifted and talented pupils"),
        "No list of gifted and talented pupils is recorded.",
        "Whether what is offered to them is good.",
    ),
    Evidence(52, ("representation",), _clubs, "No club or other activity is recorded.", "Who would like to come and cannot."),
    Evidence(
        53,
        ("rates",),
        _relations,
        "Neither absence nor suspension is counted.",
        "Whether the rules, or something else, lie behind it.",
    ),
    Evidence(
        54,
        ("support", "roll"),
        _at_risk,
        "No support is recorded.",
        "Other reasons to worry about a child, and whether help fits.",
    ),
    Evidence(55, ("views",), lambda known: answers(known, "pupil", "listen", "help", "stuck"), NO_ANSWERS, ASK),
    Evidence(
        56,
        ("transfer",),
        lambda known: transferred(known, 56),
        "Nothing is recorded of Year 7.",
        "Whether teachers use what is known.",
    ),
    Evidence(
        57,
        ("transfer",),
        lambda known: transferred(known, 57),
        "Nothing is recorded of Year 7.",
        "What parents were shown or given.",
    ),
    Evidence(
        58,
        ("transfer",),
        lambda known: transferred(known, 58),
        "Nothing is recorded of Year 7.",
        "Whether the help eased the start.",
    ),
]

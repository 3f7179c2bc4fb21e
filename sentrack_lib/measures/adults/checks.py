"""How each place of work of an adult is prepared: the ten questions of a deployment, one by one and statement by statement.

The questions are the school's own words for statements 16 to 25 of the self-evaluation (guidance, Section B).
"""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.adults.timetable import NOT_SAID, Timetable
from sentrack_lib.measures.groups.certainty import SHOWN, wilson
from sentrack_lib.measures.spoken import counted, listed, told

QUESTIONS = {
    "with_peers": (16, "Do the pupils learn together with the rest of the class?", "learning together with the class"),
    "small_group": (17, "Do teacher and adult take turns with a small group?", "taking turns with a small group"),
    "discreet": (18, "Is help given without drawing eyes to the pupil?", "help that draws no eyes"),
    "at_times": (19, "Is there a reason when the adult helps, and does the adult step back otherwise?", "stepping back at times"),
    "independence": (20, "Is it so arranged that the pupil does more and more alone?", "leading to doing it alone"),
    "planned_together": (21, "Have teacher and adult planned it, or talked it through, before?", "planning it together"),
    "knows_pupils": (
        22,
        "Does the adult know the pupils, their targets and the aim of the lesson?",
        "knowing pupils and targets",
    ),
    "trained": (23, "Is the adult trained for it, and at home in the subject?", "training for it"),
    "ground_rules": (24, "Does the adult know the rules this class has agreed?", "knowing the rules of the class"),
    "feeds_back": (25, "Does what the adult sees reach the teacher and the pupil?", "passing on what is seen"),
}
"""Of each question of a deployment: the number of the statement, the question, and what is there where the answer is yes."""
CLASSROOM = (43, "Is the place in class made for learning and for doing it alone (16, 19 and 20 together)?")
TOGETHER = ["with_peers", "at_times", "independence"]
ASKED = list(QUESTIONS)
CHECKS = ["adult_id", "name", "role", "kind", "work", *ASKED, "answered", "yes", "missing", "sentence"]
BY_STATEMENT = ["statement", "question", "yes", "no", "not_answered", "share", "low", "high"]


def deployment_checks(table: Timetable) -> DataFrame:
    """A row an adult and place of work: `adult_id` name role, `kind` of place (teaching group, provision, pupil, not said) and
    which (`work`), the ten answers (Y, N or missing), how many are `answered`, `yes` and `missing`, and a `sentence`.

    Where lessons of one place are answered differently the answer is no: it is not yet so everywhere."""
    rows = table.week.assign(**_work(table.week))
    answers = rows[ASKED].apply(lambda cells: cells.str.strip().str.upper()).replace({"YES": "Y", "NO": "N"})
    marks = answers.eq("N") * 2 + answers.eq("Y")
    of = pd.concat([rows[["adult_id", "kind", "work"]], marks.astype("int64")], axis=1).groupby(["adult_id", "kind", "work"])
    found = of.max().astype("object").replace({0: np.nan, 1: "Y", 2: "N"}).astype("str").reset_index()
    found = found.merge(table.adults[["adult_id", "name", "role"]], on="adult_id", how="left")
    yes, no = found[ASKED].eq("Y").sum(axis=1), found[ASKED].eq("N").sum(axis=1)
    found = found.assign(answered=(yes + no).astype("int64"), yes=yes.astype("int64"), missing=len(ASKED) - yes - no)
    sentence = Series([_sentence(row) for row in found.to_dict("records")], found.index, dtype="str")
    return found.assign(sentence=sentence).astype({"missing": "int64"})[CHECKS]


def _work(rows: DataFrame) -> dict[str, Series]:
    """What an adult is put with: the teaching group, else the provision, else the pupil."""
    names = {"teaching group": "teaching_group", "provision": "provision_id", "pupil": "pupil_id"}
    known = [rows[name].notna() for name in names.values()]
    works = [rows[name].fillna("").astype("str") for name in names.values()]
    kinds = [Series(name, rows.index, dtype="str") for name in names]
    found = {"kind": np.select(known, kinds, NOT_SAID), "work": np.select(known, works, "")}
    return {name: Series(words, rows.index, dtype="str") for name, words in found.items()}


def _sentence(row: dict) -> str:
    """What is not yet so at one place, and how much is not answered."""
    if not row["answered"]:
        return "None of the ten questions is answered."
    lacking = [f"{there} ({number})" for name, (number, _, there) in QUESTIONS.items() if row[name] == "N"]
    no = f"Not yet: {listed(lacking)}." if lacking else "All that is answered is so."
    return told(no, f"{counted(row['missing'], 'question')} not answered." if row["missing"] else "")


def checks_by_statement(checks: DataFrame) -> DataFrame:
    """A row a statement, 16 to 25 and 43: `statement` `question` (own words), at how many places of work the answer is `yes`,
    `no` or `not_answered`, and the `share` of yes among the answered with Wilson's 95 % interval `low` to `high`, blank under 5.

    Statement 43 is yes where 16, 19 and 20 all are, and no where one of them is not. `checks` is from `deployment_checks`."""
    some = checks[TOGETHER]
    yes_to_all, some_no = some.isin(["Y"]).all(axis=1), some.isin(["N"]).any(axis=1)
    classroom = Series(pd.NA, checks.index, dtype="str").mask(yes_to_all, "Y").mask(some_no, "N")
    asked = [(number, question, checks[name]) for name, (number, question, _) in QUESTIONS.items()] + [(*CLASSROOM, classroom)]
    rows = [(number, question, int(said.eq("Y").sum()), int(said.eq("N").sum())) for number, question, said in asked]
    counts = DataFrame(rows, columns=BY_STATEMENT[:4])
    n = (counts["yes"] + counts["no"]).astype("float64")
    shown = n.where(n.ge(SHOWN))
    yes = counts["yes"].where(shown.notna())
    return counts.assign(not_answered=len(checks) - counts["yes"] - counts["no"], share=yes / shown).join(wilson(yes, shown))

"""The school's self-evaluation: 65 statements rated by people beside what the data show, and the areas of the school."""

from collections.abc import Mapping
from datetime import date

from pandas import DataFrame

from sentrack_lib.measures.self_evaluation.agreeing import agreement
from sentrack_lib.measures.self_evaluation.areas import areas
from sentrack_lib.measures.self_evaluation.evidence import evidence
from sentrack_lib.measures.self_evaluation.known import Known
from sentrack_lib.measures.self_evaluation.priorities import to_do
from sentrack_lib.measures.self_evaluation.ratings import AGREED, counts, rated_by_each, ratings, standing, summed
from sentrack_lib.sources.statements import REFLECTION, prompts
from sentrack_lib.terms import Term

OF_ONE = ["evidence", "owner", "by", "priority", "action"]
STATEMENTS = [
    "statement", "section", "words", "shows", "not_shown", "rated", "evidence", "raters", "agreement", "owner", "by", "priority",
    "action", "before", "since", "change",
]  # fmt: skip


def self_evaluation_tables(
    tables: Mapping[str, DataFrame], records: Mapping[str, DataFrame], term: Term, as_of: date
) -> dict[str, DataFrame]:
    """The self-evaluation as it stands in `term`, from the `tables` of the review and the plan and from the `records`.

    `statements`: a row each, 1 to 65: `statement` `section` `words`, what data `shows` and what is `not_shown`, the agreed
    rating (`rated`: see `ratings.summed`), the `evidence` given for it, how many `raters` and their `agreement`, `owner` `by`
    `priority` `action`, the rating `before`, `since` which term, and the `change`. `statement_ratings`: a row a rater and
    statement. `statement_counts`: section by rating. `statement_agreement`: how far raters agree. `priorities`: what is to be
    done. `school_areas_standing`: see `areas.areas`. `reflection`: questions to stop at, `step` `place` `words`. A table of the
    review that is absent is told as not recorded. Sources: guidance, self-evaluation, Section C, Next steps."""
    known, rows = Known(tables, records, term), ratings(records, term)
    held, found = standing(rows), summed(rows)
    said = evidence(known).merge(found.reset_index(), on="statement", how="left")
    return {
        "statements": said.merge(_of_one(held), on="statement", how="left")[STATEMENTS],
        "statement_ratings": rated_by_each(held),
        "statement_counts": counts(said),
        "statement_agreement": agreement(held),
        "priorities": to_do(held, found, as_of),
        "school_areas_standing": areas(known.areas, as_of),
        "reflection": prompts(REFLECTION),
    }


def _of_one(held: DataFrame) -> DataFrame:
    """What is said beside the rating of a statement: by all together, or by the only one who says anything. Where several
    people say something different, it stands in `priorities` and not here."""
    rows = held[held[["evidence", "action", "priority"]].notna().any(axis=1)]
    together = rows["rated_by"].eq(AGREED)
    alone = rows.groupby("statement")["rated_by"].transform("size").eq(1)
    return rows.loc[together | alone, ["statement", *OF_ONE]].sort_values("statement", kind="stable").drop_duplicates("statement")

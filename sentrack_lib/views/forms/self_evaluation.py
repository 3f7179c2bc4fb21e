"""What the forms of the self-evaluation offer, and what is to be minded while they are filled in."""

from collections.abc import Callable, Mapping

from pandas import DataFrame

from sentrack_lib.measures.self_evaluation import AGREED
from sentrack_lib.measures.self_evaluation.areas import NO_DAY, NO_HOW, NO_OWNER
from sentrack_lib.sources import schema
from sentrack_lib.sources.agreed_tables import PRIORITIES, RATINGS
from sentrack_lib.sources.statements import AREA, prompts, statements
from sentrack_lib.terms import Term
from sentrack_lib.views.forms.choices import Offered
from sentrack_lib.views.papers import Papers

LONGEST = 95
"""Letters of a statement or question in a list."""
TOGETHER = f"For what you agree on together, write “{AGREED}” as who rates."
NOT_OF_AREA = "This question is about {}."


def judging_choices() -> dict[str, Offered]:
    """For each column of a judgement that names something: what is shown, and what is recorded."""
    asked = prompts(AREA)
    areas = schema.RECORDS["school_areas"].columns["area"].metadata["usual"]
    each = zip(statements()["statement"].astype("str"), statements()["words"], strict=True)
    return {
        "statement": [(f"{number}. {words}"[:LONGEST], number) for number, words in each],
        "rating": [(word, word) for word in RATINGS],
        "priority": [(word, word) for word in PRIORITIES],
        "area": [(word, word) for word in areas],
        "prompt": [(f"{area}: {words}"[:LONGEST], words) for area, words in zip(asked["place"], asked["words"], strict=True)],
    }


def ratings_called(rows: DataFrame) -> Offered:
    """What each rating is called in a list, the newest terms first, in the order of the statements."""
    rows = rows.assign(at=rows["term"].map(Term.named)).sort_values("statement", kind="stable")
    rows = rows.sort_values("at", ascending=False, kind="stable")
    cells = zip(rows["statement"], rows["rated_by"], rows["rating"].fillna("not said"), rows["at"], rows["entry"], strict=True)
    return [(f"{number:g} · {who} · {rating} · {term.label}", entry) for number, who, rating, term, entry in cells]


def about_rating(papers: Papers) -> Callable[[Mapping[str, str]], list[str]]:
    """What to mind about a rating: what data show of the statement and leave open, and how others see it."""
    known = papers.tables["statements"].set_index("statement")[["words", "shows", "not_shown"]].to_dict("index")
    ratings = papers.tables["statement_ratings"].dropna(subset=["rating"])
    seen: dict[int, list[str]] = {}
    for number, who, rating in zip(ratings["statement"], ratings["rated_by"], ratings["rating"], strict=True):
        seen.setdefault(int(number), []).append(f"{who}: {rating}")

    def minded(cells: Mapping[str, str]) -> list[str]:
        number = int(cells["statement"]) if cells.get("statement", "").isdigit() else 0
        if number not in known:
            return [TOGETHER]
        row = known[number]
        others = f"Seen so far: {'; '.join(seen[number])}." if number in seen else "Nobody has rated it yet."
        return [str(row["words"]), f"Data show: {row['shows']}", f"Open: {row['not_shown']}", others, TOGETHER]

    return minded


def about_area(cells: Mapping[str, str]) -> list[str]:
    """What to mind about an area of the school: a question of another area, and what is missing of a change."""
    place = dict(zip(prompts(AREA)["words"], prompts(AREA)["place"], strict=True)).get(cells.get("prompt", ""))
    other = [NOT_OF_AREA.format(place)] if place and cells.get("area") not in ("", place) else []
    asked = {"monitored_how": NO_HOW, "monitored_on": NO_DAY, "owner": NO_OWNER}
    return other + [words for name, words in asked.items() if cells.get("action") and not cells.get(name)]

"""Did provision work? What is known of it, what of that was to be expected anyway, and what would make more known."""

from pandas import DataFrame

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen, follows
from sentrack_lib.views.tables.impact import NOT_SHOWN
from sentrack_lib.views.words import are, band_of, number, of, pounds, said, sentence

NOTHING = "No provision is recorded this school year, so there is nothing to evaluate."
NONE_LARGE = "No provision has ten pupils and ten to compare them with; of smaller ones nothing is said here."
MOST_NAMED = 3
TOP = 4
"""The highest rung of the ladder of evidence."""


@follows()
def impact(papers: Papers) -> Part:
    """The verdicts first, then how far the evidence reaches."""
    if not papers.has("impact"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["impact"]
    if rows.empty:
        return Sentences([NONE_LARGE if papers.audience == "governors" else NOTHING])
    harm, benefit = (rows[rows["verdict"].eq(verdict)] for verdict in ("harm", "benefit"))
    lines = [
        _verdicts(len(rows), len(benefit), len(harm)),
        *_found(harm, "may do harm: look at it first"),
        *_found(benefit, "helps"),
    ]
    return Sentences([*lines, *_anyway(rows), _ladder(rows)])


def _verdicts(whole: int, benefit: int, harm: int) -> str:
    if not benefit and not harm:
        return f"Of {said(whole, 'provision')} it cannot yet be told for any whether it worked; that does not mean that none did."
    if whole == 1:
        return f"The only provision is found to {'help' if benefit else 'do harm'}."
    worked = f"{sentence(of(benefit, whole, 'provision'))} {are(benefit)} found to help"
    worse = f", and {said(harm, 'provision')} to do harm" if harm else ""
    rest = whole - benefit - harm
    return f"{worked}{worse}{f'; of the other {rest} it cannot be told' if rest else ''}."


def _found(rows: DataFrame, told: str) -> list[str]:
    """The effect with both ends, in SD and months, and what it costs."""
    ends = band_of(rows["low"], rows["high"])
    columns = [rows[name] for name in ("name", "effect", "months_low", "months_high", "cost_low", "cost_high")]
    lines = [
        f"{name} {told}: {number(effect)} SD, plausibly {between}, {_months(low, high)}{_priced(cheap, dear)}."
        for between, name, effect, low, high, cheap, dear in zip(ends, *columns, strict=True)
    ]
    more = [f"{sentence(said(len(lines) - MOST_NAMED, 'more', 'more'))} {told}."] if len(lines) > MOST_NAMED else []
    return lines[:MOST_NAMED] + more


def _months(low: int, high: int) -> str:
    return f"{number(low, 0, signed=False)} to {number(high, 0, signed=False)} months"


def _priced(low: float, high: float) -> str:
    return f", at {pounds(low)} to {pounds(high)} for 0.1 SD a pupil" if low == low and high == high else ""


def _anyway(rows: DataFrame) -> list[str]:
    """Where a gain is mostly what was to be expected: the provision with the most pupils counted of those not told."""
    open_ = rows[rows["verdict"].eq("cannot tell") & rows["raw_gain"].gt(0) & rows["expected_gain"].gt(0)]
    if open_.empty:
        return []
    row = open_.sort_values(["n", "name"], ascending=[False, True]).iloc[0]
    gain, anyway = number(row["raw_gain"], 1, signed=False), number(row["expected_gain"], 1, signed=False)
    return [
        f"A gain is no proof: the {said(int(row['n']), 'pupil')} counted in {row['name']} gained {gain} points on average, and "
        f"{anyway} were to be expected without it."
    ]


def _ladder(rows: DataFrame) -> str:
    """How far up the evidence reaches, and what is missing."""
    top = int(rows["rung"].eq(TOP).sum())
    few = int(rows["why"].str.contains("under 8", regex=False).sum())
    reached = f"For {said(top, 'provision')} of {len(rows)} the evidence reaches the highest rung"
    short = (
        f"; {said(few, 'provision')} {'has' if few == 1 else 'have'} too few pupils with grades from before and after"
        if few
        else ""
    )
    return f"{reached}{short}. Where more pupils need a place than there are, draw lots: that tells most."

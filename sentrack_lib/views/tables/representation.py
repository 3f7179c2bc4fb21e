"""Are pupils with SEN where the others are: expected against found, thing by thing; sets; and how often they come."""

from pandas import DataFrame, Series

from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.pupils import called
from sentrack_lib.views.words import band, number, of, sentence

SET, CLEAR = "set", "clear difference"
NOT_HERE = "Who takes part in what is shown for the whole school."
EXPECTED = (
    "Expected: as many as if pupils with SEN took part as the others of their year groups do. A club that nobody with SEN goes "
    "to is a question to the club."
)
SAME_START = (
    "Expected: as many as others who started in the same tenth of the year group. Starts are measured with error, and who truly "
    "starts lower is rightly in a lower set, so a small excess says little."
)


def representation(papers: Papers) -> Part:
    """Options, clubs, council, enrichment, pathways, lists: pupils with SEN beside the others; clear differences first."""
    if not papers.has("representation") or papers.year_group != ALL or papers.teaching_group != ALL:
        return Unseen(NOT_HERE)
    rows = papers.tables["representation"]
    rows = rows[rows["kind"].ne(SET)]
    rows = rows if papers.subject == ALL else rows[rows["subject"].eq(papers.subject)]
    rows = rows.assign(clear=rows["verdict"].str.startswith(CLEAR)).sort_values("clear", ascending=False, kind="stable")
    shown = DataFrame({"What": rows["what"].map(sentence), "Kind": rows["kind"], "Statement": rows["statement"].astype("str")})
    return Table(shown.join(_counts(rows)), f"Pupils with SEN among those who take part: {papers.title}", EXPECTED, "not known.")


def sets(papers: Papers) -> Part:
    """Sets of the subject looked at; over all subjects, those with clearly more or fewer pupils with SEN than expected."""
    if not papers.has("representation", "teaching_groups"):
        return Unseen(NOT_HERE)
    rows = papers.tables["representation"]
    rows = rows[rows["kind"].eq(SET)]
    rows = rows if papers.year_group == ALL else rows[rows["year_group"].eq(papers.year_group)]
    if rows.empty:
        return Unseen("No subject here has sets.")
    tested, clear = int(rows["q_value"].notna().sum()), rows[rows["verdict"].str.startswith(CLEAR)]
    note = f"{of(len(clear), tested, 'set')} compared with others of the same start. {SAME_START}"
    rows = rows[rows["subject"].eq(papers.subject)] if papers.subject != ALL else clear
    shown = DataFrame({"Set": rows["what"], "Year": rows["year_group"]}).join(_counts(rows))
    shown = shown.assign(**{"Expected, same start": _expected(rows["expected_same_start"])})
    title = f"Pupils with SEN in sets: {papers.title}"
    return Table(
        shown, title, note, f"none of {tested} sets has clearly more or fewer than expected of others with the same start."
    )


def taking_part(papers: Papers) -> Part:
    """How often pupils come to what they take part in, and who with SEN comes seldom."""
    if not papers.has("turnout") or papers.year_group != ALL or papers.subject != ALL:
        return Unseen(NOT_HERE)
    rows = papers.tables["turnout"]
    shown = DataFrame({
        "Kind": rows["kind"].map(sentence),
        "With SEN": rows["n"],
        "They come to": _per_cent(rows["mean"]),
        "Likely between": band(100 * rows["low"], 100 * rows["high"]),
        "Others": rows["n_rest"],
        "Others come to": _per_cent(rows["mean_rest"]),
        "With SEN who come seldom": rows["seldom"],
    })  # fmt: skip
    return Table(shown, "How often pupils come", _seldom(papers), "no sessions are recorded.")


def _seldom(papers: Papers) -> str:
    """Who with SEN comes to fewer than half of the sessions, by name where names may be seen."""
    told = "In 100 sessions offered to them. Seldom: fewer than half."
    if not papers.has("attended_activities"):
        return told
    rows = papers.tables["attended_activities"]
    rows = rows[rows["seldom"] & rows["sen"].fillna(False).astype(bool)].merge(called(papers), on="pupil_id")
    names = "; ".join(rows["Pupil"] + " (" + rows["activity"] + ")")
    return f"{told} With SEN and seldom there: {names}." if names else f"{told} Nobody with SEN comes seldom."


def _counts(rows: DataFrame) -> DataFrame:
    """Found and expected, the others, what could have been seen, and the verdict; blank where it may not be shown."""
    share = (100 * rows["share"]).round(0).astype("Int64").astype("str")
    told = rows["count"].astype("Int64").astype("str") + " of " + rows["n"].astype("Int64").astype("str")
    detail = told + " (" + share + " in 100)"
    return DataFrame({
        "With SEN": detail.where(rows["share"].notna(), told).where(rows["count"].notna() & rows["n"].notna(), ""),
        "Expected": _expected(rows["expected"]),
        "Likely between": band(100 * rows["low"], 100 * rows["high"]),
        "Others in 100": (100 * rows["share_rest"]).round(0).astype("Int64"),
        "Verdict": rows["verdict"],
    })  # fmt: skip


def _expected(counts: Series) -> Series:
    return counts.map(lambda count: number(count, 1, signed=False)).astype("str")


def _per_cent(shares: Series) -> Series:
    return (100 * shares).round(0).astype("Int64")

"""Are pupils with SEN where the others are: expected against found, thing by thing; sets; and how often they come."""

from pandas import NA, DataFrame, Series

from sentrack_lib.views.needs import of_all_needs
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.pupils import called
from sentrack_lib.views.words import band, number, said, sentence

SET, CLEAR, TOO_FEW = "set", "clear difference", "too few to say"
OF = "\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}"
NOT_HERE = "Who takes part in what is shown for the whole school."
NO_SETS = "Sets are shown to the inclusion manager and to departments."
NO_TURNOUT = "How often pupils come to what they take part in is shown to the inclusion manager, for the whole school."
ROUNDED = "Rounded to the nearest 5; 1 to 7 are not shown."
EXPECTED = (
    "Expected: as many as if pupils with SEN took part as the others of their year groups do. A club that nobody with SEN goes "
    "to is a question to the club."
)
SAME_START = (
    "Who starts lower is rightly in a lower set, so pupils are held against others of the same start in two ways: as many as of "
    "others in the same tenth of their year group, and as many as if the sets were filled in the order of the start. Only "
    "where both agree is a difference called clear. Counted are pupils whose start is known."
)


@of_all_needs
def representation(papers: Papers) -> Part:
    """Options, clubs, council, enrichment, pathways, lists: pupils with SEN beside the others; clear differences first."""
    if not papers.has("representation") or papers.year_group != ALL or papers.teaching_group != ALL:
        return Unseen(NOT_HERE)
    rows = papers.tables["representation"]
    rows = rows[rows["kind"].ne(SET)]
    rows = rows if papers.subject == ALL else rows[rows["subject"].eq(papers.subject)]
    rows = rows.assign(clear=rows["verdict"].str.startswith(CLEAR)).sort_values("clear", ascending=False, kind="stable")
    shown = DataFrame({"What": rows["what"].map(sentence), "Kind": rows["kind"], "Statement": rows["statement"].astype("str")})
    shown = shown.join(_counts(rows)).replace("", NA).dropna(axis="columns", how="all")
    note = ROUNDED if papers.audience == "governors" else EXPECTED
    title = f"Pupils with SEN among those who take part: {papers.title}"
    return Table(shown, title, note, "nothing of the kind is recorded here.")


@of_all_needs
def sets(papers: Papers) -> Part:
    """Sets of the subject looked at; over all subjects, those with clearly more or fewer pupils with SEN than expected."""
    if not papers.has("representation", "teaching_groups"):
        return Unseen(NO_SETS)
    rows = papers.tables["representation"]
    rows = rows[rows["kind"].eq(SET)].sort_values("year_group", key=_padded, kind="stable")
    rows = rows if papers.year_group == ALL else rows[rows["year_group"].eq(papers.year_group)]
    if rows.empty:
        return Unseen("No subject here has sets.")
    tested, clear = int(rows["q_value"].notna().sum()), rows[rows["verdict"].str.startswith(CLEAR)]
    compared = f"{said(tested, 'set')} compared, {len(clear) or 'none'} with a clear difference."
    rows = rows[rows["subject"].eq(papers.subject)] if papers.subject != ALL else clear
    shown = DataFrame({
        "Set": rows["what"],
        "Year": rows["year_group"],
        "With SEN": counted(rows["count_same"], rows["n_same"]),
        "Expected, same start": _expected(rows["expected_same_start"]),
        "Expected, in order": _expected(rows["expected_in_order"]),
        "Could be seen from, in 100": _per_cent(rows["detectable"]),
        "Verdict": verdict_and_why(rows),
    })  # fmt: skip
    title = f"Pupils with SEN in sets: {papers.title}"
    return Table(shown, title, f"{sentence(compared)} {SAME_START}", compared)


def taking_part(papers: Papers) -> Part:
    """How often pupils come to what they take part in, and who with SEN comes seldom."""
    if not papers.has("turnout") or papers.year_group != ALL or papers.subject != ALL:
        return Unseen(NO_TURNOUT)
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
    return DataFrame({
        "With SEN": counted(rows["count"], rows["n"]),
        "Expected": _expected(rows["expected"]),
        "In 100": _per_cent(rows["share"]),
        "Likely between": band(100 * rows["low"], 100 * rows["high"]),
        "Others in 100": _per_cent(rows["share_rest"]),
        "Could be seen from, in 100": _per_cent(rows["detectable"]),
        "Verdict": verdict_and_why(rows),
    })  # fmt: skip


def counted(count: Series, whole: Series) -> Series:
    """`7 of 205`, on one line; blank where it is not known, may not be shown, or is of nobody."""
    told = count.astype("Int64").astype("str") + OF + whole.astype("Int64").astype("str")
    return told.where(count.notna() & whole.notna() & whole.ne(0), "")


def _padded(years: Series) -> Series:
    """Year 7 before Year 10."""
    return years.str.zfill(2)


def verdict_and_why(rows: DataFrame) -> Series:
    """What was found, or why nothing can be said."""
    return rows["verdict"].str.cat(rows["why"].fillna(""), sep=". ").str.removesuffix(". ")


def _expected(counts: Series) -> Series:
    return counts.map(lambda count: number(count, 1, signed=False)).astype("str")


def _per_cent(shares: Series) -> Series:
    return (100 * shares).round(0).astype("Int64")

"""The school's self-evaluation as it is read: the statements beside what data show, who sees it how, what is to be done."""

from pandas import DataFrame, Series

from sentrack_lib.measures.self_evaluation import AGREED
from sentrack_lib.measures.self_evaluation.areas import NOT_ANSWERED
from sentrack_lib.measures.self_evaluation.evidence import NO_DATA
from sentrack_lib.measures.self_evaluation.priorities import OVERDUE
from sentrack_lib.terms import Term
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Several, Table, Unseen, follows
from sentrack_lib.views.tables.plan import days
from sentrack_lib.views.words import are, said, sentence

NOT_SHOWN = "The school's self-evaluation is for the inclusion manager, senior leaders and governors."
WHO_RATES = "Who rated what stays with those who rate."
THESE = "These pupils are pupils with SEN or disabilities. Numbers of statements are those of the guidance (DfES 0140-2006)."
RATE = "Data rate nothing: people do. What data leave open is what to ask and to look at."
APART = {"one step apart": 1, "two steps apart": 2}
MOST_RATERS = 5
"""Raters who have a column each; of more it is counted how many say what."""
SHORT = {"fully in place": "fully", "partly in place": "partly", "in need of development": "in need"}


@follows()
def statements(papers: Papers) -> Part:
    """The 65 statements, a table a section: what data show, what they leave open, and how the statement is rated."""
    if not papers.has("statements"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["statements"]
    if rows.empty:
        return Table(DataFrame(), "Statements", "", "none is known.")
    columns = {"Statement": _numbered(rows), "Rating": _rating(rows)}
    if "shows" in rows:
        columns["What data show, and what they leave open"] = _shown(rows)
    shown, sections = DataFrame(columns), rows["section"]
    notes = {sections.iloc[-1]: f"{THESE} {RATE if 'shows' in rows else ''}".strip()}
    return Several([Table(shown[sections.eq(name)], name, notes.get(name, "")) for name in sections.unique()])


@follows()
def ratings(papers: Papers) -> Part:
    """Who rates which statement how: a column a rater where they are few, else how many say what."""
    if not papers.has("statement_ratings", "statements"):
        return Unseen(WHO_RATES)
    rows = papers.tables["statement_ratings"].dropna(subset=["rating"])
    raters = sorted(set(rows["rated_by"]) - {AGREED})
    by = "rated_by" if len(raters) <= MOST_RATERS else "rating"
    single = rows[rows["rated_by"].ne(AGREED)]
    if by == "rated_by":
        told = single.pivot_table(index="statement", columns=by, values="rating", aggfunc="last").replace(SHORT)
    else:
        told = single.groupby(["statement", "rating"]).size().unstack().reindex(columns=list(SHORT)).astype("Int64")
    everything = papers.tables["statements"].set_index("statement").loc[rows["statement"].unique()]
    shown = told.reindex(everything.index).astype("object")
    shown = shown.where(shown.notna(), "")
    shown.insert(0, "Statement", _numbered(everything.reset_index()).to_numpy())
    shown["All together"] = everything["rated"].replace(SHORT)
    note = "Fully in place, partly in place, in need of development. Blank: not rated by this person."
    return Table(shown, f"Who rates what: {papers.label}", note, "no statement is rated yet.")


@follows()
def disagreements(papers: Papers) -> Part:
    """The statements that people see differently and have not agreed on yet, furthest apart on top, with what each says."""
    if not papers.has("statement_ratings", "statements"):
        return Unseen(WHO_RATES)
    rows, each = papers.tables["statements"], papers.tables["statement_ratings"].dropna(subset=["rating"])
    apart, left = rows["agreement"].map(APART), rows["rated"].eq("not agreed")
    settled = int((apart.notna() & ~left).sum())
    rows = rows.assign(apart=apart)[left].sort_values("apart", ascending=False, kind="stable")
    each = each[each["rated_by"].ne(AGREED)]
    because = (" (" + each["evidence"].str.rstrip(". ") + ")").fillna("")
    lines = (each["rated_by"] + ": " + each["rating"] + because).groupby(each["statement"]).agg("\n".join)
    shown = DataFrame({
        "Statement": _numbered(rows),
        "What each says": rows["statement"].map(lines).fillna(""),
        "Apart": rows["apart"].map({1: "one step", 2: "two steps"}),
    })  # fmt: skip
    note = f"Talk about these; then one of you rates the statement anew, under the name “{AGREED}”."
    others = f" {sentence(said(settled, 'other'))} seen differently {are(settled)} agreed by now." if settled else ""
    return Table(shown, f"Where people see it differently: {papers.label}", note + others, "nothing is left to be agreed.")


@follows()
def moved(papers: Papers) -> Part:
    """The statements whose agreed rating is another one than the last time, the worse ones on top."""
    if not papers.has("statements"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["statements"]
    rows = rows[rows["change"].isin(["better", "worse"])].sort_values("change", ascending=False, kind="stable")
    shown = DataFrame({
        "Statement": _numbered(rows),
        "Before": rows["before"] + _since(rows, " (", ")"),
        "Now": rows["rated"],
        "Change": rows["change"],
    })  # fmt: skip
    return Table(shown, f"What has changed: {papers.label}", "", "no agreed rating is another one than the last time.")


@follows()
def priorities(papers: Papers) -> Part:
    """What is to be done about statements: this term's first, with owner and day."""
    if not papers.has("priorities"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["priorities"]
    until = days(rows["by"])
    until = until.mask(rows["state"].eq(OVERDUE), until + ", overdue").mask(rows["by"].isna(), "no day set")
    columns = {"When": rows["priority"].fillna("not said"), "Statement": _numbered(rows), "Rating": rows["rating"]}
    if "action" in rows:
        alone = ("proposed by " + rows["rated_by"]).mask(rows["rated_by"].eq(AGREED), "")
        columns["To do"] = _lines(rows["action"].fillna("not said"), alone)
        until = _lines(rows["owner"].fillna("nobody named"), until)
    shown = DataFrame({**columns, "Who, and until when" if "action" in rows else "Until when": until})
    return Table(shown, f"What comes first: {papers.label}", "", "nothing is put down to be done.")


@follows()
def areas(papers: Papers) -> Part:
    """What was found in areas of the school, what is to change, and how and when one will see whether it works."""
    if not papers.has("school_areas_standing"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["school_areas_standing"]
    asked, rows = rows, rows[rows["state"].ne(NOT_ANSWERED)]
    looked_at = days(rows["monitored_on"])
    question = rows["prompt"].fillna("a question of the school's own")
    columns = {"Area and question": _lines(rows["area"].map(sentence) + ":", question)}
    if "found" in rows:
        columns["Found"] = rows["found"].fillna("")
        columns["To change"] = _lines(rows["action"], rows["owner"], days(rows["by"]))
        looked_at = _lines(rows["monitored_how"], looked_at)
    columns["How and when its effect is looked at"] = _lines(looked_at, rows["missing"].astype("str"))
    shown = DataFrame({**columns, "State": rows["state"]})
    left = int(asked["state"].eq(NOT_ANSWERED).sum())
    note = f"Not answered yet: {said(left, 'question')}." if left else ""
    return Table(shown, f"Areas of the school: {papers.label}", note, "nothing is noted yet.")


@follows()
def open_questions(papers: Papers) -> Part:
    """The questions about areas of the school that nobody has answered yet."""
    if not papers.has("school_areas_standing"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["school_areas_standing"]
    rows = rows[rows["state"].eq(NOT_ANSWERED)]
    shown = _gathered(rows["area"], rows["prompt"], "Area")
    return Table(shown, "Questions not answered yet", "", "every question about the school is answered.")


@follows()
def reflection(papers: Papers) -> Part:
    """Questions for a meeting to stop at."""
    if not papers.has("reflection"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["reflection"]
    shown = _gathered(rows["place"], rows["words"], "About")
    return Table(shown, "Questions for a meeting", "Take one or two along.", "none is known.")


def _numbered(rows: DataFrame) -> Series:
    return rows["statement"].astype("str") + ". " + rows["words"]


def _shown(rows: DataFrame) -> Series:
    """What data show, and below it what they leave open."""
    none = rows["shows"].eq(NO_DATA)
    told = rows["shows"] + "\nOpen: " + rows["not_shown"].map(lambda words: words[:1].lower() + words[1:])
    return told.mask(none, "No data are about it. Look, ask, and talk it over.")


def _rating(rows: DataFrame) -> Series:
    """The rating, how raters stand to each other, and what it was before."""
    change = rows["change"].fillna("")
    before = ("before: " + rows["before"] + _since(rows, ", ")).fillna("").mask(change.eq("same"), "as the last time")
    told = [rows["rated"], before.mask(change.eq("") & rows["before"].isna(), "")]
    if "agreement" in rows:
        several = rows["raters"].astype("str") + " raters, " + rows["agreement"]
        told.insert(1, several.mask(rows["raters"].eq(1), "one rater"))
    else:
        told.append("to be worked on " + rows["priority"])
    return _lines(*told)


def _since(rows: DataFrame, begin: str, end: str = "") -> Series:
    return rows["since"].map(lambda name: f"{begin}{Term.named(name).label}{end}", na_action="ignore").astype("str").fillna("")


def _lines(*cells: Series) -> Series:
    """Cells one below the other, without the blank ones."""
    filled = [cell.astype("object").where(cell.notna(), "") for cell in cells]
    told = ["\n".join(filter(None, each)) for each in zip(*filled, strict=True)]
    return Series(told, cells[0].index, dtype="str")


def _gathered(heads: Series, lines: Series, name: str) -> DataFrame:
    """A row a head, with its questions one below the other."""
    told = {str(head): "\n".join(some) for head, some in lines.groupby(heads, sort=False)}
    return DataFrame({name: [sentence(head) for head in told], "Questions": list(told.values())}, dtype="str")

"""Whether this term's files are complete and believable, in sentences."""

from pandas import DataFrame

from sentrack_lib.sources.codes import has_sen
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Sentences
from sentrack_lib.views.words import are, have, said, sentence

FEW_MARKS = 0.9
"""A subject in which fewer of those taught have a mark is named."""


def data(papers: Papers) -> Sentences:
    """Whether this term's files are complete and believable."""
    return Sentences([_read(papers), *_imported(papers), _problems(papers), _known(papers), _thin(papers), _changed(papers)])


def _of_term(papers: Papers, name: str) -> DataFrame:
    """The rows of a table that are about files of the term under review."""
    rows = papers.tables[name]
    return rows[rows["file"].str.startswith(papers.term)]


def _read(papers: Papers) -> str:
    counts = _of_term(papers, "counts")
    aside = int(counts["set_aside"].sum())
    files = sentence(said(len(counts), "file was", "files were"))
    rows = said(int(counts["read"].sum()), "row")
    return f"{files} read for this term: {rows}, of which {aside or 'none'} {are(aside)} set aside."


def _imported(papers: Papers) -> list[str]:
    """How much of the files that were imported came into the tables; nothing where none was."""
    files = papers.tables["imports"]
    if files.empty:
        return []
    read, accepted, aside = (int(files[name].sum()) for name in ("read", "accepted", "set_aside"))
    nobody, codes = int(files["no_pupil"].sum()), int(files["codes"].sum())
    came = f"{sentence(said(len(files), 'file was', 'files were'))} imported"
    brought = f"{came}: of {said(read, 'row')}, {accepted:,} were accepted and {f'{aside:,}' if aside else 'none'} set aside"
    pupils = f"{said(nobody, 'row')} {'names' if nobody == 1 else 'name'} no certain pupil" if nobody else "every pupil was found"
    odd = f"{said(codes, 'code')} {are(codes)} not understood" if codes else "every code is understood"
    return [f"{brought}; {pupils}, and {odd}."]


def _problems(papers: Papers) -> str:
    problems = papers.problems
    kinds = len(problems.drop_duplicates(["file", "column", "problem"]))
    if not kinds:
        return "Nothing is wrong with the files."
    found = f"{sentence(said(kinds, 'kind'))} of problem {'was' if kinds == 1 else 'were'} found"
    return f"{found} in {said(problems['file'].nunique(), 'file')}; the table below says what to do."


def _known(papers: Papers) -> str:
    sen = has_sen(papers.roll["sen_status"])
    mine, unknown = int(sen.sum()), int(sen.isna().sum())
    share = f" ({100 * mine / len(sen):.0f} in 100)" if len(sen) else ""
    roll = f"The roll has {said(len(sen), 'pupil')}; {mine or 'none'} {have(mine)} SEN{share}"
    return f"{roll}; of {unknown or 'none'} the status is not known."


def _thin(papers: Papers) -> str:
    """Subjects in which too few of those taught have a mark this term."""
    rows = papers.tables["progress"]
    rows = rows[rows["subject"].ne(ALL)]
    if rows.empty:
        return "There are no marks for this term."
    share = rows["points"].notna().groupby(rows["subject"]).mean()
    thin = share[share < FEW_MARKS].sort_values()
    if thin.empty:
        return f"In every subject at least {100 * FEW_MARKS:.0f} in 100 of those taught have a mark with points this term."
    told = "; ".join(f"{subject} {100 * part:.0f} in 100" for subject, part in thin.items())
    where = f"In {said(len(thin), 'subject')} fewer than {100 * FEW_MARKS:.0f} in 100 of those taught"
    return f"{where} have a mark with points: {told}."


def _changed(papers: Papers) -> str:
    before = papers.tables["about"]["before"].iloc[0]
    if not before:
        return "There is no earlier term to compare this one with."
    rows = papers.tables["changes"]
    moved = rows[rows["column"].eq("roll")]
    joined = int(moved["after"].eq("on the roll").sum())
    other = rows.loc[rows["column"].ne("roll"), "pupil_id"].nunique()
    came = f"{said(joined, 'pupil')} joined, {said(len(moved) - joined, 'pupil')} left"
    return f"Since {before}, {came}, and details of {said(other, 'pupil')} changed."

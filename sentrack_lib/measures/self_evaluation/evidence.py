"""What the data of a school show about each of the 65 statements, and what they do not show. It rates nothing: people do."""

from pandas import DataFrame

from sentrack_lib.measures.self_evaluation.known import Evidence, Known
from sentrack_lib.measures.self_evaluation.on_adults import ON_ADULTS
from sentrack_lib.measures.self_evaluation.on_leadership import ON_LEADERSHIP
from sentrack_lib.measures.self_evaluation.on_learning import ON_LEARNING
from sentrack_lib.measures.self_evaluation.on_parents import ON_PARENTS
from sentrack_lib.measures.self_evaluation.on_pupils import ON_PUPILS
from sentrack_lib.measures.spoken import counted, told
from sentrack_lib.sources.statements import statements

EVIDENCE: list[Evidence] = [*ON_LEADERSHIP, *ON_ADULTS, *ON_PUPILS, *ON_LEARNING, *ON_PARENTS]
NO_DATA = "No data of the school are about it."
PEOPLE = "All of it: ask, look, and talk it over."


def evidence(known: Known) -> DataFrame:
    """A row a statement: `statement` `section` `words`, what the data `shows` in sentences with number and whole (that nothing is
    recorded, where nothing is), and what they leave open (`not_shown`). Notes of this school year that name the statement are
    counted with it. Source: guidance, self-evaluation and Section B."""
    rules = {rule.statement: rule for rule in EVIDENCE}
    rows = statements()[["statement", "section", "words"]]
    noted = _noted(known)
    said = [told(_shown(rules.get(number), known), noted.get(float(number), "")) for number in rows["statement"]]
    left = [rules[number].not_shown if number in rules else PEOPLE for number in rows["statement"]]
    return rows.assign(shows=said, not_shown=left).astype({"shows": "str", "not_shown": "str"})


def _shown(rule: Evidence | None, known: Known) -> str:
    if not rule:
        return NO_DATA
    return rule.shows(known) if known.has(rule.asks) else rule.nothing


def _noted(known: Known) -> dict[float, str]:
    """Of each statement that notes of the school year name, how many do."""
    about = known.notes["statement"].str.extract(r"^\s*(\d+)", expand=False).dropna().astype("float64").value_counts()
    numbers = zip(about.index.tolist(), about.tolist(), strict=True)
    return {number: f"Noted about it this school year: {counted(count, 'note')}." for number, count in numbers}

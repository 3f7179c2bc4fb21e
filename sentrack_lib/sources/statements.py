"""What the school's self-evaluation asks, in our own words: 65 statements, questions about areas of the school, and questions for
meetings to stop at. The lists are CSVs in `codes/`; the numbers are those of the guidance (DfES 0140-2006)."""

from functools import cache

from pandas import DataFrame

from sentrack_lib.sources.codes import code_rows

STATEMENTS = 65
AREA, REFLECTION = "area", "reflection"


@cache
def _held() -> DataFrame:
    rows = DataFrame(code_rows("statements"), dtype="str")
    return rows.assign(statement=rows["number"].astype("int64"))[["statement", "section", "words", "evidence"]]


def statements() -> DataFrame:
    """A row a statement, in order: its number (`statement`, 1 to 65), the `section` it stands in, what it says (`words`), and
    which data of the school speak to it (`evidence`; blank where none do and people alone can tell)."""
    return _held().copy()


def sections() -> list[str]:
    """The sections of the statements, in order."""
    return list(_held()["section"].unique())


def prompts(kind: str) -> DataFrame:
    """The questions of one kind: `AREA` for what is found in an area of the school, `REFLECTION` for what a meeting stops at.

    `step` is where in the cycle it is asked (review, plan, implement, monitor), `place` what it is about; an area's is one of the
    `area` of the record `school_areas`; `words` is the question."""
    rows = DataFrame(code_rows("prompts"), dtype="str")
    return rows.loc[rows["kind"].eq(kind), ["step", "place", "words"]].reset_index(drop=True)

"""`sentrack check`: a school's files, everything that is wrong with them, and how much of them can be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.loading import load_school
from sentrack_lib.sources.problems import sentences, sets_aside
from sentrack_lib.terms import Term


@dataclass(frozen=True)
class Checked:
    """A school's problems and counts."""

    school: str
    problems: DataFrame
    counts: DataFrame

    @property
    def exit_code(self) -> int:
        """1 where something was set aside, 0 where there is nothing but remarks."""
        return int(sets_aside(self.problems))

    def as_json(self) -> Mapping[str, object]:
        """`school`, `tables` (file, term, table, read, accepted, set_aside) and `problems`."""
        told = self.problems.astype("object").where(self.problems.notna(), None)
        return {"school": self.school, "tables": self.counts.to_dict("records"), "problems": told.to_dict("records")}

    def __str__(self) -> str:
        read, accepted, aside = (f"{self.counts[column].sum():,}" for column in ("read", "accepted", "set_aside"))
        found = f"{len(self.problems):,} problem{'' if len(self.problems) == 1 else 's'}" if len(self.problems) else "no problems"
        files = f"{len(self.counts)} file{'' if len(self.counts) == 1 else 's'}"
        total = f"{self.school}: {read} rows read in {files}, {accepted} used, {aside} set aside; {found}."
        return "\n".join([*sentences(self.problems), total])


def check_school(folder: Path, term: str | None = None) -> Checked:
    """Load a school and say what is wrong, in one term or in all; `BadInput` where the term has no tables."""
    named = term and str(Term.named(term))
    school = load_school(folder)
    if not named:
        return Checked(school.name, school.problems, school.counts)
    there = list(dict.fromkeys(school.counts["term"]))
    if named not in there:
        raise BadInput(f"{folder} has no tables of {named}. Terms with tables: {', '.join(there) or 'none'}.")
    here = school.problems["file"].str.startswith((f"{named}/", "school.yml"))
    return Checked(school.name, school.problems[here], school.counts[school.counts["term"].eq(named)])

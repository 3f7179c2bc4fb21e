"""Doors: a cell of a table that names a subject, year group, class or pupil opens the page there."""

import json
import re
from collections.abc import Collection, Mapping
from functools import cached_property

from sentrack_lib.views.needs import need_names
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.tables.pupils import called

PUPIL_PAGE = ("inclusion",)
"""Audiences that have a page of one pupil."""
HEADINGS = {
    "Subject": "subject",
    "Year": "year_group",
    "Year group": "year_group",
    "Teaching group": "teaching_group",
    "Type of need": "need",
}
NAMES = ("Pupil", "Whose", "About")
LOOKED_UP = ("_years", "_needs", "_subjects", "_pupils")
_YEAR = re.compile(r"(?:.*, )?Year (\w+)")


class Doors:
    """What the cells of the tables on a page open."""

    def __init__(self, papers: Papers, pickers: Collection[str]) -> None:
        """Only what one of the `pickers` of the page could choose is opened, and pupils where they have a page."""
        self.papers, self.pickers = papers, pickers

    def __call__(self, row: Mapping[str, str]) -> dict[str, str]:
        """What the cells of this row open."""
        found = {heading: self._of(heading, cell, row) for heading, cell in row.items() if cell}
        return {heading: json.dumps(picks) for heading, picks in found.items() if picks and not self._open_already(picks)}

    def _of(self, heading: str, cell: str, row: Mapping[str, str]) -> dict[str, str]:
        if heading in NAMES:
            return self._pupil(cell, row.get("Form"))
        column = HEADINGS.get(heading)
        if column == "teaching_group":
            subject = self._subjects.get(cell)
            return self._known({"subject": subject, "teaching_group": cell}) if subject else {}
        if column == "need":
            return self._known({"need": self._needs.get(cell, "")})
        if column:
            return self._known({column: cell.removeprefix("Year ") if column == "year_group" else cell})
        year = _YEAR.fullmatch(cell) if heading in ("Group", "SEN by year group") else None
        return self._known({"year_group": year[1]}) if year else {}

    def _known(self, picks: dict[str, str]) -> dict[str, str]:
        there = all(column in self.pickers for column in picks)
        first = next(iter(picks))
        return picks if there and picks[first] in self._choices(first) else {}

    def _pupil(self, name: str, form: str | None) -> dict[str, str]:
        """The pupil of this name; nobody where two are called so."""
        if "pupil" not in self.pickers and self.papers.audience not in PUPIL_PAGE:
            return {}
        ids = [own for own, at in self._pupils.get(name, ()) if form in (None, at)]
        return {"pupil": ids[0]} if len(ids) == 1 else {}

    def _open_already(self, picks: Mapping[str, str]) -> bool:
        return all(getattr(self.papers, column) == value for column, value in picks.items())

    def _choices(self, column: str) -> Collection[str]:
        known = {"year_group": self._years, "need": set(self._needs.values())}
        return known[column] if column in known else set(self._subjects.values())

    @cached_property
    def _needs(self) -> dict[str, str]:
        """The code of each type of need, by its name."""
        codes = self.papers.choices("need")
        return dict(zip(need_names(codes), codes, strict=True))

    @cached_property
    def _years(self) -> set[str]:
        return set(self.papers.choices("year_group"))

    @cached_property
    def _subjects(self) -> dict[str, str]:
        """Of each teaching group the subject; a subject without groups is under its own name."""
        own = {name: name for name in self.papers.choices("subject")}
        if not self.papers.has("teaching_groups"):
            return own
        taught = self.papers.tables["teaching_groups"].drop_duplicates("teaching_group").dropna(subset=["teaching_group"])
        return own | dict(zip(taught["teaching_group"], taught["subject"], strict=True))

    @cached_property
    def _pupils(self) -> dict[str, list[tuple[str, str]]]:
        """Id and form of each pupil, by the name in tables."""
        if not self.papers.has("roll"):
            return {}
        found: dict[str, list[tuple[str, str]]] = {}
        named = called(self.papers.on())
        for own, name, form in zip(named["pupil_id"], named["Pupil"], named["Form"], strict=True):
            found.setdefault(str(name), []).append((str(own), str(form)))
        return found

    def at(self, papers: Papers) -> "Doors":
        """The same doors, seen from another part of the school; what was looked up is kept."""
        there = Doors(papers, self.pickers)
        there.__dict__ |= {name: self.__dict__[name] for name in LOOKED_UP if name in self.__dict__}
        return there

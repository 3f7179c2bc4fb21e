"""The papers of a meeting: the tables an audience may see, and the part of the school that is being looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Index, Series

NOTHING = "Nothing to do."
NO_CLASSES = "Classes are shown to the inclusion manager and to departments."
ALL = "all"
"""Every year group, every teaching group, every pupil; as a subject: the average over all subjects."""


@dataclass(frozen=True)
class Papers:
    """Tables cut to an audience, and the `year_group`, `subject`, `teaching_group` and `pupil` looked at; `all` is everything."""

    audience: str
    tables: Mapping[str, DataFrame]
    year_group: str = ALL
    subject: str = ALL
    teaching_group: str = ALL
    pupil: str = ALL
    _last: dict[tuple[str, ...], "Papers"] = field(default_factory=dict, repr=False, compare=False)
    """The part opened last: every part of a page asks for the same, and finds there what the parts before it looked up."""

    def on(self, year_group: str = ALL, subject: str = ALL, teaching_group: str = ALL, pupil: str = ALL) -> "Papers":
        """The same papers, opened at another part of the school."""
        place = (year_group or ALL, subject or ALL, teaching_group or ALL, pupil or ALL)
        if place not in self._last:
            self._last.clear()
            named = dict(zip(("year_group", "subject", "teaching_group", "pupil"), place, strict=True))
            self._last[place] = replace(self, **named)  # type: ignore[arg-type]
        return self._last[place]

    def renewed(self, tables: Mapping[str, DataFrame]) -> "Papers":
        """The same part of the school in other tables."""
        return Papers(self.audience, tables, self.year_group, self.subject, self.teaching_group, self.pupil)

    def has(self, *names: str) -> bool:
        """Whether this audience is handed these tables."""
        return all(name in self.tables for name in names)

    @cached_property
    def title(self) -> str:
        """School, term and part, as they are said."""
        about = self.tables["about"].iloc[0]
        part = [
            self.subject if self.subject != ALL else "",
            f"Year {self.year_group}" if self.year_group != ALL else "",
            self.group_name,
            self.pupil_name,
        ]
        return ", ".join([about["school"], about["label"], *filter(None, part)])

    @property
    def group_name(self) -> str:
        """The teaching group looked at, or nothing."""
        return f"group {self.teaching_group}" if self.teaching_group != ALL else ""

    @property
    def pupil_name(self) -> str:
        """The pupil looked at, forename first, or nothing."""
        if self.pupil == ALL or self.roll.empty:
            return ""
        row = self.roll.iloc[0]
        return " ".join(str(row[part]) for part in ("forename", "surname") if pd.notna(row[part])) or self.pupil

    @property
    def term(self) -> str:
        """The term as folders are named: `2025-26-summer`."""
        return str(self.tables["about"]["term"].iloc[0])

    @property
    def label(self) -> str:
        """The term as it is said: `Summer 2026`."""
        return str(self.tables["about"]["label"].iloc[0])

    @property
    def counted_to(self) -> date:
        """The day up to which costs and sessions are counted: today, or the nearest day of the term."""
        return date.fromisoformat(str(self.tables["about"]["as_of"].iloc[0])[:10])

    @cached_property
    def roll(self) -> DataFrame:
        """The pupils of this part of the school."""
        pupils = self.tables["roll"]
        if self.year_group != ALL:
            pupils = pupils[pupils["year_group"].eq(self.year_group)]
        if self.subject != ALL or self.teaching_group != ALL:
            pupils = pupils[_are_among(pupils["pupil_id"], self._taught()["pupil_id"])]
        return pupils if self.pupil == ALL else pupils[pupils["pupil_id"].eq(self.pupil)]

    def _taught(self) -> DataFrame:
        """Who is taught this subject, in this group; where no groups are known, who has a row of progress in it."""
        taught = self.tables["teaching_groups"]
        if self.teaching_group != ALL:
            return taught[taught["teaching_group"].eq(self.teaching_group)]
        rows = pd.concat([taught[["pupil_id", "subject"]], self.tables["progress"][["pupil_id", "subject"]]])
        return rows[rows["subject"].eq(self.subject)]

    def of_pupils(self, name: str) -> DataFrame:
        """The rows of a table about the pupils of this part of the school."""
        rows = self.tables[name]
        return rows[_are_among(rows["pupil_id"], self.roll["pupil_id"])]

    @cached_property
    def progress(self) -> DataFrame:
        """Progress of this part's pupils in the subject looked at, or on average over their subjects."""
        rows = self.of_pupils("progress")
        return rows[rows["subject"].eq(self.subject)]

    @cached_property
    def compared(self) -> DataFrame:
        """The comparisons of growth that are about this part of the school, in every subject."""
        return self.about_here("progress")

    def about_here(self, measure: str) -> DataFrame:
        """The comparisons of one measure that are about this part of the school: progress, beside own average, within classes.

        Of one year group these are its pupils with SEN beside the others of the year, its teaching groups, and the intersections
        with it; types of need are compared over the whole school only, where they have enough pupils."""
        rows = self.tables["comparisons"]
        rows = rows[rows["measure"].eq(measure)]
        if self.year_group == ALL and self.teaching_group == ALL:
            return rows
        classes = self.of_pupils("teaching_groups")["teaching_group"] if self.teaching_group == ALL else [self.teaching_group]
        own_class = rows["by"].isin(["teaching group", "SEN within teaching groups"]) & rows["group"].isin(classes)
        of_years = rows["by"].str.contains("year group")
        own_year = of_years & rows["group"].str.split(", ").map(lambda parts: f"Year {self.year_group}" in parts)
        return rows[own_class | own_year]

    @cached_property
    def comparisons(self) -> DataFrame:
        """Groups compared in the subject looked at, or on average over subjects."""
        return self.compared[self.compared["subject"].eq(self.subject)]

    @cached_property
    def flags(self) -> DataFrame:
        """What is flagged about this part's pupils, those to be looked at first on top."""
        rows = self.of_pupils("flags")
        if self.subject != ALL:
            rows = rows[rows["subject"].isna() | rows["subject"].eq(self.subject)]
        return rows.sort_values(["rank", "level", "rule"], kind="stable")

    @cached_property
    def problems(self) -> DataFrame:
        """What is wrong with the files of this term, or with no term's in particular, and asks for something to be done."""
        rows = self.tables["problems"].fillna({"column": "", "value": ""})
        here = rows["file"].str.startswith(self.term) | ~rows["file"].str.contains("/")
        return rows[here & rows["remedy"].ne(NOTHING)]

    def choices(self, column: str) -> list[str]:
        """The year groups, subjects or teaching groups this audience can open the papers at, within the part chosen so far."""
        if column == "year_group":
            found: Iterable[str] = self.tables["roll"]["year_group"].dropna().unique() if self.has("roll") else []
            return sorted(found, key=lambda year: (len(year), year))
        if column == "pupil":
            return (
                self.on(self.year_group, self.subject, self.teaching_group).roll["pupil_id"].tolist() if self.has("roll") else []
            )
        if not self.has("teaching_groups"):
            return []
        if column == "subject":
            return sorted(set(self.tables["progress"]["subject"]) - {ALL})
        taught = self.tables["teaching_groups"]
        taught = taught[taught["subject"].eq(self.subject)]
        in_year = self.tables["roll"].loc[self.tables["roll"]["year_group"].eq(self.year_group), "pupil_id"]
        return sorted(taught.loc[taught["pupil_id"].isin(in_year) | (self.year_group == ALL), "teaching_group"].dropna().unique())


def _are_among(values: Series, wanted: Series) -> NDArray[np.bool_]:
    """Whether each value is one of those wanted; `isin` takes ten times as long for texts."""
    return Index(wanted).unique().get_indexer(Index(values)) >= 0

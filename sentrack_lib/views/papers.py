"""The papers of a meeting: the tables an audience may see, and the part of the school that is being looked at."""

import sys
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd
from pandas import DataFrame

from sentrack_lib.privacy import Parents, by_pupil, for_parent, rows_of_each
from sentrack_lib.privacy.parent import COLUMNS as OF_PARENTS
from sentrack_lib.sources.coded import among
from sentrack_lib.views.needs import NEED, PLACE, main_need, names_part, need_names

NOTHING = "Nothing to do."
NO_CLASSES = "Classes are shown to the inclusion manager and to departments."
ONE_YEAR = "Year groups are set side by side where none is chosen."
ALL = "all"
"""Every year group, every teaching group, every pupil, every need; as a subject: the average over all subjects."""
Made = TypeVar("Made")


@dataclass(frozen=True)
class Papers:
    """Tables cut to an audience, and what is looked at: `year_group`, `subject`, `teaching_group`, `pupil`, type of `need`, or
    `all`."""

    audience: str
    tables: Mapping[str, DataFrame]
    year_group: str = ALL
    subject: str = ALL
    teaching_group: str = ALL
    pupil: str = ALL
    need: str = ALL
    """Today's code of a type of need; of pupils with SEN, the first that is recorded."""
    _last: dict[tuple[str, ...], "Papers"] = field(default_factory=dict, repr=False, compare=False)
    """The part opened last: every part of a page asks for the same, and finds there what the parts before it looked up."""
    _once: dict[Hashable, Any] | None = field(default=None, repr=False, compare=False)
    """What is made once for many pages, where they are drawn one after another; else nothing."""

    def on(
        self, year_group: str = ALL, subject: str = ALL, teaching_group: str = ALL, pupil: str = ALL, need: str = ALL
    ) -> "Papers":
        """The same papers, opened at another part of the school."""
        place = (year_group or ALL, subject or ALL, teaching_group or ALL, pupil or ALL, need or ALL)
        if place not in self._last:
            self._last.clear()
            self._last[place] = replace(self, **dict(zip(PLACE, place, strict=True)))  # type: ignore[arg-type]
        return self._last[place]

    @property
    def place(self) -> dict[str, str]:
        """What is looked at, by the name of each choice."""
        return {name: getattr(self, name) for name in PLACE}

    @property
    def whole(self) -> bool:
        """Whether the whole school is looked at."""
        return set(self.place.values()) == {ALL}

    def renewed(self, tables: Mapping[str, DataFrame]) -> "Papers":
        """The same part of the school in other tables."""
        return replace(self, tables=tables, _last={})

    def for_many(self) -> "Papers":
        """The same papers for drawing many pages one after another: what is the same for all is made once, and cut for each."""
        return Papers(self.audience, self.tables, _once={})

    def here(self, make: Callable[["Papers"], DataFrame]) -> DataFrame:
        """A table that several parts of a page make of the part of the school that is looked at; made once for all of them."""
        if make not in self._here:
            self._here[make] = make(self)
        return self._here[make]

    @cached_property
    def _here(self) -> dict[Hashable, DataFrame]:
        return {}

    def once(self, name: Hashable, make: Callable[["Papers"], Made]) -> Made:
        """What is made of the whole of these papers; made once, under a name, where many pages are drawn."""
        known = {} if self._once is None else self._once
        if name not in known:
            known[name] = make(Papers(self.audience, self.tables))
        made: Made = known[name]
        return made

    def own(self, make: Callable[["Papers"], DataFrame]) -> DataFrame:
        """The rows that are made of this part of the school, each by itself and about its `pupil_id`."""
        if not self.one_of_many:
            return make(self)
        return self.once(make, lambda whole: by_pupil(make(whole))).of(self.pupil)

    def told(self, make: Callable[["Papers"], DataFrame]) -> list[dict[Hashable, Any]]:
        """The same rows, to be put into words: each with its cells by name."""
        if not self.one_of_many:
            return make(self).to_dict("records")
        return self.once(("told", make), lambda whole: rows_of_each(make(whole))).get(self.pupil, [])

    def listed(
        self,
        rows: Callable[["Papers"], DataFrame],
        printed: Callable[["Papers", DataFrame], DataFrame],
        most: int = sys.maxsize,
    ) -> tuple[DataFrame, int]:
        """The first of the rows of this part as they are `printed`, each by itself, and how many there are in all."""
        if not self.one_of_many:
            found = rows(self)
            return printed(self, found.head(most)), len(found)
        # As objects, for what is cut for each is read cell by cell, which takes ten times as long in columns of texts.
        make = lambda whole: by_pupil(found := rows(whole), printed(whole, found).astype("object"))  # noqa: E731
        shown = self.once((rows, printed), make).of(self.pupil)
        return shown.head(most), len(shown)

    @property
    def one_of_many(self) -> bool:
        """Whether this is one pupil, of whom all have a page drawn."""
        return self._once is not None and self.pupil != ALL and self.place == dict.fromkeys(PLACE, ALL) | {"pupil": self.pupil}

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
            need_names([self.need])[0] if self.need != ALL else "",
            self.pupil_name,
        ]
        return ", ".join([about["school"], about["label"], *filter(None, part)])

    @property
    def of_all_needs(self) -> "Papers":
        """The same part of the school, whatever the type of need."""
        return self if self.need == ALL else self.on(**{**self.place, "need": ALL})

    @property
    def sen_family(self) -> str:
        """By which question pupils with SEN of this part are compared: the type of need, the year group, or the status."""
        return NEED if self.need != ALL else "SEN status" if self.year_group == ALL else "SEN by year group"

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
        if self.one_of_many:
            return self.own(_on_roll)
        pupils = self.tables["roll"]
        if self.year_group != ALL:
            pupils = pupils[pupils["year_group"].eq(self.year_group)]
        if self.need != ALL:
            pupils = pupils[main_need(pupils).eq(self.need)]
        if self.subject != ALL or self.teaching_group != ALL:
            pupils = pupils[among(pupils["pupil_id"], self._taught()["pupil_id"])]
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
        if self.one_of_many:
            return self.once(name, lambda whole: by_pupil(whole.of_pupils(name))).of(self.pupil)
        if name not in self._here:
            rows = self.tables[name]
            self._here[name] = rows[among(rows["pupil_id"], self.roll["pupil_id"])]
        return self._here[name]

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
        with it; types of need are compared over the whole school only, where they have enough pupils. Of a type of need they are
        the one of its pupils beside all others, and the intersections with it."""
        rows = self.tables["comparisons"]
        rows = rows[rows["measure"].eq(measure)]
        if self.need != ALL:
            rows = rows[rows["by"].str.contains(NEED) & names_part(rows["group"], self.need)]
            return rows if self.year_group == ALL else rows[names_part(rows["group"], f"Year {self.year_group}")]
        if self.year_group == ALL and self.teaching_group == ALL:
            return rows
        classes = self.of_pupils("teaching_groups")["teaching_group"] if self.teaching_group == ALL else [self.teaching_group]
        own_class = rows["by"].isin(["teaching group", "SEN within teaching groups"]) & rows["group"].isin(classes)
        of_years = rows["by"].str.contains("year group")
        own_year = of_years & names_part(rows["group"], f"Year {self.year_group}")
        return rows[own_class | own_year]

    @cached_property
    def comparisons(self) -> DataFrame:
        """Groups compared in the subject looked at, or on average over subjects."""
        return self.compared[self.compared["subject"].eq(self.subject)]

    @cached_property
    def flags(self) -> DataFrame:
        """What is flagged about this part's pupils, those to be looked at first on top."""
        return self.own(_flags)

    @cached_property
    def for_parents(self) -> dict[str, DataFrame]:
        """What the parents of the pupil looked at are handed."""
        return self.once("parents", _parents).of(self.pupil) if self.one_of_many else for_parent(self.tables, self.pupil)

    @cached_property
    def problems(self) -> DataFrame:
        """What is wrong with the files of this term, or with no term's in particular, and asks for something to be done."""
        rows = self.tables["problems"].fillna({"column": "", "value": ""})
        here = rows["file"].str.startswith(self.term) | ~rows["file"].str.contains("/")
        return rows[here & rows["remedy"].ne(NOTHING)]

    @cached_property
    def _needs(self) -> list[str]:
        """The types of need of this audience's pupils, in the order of their names."""
        if not self.has("roll"):
            return []
        found = main_need(self.tables["roll"]).dropna().unique()
        return [code for _, code in sorted(zip(need_names(found), found, strict=True))]

    def choices(self, column: str) -> list[str]:
        """The year groups, subjects or teaching groups this audience can open the papers at, within the part chosen so far."""
        if column == "year_group":
            found: Iterable[str] = self.tables["roll"]["year_group"].dropna().unique() if self.has("roll") else []
            return sorted(found, key=lambda year: (len(year), year))
        if column == "pupil":
            return self.on(**{**self.place, "pupil": ALL}).roll["pupil_id"].tolist() if self.has("roll") else []
        if column == "need":
            return self._needs
        if not self.has("teaching_groups"):
            return []
        if column == "subject":
            return sorted(set(self.tables["progress"]["subject"]) - {ALL})
        taught = self.tables["teaching_groups"]
        taught = taught[taught["subject"].eq(self.subject)]
        in_year = self.tables["roll"].loc[self.tables["roll"]["year_group"].eq(self.year_group), "pupil_id"]
        return sorted(taught.loc[taught["pupil_id"].isin(in_year) | (self.year_group == ALL), "teaching_group"].dropna().unique())


def _on_roll(papers: Papers) -> DataFrame:
    return papers.roll


def _flags(papers: Papers) -> DataFrame:
    rows = papers.of_pupils("flags")
    if papers.subject != ALL:
        rows = rows[rows["subject"].isna() | rows["subject"].eq(papers.subject)]
    return rows.sort_values(["rank", "level", "rule"], kind="stable")


def _parents(whole: Papers) -> Parents:
    # As objects, like all that is read cell by cell.
    return Parents({name: rows.astype("object") if name in OF_PARENTS else rows for name, rows in whole.tables.items()})

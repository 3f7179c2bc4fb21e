"""Which pages a run makes: each notebook for those it is for."""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pandas import DataFrame

from sentrack_lib.cycle.papers.preparing import subjects_of
from sentrack_lib.errors import WrongUse
from sentrack_lib.settings import Parameters, nearest
from sentrack_lib.views.papers import ALL

NOTEBOOKS = Path(__file__).resolve().parents[3] / "notebooks"

MADE_FOR: dict[str, dict[str, list[str]]] = {
    "home": {"inclusion": ["school"]},
    "0_data": {"inclusion": ["school"]},
    "1_self_evaluation": {"inclusion": ["school"], "governors": ["school"]},
    "2_review": {"inclusion": ["school", "year_group"], "department": ["subject", "teaching_group"], "governors": ["school"]},
    "3_plan": {"inclusion": ["school"], "department": ["subject"], "governors": ["school"]},
    "4_implement": {"inclusion": ["school"]},
    "5_monitor": {"inclusion": ["school"], "department": ["subject"], "governors": ["school"]},
    "pupil": {"inclusion": ["pupil"]},
}
"""For each notebook its audiences, and for each of these the parts of the school that get a page of their own in a run."""
FIRST = ("home", "2_review")
"""Where one begins: the first of these that is there for an audience."""


@dataclass(frozen=True)
class Page:
    """One notebook for one audience, opened at one part of the school."""

    notebook: str
    audience: str
    subject: str = ALL
    year_group: str = ALL
    teaching_group: str = ALL
    pupil: str = ALL
    twin: bool = False
    """Whether another page has taken the plain name, as where one subject is written in two ways."""

    @property
    def parameters(self) -> dict[str, str]:
        """What the notebook is given."""
        return {"audience": self.audience, "subject": self.subject, "year_group": self.year_group}

    @property
    def drawn(self) -> bool:
        """Whether it is drawn without a kernel, as the pages of classes and of pupils are: there are hundreds of them."""
        return self.teaching_group != ALL or self.pupil != ALL

    @property
    def name(self) -> str:
        """A file name that is safe everywhere and tells pages apart: `2_review-english`, `2_review-year-9`. It names no pupil."""
        if self.pupil != ALL:
            return f"{self.notebook}-{hashlib.sha256(self.pupil.encode()).hexdigest()[:12]}"
        if self.teaching_group != ALL:
            group = f"{self.subject} {self.teaching_group}"
            return f"{self.notebook}-class-{_slug(group)}-{hashlib.sha256(group.encode()).hexdigest()[:8]}"
        part = f"year {self.year_group}" if self.year_group != ALL else self.subject
        words = part if part != ALL else self.audience
        slug = _slug(words)
        told = slug.replace("-", " ") == words.lower() and not self.twin
        return f"{self.notebook}-{slug}" + ("" if told else f"-{hashlib.sha256(words.encode()).hexdigest()[:8]}")


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:40]


def pages_for(parameters: Parameters, tables: Mapping[str, DataFrame], only: Collection[str] = ()) -> list[Page]:
    """The pages that the parameters ask for; `WrongUse` names a notebook, subject or year group that does not exist."""
    years = sorted(tables["roll"]["year_group"].dropna().unique(), key=lambda year: (len(year), year))
    subjects = _asked("subject", parameters.subjects, subjects_of(tables))
    in_years = _asked("year group", parameters.year_groups, years)
    parts: dict[str, list[dict[str, Any]]] = {
        "school": [{}],
        "subject": [{"subject": each} for each in subjects],
        "year_group": [{"year_group": each} for each in in_years],
        "teaching_group": _classes(tables, subjects) if "teaching_group" in parameters.packs else [],
        "pupil": _pupils(tables, in_years) if "pupil" in parameters.packs else [],
    }
    pages = [
        Page(notebook, audience, **chosen)
        for notebook in _asked("notebook", [Path(name).stem for name in only], list(MADE_FOR))
        for audience, kinds in MADE_FOR[notebook].items()
        if audience in parameters.audiences
        for kind in kinds
        if kind == "school" or kind in parameters.packs
        for chosen in parts[kind]
    ]
    if not pages:
        raise WrongUse("No page is asked for: these notebooks are not made for these audiences.")
    return _told_apart(pages)


def _classes(tables: Mapping[str, DataFrame], subjects: Collection[str]) -> list[dict[str, str]]:
    """The classes of these subjects."""
    taught = tables["teaching_groups"][["subject", "teaching_group"]].dropna().drop_duplicates()
    return taught[taught["subject"].isin(subjects)].sort_values(["subject", "teaching_group"]).to_dict("records")  # type: ignore[return-value]


def _pupils(tables: Mapping[str, DataFrame], years: Collection[str]) -> list[dict[str, str]]:
    """The pupils of these year groups, by name."""
    roll = tables["roll"].sort_values(["surname", "forename", "pupil_id"])
    return [{"pupil": each} for each in roll.loc[roll["year_group"].isin(years), "pupil_id"]]


def _told_apart(pages: list[Page]) -> list[Page]:
    """The pages, those of the whole school first, and no two of one name: the first of twins keeps it."""
    first: dict[str, Page] = {}
    in_order = sorted(pages, key=lambda page: page.subject != ALL)
    return [page if first.setdefault(page.name, page) is page else replace(page, twin=True) for page in in_order]


def _asked(what: str, wanted: Collection[str], there: list[str]) -> list[str]:
    """Those asked for, or all where none is named."""
    for name in wanted:
        if name not in there:
            raise WrongUse(f"There is no {what} {name}.{nearest(name, there)}")
    return [name for name in there if name in wanted] if wanted else there

"""Which pages a run makes: each notebook for those it is for."""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pandas import DataFrame

from sentrack_lib.cycle.preparing import subjects_of
from sentrack_lib.errors import WrongUse
from sentrack_lib.settings import Parameters, nearest
from sentrack_lib.views.papers import ALL

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"

MADE_FOR: dict[str, dict[str, list[str]]] = {
    "home": {"inclusion": ["school"]},
    "0_data": {"inclusion": ["school"]},
    "1_self_evaluation": {"inclusion": ["school"], "governors": ["school"]},
    "2_review": {"inclusion": ["school", "year_group"], "department": ["subject"], "governors": ["school"]},
    "3_plan": {"inclusion": ["school"], "department": ["subject"], "governors": ["school"]},
    "4_implement": {"inclusion": ["school"]},
    "5_monitor": {"inclusion": ["school"], "department": ["subject"], "governors": ["school"]},
    "pupil": {"inclusion": []},
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
    twin: bool = False
    """Whether another page has taken the plain name, as where one subject is written in two ways."""

    @property
    def parameters(self) -> dict[str, str]:
        """What the notebook is given."""
        return {"audience": self.audience, "subject": self.subject, "year_group": self.year_group}

    @property
    def name(self) -> str:
        """A file name that is safe everywhere and tells pages apart: `2_review-english`, `2_review-year-9`."""
        part = f"year {self.year_group}" if self.year_group != ALL else self.subject
        words = part if part != ALL else self.audience
        slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:40]
        told = slug.replace("-", " ") == words.lower() and not self.twin
        return f"{self.notebook}-{slug}" + ("" if told else f"-{hashlib.sha256(words.encode()).hexdigest()[:8]}")


def pages_for(parameters: Parameters, tables: Mapping[str, DataFrame], only: Collection[str] = ()) -> list[Page]:
    """The pages that the parameters ask for; `WrongUse` names a notebook, subject or year group that does not exist."""
    years = sorted(tables["roll"]["year_group"].dropna().unique(), key=lambda year: (len(year), year))
    parts: dict[str, list[dict[str, Any]]] = {
        "school": [{}],
        "subject": [{"subject": each} for each in _asked("subject", parameters.subjects, subjects_of(tables))],
        "year_group": [{"year_group": each} for each in _asked("year group", parameters.year_groups, years)],
    }
    pages = [
        Page(notebook, audience, **chosen)
        for notebook in _asked("notebook", [Path(name).stem for name in only], list(MADE_FOR))
        for audience, kinds in MADE_FOR[notebook].items()
        if audience in parameters.audiences
        for kind in kinds
        for chosen in parts[kind]
    ]
    if not pages:
        raise WrongUse("No page is asked for: these notebooks are not made for these audiences.")
    return _told_apart(pages)


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

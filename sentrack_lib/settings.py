"""What a school sets itself: the parameters of a run and the school's own `school.yml`."""

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from sentrack_lib.errors import WrongUse
from sentrack_lib.terms import Term

Audience = Literal["inclusion", "department", "governors"]
"""For whom pages are made. Parents are the fourth audience of `privacy`: what they are handed is a letter, and no page."""
Pack = Literal["subject", "year_group", "teaching_group", "pupil"]
"""The parts of the school that can have packs of their own; the whole school always has."""
Settings = TypeVar("Settings", bound=BaseModel)


def _term(name: Any) -> str:
    """A term as it is written; a `ValueError` otherwise, so that it is told with all other faults of the file."""
    try:
        return str(Term.named(name))
    except WrongUse as fault:
        raise ValueError(str(fault)) from fault


class Threshold(BaseModel):
    """The school's own values of one flag rule, with the reason for them."""

    model_config = ConfigDict(extra="allow", frozen=True)
    reason: str = ""

    @property
    def values(self) -> dict[str, float]:
        """The numbers set, by the name of the rule's field."""
        return dict(self.model_extra or {})


class Parameters(BaseModel):
    """A run: which school and term, for whom, with which thresholds. Only `school` and `term` are required."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)
    school: Path
    term: str
    out: Path = Path("outputs")
    since: str | None = None
    audiences: tuple[Audience, ...] = ("inclusion", "department", "governors")
    subjects: tuple[str, ...] = ()
    year_groups: tuple[str, ...] = ()
    packs: tuple[Pack, ...] = ("subject", "year_group")
    """Packs of classes and of single pupils are made where they are asked for: hundreds, of which few are read each term."""
    pdf: bool = False
    """Whether packs are printed as PDF too, where there is Chromium; it takes longer than all else."""
    thresholds: dict[str, Threshold] = Field(default_factory=dict)
    records_url: str | None = None
    intersections: tuple[tuple[str, ...], ...] = ()
    seed: int | None = None
    as_of: date | None = None
    """The day up to which costs and sessions are counted; else today, or the nearest day of the term."""
    shared_by: Literal["planned sessions", "places", "attended sessions"] = "planned sessions"
    """How the cost of one adult's hour is shared over a group."""
    budget: dict[str, float] = Field(default_factory=dict)
    """Pounds for the school year, by source of funding."""

    @field_validator("term", "since", mode="before")
    @classmethod
    def _is_a_term(cls, name: Any) -> Any:
        return name if name is None else _term(name)

    @field_validator("audiences", "subjects", "year_groups", "packs", mode="before")
    @classmethod
    def _one_or_many(cls, names: Any) -> Any:
        return (names,) if isinstance(names, str | int) else names

    @model_validator(mode="after")
    def _since_is_earlier(self) -> "Parameters":
        if self.since and Term.named(self.since) >= Term.named(self.term):
            raise ValueError(f"since: {self.since} is not before the term, {self.term}")
        return self

    @classmethod
    def read(cls, file: Path) -> "Parameters":
        """The parameters in a YAML file; `school` and `out` are taken from the file's project root, as absolute paths."""
        parameters = read_settings(cls, Path(file))
        root = project_root(Path(file))
        return parameters.model_copy(update={"school": root / parameters.school, "out": root / parameters.out})

    def but(self, term: str | None = None, out: Path | None = None) -> "Parameters":
        """The same parameters with another term or output folder, where one is given."""
        given = {"term": term and str(Term.named(term)), "out": out and out.resolve()}
        changed = self.model_copy(update={name: value for name, value in given.items() if value})
        if changed.since and Term.named(changed.since) >= Term.named(changed.term):
            raise WrongUse(f"The parameters measure progress since {changed.since}, which is not before {changed.term}.")
        return changed


class Subject(BaseModel):
    """What the school says of one subject."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)
    department: str = ""
    scale: str = ""


class OwnScale(BaseModel):
    """A scale of the school's own: ordered grades, lowest first, with optional points, or a range of numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    grades: tuple[str, ...] = ()
    points: tuple[float, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    a_year: float | None = None
    """Points expected in a year, where the school expects a number."""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, written: Any) -> Any:
        if isinstance(written, list):
            written = {"grades": written}
        if not isinstance(written, dict):
            return written
        grades = written.get("grades")
        if isinstance(grades, dict):
            return {**written, "grades": [str(grade) for grade in grades], "points": list(grades.values())}
        if isinstance(grades, list):
            if not all(isinstance(grade, str | int | float) and not isinstance(grade, bool) for grade in grades):
                raise ValueError(
                    'needs its grades as [Low, Middle, High] or as {Low: 1, Middle: 2, High: 3}; write "Yes" in quotes'
                )
            return {**written, "grades": [str(grade) for grade in grades]}
        return written

    @model_validator(mode="after")
    def _whole(self) -> "OwnScale":
        if not self.grades and (self.lowest is None or self.highest is None):
            raise ValueError("needs its grades, lowest first, or its lowest and highest number")
        if self.points and len(self.points) != len(self.grades):
            raise ValueError("needs as many points as grades")
        if len(set(self.grades)) < len(self.grades):
            raise ValueError("names a grade twice")
        return self


class SchoolSettings(BaseModel):
    """A school's `school.yml`. Only `name` is required."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)
    name: str
    subjects: dict[str, Subject] = Field(default_factory=dict)
    calendar: dict[str, tuple[date, date]] = Field(default_factory=dict)
    scales: dict[str, OwnScale] = Field(default_factory=dict)
    reliability: dict[str, Annotated[float, Field(gt=0, le=1)]] = Field(default_factory=dict)
    collection: dict[str, tuple[date, ...]] = Field(default_factory=dict)
    """When data are collected, such as `assessments: [2025-11-20, 2026-03-12]`; a timetable that everyone can keep to."""
    headings: dict[str, str] = Field(default_factory=dict)
    """Headings of the school's own exports, each with the column it is, such as `Roll number: admission_no`."""

    @field_validator("collection", mode="before")
    @classmethod
    def _one_day_or_many(cls, collection: Any) -> Any:
        if not isinstance(collection, dict):
            return collection
        return {name: days if isinstance(days, list | tuple) else [days] for name, days in collection.items()}

    @field_validator("calendar", mode="before")
    @classmethod
    def _first_and_last_day(cls, calendar: Any) -> Any:
        if not isinstance(calendar, dict):
            return calendar
        return {
            _term(name): (days.get("start"), days.get("end")) if isinstance(days, dict) else days
            for name, days in calendar.items()
        }

    @field_validator("calendar")
    @classmethod
    def _ends_after_it_starts(cls, calendar: dict[str, tuple[date, date]]) -> dict[str, tuple[date, date]]:
        backwards = [name for name, (first, last) in calendar.items() if last <= first]
        if backwards:
            raise ValueError(f"{', '.join(backwards)} ends before it starts")
        return calendar

    @field_validator("subjects", mode="before")
    @classmethod
    def _names_alone(cls, subjects: Any) -> Any:
        """A list of names, or of what is said of each; and a department alone after a name."""
        if isinstance(subjects, list):
            named = [each if isinstance(each, dict) else {"name": each} for each in subjects]
            subjects = {each.get("name"): {key: said for key, said in each.items() if key != "name"} for each in named}
        if not isinstance(subjects, dict):
            return subjects
        return {str(name): {"department": said} if isinstance(said, str) else said or {} for name, said in subjects.items()}

    @classmethod
    def read(cls, folder: Path) -> "SchoolSettings":
        """The settings in the `school.yml` of a school's folder."""
        return read_settings(cls, folder / "school.yml")

    def department(self, subject: str) -> str:
        """The department that teaches a subject; the subject itself where the school does not say."""
        return (self.subjects.get(subject) or Subject()).department or subject


def project_root(file: Path) -> Path:
    """The nearest folder above `file` that holds notebooks or a pyproject.toml; else the file's own folder."""
    above = file.resolve().parents
    return next((folder for folder in above if (folder / "pyproject.toml").exists() or (folder / "notebooks").is_dir()), above[0])


def nearest(word: str, known: Iterable[str]) -> str:
    """` Did you mean X?` for a misspelt word, or the list of known words."""
    names = {name.casefold(): name for name in known}
    close = get_close_matches(str(word).casefold(), names, n=1)
    return f" Did you mean {names[close[0]]}?" if close else f" Known: {', '.join(names.values())}."


def read_settings(kind: type[Settings], file: Path) -> Settings:
    """The settings in a YAML file; `WrongUse` lists everything wrong with it in sentences."""
    written = _yaml(file)
    if not isinstance(written, dict):
        raise WrongUse(f"{file} holds no settings. Write lines such as `name: value`.")
    try:
        return kind.model_validate(written)
    except ValidationError as fault:
        raise WrongUse("\n".join(_said(file, kind, dict(problem)) for problem in fault.errors())) from fault


def _yaml(file: Path) -> Any:
    """What a YAML file holds."""
    try:
        return yaml.safe_load(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as fault:
        raise WrongUse(f"There is no file {file}.") from fault
    except OSError as fault:
        raise WrongUse(f"{file} cannot be opened ({fault.strerror}).") from fault
    except UnicodeDecodeError as fault:
        raise WrongUse(f"{file} is not saved as UTF-8. Save it again as UTF-8.") from fault
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        where = getattr(fault, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        raise WrongUse(f"{file} is not readable as YAML{line}. Check colons, indents and dates.") from fault


def _said(file: Path, kind: type[BaseModel], problem: dict[str, Any]) -> str:
    """One fault of a settings file as a sentence."""
    where = ".".join(map(str, problem["loc"]))
    if problem["type"] == "extra_forbidden":
        parts: dict[str, type[BaseModel]] = {"subjects": Subject, "scales": OwnScale}
        inside = parts.get(str(problem["loc"][0]), kind) if len(problem["loc"]) > 1 else kind
        return f"{file}: there is no setting called {where}.{nearest(str(problem['loc'][-1]), inside.model_fields)}"
    if problem["type"] == "missing":
        return f"{file}: {where} is missing. Add a line `{where}: …`."
    given = f' "{problem["input"]}"' if isinstance(problem["input"], str | int | float) else ""
    about = problem["msg"].removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
    return f"{file}: {where}{'' if about.startswith(given.strip()) else given}{': ' if where else ''}{about}."

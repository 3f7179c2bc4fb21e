"""What lies in a school's folder: its settings, its terms, and whatever else may have been meant for sentrack."""

import os
from collections.abc import Iterator
from pathlib import Path

from pandas import DataFrame

from sentrack_lib.errors import BadInput, WrongUse
from sentrack_lib.settings import SchoolSettings, nearest
from sentrack_lib.sources import schema
from sentrack_lib.sources.problems import FILE_SET_ASIDE, Fault, problem, problems_table
from sentrack_lib.terms import Term

NOT_TERMS = {"originals", "imported", "records", "profiles", "backups"}
NOT_FILES = {"desktop.ini", "thumbs.db"}
OTHER_KINDS = (".xlsx", ".xlsm", ".xls", ".ods", ".tsv", ".txt", ".gz", ".xml")

NOT_A_TERM = Fault("is not a term; nothing in it is read", "Name the folder like 2025-26-autumn.", FILE_SET_ASIDE)
NO_TERMS = Fault(
    "holds no folder of a term",
    "Make one such as 2025-26-autumn with a pupils.csv in it; `sentrack import` does.",
    FILE_SET_ASIDE,
)
NO_PUPILS = Fault("is missing, so nothing of this term can be used", "Add the roll of the term.", FILE_SET_ASIDE)
NOT_HERE = Fault(
    "is a table outside the folder of its term; it is not read", "Put it in a folder such as 2025-26-autumn.", FILE_SET_ASIDE
)


def settings_in(folder: Path) -> SchoolSettings:
    """The school's settings; `BadInput` where the folder is no school's."""
    try:
        inside = {path.name for path in folder.iterdir()}
    except NotADirectoryError as fault:
        raise BadInput(f"{folder} is a file. Name the school's folder, the one that holds school.yml.") from fault
    except FileNotFoundError as fault:
        raise BadInput(f"There is no folder {folder}. Name the school's folder, the one that holds school.yml.") from fault
    except (OSError, ValueError) as fault:
        raise BadInput(f"The folder {folder} cannot be opened ({getattr(fault, 'strerror', None) or fault}).") from fault
    if "school.yml" not in inside:
        raise BadInput(f"{folder} is not a school's folder: it holds no school.yml. {_remedy(folder)}")
    settings = SchoolSettings.read(folder)
    for name in settings.collection:
        if name not in schema.TABLES:
            raise WrongUse(f"{folder / 'school.yml'}: no table is called {name}, under collection.{nearest(name, schema.TABLES)}")
    return settings


def _remedy(folder: Path) -> str:
    if (folder.parent / "school.yml").is_file():
        return f"Name the folder above it, {folder.parent}."
    return "Write one with the line `name: …`, or let `sentrack import` make it."


def terms_in(folder: Path) -> list[Term]:
    """The terms that have a folder, in order."""
    return sorted(Term.named(path.name) for path in _folders(folder) if Term.is_named(path.name))


def unread_in(folder: Path) -> DataFrame:
    """Problems with everything that is not read although it may have been meant to be."""
    return problems_table([*_about_folders(folder), *_about_files(folder)])


def is_own(file: Path, folder: Path) -> bool:
    """Whether a file is one that sentrack keeps in a school's folder, rather than an export that was dropped there."""
    # Not resolved: links that lead in a circle have no end to find.
    here, inside = (Path(os.path.abspath(path)) for path in (folder, file))  # noqa: PTH100
    if not inside.is_relative_to(here):
        return False
    top, *below = inside.relative_to(here).parts
    if not below:
        return top in ("school.yml", "benchmarks.csv")
    tables = {f"{table}.csv" for table in schema.TABLES}
    return top in NOT_TERMS or below[0] in NOT_TERMS or (Term.is_named(top) and below[0] in tables)


def _about_folders(folder: Path) -> Iterator[dict[str, object]]:
    terms = terms_in(folder)
    if not terms:
        yield problem("school.yml", NO_TERMS)
    yield from (problem(path.name, NOT_A_TERM) for path in _folders(folder) if not Term.is_named(path.name))
    yield from (problem(f"{term}/pupils.csv", NO_PUPILS) for term in terms if not (folder / str(term) / "pupils.csv").exists())
    yield from (problem(file.name, NOT_HERE) for file in _files(folder) if file.stem in schema.TABLES)


def _about_files(folder: Path) -> Iterator[dict[str, object]]:
    known = [f"{table}.csv" for table in schema.TABLES]
    for term in terms_in(folder):
        inside = folder / str(term)
        strangers = [*_folders(inside), *(file for file in _files(inside) if file.name not in known)]
        yield from (problem(f"{term}/{path.name}", _unread(path, known)) for path in strangers)
        yield from _about_records(inside / "records", str(term))


def _about_records(folder: Path, term: str) -> Iterator[dict[str, object]]:
    known = [f"{table}.csv" for table in schema.RECORDS]
    strangers = [file for file in _files(folder) if file.name not in known] if folder.is_dir() else []
    yield from (problem(f"{term}/records/{file.name}", _unread(file, known)) for file in strangers)


def _unread(path: Path, known: list[str]) -> Fault:
    if path.suffix.lower() in OTHER_KINDS and path.is_file():
        table = path.name.split(".")[0].lower()
        name = f"{table}.csv" if table in schema.TABLES else "the name of its table, such as assessments.csv"
        return Fault(
            "is not a CSV file; it is not read", f"Save it as {name}, or bring it in with `sentrack import`.", FILE_SET_ASIDE
        )
    return Fault("is not a table sentrack knows; it is not read", nearest(path.name, known).strip(), FILE_SET_ASIDE)


def _folders(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if path.is_dir() and path.name not in NOT_TERMS and not path.name.startswith(".")
    )


def _files(folder: Path) -> list[Path]:
    # Hidden files are a system's own; ~$ marks a workbook that is open in Excel.
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and path.name.lower() not in NOT_FILES and not path.name.startswith((".", "~$"))
    )

"""The register of releases: what governors of a school were handed, a file a release, beside the folders of its terms.

It lies outside any term, since what is published of one term is told again in the next. It holds what was published and no more,
so nothing of any pupil.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.privacy import Released, for_governors
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.files import write_whole

REGISTER = "releases"
DAMAGED = (
    "{file} cannot be read. It says what governors were handed before, and without it nothing more can be handed to them safely: "
    "put its copy back, or choose audiences without governors."
)
STAND = (
    "{count} of governors' figures {stand} as published before: the new {figure} so near that both together could point to a "
    "child. run.json says which."
)


def register_of(parameters: Parameters) -> Path:
    """Where the releases of a school are written down."""
    return parameters.out / parameters.school.name / REGISTER


def released(register: Path) -> Released:
    """Everything that governors were handed up to now."""
    rows: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for file in sorted(register.glob("*.json")):
        try:
            for entry in json.loads(file.read_text(encoding="utf-8"))["rows"]:
                rows.setdefault(tuple(entry["place"]), []).append(dict(entry["row"]))
        except (OSError, ValueError, TypeError, KeyError) as fault:
            raise BadInput(DAMAGED.format(file=file)) from fault
    return Released(rows)


def publish(parameters: Parameters, tables: Mapping[str, DataFrame], run_id: str) -> list[str]:
    """Write down what governors are handed now, before anybody is handed it; returns which figures stand as published before,
    though the data now give others."""
    register = register_of(parameters)
    before = released(register)
    handed = for_governors(tables, before)
    untouched = for_governors(tables) if before.rows else handed
    rows = [{"place": place, "row": row} for place, row in before.new(handed).items()]
    if rows:
        at = datetime.now(UTC)
        about = {"term": parameters.term, "run_id": run_id, "at": at.isoformat(timespec="seconds")}
        name = f"{at:%Y%m%dT%H%M%S%f}-{parameters.term}.json"
        write_whole(json.dumps({**about, "rows": rows}, indent=1, ensure_ascii=False), register / name)
    return [", ".join(part for part in place if part != "None") for place in before.kept(handed, untouched)]


def withdraw(parameters: Parameters, run_id: str) -> None:
    """Take back what a run wrote into the register, where nothing came of it that governors could be handed: else figures that
    nobody has seen would stand in the way of those of the mended data."""
    for file in register_of(parameters).glob("*.json"):
        if json.loads(file.read_text(encoding="utf-8"))["run_id"] == run_id:
            file.unlink()


def said_of(kept: list[str]) -> str:
    """That figures stand as they were, as a sentence; nothing where none does."""
    if not kept:
        return ""
    one = len(kept) == 1
    return STAND.format(count=len(kept), stand="stands" if one else "stand", figure="one is" if one else "ones are")

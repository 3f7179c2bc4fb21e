"""An invented school with a pupil, a subject and a teaching group whose names would run, break a page or become a formula."""

from pathlib import Path

import pandas as pd
import yaml
from pandas import DataFrame

from sentrack_lib.sources.sample import write_sample

TERM = "2025-26-summer"
HOSTILE_PUPIL = "<img src=q onerror=\"document.title='hit'\">"
HOSTILE_SUBJECT = "\"Crafts\" & 'Tools' <b>"
HOSTILE_GROUP = r"$\frac{$"


def write_hostile_school(folder: Path) -> None:
    """Rename a subject, a teaching group, and all pupils of this group."""
    write_sample(folder, 360, 2, 1)
    group = _cells(folder / TERM / "teaching_groups.csv").query("subject == 'English'")["teaching_group"].iloc[0]
    taught = _cells(folder / TERM / "teaching_groups.csv").query("teaching_group == @group")["pupil_id"]
    for file in folder.glob(f"{TERM[:7]}-*/*.csv"):
        cells = _cells(file).replace({"Design and Technology": HOSTILE_SUBJECT, group: HOSTILE_GROUP})
        if file.name == "pupils.csv":
            cells.loc[cells["pupil_id"].isin(taught), "surname"] = HOSTILE_PUPIL
        cells.to_csv(file, index=False)
    settings = yaml.safe_load((folder / "school.yml").read_text(encoding="utf-8"))
    settings["subjects"][HOSTILE_SUBJECT] = settings["subjects"].pop("Design and Technology")
    settings["name"] = "The Invented School"  # a surname is part of the name it had
    (folder / "school.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def _cells(file: Path) -> DataFrame:
    return pd.read_csv(file, dtype="str", keep_default_na=False)

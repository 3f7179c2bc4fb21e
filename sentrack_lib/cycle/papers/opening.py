"""Papers lie in a private folder, cut to an audience, before a page is opened; a page's kernel reads those alone.

In a run and on a dashboard they lie ready. In JupyterLab another process prepares them, so that even there a page's kernel never
holds what its audience may not see.
"""

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pandas as pd
from pandas import DataFrame
from pyarrow import Table, feather

from sentrack_lib.cycle.kernels.this_machine import private_desk
from sentrack_lib.errors import BadInput
from sentrack_lib.privacy import Released, for_audience
from sentrack_lib.settings import nearest
from sentrack_lib.views.papers import ALL, Papers

LAID = ".arrow"
READY = "SENTRACK_PAPERS"
"""Names the folder of prepared papers in the environment of a page's kernel; set by a run or a dashboard, never by a page."""


def lay_out(
    tables: Mapping[str, DataFrame], audience: str, subjects: Collection[str], folder: Path, before: Released | None = None
) -> Path:
    """Write the papers of one audience into a new folder, and return it; those of governors beside what they had `before`."""
    folder.mkdir(parents=True, mode=0o700)
    for name, table in for_audience(tables, audience, subjects, before=before).items():
        lay(table, folder / f"{name}{LAID}")
    (folder / "audience").write_text(audience, encoding="utf-8")
    return folder


def lay(table: DataFrame, file: Path) -> None:
    """Write one table of papers, without its index, as Arrow has it in memory: a page reads twenty, and none is kept."""
    feather.write_feather(Table.from_pandas(table, preserve_index=False), file, compression="uncompressed")


class LaidOut(Mapping[str, DataFrame]):
    """The tables of a folder, each read when it is first asked for: a page opens before it needs most of them."""

    def __init__(self, folder: Path) -> None:
        """All that lies in the folder now."""
        self._files = {file.stem: file for file in sorted(folder.glob(f"*{LAID}"))}
        self._read: dict[str, DataFrame] = {}

    def __getitem__(self, name: str) -> DataFrame:
        if name not in self._read:
            self._read[name] = pd.read_feather(self._files[name])
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def read_papers(folder: Path) -> Papers:
    """The papers that lie in a folder, which must stay as long as they are in use."""
    return Papers((folder / "audience").read_text(encoding="utf-8"), LaidOut(folder))


def open_papers(
    school: str, term: str, audience: str = "inclusion", year_group: str = ALL, subject: str = ALL, teaching_group: str = ALL
) -> Papers:
    """The papers of a term, opened at a part of the school; where a run or dashboard laid papers ready, those alone are read.

    A department of one subject has its papers opened there."""
    ready = os.environ.get(READY)
    papers = read_papers(Path(ready)) if ready else _prepared_apart(school=school, term=term, audience=audience, subject=subject)
    opened = papers
    if papers.audience == "department" and subject == ALL and len(own := papers.choices("subject")) == 1:
        subject = own[0]
    for column, wanted in {"year_group": year_group, "subject": subject, "teaching_group": teaching_group}.items():
        opened = _opened(opened, column, str(wanted))
    return opened


def _opened(papers: Papers, column: str, wanted: str) -> Papers:
    """The papers opened at one more choice, which must be there."""
    choices = papers.choices(column)
    if wanted not in (ALL, "", *choices):
        nothing = " Name its subject too." if column == "teaching_group" and papers.subject == ALL else f' Leave it at "{ALL}".'
        what = column.replace("_", " ")
        raise BadInput(f"These papers have no {what} {wanted}.{nearest(wanted, choices) if choices else nothing}")
    chosen = {"year_group": papers.year_group, "subject": papers.subject, "teaching_group": papers.teaching_group}
    return papers.on(**{**chosen, column: wanted})


def _prepared_apart(**wanted: str) -> Papers:
    """Papers prepared by a process of its own; what it says is for a person, anything else is a fault of ours."""
    with private_desk() as desk:
        command = [sys.executable, "-m", "sentrack_lib.cycle.papers.preparing", json.dumps(wanted), str(desk / "papers")]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"}, check=False)
        if done.returncode and done.stdout:
            raise BadInput(done.stdout.strip())
        if done.returncode:
            raise RuntimeError(f"The papers could not be prepared. {done.stderr.strip()}")
        papers = read_papers(desk / "papers")
        return papers.renewed(dict(papers.tables))  # read now, for the desk is cleared

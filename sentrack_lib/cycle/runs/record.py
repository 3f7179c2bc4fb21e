"""`run.json`: what a run read, what it made, and how each page ended. Its word counts, never the look of an executed notebook."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

from sentrack_lib.cycle.packs.printing import browser
from sentrack_lib.cycle.papers.pages import NOTEBOOKS, Page
from sentrack_lib.cycle.runs.execution import Outcome
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.files import write_whole
from sentrack_lib.sources.imported import IMPORTED
from sentrack_lib.sources.loading import School
from sentrack_lib.views.papers import ALL

INDEX = "index.html"
"""The page of all packs; it is not a page's."""
RUNNING, DONE, FAILED, WAITING = "running", "done", "failed", "waiting"
_LIBRARY = Path(__file__).resolve().parents[2]


@dataclass
class Record:
    """The record of one run, written anew, whole, whenever something is finished."""

    folder: Path
    pages: list[Page]
    written: dict[str, Any]
    before: dict[str, Any] = field(default_factory=dict)
    """How each page of the last run ended, where that run had the same input, parameters and library."""
    prints: bool = field(default_factory=lambda: browser() is not None)
    """Whether packs can be printed here."""

    @classmethod
    def begin(cls, parameters: Parameters, school: School, pages: list[Page]) -> "Record":
        """Start the record of a run, knowing what the run before it left whole."""
        folder = parameters.out / parameters.school.name / parameters.term
        inputs = _inputs(school)
        made_from = _digest(json.dumps([inputs, parameters.model_dump(mode="json"), _code()], sort_keys=True).encode())
        last = _read(folder / "run.json")
        before = last.get("notebooks", []) if last.get("made_from") == made_from else []
        written = {
            "run_id": uuid4().hex,
            "status": RUNNING,
            "started_at": _now(),
            "ended_at": None,
            "version": version("sentrack"),
            "parameters": parameters.model_dump(mode="json"),
            "made_from": made_from,
            "inputs": inputs,
            "notebooks": [{"name": page.name, **asdict(page), "status": WAITING} for page in pages],
        }
        record = cls(folder, pages, written, {entry["name"]: entry for entry in before})
        record._keep_whole_pages()
        record._write()
        return record

    def _keep_whole_pages(self) -> None:
        """Take over what the last run vouched for, pages that this one does not make included."""
        now = {entry["name"]: entry for entry in self.written["notebooks"]}
        whole = {name: entry for name, entry in self.before.items() if self._stands(name)}
        self.written["notebooks"] = list({**now, **whole}.values())

    def _stands(self, name: str) -> bool:
        """Whether the last run made this page and every file of it is still as it was."""
        entry = self.before.get(name, {})
        return entry.get("status") == DONE and all(_digest_of(self.folder / file) == was for file, was in entry["files"].items())

    def is_whole(self, page: Page) -> bool:
        """Whether the page need not be made again."""
        return self._entry(page)["status"] == DONE

    def notebook(self, page: Page) -> Path:
        """Where the executed notebook of a page goes."""
        return self.folder / "notebooks" / f"{page.name}.ipynb"

    def files(self, page: Page) -> list[Path]:
        """All files of a page: its executed notebook, where it was executed, and its pack."""
        printed = ("pdf",) if self.written["parameters"]["pdf"] and self.prints and page.pupil == ALL else ()
        pack = [self.folder / "packs" / f"{page.name}.{kind}" for kind in ("html", "xlsx", *printed)]
        return pack if page.drawn else [self.notebook(page), *pack]

    def is_handed(self, audience: str) -> bool:
        """Whether there is a page for an audience that is whole."""
        return any(entry["audience"] == audience and entry["status"] == DONE for entry in self.written["notebooks"])

    def clear(self) -> None:
        """Take away what no whole page stands for: pages out of date, and what a run that was killed left half written."""
        vouched_for = {self.folder / file for entry in self.written["notebooks"] for file in entry.get("files", ())}
        present = {file for kind in ("notebooks/*", "packs/*", "**/.*") for file in self.folder.glob(kind) if file.is_file()}
        for file in present - vouched_for - {self.folder / "packs" / INDEX}:
            file.unlink(missing_ok=True)

    def note(self, page: Page, outcome: Outcome, at_once: bool = True) -> int:
        """Write down how a page ended, now or with one of the next; returns how many pages have ended."""
        files = (
            {str(file.relative_to(self.folder).as_posix()): _digest_of(file) for file in self.files(page)}
            if outcome.status == DONE
            else {}
        )
        self._entry(page).update(
            status=outcome.status, seconds=round(outcome.seconds, 2), cell=outcome.cell, error=outcome.error, files=files,
            run_id=self.written["run_id"], made_at=_now(),
        )  # fmt: skip
        if at_once:
            self._write()
        return sum(entry["status"] in (DONE, FAILED) for entry in self._made_now)

    def end(self) -> dict[str, str]:
        """Close the record; returns the pages that failed, each with its error."""
        failed = {entry["name"]: _said(entry) for entry in self.written["notebooks"] if entry["status"] != DONE}
        self.written.update(status=FAILED if failed else DONE, ended_at=_now())
        self._write()
        return failed

    def how_made(self) -> dict[str, str]:
        """The run as it is told on its packs."""
        asked = self.written["parameters"]
        own = {
            rule: {name: value for name, value in set_.items() if name != "reason"} for rule, set_ in asked["thresholds"].items()
        }
        rules = [f"{rule}: {', '.join(f'{name} {value:g}' for name, value in values.items())}" for rule, values in own.items()]
        return {
            "Run": str(self.written["run_id"]),
            "Made on": str(self.written["started_at"]),
            "Counted to": str(asked["as_of"]),
            "Data and settings": str(self.written["made_from"])[:12],
            "sentrack": str(self.written["version"]),
            "Thresholds of flags": "; ".join(rules) or "as they come with sentrack",
        }

    def of_run(self) -> dict[str, str]:
        """The run as it is kept among the records."""
        said = {
            "run_id": "run_id",
            "started_at": "started_at",
            "ended_at": "ended_at",
            "status": "status",
            "version": "sentrack_version",
        }
        told = {column: str(self.written[name] or "") for name, column in said.items()}
        return {**told, "as_of": str(self.written["parameters"]["as_of"])}

    def _entry(self, page: Page) -> dict[str, Any]:
        return self._entries[page.name]

    @cached_property
    def _entries(self) -> dict[str, dict[str, Any]]:
        return {entry["name"]: entry for entry in self.written["notebooks"]}

    @cached_property
    def _made_now(self) -> list[dict[str, Any]]:
        """The entries of the pages of this run; others may stand beside them."""
        return [self._entry(page) for page in self.pages]

    def _write(self) -> None:
        write_whole(_worded(self.written), self.folder / "run.json")


def _worded(written: Mapping[str, Any]) -> str:
    """JSON with a line for each thing said, and for each of a list. In one go and indented it is worded in Python alone, which
    takes ten times as long, once a page."""
    return "{\n" + ",\n".join(f"{json.dumps(name)}: {_in_lines(said)}" for name, said in written.items()) + "\n}\n"


def _in_lines(said: Any) -> str:
    if not isinstance(said, list) or not said:
        return json.dumps(said, ensure_ascii=False)
    return "[\n " + ",\n ".join(json.dumps(one, ensure_ascii=False) for one in said) + "\n]"


def _said(entry: dict[str, Any]) -> str:
    cell = f" in cell {entry['cell']}" if entry.get("cell") is not None else ""
    return f"failed{cell}: {entry.get('error') or 'it was not finished'}"


def _inputs(school: School) -> list[dict[str, Any]]:
    """Every file the school was read from, with its hash and rows."""
    counts = school.counts.drop(columns=["term", "table"]).to_dict("records")
    kept = sorted(file.relative_to(school.folder).as_posix() for file in school.folder.glob(f"*/{IMPORTED}/*.csv"))
    alone: list[dict[str, Any]] = [{"file": file, **_hashed(school, file)} for file in ["school.yml", *kept]]
    decided = [{"file": "records", "sha256": _digest(_records(school))}]
    return [*alone, *decided, *({**row, **_hashed(school, row["file"])} for row in counts)]


def _records(school: School) -> bytes:
    """What is recorded, as text; without what runs wrote themselves."""
    tables = [table.to_csv(index=False) for name, table in school.records.items() if name not in ("flags", "runs")]
    return "\n".join(tables).encode()


def _hashed(school: School, file: str) -> dict[str, str | None]:
    return {"sha256": _digest_of(school.folder / file)}


def _code() -> list[str | None]:
    """The hashes of the notebooks and of the library: a page made by other code is out of date."""
    return [
        _digest_of(file)
        for file in sorted(
            [*NOTEBOOKS.glob("*.ipynb"), *_LIBRARY.rglob("*.py"), *_LIBRARY.rglob("*.html"), *_LIBRARY.rglob("*.csv")]
        )
    ]


def _digest_of(file: Path) -> str | None:
    return _digest(file.read_bytes()) if file.is_file() else None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(file: Path) -> dict[str, Any]:
    """The last record; nothing where there is none or it cannot be read."""
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

"""The termly batch: every page for everybody it is for, their packs, the tables, and a record of what was done."""

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from pandas import DataFrame

from sentrack_lib.cycle.kernels.this_machine import private_desk
from sentrack_lib.cycle.kernels.warm_starts import warm_parent
from sentrack_lib.cycle.packs.calendar_file import write_calendar
from sentrack_lib.cycle.packs.printing import MISSING, print_pdf
from sentrack_lib.cycle.packs.writing import cells_of, write_pack
from sentrack_lib.cycle.papers.keeping import freeze, kept_school
from sentrack_lib.cycle.papers.opening import READY, lay_out, read_papers
from sentrack_lib.cycle.papers.pages import FIRST, NOTEBOOKS, Page, pages_for
from sentrack_lib.cycle.papers.preparing import department_subjects, reviewed, subjects_of
from sentrack_lib.cycle.papers.releases import publish, register_of, released, said_of, withdraw
from sentrack_lib.cycle.runs.contents import write_contents
from sentrack_lib.cycle.runs.execution import Outcome
from sentrack_lib.cycle.runs.record import Record
from sentrack_lib.cycle.runs.workers import Job, many, warm_up
from sentrack_lib.errors import RunFailed
from sentrack_lib.privacy import Released
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.coded import in_small_tables
from sentrack_lib.sources.files import write_table
from sentrack_lib.sources.loading import School
from sentrack_lib.views.papers import Papers

TABLES = {
    "progress": ("progress",), "flags": ("flags",), "comparisons": ("comparisons", "rate_comparisons"),
    "within_classes": ("within_classes",), "attainment": ("attainment",), "absences": ("absences",),
    "trends": ("trends",), "trend_changes": ("trend_changes",), "benchmarks": ("benchmarks",),
    "problems": ("problems",), "changes": ("changes",),
    "provision_map": ("provision_map",), "pupil_provision": ("pupil_provision",), "costs_by": ("costs_by",),
    "targets": ("targets",), "entitlements_met": ("entitlements_met",), "adults_week": ("adults_week",), "due": ("due",),
    "impact": ("impact",), "impact_pupils": ("impact_pupils",), "targets_and_progress": ("targets_and_progress",),
    "flags_scored": ("flags_scored",), "flags_followed": ("flags_followed",), "decisions_followed": ("decisions_followed",),
    "agenda": ("agenda",),
    "statements": ("statements",),
}  # fmt: skip
"""The files that a run leaves, each with the tables it holds one under the other."""
STAND = "governors_figures_that_stand"
"""Where the record says which figures of governors stand as they were published."""
AT_ONCE = (os.cpu_count() or 1) + 1
"""Pages at once: while one waits for its kernel, another has its processor."""
BETWEEN = 1.0
"""Seconds of drawing between two writings of the record, which is long; a run that is killed draws again what it drew in them."""
Said = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Report:
    """What a run did: its folder, the pages made now, those whole from before, and those that failed, each with why."""

    folder: Path
    made: int
    kept: int
    failed: Mapping[str, str]
    note: str = ""
    """Why records are not kept, where they are not; and that figures of governors stand as they were published, where they do."""

    @property
    def first(self) -> Path | None:
        """The pack to begin with; none where a run made neither."""
        packs = [self.folder / "packs" / f"{page}-inclusion.html" for page in FIRST]
        return next((pack for pack in packs if pack.exists()), None)


def run(parameters: Parameters, only: Iterable[str] = (), jobs: int = 0, said: Said = lambda done, of, page: None) -> Report:
    """Run the batch of a term; past a page that fails; done again, it makes only what is missing or out of date.

    `said(done, of, page)` is called as pages are finished. What is wrong with the input or the parameters is raised before
    anything is written."""
    with _faults_told(parameters.out), private_desk() as desk, warm_parent():
        warm_up()  # like the warm parent, while the school is read
        school, store, note = kept_school(parameters)
        tables = reviewed(parameters, school)
        counted = parameters.model_copy(update={"as_of": date.fromisoformat(tables["about"]["as_of"].iloc[0])})
        pages, before = pages_for(parameters, tables, list(only)), released(register_of(parameters))
        record = Record.begin(counted, school, pages)
        missing = [page for page in pages if not record.is_whole(page)]
        record.clear()
        made = _Making(parameters, school, tables, record, desk, before)
        executed = [page for page in missing if not page.drawn]
        many(map(made.job, executed), jobs or AT_ONCE, made.finish(said, len(pages)), meanwhile=made.write)
        made.draw([page for page in missing if page.drawn], said, len(pages))
        failed = record.end()
        if not record.is_handed("governors"):
            withdraw(parameters, str(record.written["run_id"]))
        write_contents(record.folder / "packs", record.written["notebooks"], tables)
        if store:
            freeze(store, parameters.term, tables["flags"], record.of_run())
    told = " ".join(filter(None, [note, said_of(record.written[STAND]), MISSING if parameters.pdf and not record.prints else ""]))
    return Report(record.folder, len(missing) - len(failed), len(pages) - len(missing), failed, told)


@dataclass(frozen=True)
class _Making:
    """The pages in the making: their papers on the desk, their results in the record."""

    parameters: Parameters
    school: School
    tables: Mapping[str, DataFrame]
    record: Record
    desk: Path
    before: Released = field(default_factory=Released)
    read: dict[str, Papers] = field(default_factory=dict)
    """The papers of each audience, read once for all packs of theirs."""

    def job(self, page: Page) -> Job:
        """What is to be executed for a page, and in what surroundings."""
        # The school's name, not its path: the papers lie ready, and a path may name who runs this.
        given = {"school": self.parameters.school.name, "term": self.parameters.term, **page.parameters}
        return Job(NOTEBOOKS / f"{page.notebook}.ipynb", given, self.record.notebook(page), {READY: str(self.papers(page))})

    def papers(self, page: Page) -> Path:
        """The folder of the page's papers, laid out when the first page asks for them."""
        whose = self.whose(page)
        if page.audience == "governors":
            self.publish()
        folder = self.desk / hashlib.sha256(whose.encode()).hexdigest()[:16]  # a department may be called anything
        if folder.exists():
            return folder
        subjects = department_subjects(self.school.settings, subjects_of(self.tables), page.subject)
        return lay_out(self.tables, page.audience, subjects, folder, self.before)

    def publish(self) -> None:
        """Write into the register, once, what governors are handed now: no page of theirs is ever there without it."""
        if STAND not in self.record.written:
            governed = any(page.audience == "governors" for page in self.record.pages)
            run_id = str(self.record.written["run_id"])
            self.record.written[STAND] = publish(self.parameters, self.tables, run_id) if governed else []

    def write(self) -> None:
        """What a run leaves beside its pages: the tables of the term as they are known now, the calendar of what is due, and the
        register."""
        for name, parts in TABLES.items():
            write_table(pd.concat([self.tables[part] for part in parts]), self.record.folder / "tables" / f"{name}.csv")
        write_calendar(self.tables["due"], self.record.folder / "calendar.ics", str(self.tables["about"]["school"].iloc[0]))
        self.publish()

    def whose(self, page: Page) -> str:
        """Pages of one audience and department are handed the same papers."""
        return f"{page.audience} {self.school.settings.department(page.subject)}"

    def opened(self, page: Page) -> Papers:
        """The papers that a page is handed."""
        whose = self.whose(page)
        if whose not in self.read:
            self.read[whose] = read_papers(self.papers(page))
        return self.read[whose]

    def finish(self, said: Said, of: int) -> Callable[[Job, Outcome], None]:
        """What is done as each page comes in: its pack is written, its outcome recorded."""
        by_file = {self.record.notebook(page): page for page in self.record.pages}

        def finished(job: Job, outcome: Outcome) -> None:
            page = by_file[job.target]
            said(self.record.note(page, self.packed(page, outcome)), of, page.name)

        return finished

    def draw(self, pages: Iterable[Page], said: Said, of: int) -> None:
        """The packs of classes and of pupils, one after another, the papers of each department read once."""
        opened: dict[str, Papers] = {}
        written = time.monotonic()
        for page in sorted(pages, key=self.whose):
            if self.whose(page) not in opened:
                opened = {self.whose(page): read_papers(self.papers(page)).for_many()}
            began = time.monotonic()
            outcome = self.packed(page, Outcome("done", 0), opened[self.whose(page)])
            ended = time.monotonic()
            at_once = ended - written > BETWEEN
            written = ended if at_once else written
            said(self.record.note(page, replace(outcome, seconds=ended - began), at_once), of, page.name)

    @in_small_tables
    def packed(self, page: Page, outcome: Outcome, opened: Papers | None = None) -> Outcome:
        """The outcome once the pack is written; a page without its pack has failed, and leaves nothing behind."""
        if outcome.status != "done":
            return outcome
        try:
            papers = (opened or self.opened(page)).on(page.year_group, page.subject, page.teaching_group, page.pupil)
            notebook = NOTEBOOKS / f"{page.notebook}.ipynb"
            cells = drawn(notebook, papers) if page.drawn else cells_of(self.record.notebook(page))
            written = write_pack(page.name, cells, papers, self.record.folder / "packs", self.record.how_made())
            if any(file.suffix == ".pdf" for file in self.record.files(page)):
                print_pdf(written[0])
        except Exception as fault:  # whatever it is, the other pages are still of use
            for file in self.record.files(page):
                file.unlink(missing_ok=True)
            return replace(outcome, status="failed", error=f"its pack could not be written: {type(fault).__name__}: {fault}")
        return outcome


def drawn(notebook: Path, papers: Papers) -> list[Any]:
    """The cells of a page that needs no kernel; what draws its figures loads slowly, and most runs have no such page."""
    from sentrack_lib.cycle.packs import drawn as drawing

    return drawing.drawn(notebook, papers)


@contextlib.contextmanager
def _faults_told(out: Path) -> Iterator[None]:
    """A file that cannot be written is told as a sentence: it may be open in another program, or the disk is full."""
    try:
        yield
    except OSError as fault:
        todo = "If it is open in another program, close it; else make room, or choose another folder with --out. Then run again."
        raise RunFailed(f"{fault.filename or out}: {fault.strerror}. {todo}") from fault

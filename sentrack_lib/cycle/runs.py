"""The termly batch: every page for everybody it is for, their packs, the tables, and a record of what was done."""

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd
from pandas import DataFrame

from sentrack_lib.cycle.calendar_file import write_calendar
from sentrack_lib.cycle.contents import write_contents
from sentrack_lib.cycle.drawn import drawn
from sentrack_lib.cycle.execution import Outcome
from sentrack_lib.cycle.keeping import freeze, kept_school
from sentrack_lib.cycle.kernels import warm_parent
from sentrack_lib.cycle.packs import cells_of, write_pack
from sentrack_lib.cycle.pages import FIRST, NOTEBOOKS, Page, pages_for
from sentrack_lib.cycle.papers import READY, lay_out, read_papers
from sentrack_lib.cycle.preparing import department_subjects, reviewed, subjects_of
from sentrack_lib.cycle.printing import MISSING, print_pdf
from sentrack_lib.cycle.record import Record
from sentrack_lib.cycle.releases import publish, register_of, released, said_of
from sentrack_lib.cycle.this_machine import private_desk
from sentrack_lib.cycle.workers import Job, many, warm_up
from sentrack_lib.errors import RunFailed
from sentrack_lib.privacy import Released
from sentrack_lib.settings import Parameters
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
AT_ONCE = 20
"""Packs drawn between two writings of the record: it is long, and a pack takes less time than it does."""
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
        pages = pages_for(parameters, tables, list(only))
        record = Record.begin(counted, school, pages)
        _write_tables(tables, record.folder)
        missing = [page for page in pages if not record.is_whole(page)]
        record.clear()
        before, stand = _released(parameters, tables, record)
        made = _Making(parameters, school, tables, record, desk, before)
        executed = [page for page in missing if not page.drawn]
        many([made.job(page) for page in executed], jobs or os.cpu_count() or 1, made.finish(said, len(pages)))
        made.draw([page for page in missing if page.drawn], said, len(pages))
        failed = record.end()
        write_contents(record.folder / "packs", record.written["notebooks"], tables)
        if store:
            freeze(store, parameters.term, tables["flags"], record.of_run())
    told = " ".join(filter(None, [note, said_of(stand), MISSING if parameters.pdf and not record.prints else ""]))
    return Report(record.folder, len(missing) - len(failed), len(pages) - len(missing), failed, told)


def _released(parameters: Parameters, tables: Mapping[str, DataFrame], record: Record) -> tuple[Released, list[str]]:
    """What governors were handed before, and which of their figures stand as they were; what they are handed now is written into
    the register first, so that no page of theirs is ever there without it."""
    before = released(register_of(parameters))
    governed = any(page.audience == "governors" for page in record.pages)
    stand = publish(parameters, tables, str(record.written["run_id"])) if governed else []
    record.written["governors_figures_that_stand"] = stand
    return before, stand


def _write_tables(tables: Mapping[str, DataFrame], folder: Path) -> None:
    """The tables of the term as they are known now, and the calendar of what is due."""
    for name, parts in TABLES.items():
        write_table(pd.concat([tables[part] for part in parts]), folder / "tables" / f"{name}.csv")
    write_calendar(tables["due"], folder / "calendar.ics", str(tables["about"]["school"].iloc[0]))


@dataclass(frozen=True)
class _Making:
    """The pages in the making: their papers on the desk, their results in the record."""

    parameters: Parameters
    school: School
    tables: Mapping[str, DataFrame]
    record: Record
    desk: Path
    before: Released = field(default_factory=Released)

    def job(self, page: Page) -> Job:
        """What is to be executed for a page, and in what surroundings."""
        # The school's name, not its path: the papers lie ready, and a path may name who runs this.
        given = {"school": self.parameters.school.name, "term": self.parameters.term, **page.parameters}
        return Job(NOTEBOOKS / f"{page.notebook}.ipynb", given, self.record.notebook(page), {READY: str(self.papers(page))})

    def papers(self, page: Page) -> Path:
        """The folder of the page's papers, laid out when the first page asks for them."""
        subjects = department_subjects(self.school.settings, subjects_of(self.tables), page.subject)
        whose = self.whose(page)
        folder = self.desk / hashlib.sha256(whose.encode()).hexdigest()[:16]  # a department may be called anything
        return folder if folder.exists() else lay_out(self.tables, page.audience, subjects, folder, self.before)

    def whose(self, page: Page) -> str:
        """Pages of one audience and department are handed the same papers."""
        return f"{page.audience} {self.school.settings.department(page.subject)}"

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
        in_order = sorted(pages, key=self.whose)
        for number, page in enumerate(in_order, 1):
            if self.whose(page) not in opened:
                opened = {self.whose(page): read_papers(self.papers(page))}
            began = time.monotonic()
            outcome = self.packed(page, Outcome("done", 0), opened[self.whose(page)])
            timed = replace(outcome, seconds=time.monotonic() - began)
            said(self.record.note(page, timed, at_once=number % AT_ONCE == 0), of, page.name)

    def packed(self, page: Page, outcome: Outcome, opened: Papers | None = None) -> Outcome:
        """The outcome once the pack is written; a page without its pack has failed, and leaves nothing behind."""
        if outcome.status != "done":
            return outcome
        try:
            whole = opened or read_papers(self.papers(page))
            papers = whole.on(page.year_group, page.subject, page.teaching_group, page.pupil)
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


@contextlib.contextmanager
def _faults_told(out: Path) -> Iterator[None]:
    """A file that cannot be written is told as a sentence: it may be open in another program, or the disk is full."""
    try:
        yield
    except OSError as fault:
        todo = "If it is open in another program, close it; else make room, or choose another folder with --out. Then run again."
        raise RunFailed(f"{fault.filename or out}: {fault.strerror}. {todo}") from fault

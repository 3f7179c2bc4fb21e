"""`sentrack …`: reads the words of a command, calls the library, and says what was done. No logic of its own."""

import json
import sys
from getpass import getuser
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from sentrack_lib.cycle.kernels.environment import tidy_seldom
from sentrack_lib.errors import SentrackError
from sentrack_lib.views.reading import legible

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Makes sure that pupils with SEN and disabilities progress.",
    rich_markup_mode=None,
)
kept = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="What people decided: out to Excel and in again, copies, trail."
)
app.add_typer(kept, name="records")
Folder = Annotated[Path, typer.Argument(help="The school's folder, the one that holds school.yml.")]

Url = Annotated[str | None, typer.Option("--records-url", help="Another database than records.sqlite in the folder.")]
By = Annotated[
    str, typer.Option(help="Who does it, as it is to stand in the records.", default_factory=getuser, show_default="you")
]


def main() -> None:
    """Run a command; a person's mistake is a sentence and an exit code, never a traceback."""
    tidy_seldom()
    try:
        app(standalone_mode=True)
    except SentrackError as fault:
        _say(fault, sys.stderr)
        sys.exit(fault.exit_code)
    except OSError as fault:
        _say(f"{fault.filename or 'A file'} cannot be read or written: {fault.strerror}.", sys.stderr)
        sys.exit(1)


def _say(words: object, to: TextIO | None = None) -> None:
    """Print what may hold words of a file that somebody sent: without signs that would steer the terminal."""
    print(legible(str(words)), file=to)


@app.command(epilog="Example: sentrack sample data/sample")
def sample(
    folder: Annotated[Path, typer.Argument(help="Where to write it.")],
    pupils: Annotated[int, typer.Option(help="How many pupils.", min=60)] = 600,
    terms: Annotated[int, typer.Option(help="How many terms.", min=1, max=15)] = 6,
    seed: Annotated[int, typer.Option(help="Another number, another school.")] = 1,
) -> None:
    """Write an invented school, with known truths listed in truths.yml."""
    from sentrack_lib.sources.sample import write_sample

    write_sample(folder, pupils, terms, seed)
    print(f"An invented school of {pupils} pupils and {terms} terms is in {folder}; its truths are in {folder / 'truths.yml'}.")


@app.command(
    "import", epilog="Example: sentrack import marks.xlsx --into data/ourschool --term 2025-26-autumn --profile ourmarks"
)
def import_(
    sources: Annotated[list[Path], typer.Argument(help="The exported files.")],
    into: Annotated[Path, typer.Option(help="The school's folder; it is made if it is not there.")],
    profile: Annotated[
        str | None, typer.Option(help="The mapping: a file, or the name of one in parameters/; else guessed.")
    ] = None,
    term: Annotated[
        str | None, typer.Option(help="The term, such as 2025-26-autumn; not needed where the profile says it.")
    ] = None,
    school: Annotated[str | None, typer.Option(help="Which school, where the files hold several.")] = None,
    draft_profile: Annotated[
        Path | None,
        typer.Option(help="Write the mapping that would be used to this file, to be corrected there; import nothing."),
    ] = None,
) -> None:
    """Read exports into the canonical tables of a term, and say what was read, set aside and not understood."""
    from sentrack_lib.sources.imports import import_files, write_draft

    if draft_profile:
        print(write_draft(sources, into, term, draft_profile))
        return
    report = import_files(sources, into, term, profile, school)
    _say(report)
    raise typer.Exit(report.exit_code)


@app.command(epilog="Example: sentrack export data/sample ourschool.zip --oneroster --term 2025-26-summer")
def export(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help="The package to write: a .zip, or a folder.")],
    term: Annotated[str, typer.Option(help="The term, such as 2025-26-autumn.")],
    oneroster: Annotated[bool, typer.Option("--oneroster", help="As a OneRoster package: roster and marks, no SEN.")] = False,
    version: Annotated[str, typer.Option(help="The version of OneRoster: 1.1 or 1.2.")] = "1.1",
) -> None:
    """Write a term of the school in a standard's format, for another system to read."""
    from sentrack_lib.errors import WrongUse
    from sentrack_lib.sources.exports.oneroster import write_package
    from sentrack_lib.sources.loading import load_school
    from sentrack_lib.terms import Term

    if not oneroster:
        raise WrongUse("Say in which format: --oneroster.")
    write_package(load_school(folder), Term.named(term), file, version)
    print(f"{term} is in {file}, as OneRoster {version}: pupils, teaching groups and marks. It names children; keep it safe.")


@app.command(epilog="Example: sentrack check data/sample --term 2025-26-summer")
def check(
    folder: Folder,
    term: Annotated[str | None, typer.Option(help="Only this term.")] = None,
    to_json: Annotated[Path | None, typer.Option("--json", help="Write the problems and counts to this file.")] = None,
) -> None:
    """Say everything that is wrong with a school's files, and what to do."""
    from sentrack_lib.cycle.runs.checks import check_school
    from sentrack_lib.sources.files import write_whole

    report = check_school(folder, term)
    if to_json:
        write_whole(json.dumps(report.as_json(), indent=1, ensure_ascii=False), to_json)
    _say(report)
    raise typer.Exit(report.exit_code)


@app.command(epilog="Example: sentrack run parameters/sample.yml --only 2_review")
def run(
    parameters: Annotated[Path, typer.Argument(help="The parameters file.")],
    term: Annotated[str | None, typer.Option(help="Another term than the file names.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only this notebook; may be given again.")] = None,
    jobs: Annotated[int, typer.Option(help="How many pages at once; 0 means one more than there are processors.", min=0)] = 0,
    out: Annotated[Path | None, typer.Option(help="Another folder for the output.")] = None,
) -> None:
    """Run the termly batch: every page, pack and table. Run again, it makes only what is missing or out of date."""
    from sentrack_lib.cycle.kernels.warm_starts import warm_parent
    from sentrack_lib.errors import RunFailed
    from sentrack_lib.settings import Parameters

    asked = Parameters.read(parameters).but(term=term, out=out)
    with _bar() as bar, warm_parent():
        task = bar.add_task("reading and measuring", total=None)
        # What runs takes seconds to import, as what pages run in does: one processor each.
        from sentrack_lib.cycle.runs.batch import run as run_batch

        report = run_batch(
            asked, only or (), jobs, lambda done, of, page: bar.update(task, completed=done, total=of, description=page)
        )
    print(f"{report.made} pages made, {report.kept} were up to date. Packs, tables and notebooks are in {report.folder}.")
    if report.note:
        print(report.note)
    if report.first:
        print(f"Begin with {report.first}.")
    if report.failed:
        raise RunFailed("\n".join(f"{page} {why}" for page, why in report.failed.items()))


@app.command(epilog="Example: sentrack dashboards parameters/sample.yml --audience inclusion")
def dashboards(
    parameters: Annotated[Path, typer.Argument(help="The parameters file.")] = Path("parameters/sample.yml"),
    port: Annotated[int, typer.Option(help="The port on this machine.", min=1024, max=65535)] = 8866,
    audience: Annotated[str, typer.Option(help="For whom: inclusion, department or governors.")] = "inclusion",
    subject: Annotated[str, typer.Option(help="For a department: one of its subjects.")] = "all",
    behind: Annotated[
        str | None, typer.Option(help="Behind the school's sign-on: the https address people open; see docs/serving.md.")
    ] = None,
) -> None:
    """Serve the pages in a browser, on this machine only, behind a token."""
    from sentrack_lib.cycle.dashboards.serving import serve
    from sentrack_lib.settings import Parameters

    serve(Parameters.read(parameters), port, audience, subject, behind)


@app.command(epilog="Example: sentrack lab")
def lab(
    port: Annotated[int, typer.Option(help="The port on this machine.", min=1024, max=65535)] = 8888,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it in a browser, too.")] = True,
) -> None:
    """Open the notebooks in JupyterLab, on this machine only: run, change, ask questions of one's own."""
    from sentrack_lib.cycle.dashboards.lab import open_lab

    open_lab(port, browser)


@kept.command("export", epilog="Example: sentrack records export data/sample records.xlsx")
def export_records(
    folder: Folder, file: Annotated[Path, typer.Argument(help="The workbook to write.")], url: Url = None
) -> None:  # fmt: skip
    """Write everything that is recorded as an Excel workbook, a sheet a table."""
    from sentrack_lib.records import open_store
    from sentrack_lib.records.workbook import export_workbook
    from sentrack_lib.sources.loading import load_school

    rows = export_workbook(load_school(folder), open_store(folder, url), file)
    print(f"{rows:,} rows are in {file}. It names children; keep it safe. Bring it back with `sentrack records import`.")


@kept.command("import", epilog="Example: sentrack records import data/sample records.xlsx --by 'Ms Example'")
def import_records(
    folder: Folder,
    by: By,
    file: Annotated[Path | None, typer.Argument(help="The filled workbook; else the sheets in the terms' folders.")] = None,
    url: Url = None,
) -> None:
    """Keep what a filled workbook, or the sheets in the terms' folders, say; all of it, or nothing where anything is wrong."""
    from sentrack_lib.records import file_sheets, open_store
    from sentrack_lib.records.workbook import import_workbook
    from sentrack_lib.sources.loading import load_school
    from sentrack_lib.sources.problems import sentences

    school, store = load_school(folder), open_store(folder, url)
    if file:
        saved, problems = import_workbook(school, store, file, by)
        _say("\n".join([*sentences(problems), f"{saved.rows} rows of {file.name} were new or changed, and are kept."]))
    else:
        filed = file_sheets(school, store, by)
        print(f"{filed.rows if filed else 0} rows of the sheets were new, and are kept.")


@kept.command(epilog="Example: sentrack records backup data/sample")
def backup(
    folder: Folder,
    to: Annotated[Path | None, typer.Argument(help="Where to; else into backups/ of the folder.")] = None,
    url: Url = None,
) -> None:
    """Copy the records into one file that is proved to be equal. Keep copies on another device too."""
    from sentrack_lib.records import backup as copy_away
    from sentrack_lib.records import open_store

    print(f"The records are copied to {copy_away(open_store(folder, url), to)}.")


@kept.command(epilog="Example: sentrack records restore data/sample data/sample/backups/….sqlite")
def restore(folder: Folder, file: Annotated[Path, typer.Argument(help="A copy that backup made.")], url: Url = None) -> None:
    """Go back to a copy; the records as they are now are copied first."""
    from sentrack_lib.records import restore as go_back

    before = go_back(file, folder, url)
    print(f"The records are those of {file} again." + (f" As they were just now they are in {before}." if before else ""))


@kept.command(epilog="Example: sentrack records trail data/sample --pupil P123")
def trail(
    folder: Folder,
    table: Annotated[str | None, typer.Option(help="Only this table.")] = None,
    pupil: Annotated[str | None, typer.Option(help="Only this pupil, by pupil_id.")] = None,
    url: Url = None,
) -> None:
    """Print who recorded and changed what and when, oldest first, as CSV."""
    from sentrack_lib.records import open_store

    print(open_store(folder, url).trail(table, pupil).to_csv(index=False), end="")


@kept.command(epilog="Example: sentrack records remove-pupil data/sample P123")
def remove_pupil(
    folder: Folder,
    pupil: Annotated[str, typer.Argument(help="The pupil_id.")],
    by: By,
    backups_too: Annotated[bool, typer.Option("--backups-too", help="Delete copies that hold the pupil, too.")] = False,
    url: Url = None,
) -> None:
    """Remove a pupil from the records for good. There is no way back."""
    from sentrack_lib.records import forget, open_store
    from sentrack_lib.sources.loading import load_school

    roll = load_school(folder).tables["pupils"]
    named = roll.loc[roll["pupil_id"].eq(pupil), ["forename", "surname"]].fillna("").drop_duplicates()
    names = [f"{forename} {surname}".strip() for forename, surname in named.itertuples(index=False)]
    removed = forget(open_store(folder, url), pupil, names, by, backups_too)
    _say("\n".join(removed.sentences()))


@app.command(epilog="Example: sentrack thresholds >> parameters/ourschool.yml")
def thresholds() -> None:
    """Print the standard thresholds of the flags, each with its reason, to be put into a parameters file and changed there."""
    from sentrack_lib.measures.flags import written_thresholds

    print(written_thresholds(), end="")


@app.command(hidden=True)
def dictionary() -> None:
    """Print the data dictionary."""
    from sentrack_lib.sources.schema import dictionary as written

    print(written(), end="")


def _bar() -> Progress:
    """A progress bar with the time left, on standard error so that output stays clean."""
    parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    return Progress(*parts, console=Console(stderr=True), transient=True)

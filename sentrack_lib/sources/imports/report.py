"""What an import did: for each file what it was taken for and what came of its rows, every change and every problem."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import pandas as pd
from pandas import DataFrame

from sentrack_lib.sources.exports.export import COLUMNS, GUESSES, NOT_UNDERSTOOD
from sentrack_lib.sources.imported import CHANGE, summary
from sentrack_lib.sources.problems import all_problems, problems_table, sentences, sets_aside

FILES = ["file", "term", "taken_for", "read", "accepted", "set_aside", "sha256"]
TABLES = ["file", "term", "table", "mapped", "accepted", "set_aside", "added", "changed", "unchanged"]
ROLLS = ["term", "pupils", "since", "joined", "left"]
LISTS = {
    "files": FILES,
    "tables": TABLES,
    "columns": ["file", *COLUMNS],
    "not_understood": ["file", *NOT_UNDERSTOOD],
    "guesses": ["file", "taken_for", *GUESSES],
    "changes": ["file", "term", *CHANGE],
    "rolls": ROLLS,
}


_SHOWN = {
    "file": "file",
    "taken_for": "taken for",
    "read": "rows read",
    "accepted": "accepted",
    "set_aside": "set aside",
    "no_pupil": "no certain pupil",
    "codes": "codes not understood",
}


def _none(name: str) -> DataFrame:
    return DataFrame(columns=LISTS[name])


@dataclass(frozen=True)
class ImportReport:
    """`files`: what each was taken for and its rows, read = accepted + set aside; `tables`: rows mapped = accepted + set aside,
    and of those accepted added, changed, unchanged; `columns`: used, ignored, not mentioned, missing; `not_understood`: codes
    that were kept; `guesses`: where the columns went of what was recognised without a profile; `changes`: cells that were
    otherwise before; `rolls`: pupils of each term brought in, who joined and left since the term before; `problems`."""

    files: DataFrame
    tables: DataFrame
    columns: DataFrame
    not_understood: DataFrame
    guesses: DataFrame
    changes: DataFrame
    rolls: DataFrame
    problems: DataFrame

    @property
    def exit_code(self) -> int:
        """1 where something was set aside, 0 where there is nothing but remarks."""
        return int(sets_aside(self.problems))

    def __str__(self) -> str:
        """A table of the files, then what came of each, and every problem once, as a person reads it."""
        files = [line for row in self.files.to_dict("records") for line in self._about_file(row)]
        rolls = [_about_roll(row) for row in self.rolls.to_dict("records")]
        return "\n".join([*_table(summary(vars(self))), *files, *rolls, *sentences(self.problems)])

    def _about_file(self, row: dict) -> list[str]:  # type: ignore[type-arg]
        """One file: what it was taken for, where its columns went, what became of its tables."""
        own = {name: table[table["file"].eq(row["file"])] for name, table in vars(self).items() if "file" in table}
        tables = [
            f"  {each['term']} {each['table']}: {each['added']:,} new, {each['changed']:,} changed, "
            f"{each['unchanged']:,} as before" + (f", {each['set_aside']:,} set aside" if each["set_aside"] else "") + "."
            for each in own["tables"].to_dict("records")
        ]
        if own["tables"].empty and own["guesses"].empty:
            return []
        return ["", f"{row['file']} was taken for {row['taken_for']}.", *_columns(own["guesses"], own["columns"]), *tables]


def report(problems: Iterable[DataFrame] = (), **lists: DataFrame) -> ImportReport:
    """A report of some lists; those not given are empty."""
    given = {name: lists.get(name, _none(name)).reindex(columns=columns) for name, columns in LISTS.items()}
    return ImportReport(**given, problems=all_problems(problems))


def together(reports: Iterable[ImportReport]) -> ImportReport:
    """Several files' reports as one."""
    every = list(reports)
    if not every:
        return report()
    joined = {}
    for name in [field.name for field in fields(ImportReport)]:
        parts = [table for each in every if len(table := getattr(each, name))]
        joined[name] = pd.concat(parts, ignore_index=True) if parts else getattr(every[0], name)
    return ImportReport(**joined | {"problems": all_problems([joined["problems"], problems_table()])})


def _table(files: DataFrame) -> list[str]:
    """The files with their rows, under each other."""
    shown = files[list(_SHOWN)].rename(columns=_SHOWN)
    texts = shown.map(lambda cell: f"{cell:,}" if isinstance(cell, int) else str(cell))
    width = {name: max(map(len, [name, *texts[name]])) for name in texts}
    lines = [dict(zip(texts, texts, strict=True)), *texts.to_dict("records")] if len(files) else []
    return ["  ".join(_placed(line[name], width[name], str(name)) for name in texts).rstrip() for line in lines]


def _placed(text: str, width: int, name: str) -> str:
    return text.ljust(width) if name in ("file", "taken for") else text.rjust(width)


def _columns(guesses: DataFrame, columns: DataFrame) -> list[str]:
    """Where the columns of a recognised file went, and those that were not used."""
    if guesses.empty:
        return []
    used = guesses[guesses["table"].ne("")]
    width = int(used["heading"].str.len().max()) if len(used) else 0
    unused = columns.loc[columns["use"].isin(["ignored", "not mentioned"]), "column"].head(30)
    return [
        *(f"  {heading:{width}}  ->  {table}: {to}" for heading, table, to in used[["heading", "table", "goes_to"]].to_numpy()),
        *([f"  not used: {', '.join(unused)}"] if len(unused) else []),
    ]


def _about_roll(row: dict) -> str:  # type: ignore[type-arg]
    """How many pupils a term's roll names now, and who came and went."""
    moved = f" Since {row['since']} {row['joined']:,} joined and {row['left']:,} left." if row["since"] else ""
    return f"The roll of {row['term']} names {row['pupils']:,} pupils.{moved}"

"""Cells that a spreadsheet or a browser would run, that show other than they are, or that do not end."""

from collections.abc import Callable

from faults.clean import Clean, csv_of, with_cell
from faults.fault import FaultyFile, Must, whole

FORMULAS = {
    "equals": '=HYPERLINK("http://an.invalid/","Zoé")',
    "command": "=cmd|' /C calc'!A0",
    "plus": "+1+cmd",
    "minus": "-2+3+cmd",
    "at": "@SUM(1+1)",
    "full_width": "＝1＋1",
    "full_width_at": "＠SUM(A1)",
    "apostrophe": "'=1+1",
    "two_apostrophes": "''=1+1",
}
"""Names that a spreadsheet would run; a name that begins with an apostrophe and such a sign is read without it."""

SCRIPTS = {"image": "<img src=q onerror=alert(1)>", "script": "</script><script>alert(1)</script>", "braces": "{{7*7}}${7*7}"}


def _surname(value: str) -> Callable[[Clean], bytes]:
    return lambda clean: csv_of(with_cell(clean.roll, "Legal Surname", value))


FAULTS = [
    *(
        FaultyFile(f"formula_{name}.csv", f"A pupil called {text}.", _surname(text), whole(surname=text[text.startswith("'") :]))
        for name, text in FORMULAS.items()
    ),
    FaultyFile("formula_tab.csv", "A tab and a formula as a name.", _surname("\t=1+1"), whole(surname="=1+1")),
    FaultyFile("formula_return.csv", "A return and a formula as a name.", _surname("\r=1+1"), whole(surname="=1+1")),
    FaultyFile("formula_within.csv", "A formula behind a return.", _surname("A\r=1+1"), whole(surname="A\r=1+1")),
    *(
        FaultyFile(f"{name}.csv", f"A pupil called {text}.", _surname(text), whole(surname=text))
        for name, text in SCRIPTS.items()
    ),
    FaultyFile(
        "right_to_left.csv", "A sign that turns the reading round.", _surname("No\u202exe.lv"), whole(surname="No\u202exe.lv")
    ),
    FaultyFile("no_width.csv", "Signs without width.", _surname("No\u200bel\u2060"), whole(surname="Noel")),
    FaultyFile("long_cell.csv", "A name of 100,000 letters.", _surname("x" * 100_000), whole(surname="x" * 100_000)),
    FaultyFile("many_lines.csv", "A name of 10,000 lines.", _surname("x\n" * 10_000 + "y"), whole(surname="x\n" * 10_000 + "y")),
    FaultyFile("escape.csv", "A sign that steers a terminal.", _surname("\x1b[31mNoel"), whole(surname="\x1b[31mNoel")),
    FaultyFile(
        "half_a_pair.csv",
        "Half of an emoji, as no encoding allows.",
        lambda clean: csv_of(clean.roll).replace("Zoé".encode(), b"Zo\xed\xa0\xbd"),
        Must("is saved as Windows-1252", first={"forename": "Zoí\u00a0½"}, everybody={"surname": "*", "forename": "*"}),
    ),
]

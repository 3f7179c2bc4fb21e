"""Whatever happens to a school's files, loading ends in a School or in a sentence, and every row is counted."""

import csv
import io
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentrack_lib.errors import BadInput, WrongUse
from sentrack_lib.sources import schema
from sentrack_lib.sources.checking import PUPIL_CONTRADICTS
from sentrack_lib.sources.loading import School, load_school
from sentrack_lib.sources.problems import FILE_SET_ASIDE, KEPT
from sentrack_lib.sources.roll import HAS_LEFT, IS_TO_COME
from sentrack_lib.sources.sample import write_sample

TERM = "2025-26-summer"
TABLES = ["pupils", "assessments", "attendance", "behaviour", "views", "adults"]  # one of each kind
JUNK = [
    b"", b"\0", b"\xff\xfe", b"\xc3", b'"', b"'=", b",", b";;;", b"\t", b"\r", b"\n", b"\r\n\r\n",
    "٣🙂ẞ".encode(), b"inf", b"2025-99-99", b"-" * 50,
]  # fmt: skip
ENCODINGS = ["utf-8-sig", "cp1252", "utf-16", "utf-16-be", "utf-7", "cp037"]
Damage = Callable[[bytes, random.Random], bytes]


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A very small school of one term; each example leaves it as it was."""
    folder = tmp_path_factory.mktemp("damaged") / "school"
    write_sample(folder, pupils=20, terms=1)
    for table in set(schema.TABLES) - set(TABLES):
        (folder / TERM / f"{table}.csv").unlink()
    return folder


def flip(content: bytes, chance: random.Random) -> bytes:
    """Some bytes become others."""
    flipped = bytearray(content)
    for _ in range(chance.choice([1, 5, 50])):
        flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    return bytes(flipped)


def cut(content: bytes, chance: random.Random) -> bytes:
    """The file ends too early, or its beginning is lost."""
    place = chance.randrange(len(content))
    return content[:place] if chance.random() < 0.7 else content[place:]


def insert(content: bytes, chance: random.Random) -> bytes:
    """Something that does not belong there stands in between."""
    place = chance.randrange(len(content))
    return content[:place] + chance.choice(JUNK) * chance.choice([1, 3]) + content[place:]


def repeat_lines(content: bytes, chance: random.Random) -> bytes:
    """Some lines are there again, elsewhere; even the headings."""
    lines = content.splitlines(keepends=True)
    again = chance.choices(lines, k=chance.choice([1, 4, len(lines)]))
    kept = [*lines, *again]
    return b"".join([*kept[:1], *chance.sample(kept[1:], len(kept) - 1)])


def rewritten(change: Callable[[list[list[str]], random.Random], list[list[str]]]) -> Damage:
    """Damage to the cells of a table."""

    def damage(content: bytes, chance: random.Random) -> bytes:
        rows = change(list(csv.reader(io.StringIO(content.decode()))), chance)
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=chance.choice(",,,;\t|"), lineterminator=chance.choice(["\n", "\r\n", "\r"])).writerows(rows)
        return out.getvalue().encode()

    return damage


def swap_columns(rows: list[list[str]], chance: random.Random) -> list[list[str]]:
    """Headings stand above other columns than they should."""
    return [chance.sample(rows[0], len(rows[0])), *rows[1:]]


def drop_column(rows: list[list[str]], chance: random.Random) -> list[list[str]]:
    """A column is missing, or is there twice."""
    place = chance.randrange(len(rows[0]))
    times = chance.choice([0, 0, 2])
    return [row[:place] + row[place : place + 1] * times + row[place + 1 :] for row in rows]


def spoil_cells(rows: list[list[str]], chance: random.Random) -> list[list[str]]:
    """Cells hold what they should not, or what another cell should hold."""
    spoilt = [list(row) for row in rows]
    for _ in range(chance.choice([1, 10, 200])):
        row = chance.choice(spoilt[1:])
        other, junk = chance.choice(chance.choice(rows)), chance.choice(JUNK).decode("latin-1")
        row[chance.randrange(len(row))] = chance.choice([other, junk, ""])
    return spoilt


def titles_above(rows: list[list[str]], chance: random.Random) -> list[list[str]]:
    """A title, blank rows and a total, as spreadsheets have them."""
    return [["Invented School"], [""] * len(rows[0]), *rows, [], ["Total", str(len(rows))]]


def encode_otherwise(content: bytes, chance: random.Random) -> bytes:
    """Saved in another encoding, or in two of them."""
    half = len(content) // 2 if chance.random() < 0.3 else 0
    return content[:half] + content[half:].decode(errors="replace").encode(chance.choice(ENCODINGS), errors="replace")


def put_out(content: bytes, chance: random.Random) -> bytes:
    """Nothing is left, or only noise."""
    return chance.choice([b"", b"\n\n", chance.randbytes(200), b"PK\x03\x04" + chance.randbytes(50), b"\x1f\x8b" + content])


DAMAGES: list[Damage] = [
    flip, cut, insert, repeat_lines, encode_otherwise, put_out,
    *map(rewritten, [swap_columns, drop_column, spoil_cells, titles_above]),
]  # fmt: skip
harm = st.tuples(st.sampled_from(TABLES), st.sampled_from(range(len(DAMAGES))), st.integers(0, 2**32))


def damaged(folder: Path, harms: list[tuple[str, int, int]]) -> dict[Path, bytes]:
    """Damage files of the term; returns what they were."""
    before: dict[Path, bytes] = {}
    for table, damage, seed in harms:
        file = folder / TERM / f"{table}.csv"
        before.setdefault(file, file.read_bytes())
        try:
            file.write_bytes(DAMAGES[damage](file.read_bytes(), random.Random(seed)))
        except (UnicodeDecodeError, IndexError, ValueError, csv.Error):
            continue  # the file is past this kind of damage
    return before


def expected(school: School, table: str, accepted: int) -> int:
    """The rows of a typed table: those accepted; of pupils less those away, and one for each whose rows contradict."""
    refused = school.problems.loc[school.problems["effect"].eq(FILE_SET_ASIDE), "file"]
    if table != "pupils" or f"{TERM}/pupils.csv" in set(refused):
        return accepted
    kinds = Counter(school.problems["problem"])
    torn = school.problems[school.problems["remedy"].eq(PUPIL_CONTRADICTS.remedy)]["value"].nunique()
    return accepted + torn - kinds[HAS_LEFT.problem] - kinds[IS_TO_COME.problem]


def check(school: School) -> None:
    """Every row read is accepted or set aside, and every table holds what was accepted."""
    counts = school.counts
    assert counts["read"].eq(counts["accepted"] + counts["set_aside"]).all()
    assert counts.select_dtypes("number").ge(0).all(axis=None)
    for row in counts.itertuples():
        assert len({**school.tables, **school.records}[row.table]) == expected(school, row.table, row.accepted), row.table
    aside = school.problems[school.problems["effect"].ne(KEPT)]
    assert set(counts.loc[counts["set_aside"].gt(0), "file"]) <= set(aside["file"])
    assert set(school.problems.loc[school.problems["effect"].eq(FILE_SET_ASIDE), "row"].dropna()) == set()
    assert school.problems[["file", "problem", "remedy", "effect"]].notna().all(axis=None)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(harm, min_size=1, max_size=3))
def test_damaged_files_are_loaded_or_refused_and_every_row_is_counted(school: Path, harms: list[tuple[str, int, int]]) -> None:
    before = damaged(school, harms)
    try:
        check(load_school(school))
    finally:
        for file, content in before.items():
            file.write_bytes(content)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.sampled_from([flip, cut, insert, encode_otherwise, put_out]))
def test_a_damaged_school_yml_is_read_or_refused_in_a_sentence(tmp_path: Path, seed: int, damage: Damage) -> None:
    file = tmp_path / "school.yml"
    whole = b"name: A\ncalendar: {2025-26-autumn: [2025-09-01, 2025-12-12]}\nscales: {own: [a, b]}\nsubjects: {Art: }\n"
    file.write_bytes(damage(whole, random.Random(seed)))
    try:
        load_school(tmp_path)
    except (BadInput, WrongUse) as refusal:
        assert str(refusal).endswith((".", "?")) and "school.yml" in str(refusal)

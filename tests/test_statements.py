"""The statements and questions of the self-evaluation: all there, short, and in words of our own."""

import re
from pathlib import Path

import pytest

from sentrack_lib.sources.record_tables import RECORDS
from sentrack_lib.sources.statements import AREA, REFLECTION, prompts, sections, statements

HEADS = {
    "Senior leaders": (1, 3), "Governors": (4, 6), "Data": (7, 12), "Resources": (13, 15), "Additional adults": (16, 25),
    "Policy and practice": (26, 32), "Ethos and inclusion": (33, 40), "Teaching and learning": (41, 48),
    "Support of pupils": (49, 55), "Moving up to this school": (56, 58), "Parents and partners": (59, 65),
}  # fmt: skip
ALIKE = 6
"""So many words in a row that also stand in the guidance would be a copy of it."""


def in_words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", re.sub("[\u2019']", "", text.lower()))


def runs(text: str) -> set[tuple[str, ...]]:
    words = in_words(text)
    return {tuple(words[at : at + ALIKE]) for at in range(len(words) - ALIKE + 1)}


def test_there_are_the_statements_of_the_guidance_each_once_and_in_order():
    assert statements()["statement"].tolist() == list(range(1, 66))


def test_each_statement_stands_in_its_section():
    held = statements().groupby("section", sort=False)["statement"].agg(["min", "max"])
    assert {name: (low, high) for name, low, high in held.itertuples()} == HEADS
    assert sections() == list(HEADS)


def test_a_statement_is_one_short_sentence_and_no_two_are_alike():
    words = statements()["words"]
    assert words.str.fullmatch(r"[A-Z][^.]+\.").all()
    assert words.map(lambda text: len(text.split())).max() <= 15
    assert words.is_unique


def test_every_area_of_the_school_has_questions_and_every_question_is_one():
    areas = prompts(AREA)
    assert set(areas["place"]) == set(RECORDS["school_areas"].columns["area"].metadata["usual"])
    assert areas["words"].is_unique
    for kind in (AREA, REFLECTION):
        assert prompts(kind)["words"].str.fullmatch(r"[A-Z].+\?").all()
        assert set(prompts(kind)["step"]) <= {"review", "plan", "implement", "monitor"}


def test_the_list_is_not_changed_by_who_reads_it():
    mine = statements()
    mine["words"] = "changed"
    assert not statements()["words"].eq("changed").any()


@pytest.mark.parametrize(
    "read", [lambda: statements()["words"], lambda: prompts(AREA)["words"], lambda: prompts(REFLECTION)["words"]]
)
def test_words_are_our_own_and_no_copy_of_the_guidance(shared: Path, read):
    (file,) = (shared / "guidance").glob("effective-leadership-*.md")
    theirs = runs(file.read_text(encoding="utf-8"))
    assert len(theirs) > 5000
    assert not [text for text in read() if runs(text) & theirs]

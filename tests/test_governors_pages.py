"""What governors read on their pages, in sentences, tables, figures and the alternative texts of figures, counts nobody singly.

The pages are made of the tables that pass the gate, which are attacked elsewhere, and of nothing else; here they are read as a
governor would, for counts of pupils that are not rounded.
"""

import re

import pytest
from test_packs import Read, pictures_in

from sentrack_lib.cycle.packs.drawn import drawn
from sentrack_lib.cycle.packs.writing import page_of
from sentrack_lib.cycle.papers.keeping import with_records
from sentrack_lib.cycle.papers.pages import MADE_FOR, NOTEBOOKS
from sentrack_lib.cycle.papers.preparing import reviewed
from sentrack_lib.privacy import for_governors
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.sample import write_sample
from sentrack_lib.views.papers import Papers

PAGES = [name for name, whom in MADE_FOR.items() if "governors" in whom]
NUMBER = r"(?<![\d.,])(\d[\d,]*)\b(?!,?\d)"
PUPILS = rf"{NUMBER}(?: of {NUMBER})? (?:pupils?|boys|girls|children|with SEN|without SEN)\b"
OF_A_WHOLE = rf"{NUMBER} of {NUMBER}(?! (?:themes|comparisons|things|statements|provisions)\b)"
IN_A_FIGURE = r"\((\d+)\)"
COUNTED = {"1_self_evaluation": re.compile(PUPILS)}
"""On this page statements are counted, which are public."""
ALL_COUNTED = re.compile("|".join((PUPILS, OF_A_WHOLE, IN_A_FIGURE)))


@pytest.fixture(scope="module")
def papers(tmp_path_factory) -> Papers:
    """The governors' papers of a school in which all is told that can be."""
    folder = tmp_path_factory.mktemp("governed") / "school"
    write_sample(folder, 340, 3)
    asked = Parameters(school=folder, term="2025-26-summer")
    return Papers("governors", for_governors(reviewed(asked, with_records(asked))))


def read_on(page: str) -> list[str]:
    """All that can be read on a page: its words, the alternative texts of its figures, and the words in these."""
    read = Read(re.sub("<style>.*?</style>", "", page, flags=re.DOTALL))
    drawings = [picture.decode() for picture in pictures_in(page.encode())]
    words = ["  ".join(re.findall("<text[^>]*>([^<]*)</text>", drawing)) for drawing in drawings]
    return [read.text, *(image["alt"] or "" for image in read.all("img")), *words]


def unrounded(texts: list[str], counted: re.Pattern[str]) -> tuple[int, list[str]]:
    """How many counts there are, and those that are not rounded to five, in their sentences."""
    found = [(text, match) for text in texts for match in counted.finditer(text)]
    odd = [
        text[max(0, match.start() - 40) : match.end() + 40]
        for text, match in found
        if any(int(each.replace(",", "")) % 5 for each in match.groups() if each)
    ]
    return len(found), odd


@pytest.mark.parametrize("name", PAGES)
def test_no_sentence_figure_or_alternative_text_counts_fewer_than_eight_or_to_the_child(papers, name):
    page = page_of(drawn(NOTEBOOKS / f"{name}.ipynb", papers), papers.title, "governors")
    many, odd = unrounded(read_on(page), COUNTED.get(name, ALL_COUNTED))
    assert not odd
    assert many > 20 or name != "2_review"


def test_a_count_that_is_not_rounded_would_be_found_wherever_it_stands():
    for text in ("Of 41 pupils with SEN", "12 of 55", "about 3 pupils", "Year 8 (11)", "1,203 pupils", "none of 7 pupils"):
        assert unrounded(["", text], ALL_COUNTED)[1] == [text]
    assert unrounded(["10 of 55 (18 in 100)", "Year 8 (10)", "about 40 pupils", "4 of 20 comparisons"], ALL_COUNTED) == (3, [])

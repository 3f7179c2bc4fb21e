"""How sheets of provision write answers and amounts: `Wave 2`, `C&I`, `45 mins`, `£1,250`. Each cell as sentrack writes it, for a
`recode`; what is not understood is in none of these, so it stays as it is and is told."""

import re
from collections.abc import Callable, Iterable, Iterator

from pandas import DataFrame, Series

from sentrack_lib.sources.exports.aliases import answers
from sentrack_lib.sources.exports.shapes.shape import Written
from sentrack_lib.sources.files.headings import normalised

_MINUTES = re.compile(r"(\d+)\s*(?:m|mins?|minutes?)?\.?")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::00)?")
_HOURS = re.compile(r"(\d+(?:\.\d+)?)\s*(?:h|hrs?|hours?)\.?(?:\s*(?:and\s*)?(\d+)\s*(?:m|mins?|minutes?)?\.?)?")
_POUNDS = re.compile(r"(?:£|gbp)?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_AN_HOUR = re.compile(r"\s*(?:/|per|an|p/?)\s*h(?:r|our)?$")
_COUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(?:sessions?|pupils?|students?|weeks?|x)?")


def from_coded(cells: Series, heading: str, column: str) -> Written:
    """A column whose answers stand in `codes/answers.csv`; all its words are listed, so that any other is told."""
    words = dict.fromkeys(answers(column).values())
    return {"from": heading, "recode": {word: word for word in words} | meant(cells, column)}


def from_words(cells: Series, heading: str, reading: Callable[[str], str], words: Iterable[str]) -> Written:
    """The same for a column of few words that are read otherwise."""
    read = {text: word for text in _different(cells) if (word := reading(text))}
    return {"from": heading, "recode": {word: word for word in words} | read}


def meant(cells: Series, column: str) -> dict[str, str]:
    """What those cells mean that are answers of a column, also where a name follows, as `Wave 2 - targeted`."""
    known = {_plain(written): meaning for written, meaning in answers(column).items()}
    found = {text: [known[part] for part in map(_plain, _parts(text)) if part in known] for text in _different(cells)}
    # Of "Wave 1 (targeted)" neither is believed: its parts do not agree.
    return {text: meanings[0] for text, meanings in found.items() if len(set(meanings)) == 1}


def is_answer(cells: Series, column: str) -> Series:
    """Whether each cell is an answer of a column."""
    return cells.isin(list(meant(cells, column)))


def from_amounts(cells: Series, heading: str, reading: Callable[[str], str]) -> Written:
    """A column of amounts; nothing is listed where each already is a plain number."""
    read = {text: number for text in _different(cells) if (number := reading(text.casefold()))}
    return {"from": heading, **({"recode": read} if any(text != number for text, number in read.items()) else {})}


def minutes(text: str) -> str:
    """`45 mins`, `0:45` and `1 hr` as minutes; blank where it is no length of time."""
    if said := answers("minutes").get(text):
        return said
    if found := _MINUTES.fullmatch(text):
        return str(int(found[1]))
    if found := _CLOCK.fullmatch(text):
        return str(int(found[1]) * 60 + int(found[2]))
    found = _HOURS.fullmatch(text)
    return f"{float(found[1]) * 60 + int(found[2] or 0):.10g}" if found else ""


def hours(text: str) -> str:
    """`1.5`, `1.5 hrs` and `90 mins` as 1.5 hours; blank where it is no length of time."""
    if count(text) == text:
        return text
    return f"{float(minutes(text)) / 60:.4g}" if minutes(text) else ""


def pounds(text: str) -> str:
    """`£1,250.50` as 1250.50; blank where it is no sum of money."""
    found = _POUNDS.fullmatch(text)
    return found[1].replace(",", "") + (found[2] or "") if found else ""


def pounds_an_hour(text: str) -> str:
    """`£14.20 per hour` as 14.20; blank where it is no sum of money."""
    return pounds(_AN_HOUR.sub("", text))


def count(text: str) -> str:
    """`12 sessions` as 12; blank where it is no number."""
    found = _COUNT.fullmatch(text)
    return found[1] if found else ""


def group_size(text: str) -> str:
    """The same for pupils in a group, where `1:1` is a single one; `1:4` may be read both ways, and is not."""
    return answers("group_size").get(text) or count(text)


def of_two(cells: DataFrame, heading: str, together: Callable[[str, str], str]) -> Written:
    """A column from one heading, except where what stands in two columns says more `together`: pair by pair."""
    pairs = [pair for pair in cells.drop_duplicates().to_numpy().tolist() if "{" not in "".join(pair)]
    said = [(dict(zip(map(str, cells), map("is {}".format, pair), strict=True)), together(*pair)) for pair in pairs]
    return {"from": heading, "instead": [{"write": written, "where": where} for where, written in said if written]}


def _different(cells: Series) -> Iterator[str]:
    # A brace would be taken for a word of the profile.
    return (text for text in map(str, cells.unique()) if text and "{" not in text)


def _parts(written: str) -> Iterable[str]:
    """The whole, if that is an answer; else what stands before and after a dash, colon or bracket."""
    yield written
    if len(pieces := re.split(r"\s[-–—]\s|:\s|[()]", written)) > 1:
        yield from pieces


def _plain(written: str) -> str:
    """Letters and figures alone; signs alone, as ticks and strokes, stay, and so do those between figures: `1:1` is not 11."""
    bare = normalised(written)
    return written.strip() if bare.isdecimal() or not bare else bare

"""Whether a text that somebody wrote names a pupil."""

from pandas import DataFrame, Series

FEWEST_LETTERS = 6
"""An id of fewer letters may be any number in a text, such as a mark."""
IDS = ("pupil_id", "upn", "admission_no", "mis_id")


class Names:
    """What the pupils of a roll may be called in a text: both orders of their names, and their ids; in small letters."""

    def __init__(self, roll: DataFrame) -> None:
        """`of` holds the names of each pupil."""
        ids = [roll[column].astype("str") for column in IDS if column in roll]
        called = roll.reindex(columns=["forename", "surname"]).astype("str")
        self.of: dict[str, set[str]] = {}
        for pupil_id, one, other, *numbers in zip(ids[0], called["forename"], called["surname"], *ids, strict=True):
            self.of.setdefault(pupil_id, set()).update(_names(one, other, numbers))
        everybody = set().union(*self.of.values())
        self._letters = min(map(len, everybody), default=0)
        self._begun: dict[str, set[str]] = {}
        for name in everybody:
            self._begun.setdefault(name[: self._letters], set()).add(name)
        self._found: dict[str, set[str]] = {}

    def named(self, texts: Series) -> Series:
        """Which of these texts name a pupil."""
        return texts.map(lambda text: bool(self._in(text))).astype("bool")

    def others_in(self, text: object, pupil_id: str) -> bool:
        """Whether a text names another child, by a name that is not this one's too."""
        return not self._in(text) <= self.of[pupil_id]

    def _in(self, text: object) -> set[str]:
        """Every name in a text, found by its first letters: to look for each name in turn takes twenty times as long."""
        if not isinstance(text, str):
            return set()
        if text not in self._found:
            written = text.casefold()
            begun = ((at, self._begun.get(written[at : at + self._letters], ())) for at in range(len(written)))
            self._found[text] = {name for at, names in begun for name in names if written.startswith(name, at)}
        return self._found[text]


def _names(one: object, other: object, numbers: list[object]) -> set[str]:
    """What one pupil may be called, as far as it is known."""
    called = isinstance(one, str) and isinstance(other, str)
    people = [f"{one} {other}", f"{other}, {one}", f"{other} {one}"] if called else []
    long = [each for each in numbers if isinstance(each, str) and len(each) >= FEWEST_LETTERS]
    return {name.casefold() for name in [*people, *long]}

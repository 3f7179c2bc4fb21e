"""Unique pupil numbers: whether one is written as it should be, temporary numbers included."""

import re

_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_WRITTEN = re.compile(f"[{_LETTERS}][0-9]{{11}}[0-9{_LETTERS}]")


def fault_of(upn: str) -> str:
    """What is wrong with a unique pupil number, blank where nothing is (DfE UPN guide: the first letter checks the others)."""
    if not _WRITTEN.fullmatch(upn):
        return "is not written as a unique pupil number"
    return "" if upn[0] == check_letter(upn) else "has the wrong check letter for a unique pupil number"


def check_letter(upn: str) -> str:
    """The letter that characters 2 to 13 ask for: the sum of each one's value times its place, in a table of 23 letters."""
    values = (_LETTERS.index(sign) if sign in _LETTERS else int(sign) for sign in upn[1:])
    return _LETTERS[sum(value * place for place, value in enumerate(values, 2)) % len(_LETTERS)]

"""Texts as a person reads them, whatever signs were imported with them."""

import re

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


def legible(text: str) -> str:
    """A text without signs that nobody sees: those that turn round how all that follows is read, steer a terminal, or end a
    picture; a name may hold them, as files that are imported do."""
    return text if text.isprintable() else _UNSEEN.sub("", text)


def as_read(value: object) -> object:
    """What a template is given, as a person can read it; HTML that is whole stays as it is."""
    return legible(value) if type(value) is str else value

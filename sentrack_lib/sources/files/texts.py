"""The text of a file, whatever it was saved as: plain or gzipped, UTF-8, UTF-16 or Windows-1252."""

import codecs
import gzip
import io
import re
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

from sentrack_lib.errors import BadInput

MOST_BYTES = 200_000_000
UTF_8 = "UTF-8"
_OTHER_FILES = {
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls) or a workbook locked with a password",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
_OTHER_TEXTS = {
    r"<!doctype html|<html|<table|<div|<meta": "a web page. Open it in Excel and save it as .xlsx",
    r"<\?xml|<!doctype": "XML that is no transfer file, school census or report of SIMS, or not safe to read. Export it as CSV",
    r"\[?\s*\{\s*\"": "JSON. Export it as CSV or .xlsx",
}
_OF_NO_WIDTH = "\ufeff\u200b\u2060"
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", UTF_8),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)


@dataclass(frozen=True)
class Text:
    """What a file says, and the encoding it was saved in."""

    text: str
    encoding: str


def read_bytes(file: Path) -> bytes:
    """Everything in a file, unpacked if it is gzipped; `BadInput` for a folder, a missing, too large or damaged file."""
    try:
        return _unpacked(_whole(file), file.name)
    except OSError as fault:
        why = fault.strerror or fault
        raise BadInput(f"{file} cannot be opened ({why}). Close it in other programs and try again.") from fault


def _whole(file: Path) -> bytes:
    if file.is_dir():
        raise BadInput(f"{file} is a folder. Name the file in it that is to be read.")
    # A pipe or a device has no end.
    if not file.is_file():
        raise BadInput(f"There is no file {file}.")
    if file.stat().st_size > MOST_BYTES:
        raise BadInput(_too_large(file.name))
    return file.read_bytes()


def _unpacked(data: bytes, name: str) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        whole = gzip.GzipFile(fileobj=io.BytesIO(data)).read(MOST_BYTES + 1)
    except (EOFError, OSError, zlib.error) as fault:
        raise BadInput(f"{name} is damaged: it cannot be unpacked to the end. Export or copy it again.") from fault
    if len(whole) > MOST_BYTES:
        raise BadInput(_too_large(name))
    return whole


def _too_large(name: str) -> str:
    return f"{name} holds more than 200 MB. Export one term or one year group at a time."


def as_text(data: bytes, name: str) -> Text:
    """The text in some bytes: the byte order mark decides, else strict UTF-8, else UTF-16 by its zeros, else Windows-1252."""
    kind = next((kind for start, kind in _OTHER_FILES.items() if data.startswith(start)), None)
    if kind:
        raise BadInput(f"{name} is {kind}, not a table. Save the sheet as CSV or as .xlsx without a password.")
    found = _marked(data, name) or _utf_16(data) or _plain(data)
    found = replace(found, text=visible(found.text))
    start = found.text[:1_000].lstrip()
    other = next((what for sign, what in _OTHER_TEXTS.items() if re.match(sign, start, re.IGNORECASE)), None)
    if other:
        raise BadInput(f"{name} is {other}.")
    if len(_CONTROL.findall(found.text, 0, 100_000)) > len(found.text[:100_000]) / 100 or "\0" in found.text:
        raise BadInput(f"{name} is not a table saved as text. Export it again as CSV or .xlsx.")
    return found


def visible(text: str) -> str:
    """A text without signs of no width, such as the mark where files were joined: an id of nothing else would be no blank, and
    one with such a sign not the id that is seen."""
    for sign in _OF_NO_WIDTH:
        text = text.replace(sign, "") if sign in text else text
    return text


def _marked(data: bytes, name: str) -> Text | None:
    for mark, codec, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return Text(data[len(mark) :].decode(codec), encoding)
            except UnicodeDecodeError as fault:
                if encoding == UTF_8:
                    return _plain(data[len(mark) :])
                raise BadInput(f"{name} begins as {encoding} but is damaged. Export it again as CSV UTF-8.") from fault
    return None


def _utf_16(data: bytes) -> Text | None:
    start = data[:2000]
    if b"\0" not in start:
        return None
    # The zeros of Western text stand after each letter in the one byte order and before it in the other.
    codec = "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"
    try:
        return Text(data.decode(codec), "UTF-16")
    except UnicodeDecodeError:
        return None


def _plain(data: bytes) -> Text:
    try:
        return Text(data.decode(), UTF_8)
    except UnicodeDecodeError:
        return Text(data.decode("cp1252", errors="replace"), "Windows-1252")

"""Files that are no tables, whatever their names say."""

import gzip
import json

from faults.clean import Clean, csv_of
from faults.fault import FaultyFile, refused


def _page(clean: Clean) -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in clean.roll)
    return f"<html><head><meta charset='utf-8'></head><body><table>{rows}</table></body></html>".encode()


def _gzipped(data: bytes) -> bytes:
    return gzip.compress(data, 1, mtime=0)


FAULTS = [
    FaultyFile("page.pdf.csv", "A PDF.", lambda clean: b"%PDF-1.7\n" + bytes(range(256)), refused("is a PDF")),
    FaultyFile("photo.csv", "A picture.", lambda clean: b"\x89PNG\r\n\x1a\n" + bytes(99), refused("is a picture")),
    FaultyFile("login.csv", "The page of a log-in.", lambda clean: b"<!DOCTYPE html><html><form/></html>", refused("a web page")),
    FaultyFile("table.xls", "A table as a web page, called .xls.", _page, refused("is a web page")),
    FaultyFile(
        "records.json",
        "JSON.",
        lambda clean: json.dumps([dict(zip(clean.roll[0], row, strict=True)) for row in clean.roll[1:]]).encode(),
        refused("is JSON"),
    ),
    FaultyFile(
        "old.xls", "A workbook of Excel 97.", lambda clean: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99, refused("old Excel file")
    ),
    FaultyFile(
        "noise.csv",
        "Random bytes.",
        lambda clean: bytes(place * place * 31 % 251 for place in range(9_999)),
        refused("is not a table saved as text"),
    ),
    FaultyFile(
        "letter.txt", "A letter.", lambda clean: b"Dear all,\n\nplease find the roll attached.\n", refused("do not say what")
    ),
    FaultyFile("one_sign.csv", "A single letter.", lambda clean: b"x", refused("do not say what it holds")),
    FaultyFile("quotes.csv", "Nothing but quotation marks.", lambda clean: b'"' * 99_999, refused("holds")),
    FaultyFile(
        "half_gzip.csv.gz",
        "A packed file cut short.",
        lambda clean: _gzipped(csv_of(clean.roll))[:-9],
        refused("cannot be unpacked to the end"),
    ),
    FaultyFile(
        "bomb.csv.gz",
        "A packed file of 300 MB of nothing.",
        lambda clean: _gzipped(bytes(300_000_000)),
        refused("more than 200 MB"),
    ),
]

"""Encodings: whatever a file was saved as, a name with é and a curly quotation mark is stored as it is, or that is said."""

from faults.clean import Clean, csv_of, text_of, with_cell
from faults.fault import FaultyFile, Must, aside, refused, whole

OTHERWISE = "is saved as UTF-16, not UTF-8"
FIRST = "is saved as Windows-1252, not UTF-8"


def _one_bad_byte(clean: Clean) -> bytes:
    return csv_of(clean.roll).replace("Zoé".encode(), b"Zo\xe9")


FAULTS = [
    FaultyFile("clean.csv", "Nothing is wrong.", lambda clean: csv_of(clean.roll), whole()),
    FaultyFile("bom.csv", "UTF-8 with a byte order mark.", lambda clean: csv_of(clean.roll, encoding="utf-8-sig"), whole()),
    FaultyFile(
        "utf_16_marked.csv",
        "UTF-16 with its mark, as Excel's Unicode Text.",
        lambda clean: csv_of(clean.roll, "\t", encoding="utf-16"),
        whole(OTHERWISE),
    ),
    FaultyFile(
        "utf_16_le_marked.csv",
        "UTF-16, low byte first, with a mark.",
        lambda clean: b"\xff\xfe" + csv_of(clean.roll, encoding="utf-16-le"),
        whole(OTHERWISE),
    ),
    FaultyFile(
        "utf_16_be_marked.csv",
        "UTF-16, high byte first, with a mark.",
        lambda clean: b"\xfe\xff" + csv_of(clean.roll, encoding="utf-16-be"),
        whole(OTHERWISE),
    ),
    FaultyFile(
        "utf_16_le.csv",
        "UTF-16, low byte first, without a mark.",
        lambda clean: csv_of(clean.roll, encoding="utf-16-le"),
        whole(OTHERWISE),
    ),
    FaultyFile(
        "utf_16_be.csv",
        "UTF-16, high byte first, without a mark.",
        lambda clean: csv_of(clean.roll, encoding="utf-16-be"),
        whole(OTHERWISE),
    ),
    FaultyFile(
        "utf_16_cut.csv",
        "UTF-16 cut in the middle of a letter.",
        lambda clean: csv_of(clean.roll, encoding="utf-16")[:-1],
        refused("begins as UTF-16 but is damaged"),
    ),
    FaultyFile("cp1252.csv", "Windows-1252.", lambda clean: csv_of(clean.roll, encoding="cp1252"), whole(FIRST)),
    FaultyFile(
        "two_encodings.csv",
        "UTF-8 in which one letter is of Windows-1252.",
        _one_bad_byte,
        Must("left by a wrong conversion", first={"surname": "NoÃ«lâ€™s"}, everybody={"forename": "*"}),
    ),
    FaultyFile(
        "twice_encoded.csv",
        "UTF-8 that was taken for Windows-1252 and saved as UTF-8 again.",
        lambda clean: text_of(clean.roll).encode().decode("cp1252").encode(),
        Must(
            "left by a wrong conversion",
            first={"surname": "NoÃ«lâ€™s", "forename": "ZoÃ©"},
            everybody={"forename": "*", "surname": "*"},
        ),
    ),
    FaultyFile(
        "nul_in_a_name.csv",
        "A NUL byte in a name.",
        lambda clean: csv_of(with_cell(clean.roll, "Legal Surname", "No\0el")),
        refused("is not a table saved as text"),
    ),
    FaultyFile(
        "nul_rows.csv",
        "Blocks of NUL bytes at the end, as after a power cut.",
        lambda clean: csv_of(clean.roll) + b"\0" * 4096,
        refused("is not a table saved as text"),
    ),
    FaultyFile("only_bom.csv", "Only a byte order mark.", lambda clean: b"\xef\xbb\xbf", refused("is empty")),
    FaultyFile("only_utf_16_mark.csv", "Only the mark of UTF-16.", lambda clean: b"\xff\xfe", refused("is empty")),
    FaultyFile(
        "bom_in_the_middle.csv",
        "Two files with marks joined into one: the second one's headings are no row.",
        lambda clean: (
            csv_of(clean.roll[:11], encoding="utf-8-sig") + csv_of([clean.roll[0], *clean.roll[11:]], encoding="utf-8-sig")
        ),
        whole("repeats its headings in row 12"),
    ),
    FaultyFile(
        "odd_letters.csv",
        "A name with letters outside Western Europe.",
        lambda clean: csv_of(with_cell(clean.roll, "Legal Surname", "Łukasz-Ñandú 李")),
        whole(surname="Łukasz-Ñandú 李"),
    ),
    FaultyFile(
        "quarter_lost.csv",
        "A file copied only in part, ending in the middle of a row.",
        lambda clean: csv_of(clean.roll).rpartition(b",N,")[0],
        aside(1, "cells where there are 10 headings"),
    ),
]

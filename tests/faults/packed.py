"""Zips: names that lead elsewhere, passwords, zips in zips, and more than fits."""

import io
import struct
import zipfile
from collections.abc import Callable

from faults.clean import Clean, csv_of
from faults.fault import FaultyFile, Must, refused, whole


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip of some files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _with(name: str) -> Callable[[Clean], bytes]:
    return lambda clean: zipped({name: csv_of(clean.roll)})


def _locked(clean: Clean) -> bytes:
    """Marked as encrypted, in both places where a zip says so."""
    data = bytearray(zipped({"roll.csv": csv_of(clean.roll)}))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(sign) + place
        data[at : at + 2] = struct.pack("<H", struct.unpack("<H", data[at : at + 2])[0] | 1)
    return bytes(data)


def _lying(clean: Clean) -> bytes:
    """A zip that says of its file that it is small."""
    data = bytearray(zipped({"roll.csv": csv_of(clean.roll) * 200}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 10)
    return bytes(data)


FAULTS = [
    FaultyFile("term.zip", "A roll in a zip.", _with("roll.csv"), whole()),
    FaultyFile("upwards.zip", "A file whose name leads out of the zip.", _with("../../../outside.csv"), whole()),
    FaultyFile("absolute.zip", "A file with an absolute name.", _with("/tmp/outside.csv"), whole()),
    FaultyFile("drive.zip", "A file with the letter of a drive.", _with("C:\\outside.csv"), whole()),
    FaultyFile("device.zip", "A file with the name of a device of Windows.", _with("con.csv"), whole()),
    FaultyFile("dots.zip", "Folders called dots.", _with("a/./../roll.csv"), whole()),
    FaultyFile(
        "only_hidden.zip", "Nothing but files of a system.", _with("__MACOSX/._roll.csv"), refused("holds no files to import")
    ),
    FaultyFile("empty.zip", "A zip without files.", lambda clean: zipped({}), refused("holds no files to import")),
    FaultyFile("odd_signs.zip", "A name with signs that no Windows file may have.", _with('a<b>:"|?*.csv'), whole()),
    FaultyFile("long_name.zip", "A name of 5,000 letters.", _with("x" * 5_000 + ".csv"), whole()),
    FaultyFile(
        "one_name_twice.zip",
        "Two files of the same name in two folders.",
        lambda clean: zipped({"a/roll.csv": csv_of(clean.roll[:11]), "b/roll.csv": csv_of([clean.roll[0], *clean.roll[11:]])}),
        whole(),
    ),
    FaultyFile(
        "within.zip",
        "A zip in a zip.",
        lambda clean: zipped({"inner.zip": zipped({"roll.csv": csv_of(clean.roll)})}),
        refused("is a zip"),
    ),
    FaultyFile("password.zip", "A zip with a password.", _locked, refused("without a password")),
    FaultyFile(
        "cut_short.zip", "A zip cut short.", lambda clean: _with("roll.csv")(clean)[:-30], refused("cannot be read as a workbook")
    ),
    FaultyFile(
        "bad_sum.zip",
        "A zip whose content was changed.",
        lambda clean: (
            _with("roll.csv")(clean).replace(b"roll.csv", b"roll.csv", 1)[:60] + b"\xff" + _with("roll.csv")(clean)[61:]
        ),
        refused("cannot be unpacked"),
    ),
    FaultyFile("lying.zip", "A zip that says its file is smaller than it is.", _lying, refused(".")),
    FaultyFile(
        "bomb.zip",
        "A zip of 600 kB that unpacks to 600 MB.",
        lambda clean: zipped({f"{place}.csv": bytes(60_000_000) for place in range(10)}),
        refused("unpacks to more files, or larger ones"),
    ),
    FaultyFile(
        "crowd.zip",
        "A zip of 2,000 files.",
        lambda clean: zipped({f"{place}.csv": b"" for place in range(2_000)}),
        refused("unpacks to more files"),
    ),
    FaultyFile(
        "system_files.zip",
        "A roll beside the files that systems leave behind.",
        lambda clean: zipped(
            {
                "roll.csv": csv_of(clean.roll),
                "__MACOSX/._roll.csv": b"\0\5",
                ".DS_Store": b"\0",
                "Thumbs.db": b"\xd0\xcf",
                "~$roll.xlsx": b"x",
                "desktop.ini": b"x",
            }
        ),
        whole(),
    ),
    FaultyFile(
        "one_bad.zip",
        "A roll beside a picture: the roll is read.",
        lambda clean: zipped({"photo.csv": b"\x89PNG\r\n\x1a\n", "roll.csv": csv_of(clean.roll)}),
        Must("is a picture", exit_code=1),
    ),
]

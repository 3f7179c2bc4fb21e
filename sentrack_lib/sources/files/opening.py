"""What a person names as a source: a file, a folder, or a zip of files. Folders and zips are opened, system files passed over."""

import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.files.texts import read_bytes

MOST_FILES = 1_000
MOST_BYTES = 500_000_000
MOST_OF_ONE = 200_000_000
SYSTEM_FILES = {"desktop.ini", "thumbs.db"}
_CHUNK = 1_000_000


@dataclass(frozen=True)
class Opened:
    """One file on disk, under the `name` a person knows it by, and the sentence that says why it could not be opened."""

    name: str
    path: Path
    fault: str = ""


@contextmanager
def opened(sources: Sequence[Path]) -> Iterator[list[Opened]]:
    """Every file in some sources, in order of their names; what was in a zip is unpacked for as long as it is needed."""
    room = Path(tempfile.mkdtemp(prefix="sentrack-"))
    try:
        found = _told_apart([file for number, source in enumerate(sources) for file in _in(Path(source), room / str(number))])
        if len(found) > MOST_FILES:
            raise BadInput(f"There are {len(found):,} files, more than a school exports in a term. Name only those needed.")
        yield found
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _told_apart(files: list[Opened]) -> list[Opened]:
    """Files of the same name under longer ones, since reports speak of files by their names."""
    counted = Counter(file.name for file in files)
    return [file if counted[file.name] == 1 else replace(file, name=file.path.as_posix()) for file in files]


def _in(source: Path, room: Path) -> list[Opened]:
    """The files in one source."""
    if source.is_dir():
        inside = [(path, path.relative_to(source)) for path in sorted(source.rglob("*")) if path.is_file()]
        seen = [(path, str(name)) for path, name in inside if not _is_system(name)]
        return [file for number, (path, name) in enumerate(seen) for file in _of(path, name, room / str(number))]
    return _of(source, source.name, room)


def _of(path: Path, name: str, room: Path) -> list[Opened]:
    """One file, or those in it if it is a zip."""
    try:
        return [*_unpacked(path, name, room)] if _is_zip(path) else [Opened(name.replace("\\", "/"), path)]
    except BadInput as fault:
        return [Opened(name, path, str(fault))]


def _is_system(path: Path) -> bool:
    # Hidden files are a system's own; ~$ marks a workbook that is open in Excel.
    return any(part.startswith((".", "~$", "__MACOSX")) for part in path.parts) or path.name.lower() in SYSTEM_FILES


def _is_zip(path: Path) -> bool:
    """Whether a file is a zip of files; a workbook is a zip of its parts, and read as a whole."""
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as packed:
            return "[Content_Types].xml" not in packed.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def _unpacked(path: Path, name: str, room: Path) -> Iterator[Opened]:
    read_bytes(path)
    with zipfile.ZipFile(path) as packed:
        parts = [part for part in packed.infolist() if not part.is_dir() and not _is_system(Path(part.filename))]
        if len(parts) > MOST_FILES or sum(part.file_size for part in parts) > MOST_BYTES:
            raise BadInput(
                f"{name} unpacks to more files, or larger ones, than a school exports. Unpack it and name those needed."
            )
        for number, part in enumerate(sorted(parts, key=lambda part: part.filename)):
            # A name in a zip may point anywhere; only what stands between the last slashes names the file, in a room of ours.
            folders = [piece for piece in part.filename.replace("\\", "/").split("/")[:-1] if piece not in ("", ".", "..")]
            inside = room.joinpath(*(f"in {folder}"[:60] for folder in folders))
            yield _extracted(packed, part, f"{name}/{part.filename}", inside, number)


def _extracted(packed: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, room: Path, number: int) -> Opened:
    bare = part.filename.replace("\\", "/").rpartition("/")[2][-80:] or f"file {number}"
    room.mkdir(parents=True, exist_ok=True)
    file = room / bare if not (room / bare).exists() else room / f"{number}-{bare}"
    try:
        with packed.open(part) as inside, file.open("wb") as out:
            written = 0
            while piece := inside.read(_CHUNK):
                written += len(piece)
                if written > MOST_OF_ONE:
                    return Opened(
                        name, file, f"{name} unpacks to more than {MOST_OF_ONE // 1_000_000} MB. Export less at a time."
                    )
                out.write(piece)
    except (RuntimeError, zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as fault:
        return Opened(name, file, f"{name} cannot be unpacked ({fault}). Unpack it without a password, then import the files.")
    return Opened(name, file)

"""What a person names as a source: a file, a folder, or a zip of files. Folders and zips are opened, system files passed over."""

import shutil
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.files.limits import cells_of
from sentrack_lib.sources.files.texts import read_bytes

MOST_FILES = 1_000
MOST_IN_A_ZIP = 200
"""Files: each costs a fifth of a second, however small it is."""
MOST_CELLS_TOGETHER = 2_500_000
"""In the files of a zip, which are all held at once."""
MOST_BYTES = 50_000_000
MOST_OF_ONE = 50_000_000
LONGEST_NAME = 120
"""Letters of a name in a zip that are kept: no disk takes more than 255 bytes."""
SYSTEM_FILES = {"desktop.ini", "thumbs.db"}
_CHUNK = 1_000_000


@dataclass(frozen=True)
class Opened:
    """One file on disk, under the `name` a person knows it by, the sentence that says why it could not be opened, and about how
    many `cells` it has."""

    name: str
    path: Path
    fault: str = ""
    cells: int = 0


@contextmanager
def opened(sources: Sequence[Path]) -> Iterator[list[Opened]]:
    """Every file in some sources, in order of their names; what was in a zip is unpacked for as long as it is needed."""
    room = Path(tempfile.mkdtemp(prefix="sentrack-"))
    try:
        found = _told_apart(
            [file for number, source in enumerate(sources) for file in _in(Path(source), room / str(number))], room
        )
        if len(found) > MOST_FILES:
            raise BadInput(f"There are {len(found):,} files, more than a school exports in a term. Name only those needed.")
        yield found
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _told_apart(files: list[Opened], room: Path) -> list[Opened]:
    """Files of the same name under longer ones, since reports speak of files by their names; those of zips are numbered."""
    counted = Counter(file.name for file in files)
    seen: Counter[str] = Counter()
    named = []
    for file in files:
        seen[file.name] += 1
        longer = f"{file.name} ({seen[file.name]})" if room in file.path.parents else file.path.as_posix()
        named.append(file if counted[file.name] == 1 else replace(file, name=longer))
    return named


def _in(source: Path, room: Path) -> list[Opened]:
    """The files in one source."""
    if not source.is_dir():
        return _of(source, source.name, room) or [_nothing_in(source)]
    inside = [(path, path.relative_to(source)) for path in sorted(source.rglob("*")) if path.is_file()]
    seen = [(path, str(name)) for path, name in inside if not _is_system(name)]
    found = [file for number, (path, name) in enumerate(seen) for file in _of(path, name, room / str(number))]
    return found or [_nothing_in(source)]


def _nothing_in(source: Path) -> Opened:
    return Opened(
        source.name, source, f"{source.name} holds no files to import; hidden files and those of systems are passed over."
    )


def _of(path: Path, name: str, room: Path) -> list[Opened]:
    """One file, or those in it if it is a zip."""
    try:
        found = [_looked_at(file) for file in (_unpacked(path, name, room) if _is_zip(path) else [Opened(name, path)])]
        if len(found) > 1 and sum(file.cells for file in found) > MOST_CELLS_TOGETHER:
            raise BadInput(f"{name} holds more than can be imported at once. Unpack it and import its files one after the other.")
        return found
    except BadInput as fault:
        return [Opened(name, path, str(fault))]


def _looked_at(file: Opened) -> Opened:
    """The same file, with its fault where it holds too much or cannot be opened at all."""
    name = file.name.replace("\\", "/")
    try:
        if not file.fault:
            return replace(file, name=name, cells=cells_of(file.path, name))
        return replace(file, name=name)
    except BadInput as fault:
        return replace(file, name=name, fault=str(fault))


def _is_system(path: Path) -> bool:
    # Hidden files are a system's own; ~$ marks a workbook that is open in Excel.
    names = [part for part in path.parts if part not in (".", "..")]
    return any(name.startswith((".", "~$", "__MACOSX")) for name in names) or path.name.lower() in SYSTEM_FILES


def _is_zip(path: Path) -> bool:
    """Whether a file is a zip of files; a workbook is a zip of its parts, and read (or refused) as a whole."""
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as packed:
            return not {"[Content_Types].xml", "mimetype"} & set(packed.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _unpacked(path: Path, name: str, room: Path) -> Iterator[Opened]:
    read_bytes(path)
    with zipfile.ZipFile(path) as packed:
        parts = [part for part in packed.infolist() if not part.is_dir() and not _is_system(Path(part.filename))]
        if len(parts) > MOST_IN_A_ZIP or sum(part.file_size for part in parts) > MOST_BYTES:
            raise BadInput(
                f"{name} unpacks to more files, or larger ones, than a school exports. Unpack it and name those needed."
            )
        for number, part in enumerate(sorted(parts, key=lambda part: part.filename)):
            # A name in a zip may point anywhere; only what stands between the last slashes names the file, in a room of ours.
            folders = [piece for piece in part.filename.replace("\\", "/").split("/")[:-1] if piece not in ("", ".", "..")]
            inside = room.joinpath(*(f"in {folder}"[:60] for folder in folders))
            yield _extracted(packed, part, f"{name}/{part.filename[-LONGEST_NAME:]}", inside, number)


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
    except (RuntimeError, zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as fault:
        return Opened(name, file, f"{name} cannot be unpacked ({fault}). Unpack it without a password, then import the files.")
    return Opened(name, file)

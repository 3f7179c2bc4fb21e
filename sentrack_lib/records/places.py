"""Where a store may lie: on a disk of this computer, which no service copies while it is being written.

SQLite keeps its promises only where all who use the file are on one machine and its locks are real (sqlite.org/wal.html,
sqlite.org/howtocorrupt.html): not on a network drive, and not in a folder that is copied to other machines file by file.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from sentrack_lib.errors import BadInput

NETWORKS = {
    *("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "sshfs", "9p", "davfs", "davfs2", "webdav", "afpfs", "afs", "ncpfs"),
    *("ceph", "glusterfs", "lustre", "beegfs", "gpfs", "rclone", "gvfsd-fuse", "google-drive-ocamlfuse", "onedriver"),
}
"""File systems of which another machine is the disk."""
_SERVICES = {
    "OneDrive": r"onedrive([ -].*)?",
    "Dropbox": r"dropbox([ (-].*)?",
    "Google Drive": r"google ?drive([ (-].*)?|gdrive|my drive",
    "iCloud": r"icloud ?drive([ (-].*)?|mobile documents|com~apple~clouddocs",
    "Nextcloud": r"nextcloud\d*",
    "ownCloud": r"owncloud\d*",
    "Box": r"box[ -](sync|box|drive)",
    "Syncthing": r"syncthing",
    "a cloud service": r"cloudstorage",
}
_MARKERS = {
    ".stfolder": "Syncthing",
    ".dropbox": "Dropbox",
    ".dropbox.cache": "Dropbox",
    ".owncloudsync.log": "ownCloud",
    ".nextcloudsync.log": "Nextcloud",
    ".sync": "Resilio Sync",
}
"""What a service leaves in the folder that it copies."""
_ONEDRIVE = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
_REMEDY = (
    "Records kept there could be lost or damaged when two people save. Move the school's folder to a disk of this computer, such "
    "as C:\\sentrack or a folder in your home, or name a database server as records_url."
)


class Drive(Protocol):
    """A disk as the system lists it."""

    mountpoint: str
    fstype: str
    opts: str


def refuse_shared(folder: Path, drives: Iterable[Drive] | None = None) -> None:
    """`BadInput` where a store in `folder` would lie on a network drive or in a folder that a service copies; `drives` are the
    disks of this machine unless they are given."""
    # A share of Windows is named so before anything of it can be asked.
    if str(folder).replace("/", "\\").startswith("\\\\"):
        raise BadInput(f"{folder} is on a network drive. {_REMEDY}")
    place = Path(folder).resolve()
    service = _service(place)
    if service:
        raise BadInput(f"{folder} lies in a folder that {service} copies to other machines. {_REMEDY}")
    if _is_remote(place, _drives() if drives is None else drives):
        raise BadInput(f"{folder} is on a network drive. {_REMEDY}")


def _service(place: Path) -> str | None:
    """The service that copies the place to other machines, told by the names of its folders or by what it leaves in them."""
    for folder in (place, *place.parents):
        named = [service for service, pattern in _SERVICES.items() if re.fullmatch(pattern, folder.name, re.IGNORECASE)]
        # A folder called box may be any box; the service writes itself with a capital.
        left = [service for marker, service in _MARKERS.items() if (folder / marker).exists() and folder != Path.home()]
        if named or left or folder.name == "Box":
            return [*named, *left, "Box"][0]
    chosen = [Path(os.environ[name]).resolve() for name in _ONEDRIVE if os.environ.get(name)]
    return "OneDrive" if any(place.is_relative_to(folder) for folder in chosen) else None


def _is_remote(place: Path, drives: Iterable[Drive]) -> bool:
    """Whether the disk on which the place lies is another machine's: of disks one in another, the innermost counts."""
    holding = [drive for drive in drives if drive.mountpoint and place.is_relative_to(drive.mountpoint)]
    if not holding:
        return False
    # Of two disks at one place the one mounted last is seen.
    innermost = max(enumerate(holding), key=lambda held: (len(Path(held[1].mountpoint).parts), held[0]))[1]
    kind = innermost.fstype.lower()
    return kind.removeprefix("fuse.") in NETWORKS or "remote" in innermost.opts.split(",")


def _drives() -> Iterable[Drive]:
    """The disks of this machine; none where the system does not say."""
    import psutil  # only here: most commands open no store, and it loads slowly

    try:
        return psutil.disk_partitions(all=True)
    except (OSError, RuntimeError):
        return []

"""A store lies on a disk of this computer, and in no folder that a service copies while it is written."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from sentrack_lib.errors import BadInput
from sentrack_lib.records import open_store
from sentrack_lib.records.places import refuse_shared


@dataclass(frozen=True)
class Disk:
    mountpoint: str
    fstype: str = "ext4"
    opts: str = "rw"


OWN = [Disk("/")]


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        ("/home/kit/OneDrive/school", "OneDrive"),
        ("/Users/kit/Library/CloudStorage/OneDrive-InventedSchool/school", "OneDrive"),
        ("/home/kit/OneDrive - Invented School/school", "OneDrive"),
        ("/home/kit/Dropbox (Personal)/school", "Dropbox"),
        ("/Users/kit/Google Drive/school", "Google Drive"),
        ("/Users/kit/Library/CloudStorage/GoogleDrive-kit@school/My Drive/school", "Google Drive"),
        ("/Users/kit/Library/Mobile Documents/com~apple~CloudDocs/school", "iCloud"),
        ("/home/kit/Nextcloud/school", "Nextcloud"),
        ("/home/kit/ownCloud/school", "ownCloud"),
        ("/Users/kit/Box/school", "Box"),
        ("/Users/kit/Library/CloudStorage/Box-Box/school", "Box"),
        ("/home/kit/syncthing/school", "Syncthing"),
    ],
)
def test_a_folder_that_a_service_copies_is_refused(folder: str, service: str) -> None:
    with pytest.raises(BadInput, match=f"that {service} copies") as told:
        refuse_shared(Path(folder), OWN)
    assert "Move the school's folder" in str(told.value)


@pytest.mark.parametrize(
    "folder", ["/home/kit/school", "/srv/box/school", "/home/kit/dropped", "/home/kit/my drives", "/drive/one"]
)
def test_an_ordinary_folder_is_accepted(folder: str) -> None:
    refuse_shared(Path(folder), OWN)


@pytest.mark.parametrize(
    ("marker", "service"), [(".stfolder", "Syncthing"), (".dropbox", "Dropbox"), (".owncloudsync.log", "ownCloud")]
)
def test_a_folder_is_known_by_what_a_service_left_in_it(tmp_path: Path, marker: str, service: str) -> None:
    (tmp_path / marker).mkdir()
    (tmp_path / "work" / "school").mkdir(parents=True)
    with pytest.raises(BadInput, match=service):
        refuse_shared(tmp_path / "work" / "school", OWN)


def test_onedrive_is_found_under_any_name_that_the_system_gives_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path))
    with pytest.raises(BadInput, match="OneDrive"):
        refuse_shared(tmp_path / "school", OWN)


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smbfs", "SMB3", "fuse.sshfs", "9p", "fuse.davfs", "afpfs", "webdav"])
def test_a_network_drive_is_refused(kind: str) -> None:
    with pytest.raises(BadInput, match="is on a network drive"):
        refuse_shared(Path("/mnt/staff/school"), [Disk("/"), Disk("/mnt/staff", kind)])


def test_a_drive_that_windows_calls_remote_is_refused() -> None:
    with pytest.raises(BadInput, match="network drive"):
        refuse_shared(Path("/staff/school"), [Disk("/"), Disk("/staff", "NTFS", "rw,remote")])


@pytest.mark.parametrize("folder", [r"\\server\staff\school", "//server/staff/school"])
def test_a_share_of_windows_is_refused(folder: str) -> None:
    with pytest.raises(BadInput, match="network drive"):
        refuse_shared(folder, OWN)


def test_of_disks_one_in_another_the_innermost_counts() -> None:
    refuse_shared(Path("/net/own/school"), [Disk("/net", "nfs"), Disk("/net/own"), Disk("/")])
    refuse_shared(Path("/network/school"), [Disk("/net", "nfs"), Disk("/")])
    with pytest.raises(BadInput):
        refuse_shared(Path("/net/school"), [Disk("/net", "autofs"), Disk("/net", "nfs"), Disk("/")])


def test_where_the_system_names_no_disk_the_folder_is_accepted() -> None:
    refuse_shared(Path("/home/kit/school"), [])


def test_a_link_into_a_copied_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Nextcloud").mkdir()
    (tmp_path / "school").symlink_to(tmp_path / "Nextcloud")
    with pytest.raises(BadInput, match="Nextcloud"):
        refuse_shared(tmp_path / "school", OWN)


def test_a_store_is_not_made_in_such_a_place(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    with pytest.raises(BadInput, match="Dropbox"):
        open_store(tmp_path / "Dropbox")
    assert list((tmp_path / "Dropbox").iterdir()) == []

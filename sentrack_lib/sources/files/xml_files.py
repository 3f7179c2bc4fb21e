"""Reading XML from a school's system safely: no document type, no entities, nothing fetched, and an end to its size.

Names of elements are compared without namespace and case, because systems write both differently.
"""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.files.texts import read_bytes

MOST_BYTES = 20_000_000
"""What is larger cannot be promised to end within a minute and a gigabyte."""
MOST_ELEMENTS = 1_000_000
MOST_NAMES = 2_000
DEEPEST = 20
_HEAD = 100_000
"""The first element of a file stands within so many bytes."""
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Document:
    """An XML file: its first element, with all names in lower case, and how the file spells each name."""

    name: str
    root: Element
    spelt: Mapping[str, str]


class _FoundRoot(Exception):
    """The first element was seen, and nothing more is wanted."""


class _Tree(TreeBuilder):
    """Builds the elements without their attributes, which no school file uses, and stops where a file is no school file."""

    def __init__(self, file: str, only_root: bool = False) -> None:
        super().__init__()
        self.file, self.only_root = file, only_root
        self.spelt: dict[str, str] = {}
        self.elements = self.depth = 0

    def start(self, tag: str, attrs: Mapping[str, str], /) -> Element:
        """One element opens."""
        local = tag.rpartition("}")[2]
        name = local.casefold()
        self.spelt.setdefault(name, local)
        self.elements += 1
        self.depth += 1
        if self.only_root:
            raise _FoundRoot
        if self.elements > MOST_ELEMENTS or self.depth > DEEPEST or len(self.spelt) > MOST_NAMES:
            raise BadInput(f"{self.file} is built like no school's XML (too many, or too deep, elements). Export it again.")
        return super().start(name, {})

    def end(self, tag: str, /) -> Element:
        """One element closes."""
        self.depth -= 1
        return super().end(tag.rpartition("}")[2].casefold())


def read_xml(file: Path) -> Document:
    """The elements of an XML file; `BadInput` where it is too large, damaged or not safe to read."""
    file = Path(file)
    tree = _Tree(file.name)
    root = _parsed(_bounded(file), tree)
    return Document(file.name, root, MappingProxyType(tree.spelt))


def root_of(file: Path) -> str | None:
    """The name of the first element in lower case; None where the file is no XML, or none that is safe to read."""
    file = Path(file)
    data = read_bytes(file)[:_HEAD]
    tree = _Tree(file.name, only_root=True)
    if not _looks_like_xml(data):
        return None
    try:
        _parsed(data, tree)
    except _FoundRoot:
        return next(iter(tree.spelt))
    except BadInput:
        return None
    return None


def _bounded(file: Path) -> bytes:
    data = read_bytes(file)
    if len(data) > MOST_BYTES:
        most = f"{MOST_BYTES // 1_000_000} MB"
        raise BadInput(f"{file.name} holds more than {most}. Export fewer year groups at a time, without contacts.")
    if not _looks_like_xml(data):
        raise BadInput(f"{file.name} is not XML. Export it again from the school's system.")
    return data


def _looks_like_xml(data: bytes) -> bool:
    start = data[:200]
    for mark in _MARKS:
        start = start.removeprefix(mark)
    return start.replace(b"\0", b"").lstrip().startswith(b"<")


def _parsed(data: bytes, tree: _Tree) -> Element:
    parser = XMLParser(target=tree, forbid_dtd=True)
    try:
        # All at once: a parser fed piece by piece reads one long token again and again.
        parser.feed(data)
        return parser.close()
    except DefusedXmlException as fault:
        why = "it declares a document type or entities, which no school file needs"
        raise BadInput(f"{tree.file} is not safe to read: {why}. Export it again from the school's system.") from fault
    except ParseError as fault:
        line = f" (line {fault.position[0]:,})" if getattr(fault, "position", None) else ""
        raise BadInput(f"{tree.file} is damaged or cut off{line}. Export or copy it again.") from fault
    except (ValueError, LookupError) as fault:
        raise BadInput(f"{tree.file} is saved in a way that cannot be read ({fault}). Export it again as UTF-8.") from fault

"""The fault corpus: files as schools and strangers spoil them, each made anew from clean exports of the invented school.

To add one: a line in a list of the module for its kind. Nothing a virus scanner would mind lies on a disk.
"""

from faults import cells, days, encodings, headings, packed, people, rows, texts, workbooks, xml
from faults.clean import TERM as TERM
from faults.clean import Clean as Clean
from faults.clean import clean_exports as clean_exports
from faults.fault import FaultyFile as FaultyFile
from faults.fault import Must as Must

CORPUS: list[FaultyFile] = [
    fault for kind in (encodings, rows, headings, texts, days, people, cells, workbooks, packed, xml) for fault in kind.FAULTS
]

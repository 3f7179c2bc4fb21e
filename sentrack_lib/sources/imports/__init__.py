"""Bringing exports into a school's folder: their pupils found, their rows checked, merged and told."""

from sentrack_lib.sources.imports.importing import import_files as import_files
from sentrack_lib.sources.imports.importing import write_draft as write_draft
from sentrack_lib.sources.imports.report import ImportReport as ImportReport

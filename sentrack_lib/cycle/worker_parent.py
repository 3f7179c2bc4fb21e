"""Imported once, by the process that workers are forked from: what each of them would otherwise do again."""

from sentrack_lib.cycle.notebook_files import nbformat  # isort: skip  # before papermill, which imports it the slow way

import papermill  # noqa: F401

from sentrack_lib.cycle import workers  # noqa: F401

# The first check of a notebook compiles the rules for it.
nbformat.validate(nbformat.v4.new_notebook())

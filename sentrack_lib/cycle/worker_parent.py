"""Imported once, by the process that workers are forked from: what each of them would otherwise do again."""

import sys

# When imported, jsonschema builds a grammar of web addresses; that takes longer than a whole job, and no notebook needs it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat  # noqa: E402
import papermill  # noqa: E402, F401

from sentrack_lib.cycle import workers  # noqa: E402, F401

# The first check of a notebook compiles the rules for it.
nbformat.validate(nbformat.v4.new_notebook())

"""nbformat, imported without what makes it slow; whoever reads or executes notebooks imports this first."""

import sys

# jsonschema builds a grammar of web addresses from it, which takes longer than a whole job, and no notebook needs it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat  # noqa: E402

__all__ = ["nbformat"]

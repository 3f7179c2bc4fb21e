"""Tables that already have sentrack's own columns: told by the names of those a table must have."""

from sentrack_lib.sources import schema
from sentrack_lib.sources.exports.shapes.pupils import coded
from sentrack_lib.sources.exports.shapes.shape import Drafted, Seen, Shape, columns_of
from sentrack_lib.sources.exports.shapes.who import ID

MUST_SAY = {"registers": {"mark"}}
"""What names a table beside its required columns."""


def _table(seen: Seen) -> str:
    """The table whose required columns are all there, and of several the one that knows most of the columns; else blank."""
    there = set(seen.headings)
    known = {table: there & set(schema.columns(table)) for table in schema.IMPORTED}
    whole = [table for table in known if {*schema.required(table), *MUST_SAY.get(table, ())} <= there]
    return max(whole, key=lambda table: len(known[table]), default="")


def _drafted(seen: Seen) -> Drafted:
    table = _table(seen)
    said = [name for name in seen.headings if name in schema.columns(table) and name != ID]
    columns = columns_of(dict(zip(said, said, strict=True)))
    if table == "pupils":
        columns = {name: coded(name, seen.cells[name], name) for name in said}
    return Drafted([{"table": table, "columns": columns}])


CANONICAL = Shape("a table with sentrack's own columns", lambda seen: bool(_table(seen)), _drafted, about_pupils=False)

"""What people answered in an earlier term is told again in the next, as it was published then: a questionnaire that comes in
late would else be the difference of the two."""

from typing import Any

from pandas import DataFrame

from sentrack_lib.privacy.releases import Released, Row, plain_rows

ROUNDING = 0.1
"""A change may lie so far from the difference of two rounded means."""
EVERYONE = ("all pupils", "all pupils")


def views_as_published(views: DataFrame, published: Released) -> DataFrame:
    """The views of a term, each change from the mean that was published of the term before."""
    return _of_rows(views, [_from(row, _then(row, (row["family"], row["group"]), published)) for row in plain_rows(views)])


def asked_as_published(asked: DataFrame, views: DataFrame, published: Released) -> DataFrame:
    """What was asked before, with the answers of all pupils now and then as they stand in the views of their terms."""
    now = {(row["respondent"], row["theme"]): row for row in plain_rows(views) if (row["family"], row["group"]) == EVERYONE}
    rows = []
    for row in plain_rows(asked):
        heard, then = now.get((row["respondent"], row["theme"]), {}), _then(row, EVERYONE, published)
        told = {**row, **_figures(heard, ""), **_figures(then, "_then")}
        rows.append(_from(told, then))
    return _of_rows(asked, rows)


def _then(row: Row, group: tuple[Any, Any], published: Released) -> Row:
    """What was published last of the term in which a theme was asked before; nothing where nothing was."""
    place = (row["since"], "views", row["respondent"], row["theme"], *group)
    return published.last(tuple(map(str, place)))


def _figures(row: Row, side: str) -> dict[str, Any]:
    return {f"{name}{side}": row[name] for name in ("n", "mean") if name in row}


def _from(row: Row, then: Row) -> Row:
    """The row with a change that is the difference of two published means."""
    means = row.get("mean"), then.get("mean"), row.get("change")
    if None in means or abs(means[0] - means[1] - means[2]) < 1.5 * ROUNDING:  # type: ignore[operator]
        return row
    return {**row, "change": round(means[0] - means[1], 1), "change_low": None, "change_high": None}  # type: ignore[operator]


def _of_rows(table: DataFrame, rows: list[Row]) -> DataFrame:
    return DataFrame(rows, index=table.index, columns=table.columns).astype(table.dtypes.to_dict())

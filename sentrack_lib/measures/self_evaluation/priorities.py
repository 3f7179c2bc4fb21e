"""What the self-evaluation asks to be done: what comes first, by whom, and until when."""

from datetime import date

from pandas import DataFrame, Series, Timestamp

from sentrack_lib.measures.self_evaluation.ratings import AGREED, with_words
from sentrack_lib.sources.agreed_tables import PRIORITIES

OVERDUE, OPEN, UNDATED = "overdue", "open", "no day set"
TO_DO = ["statement", "section", "words", "rating", "rated_by", "priority", "action", "owner", "by", "state", "overdue_days"]


def wanted(held: DataFrame) -> DataFrame:
    """Of the ratings that hold, those that ask for something: an action, or a time for it. Where the row rated by `agreed` asks
    for something, what single raters proposed is left out; what several propose alike is there once."""
    rows = held[held["action"].notna() | held["priority"].notna()]
    together = rows["rated_by"].eq(AGREED)
    settled = rows["statement"].isin(rows.loc[together, "statement"])
    return rows[together | ~settled].drop_duplicates(["statement", "priority", "action", "owner", "by"])


def to_do(held: DataFrame, found: DataFrame, as_of: date) -> DataFrame:
    """What is to be done, this term's first, then by day: a row an action or a priority, each once for a statement. `rating` is
    the agreed one; `state` is overdue on `as_of` (with `overdue_days`), open, or no day set. `held` is from `standing`, `found`
    from `summed`."""
    rows = with_words(wanted(held))
    days = (Timestamp(as_of) - rows["by"]).dt.days
    state = Series(OPEN, rows.index, dtype="str").mask(days.gt(0), OVERDUE).mask(rows["by"].isna(), UNDATED)
    rows = rows.assign(
        state=state, overdue_days=days.where(days.gt(0)).astype("Int64"), rating=rows["statement"].map(found["rated"])
    )
    order = rows["priority"].map({word: place for place, word in enumerate(PRIORITIES)}).fillna(len(PRIORITIES))
    return rows.assign(order=order).sort_values(["order", "by", "statement"], kind="stable", ignore_index=True)[TO_DO]

"""The school's own provisions as something to choose from: places, cost, and what is known of their effect."""

from collections.abc import Mapping

from pandas import DataFrame, Series

from sentrack_lib.terms import Term

COLUMNS = [
    "provision_id", "name", "area_of_need", "wave", "strategy", "intended_outcome", "subject", "staff", "group_size", "minutes",
    "pupils", "free_places", "cost_a_pupil", "known",
]  # fmt: skip
NOT_MEASURED = "No effect has been measured yet."


def catalogue(records: Mapping[str, DataFrame], provision_map: DataFrame, term: Term) -> DataFrame:
    """A row a provision that the school has, or had: as it was last described in a term up to `term`.

    `pupils` who take part now; `free_places` in its groups as they are (missing where no group size is known); `cost_a_pupil` in
    pounds, as the provision map of the term has it; `known`: how adults rated it, in words. A rating is no measured effect
    (methods, section 7)."""
    rows = records["provisions"].reindex(columns=["term", *(name for name in COLUMNS if name not in _NOW)])
    told = _up_to(rows, term).drop_duplicates("provision_id", keep="last").set_index("provision_id")
    now = (
        provision_map.drop_duplicates("provision_id")
        .set_index("provision_id")
        .reindex(columns=["pupils", "groups", "cost_a_pupil"])
    )
    whole = told.join(now).join(_ratings(_up_to(records["provision_pupils"], term)))
    pupils = whole["pupils"].fillna(0).astype("int64")
    free = whole["groups"].clip(lower=1).fillna(1) * whole["group_size"] - pupils
    known = whole["known"].astype("str").fillna(NOT_MEASURED)
    return whole.assign(pupils=pupils, free_places=free, known=known).reset_index()[COLUMNS]


_NOW = ("pupils", "free_places", "cost_a_pupil", "known")


def _up_to(rows: DataFrame, term: Term) -> DataFrame:
    """The rows of terms up to one, in their order."""
    when = rows["term"].map(Term.named, na_action="ignore")
    kept = rows[when.isna() | when.map(lambda each: each <= term, na_action="ignore").fillna(False).astype("bool")]
    return kept.assign(when=when[kept.index].map(str)).sort_values("when", kind="stable", key=_in_time).drop(columns="when")


def _in_time(names: Series) -> Series:
    return names.map(lambda name: (Term.named(name).year, Term.named(name).season) if Term.is_named(name) else (0, 0))


def _ratings(pupils: DataFrame) -> Series:
    """`Adults rated it good for 3 of 11 pupils, some for 6, none for 2. No effect has been measured yet.` by provision."""
    rated = pupils.reindex(columns=["provision_id", "rating"]).dropna()
    counts = rated.groupby("provision_id")["rating"].value_counts().unstack(fill_value=0)
    return Series({name: _said(row) for name, row in counts.iterrows()}, name="known", dtype="str")


def _said(counts: Series) -> str:
    usual = [name for name in ("good", "some", "none") if name in counts.index]
    order = [*usual, *(name for name in counts.index if name not in usual)]
    parts = [f"{name} for {int(counts[name])}" for name in order if counts[name]]
    return f"Adults rated it {', '.join(parts)} of {int(counts.sum())} pupils. {NOT_MEASURED}"

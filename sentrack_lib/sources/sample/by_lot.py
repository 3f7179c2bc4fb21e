"""The one provision of the invented school that changes something: there were more pupils than places, so lots were drawn."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame

from sentrack_lib.sources.sample.calendar import chance, days_of, ordinal
from sentrack_lib.sources.sample.registers import provision_sessions
from sentrack_lib.sources.sample.support import BY_LOT, COLUMNS
from sentrack_lib.sources.sample.truths import HELPFUL, HELPS, WAITS, Truth, bands_of, pupils_of
from sentrack_lib.terms import Term

FIRST, SCHOOL_YEAR = 2, 3
"""How many terms before the last it began, and how many it runs."""


def with_places_by_lot(
    tables: dict[str, DataFrame], people: DataFrame, truths: Sequence[Truth], term: Term, seed: int
) -> dict[str, DataFrame]:
    """The records of a term with the provision that helps, its pupils, and in its first term the draw; as they are where there is
    none. Its rows come last, so that nothing else changes by it."""
    drawn, planned = pupils_of(truths, HELPS), BY_LOT[9]
    since = [ordinal(Term.named(truth.term)) - ordinal(term) for truth in truths if truth.kind == HELPS]
    if not since or since[0] >= SCHOOL_YEAR:
        return tables
    first, last = (tables["provisions"][name].iloc[0] for name in ("start", "end"))
    row = DataFrame([BY_LOT], columns=COLUMNS).assign(start=first, end=last, review_on=tables["provisions"]["review_on"].max())
    taking_part = DataFrame(
        {"provision_id": HELPFUL, "pupil_id": drawn, "start": first, "end": last, "sessions_planned": planned}
    )
    missed = people.set_index("pupil_id").loc[list(drawn), "missed"].to_numpy()
    rng = chance(seed, "places by lot", term)
    taking_part["sessions_attended"] = rng.binomial(planned, np.clip(0.95 - missed, 0.2, 0.95))
    taking_part = taking_part.assign(baseline="", outcome="", rating=rng.choice(["none", "some", "good"], len(drawn)))
    more = {"provisions": row.assign(funding="SEN budget"), "provision_pupils": taking_part}
    if "provision_sessions" in tables:
        more["provision_sessions"] = provision_sessions(people, taking_part, truths, term, seed)
    added = {name: pd.concat([tables[name], rows], ignore_index=True) for name, rows in more.items()}
    return tables | added | ({"draws": _draws(people, truths, term)} if since[0] == FIRST else {})


def _draws(people: DataFrame, truths: Sequence[Truth], term: Term) -> DataFrame:
    """The table `draws`: everyone who wanted a place, from the lowest band."""
    drawn, waiting = pupils_of(truths, HELPS), pupils_of(truths, WAITS)
    rows = people[people["pupil_id"].isin([*drawn, *waiting])].sort_values("ability")
    return DataFrame({
        "provision_id": HELPFUL,
        "pupil_id": rows["pupil_id"].to_numpy(),
        "on": days_of(term)[0],
        "band": bands_of(len(rows)),
        "drawn": np.where(rows["pupil_id"].isin(drawn), "Y", "N"),
    })  # fmt: skip

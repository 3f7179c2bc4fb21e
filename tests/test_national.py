"""The pupils of England, expanded from published bands of absence, give back the published rates of persistent absence by SEN."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.measures.attendance import attendance
from sentrack_lib.measures.groups.rates import compare_rates, happened
from sentrack_lib.terms import Term

TERM = Term.named("2018-19-summer")
POSSIBLE = 200
SEN = {"No identified special educational need": "No SEN", "Any special educational need": "SEN", "Unclassified": "Not known"}
BEHAVIOUR = DataFrame({"term": [], "pupil_id": [], "kind": []}, dtype="str")


@pytest.fixture(scope="module")
def national() -> Path:
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "dfe_national"
    if not folder.is_dir():
        pytest.skip("the published figures lie beside the project only where they were put there")
    return folder


def pupils_of(bands: DataFrame) -> tuple[DataFrame, DataFrame, DataFrame]:
    """Every pupil of some rows of bands, with the least absence of the band: roll, sessions, SEN groups."""
    columns = [column for column in bands if column.startswith("abs_")]
    counts = bands[columns].to_numpy()
    row, band = (np.repeat(each.ravel(), counts.ravel()) for each in np.indices(counts.shape))
    ids = pd.Series(np.arange(len(row)), dtype="str")
    missed = np.array([int(column.split("_")[1]) for column in columns])[band] * POSSIBLE // 100
    roll = DataFrame({"term": str(TERM), "pupil_id": ids, "year_group": "8"})
    sessions = DataFrame({"term": str(TERM), "pupil_id": ids, "sessions_possible": float(POSSIBLE),
                          "sessions_attended": POSSIBLE - missed.astype(float), "sessions_late": np.nan})  # fmt: skip
    group = bands["sen_provision"].map(SEN).to_numpy()[row]
    return roll, sessions, DataFrame({"pupil_id": ids, "family": "SEN", "group": group})


def counted(bands: DataFrame) -> Iterator[DataFrame]:
    """Persistent absence counted year group by year group and phase by phase: counts of parts add up."""
    for _, part in bands.groupby(["school_type", "nc_year"]):
        roll, sessions, groups = pupils_of(part)
        told = happened(roll, attendance({"pupils": roll, "attendance": sessions}, TERM), BEHAVIOUR, TERM)
        rows = compare_rates(told[["pupil_id", "persistent absence"]], groups)
        yield rows.set_index("group")[["count", "n"]].astype("float64")


@pytest.mark.parametrize(("year", "period"), [(201617, "2016/17"), (201819, "2018/19")])
def test_the_published_rate_of_persistent_absence_comes_back(national, year, period):
    bands = pd.read_csv(national / "absence_bands_national.csv").query("time_period == @year")
    published = pd.read_csv(national / "published_figures.csv")
    wanted = published[published["measure"].eq("Persistent absentees %") & published["period"].eq(period)].set_index("group")[
        "value"
    ]
    found = pd.concat(counted(bands)).groupby(level=0).sum()
    assert found["n"].sum() == bands.filter(like="abs_").to_numpy().sum()
    rates = (100 * found["count"] / found["n"]).round(2)
    assert rates["No SEN"] == wanted["No identified SEN"]
    # SEN support and plans are one band here; the rate of both lies between the two that are published.
    assert wanted["SEN support"] < rates["SEN"] < wanted["SEN with statement/EHC plan"]

"""The school beside England: the list that is kept, what is wrong with a school's own, and what each figure is told to be."""

import os

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from sentrack_lib.errors import BadInput
from sentrack_lib.measures.benchmarks import COLUMNS, beside_benchmarks
from sentrack_lib.sources.benchmarks import COLUMNS as LISTED
from sentrack_lib.sources.benchmarks import benchmarks_of
from sentrack_lib.sources.coded import coded
from sentrack_lib.terms import Term

AUTUMN, SUMMER = Term.named("2025-26-autumn"), Term.named("2025-26-summer")
NO_BEHAVIOUR = DataFrame(columns=["term", "pupil_id", "kind"], dtype="str")


def roll_of(statuses: str, needs: dict[str, str] | None = None) -> DataFrame:
    ids = [f"P{each:03d}" for each in range(len(statuses))]
    need = [(needs or {}).get(letter) for letter in statuses]
    codes = [{"A": "E", " ": None}.get(letter, letter) for letter in statuses]
    sex = ["M" if each % 2 else "F" for each in range(len(statuses))]
    return DataFrame({"pupil_id": ids, "sen_status": codes, "sen_need": need, "sex": sex}).astype("str")


def attendance_of(roll: DataFrame, missed, possible=100) -> DataFrame:
    table = DataFrame({"pupil_id": roll["pupil_id"], "possible": np.broadcast_to(np.asarray(possible, dtype=float), len(roll))})
    absence = np.asarray(missed, dtype=float) / table["possible"]
    known = absence.notna()
    told = {"persistent": absence >= 0.1, "severe": absence >= 0.5}
    flags = {name: flag.astype("boolean").mask(~known) for name, flag in told.items()}
    return table.assign(attended=table["possible"] - missed, absence=absence, **flags)


def published(*rows: tuple) -> DataFrame:
    """Rows of measure, group, year, value, p25, p75, verified."""
    names = ["measure", "group", "year", "value", "p25", "p75", "verified"]
    table = DataFrame([(*row, *[True] * (len(names) - len(row))) for row in rows], columns=names)
    filled = table.astype({"value": float, "p25": float, "p75": float, "verified": bool})
    return filled.assign(unit="%", source="DfE", basis="", n_areas=np.nan, note="median of local authorities")


def beside(roll: DataFrame, missed, rows: DataFrame, behaviour: DataFrame = NO_BEHAVIOUR, term: Term = AUTUMN) -> DataFrame:
    return beside_benchmarks(roll, attendance_of(roll, missed), behaviour, rows, term)


# --- the list ------------------------------------------------------------------------------------


def test_the_list_that_comes_with_sentrack_is_sound_and_of_the_two_newest_years(tmp_path):
    found = benchmarks_of(tmp_path)
    assert list(found) == LISTED and set(found["year"]) == {"2023/24", "2024/25"}
    assert found["value"].between(0, 100).all() and (found["p25"].isna() == found["p75"].isna()).all()
    sen = found[found["measure"].eq("persistent absence") & found["year"].eq("2024/25")].set_index("group")
    assert sen.loc[["without SEN", "SEN support", "EHC plan"], "value"].to_list() == [20.0, 36.2, 38.9]
    assert sen.loc["SEMH", ["value", "p25", "p75"]].to_list() == [47.4, 44.0, 52.5]
    assert not sen.loc["MSI", "verified"] and sen.loc["ASD", "verified"]


def test_it_says_what_was_found_in_the_reference_material(shared, tmp_path):
    theirs = pd.read_csv(shared / "codesets" / "england_benchmarks.csv").assign(value=lambda rows: _numbers(rows["value"]))
    ours = benchmarks_of(tmp_path)
    asked = theirs["measure"].eq("severe absence (50%+ missed), state-funded secondary") & theirs["n_areas"].notna()
    mine = ours[ours["measure"].eq("severe absence")]
    columns = ["value", "p25", "p75", "n_areas"]
    assert sorted(map(tuple, theirs.loc[asked, columns].to_numpy())) == sorted(map(tuple, mine[columns].to_numpy()))


def _numbers(written: pd.Series) -> pd.Series:
    return pd.to_numeric(written, errors="coerce")


def write(folder, *lines: str) -> None:
    text = "\n".join(["measure,group,year,value,unit,source,verified,basis,p25,p75,n_areas,note", *lines])
    (folder / "benchmarks.csv").write_text(text + "\n", encoding="utf-8")


def test_a_school_can_put_its_own_list_in_its_place(tmp_path):
    write(tmp_path, "persistent absence,Autism,2025-26,31.5,%,Our trust,Yes,,,,,", "with SEN,all pupils,2025/26,18,%,x,no,,,,,")
    found = benchmarks_of(tmp_path)
    assert found[["group", "year", "value", "verified"]].to_numpy().tolist() == [
        ["ASD", "2025/26", 31.5, True],
        ["all pupils", "2025/26", 18.0, False],
    ]
    assert found["p25"].isna().all()


def test_a_list_that_is_written_anew_is_read_anew(tmp_path):
    row = "{measure},all pupils,2024/25,{value},DfE,yes\n"
    for value in (20, 21):
        lines = "measure,group,year,value,source,verified\n" + row.format(measure="absence", value=value)
        (tmp_path / "benchmarks.csv").write_text(lines, encoding="utf-8")
        os.utime(tmp_path / "benchmarks.csv", (value, value))
        found = benchmarks_of(tmp_path)
        assert found["value"].tolist() == [value]
        found.loc[0, "value"] = 0  # what one reader does with it is nothing to the next
        assert benchmarks_of(tmp_path)["value"].tolist() == [value]


def test_everything_wrong_with_a_list_is_told_at_once(tmp_path):
    write(
        tmp_path,
        "persistant absence,EHC plan,2024/25,30,%,x,yes,,,,,",
        "severe absence,EHC plans,2024/26,300,%,x,perhaps,,,,,",
        "severe absence,EHC plan,2024/25,30,%,x,yes,,40,20,,",
        "severe absence,EHC plan,2024/25,30,%,x,yes,,,20,,",
    )
    with pytest.raises(BadInput) as fault:
        benchmarks_of(tmp_path)
    told = str(fault.value).splitlines()
    assert told[0] == (
        'benchmarks.csv, row 2, measure "persistant absence" is not a measure sentrack sets beside its own.'
        " Did you mean persistent absence?"
    )
    assert [line.split('"')[0].split(", ")[1:] for line in told[1:]] == [
        ["row 3", "group "], ["row 3", "value "], ["row 3", "verified "], ["row 3", "year "],
        ["row 4", "p25 "], ["row 5", "measure "], ["row 5", "p25 "],
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["measure,group\nabsence,EHC plan\n", "", "nothing at all\n", "a,b,c\n1,2,3\n"])
def test_a_list_without_its_columns_is_refused_with_a_sentence(tmp_path, text):
    (tmp_path / "benchmarks.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"benchmarks\.csv"):
        benchmarks_of(tmp_path)


def test_a_row_that_does_not_fit_its_headings_is_told(tmp_path):
    write(tmp_path, "severe absence,EHC plan,2024/25,30,%,x,yes,,,,,,one,cell,too,many")
    with pytest.raises(BadInput, match=r"benchmarks\.csv, row 2"):
        benchmarks_of(tmp_path)


# --- the school beside it ------------------------------------------------------------------------


def test_counts_intervals_and_limits_are_those_of_statsmodels_and_by_hand():
    roll = roll_of("E" * 20 + "K" * 40 + "N" * 60)
    missed = np.where(np.arange(120) % 3 == 0, 10, 9)
    rows = published(("persistent absence", "SEN support", "2024/25", 20, 18, 22))
    [row] = beside(roll, missed, rows).to_dict("records")
    assert (row["count"], row["of"]) == (13, 40)
    assert (row["low"], row["high"]) == pytest.approx(proportion_confint(13, 40, 2 * stats.norm.sf(1.96), "wilson"), abs=1e-9)
    spread = 1.959963984540054 * np.sqrt(0.2 * 0.8 / 40)
    assert (row["limit_low"], row["limit_high"]) == pytest.approx((0.2 - spread, 0.2 + spread), abs=1e-9)
    assert (row["national"], row["p25"], row["p75"], row["year"]) == (0.2, 0.18, 0.22, "2024/25")
    assert row["note"] == "median of local authorities; here this school year up to the term, there a whole year"


def test_absence_is_the_share_of_sessions_with_the_interval_of_a_ratio():
    """Missed 2, 4, …, 20 of 40 or 80 sessions in turn: R = 110 / 600; the residuals are missed less R times possible."""
    roll = roll_of("E" * 10)
    possible, missed = np.tile([40.0, 80.0], 5), np.arange(2.0, 21.0, 2.0)
    rows = published(("absence", "EHC plan", "2024/25", 15.7, 12.9, 18.5))
    [row] = beside_benchmarks(roll, attendance_of(roll, missed, possible), NO_BEHAVIOUR, rows, AUTUMN).to_dict("records")
    left = missed - 110 / 600 * possible
    spread = stats.t.ppf(0.975, 9) * np.sqrt(10 / 9 * (left**2).sum()) / 600
    assert row["value"] == pytest.approx(110 / 600, abs=1e-12)
    assert (row["low"], row["high"]) == pytest.approx((110 / 600 - spread, 110 / 600 + spread), abs=1e-9)
    assert pd.isna(row["count"]) and row["of"] == 10 and pd.isna(row["limit_low"])


@pytest.mark.parametrize(
    ("often", "quartiles", "told"),
    [
        (60, (18, 22), "above what half of local authorities lie between"),
        (2, (18, 22), "below what half of local authorities lie between"),
        (20, (18, 22), "within what half of local authorities lie between"),
        (24, (18, 22), "not clearly outside what half of local authorities lie between"),
        (60, (np.nan, np.nan), "above England's figure"),
        (2, (np.nan, np.nan), "below England's figure"),
        (24, (np.nan, np.nan), "no evidence of a difference from England's figure"),
    ],
)
def test_a_school_is_told_where_it_lies(often, quartiles, told):
    missed = np.where(np.arange(100) < often, 50, 0)
    found = beside(roll_of("N" * 100), missed, published(("persistent absence", "without SEN", "2024/25", 20, *quartiles)))
    assert found["told"].to_list() == [told]


def test_few_pupils_nobody_and_figures_that_are_not_verified_get_no_verdict():
    roll = roll_of("E" * 9 + "K" * 4 + "N" * 30)
    rows = published(
        ("persistent absence", "EHC plan", "2024/25", 38.9, 34, 44),
        ("persistent absence", "SEN support", "2024/25", 36.2, 33, 39),
        ("persistent absence", "PMLD", "2024/25", 36.2, 33, 39),
        ("persistent absence", "without SEN", "2024/25", 20, 18, 22, False),
    )
    found = beside(roll, np.arange(43), rows)
    assert found["told"].to_list() == [
        "cannot be told: fewer than 10 pupils",
        "cannot be told: fewer than 10 pupils",
        "cannot be told: it is known of nobody here",
        "cannot be told: the published figure is not verified",
    ]
    assert found["of"].to_list() == [9, 4, 0, 30]
    assert found["value"].isna().to_list() == [False, True, True, False]


def test_pupils_whose_status_or_attendance_is_not_known_are_counted_in_no_share():
    roll = roll_of("E" * 12 + "N" * 12 + " " * 6)
    rows = published(
        ("with SEN", "all pupils", "2024/25", 16.5, np.nan, np.nan), ("severe absence", "without SEN", "2024/25", 2, 1, 3)
    )
    missed = np.where(np.arange(30) == 15, np.nan, 60.0)
    found = beside(roll, missed, rows)
    assert found[["count", "of"]].to_numpy().tolist() == [[12, 24], [11, 11]]


def test_needs_are_of_pupils_with_sen_and_shares_of_needs_of_those_whose_need_is_known():
    roll = roll_of("A" * 10 + "E" * 5 + "K" * 5 + "N" * 10, {"A": "Autism", "E": "SEMH", "N": "ASD"})
    rows = published(
        ("persistent absence", "ASD", "2024/25", 32, 29, 37), ("main need ASD", "EHC plan", "2024/25", 33.6, np.nan, np.nan)
    )
    found = beside(roll, np.full(30, 20), rows)
    assert found[["count", "of"]].to_numpy().tolist() == [[10, 10], [10, 15]]


def test_suspensions_are_of_the_term_and_without_records_not_known():
    roll, when = roll_of("K" * 40), str(AUTUMN)
    rows = published(
        ("suspended in autumn", "SEN support", "2024/25", 9, 7, 11), ("suspended in spring", "SEN support", "2024/25", 9, 7, 11)
    )
    events = [(when, "P001", "suspension"), (when, "P001", "suspension"), ("2024-25-autumn", "P002", "suspension")]
    found = beside(roll, np.zeros(40), rows, DataFrame(events, columns=["term", "pupil_id", "kind"]))
    assert found[["measure", "count", "of"]].to_numpy().tolist() == [["suspended in autumn", 1, 40]]
    assert beside(roll, np.zeros(40), rows)["told"].to_list() == ["cannot be told: it is known of nobody here"]
    assert beside(roll, np.zeros(40), rows, term=SUMMER).empty


def test_the_newest_year_that_is_not_after_the_term_is_taken_and_old_persistent_absence_never():
    years = [
        ("persistent absence", "SEN support", f"{year}/{year % 100 + 1:02d}", year - 2000, 1, 90)
        for year in (2014, 2023, 2024, 2026)
    ]
    old = [("persistent absence", "EHC plan", "2014/15", 20, 1, 90), ("severe absence", "EHC plan", "2014/15", 20, 1, 90)]
    found = beside(roll_of("K" * 20 + "E" * 20), np.arange(40), published(*years, *old))
    assert found[["measure", "group", "year"]].to_numpy().tolist() == [
        ["persistent absence", "SEN support", "2024/25"],
        ["severe absence", "EHC plan", "2014/15"],
    ]


def test_an_empty_roll_and_an_empty_list_have_all_columns_and_texts_and_codes_agree(tmp_path):
    listed, nobody = benchmarks_of(tmp_path), roll_of("")
    found = beside(nobody, np.zeros(0), listed)
    assert list(found) == COLUMNS and set(found["told"]) == {"cannot be told: it is known of nobody here"}
    roll = roll_of("K" * 20 + "N" * 20, {"K": "SLCN"})
    assert beside(roll, np.arange(40), listed.iloc[:0]).empty
    tables = {"roll": roll, "behaviour": DataFrame({"term": [str(AUTUMN)], "pupil_id": ["P003"], "kind": ["suspension"]})}
    texts, codes = (
        beside_benchmarks(each["roll"], attendance_of(roll, np.arange(40)), each["behaviour"], listed, AUTUMN)
        for each in (tables, coded(tables))
    )
    pd.testing.assert_frame_equal(texts, codes)

"""Did it work, asked of real pupils: Project STAR, where pupils of regular classes were drawn anew for grade 1, with an assistant
or without, and where the small classes were drawn before anybody had been tested."""

from pathlib import Path

import pandas as pd
import pytest
import statsmodels.api as sm
from pandas import DataFrame

from sentrack_lib.measures.evaluated import of_all_terms
from sentrack_lib.measures.impact import impact_tables
from sentrack_lib.sources.imports import import_files
from sentrack_lib.sources.loading import load_school
from sentrack_lib.terms import Term

SMALL, REGULAR, WITH_AIDE = "SMALL CLASS", "REGULAR CLASS", "REGULAR + AIDE CLASS"
SUBJECTS = {"Reading": "treadss", "Mathematics": "tmathss"}


@pytest.fixture(scope="module")
def pupils(shared_star) -> DataFrame:
    return pd.read_csv(shared_star, low_memory=False, dtype={"stdntid": str}).set_index("stdntid")


@pytest.fixture(scope="module")
def shared_star():
    file = Path(__file__).resolve().parents[2] / "shared" / "data" / "star" / "star_students.csv.gz"
    if not file.is_file():
        pytest.skip("the real files lie beside the project only where they were put there")
    return file


@pytest.fixture(scope="module")
def school(shared_star, tmp_path_factory):
    folder = tmp_path_factory.mktemp("star")
    for profile in ("star", "star_provisions"):
        import_files([shared_star], folder, None, profile, None)
    return load_school(folder)


def told(school, term: str, records: dict[str, DataFrame]) -> DataFrame:
    """The impact of what is recorded."""
    now = Term.named(term)
    here = {name: table[table["term"].eq(term)] for name, table in school.tables.items() if name in ("pupils", "teaching_groups")}
    tables = {"roll": here["pupils"], "teaching_groups": here["teaching_groups"], **of_all_terms(school, now)}
    return impact_tables(tables, records, now, school.settings.calendar)["impact"].set_index("provision_id")


@pytest.fixture(scope="module")
def grade_1(school) -> DataFrame:
    """What the profile records of grade 1: an assistant in class, a small class from the first day and later, being taken out."""
    return told(school, "1986-87-summer", school.records)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_an_assistant_in_class_is_measured_like_anyone_would_and_not_told_apart_from_the_teachers(grade_1, pupils, subject):
    found, column = grade_1.loc[f"aide-{subject.casefold()}"], SUBJECTS[subject]
    ordinary = [REGULAR, WITH_AIDE]
    rows = pupils[pupils["gkclasstype"].isin(ordinary) & pupils["g1classtype"].isin(ordinary)]
    rows = rows.dropna(subset=[f"gk{column}", f"g1{column}", "g1schid"])
    side = DataFrame({"aide": rows["g1classtype"].eq(WITH_AIDE).astype(float), "start": rows[f"gk{column}"]})
    theirs = sm.OLS(rows[f"g1{column}"], sm.add_constant(side)).fit(cov_type="HC3", use_t=True)
    assert found["n"] == side["aide"].sum() and found["chosen_by"] == "lot"
    aided = pupils["gkclasstype"].isin(ordinary) & pupils["g1classtype"].eq(WITH_AIDE)
    others = pupils[~aided].dropna(subset=[f"gk{column}", f"g1{column}", "g1schid"])
    sd = others[f"g1{column}"].std(ddof=1)
    # 0.15 and 0.07 SD. With pupils as units both intervals lie above nought; with the classes as units, and each school held
    # against itself, they are 0.09 (0.03 to 0.16) and 0.03 (-0.05 to 0.12).
    assert found["effect"] == pytest.approx(theirs.params["aide"] / sd, abs=1e-9)
    assert found["verdict"] == "cannot tell" and "Whole classes got it" in found["why"]


def test_what_cannot_be_told_of_real_pupils_is_not(grade_1):
    rows = grade_1.loc[["small-class", "small-class-later", "taken-out"]]
    assert rows["effect"].isna().all() and rows["verdict"].eq("cannot tell").all()
    assert "no grades of its pupils from before" in rows.loc["small-class", "why"]
    assert rows.loc[["small-class-later", "taken-out"], "why"].str.contains("no earlier baseline").all()


def test_a_small_class_that_pupils_came_to_later_is_held_against_those_who_did_not(school, pupils):
    ordinary = [REGULAR, WITH_AIDE]
    late = pupils["gkclasstype"].isin(ordinary) & pupils["g1classtype"].isin(ordinary) & pupils["g2classtype"].eq(SMALL)
    always = pupils["g1classtype"].eq(SMALL) | pupils["gkclasstype"].eq(SMALL)
    term, wave = "1987-88-summer", "targeted"
    provisions = [
        {"provision_id": "late", "name": "A small class from grade 2", "subject": "Reading", "start": "1987-09-01"},
        {"provision_id": "always", "name": "A small class", "subject": "Reading", "start": "1985-09-01"},
    ]
    who = {"late": pupils.index[late], "always": pupils.index[always]}
    parts = [DataFrame({"pupil_id": who[own], "provision_id": own, "start": day}) for own, day in (
        (each["provision_id"], each["start"]) for each in provisions)]  # fmt: skip
    rows = DataFrame(provisions).assign(term=term, wave=wave)
    found = told(school, term, {"provisions": rows, "provision_pupils": pd.concat(parts).assign(term=term)}).loc["late"]
    # 80 pupils whom nobody drew: no effect is seen, and none under 0.2 SD could have been.
    assert found["n"] == 80 and found["verdict"] == "cannot tell" and found["low"] < 0 < found["high"]

"""Finding the pupil of each row: what is sure is used, what is less than sure is told, nothing is guessed."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from sentrack_lib.sources.exports.export import WHO
from sentrack_lib.sources.imports import evidence
from sentrack_lib.sources.imports.matching import matched
from sentrack_lib.sources.imports.people import has_right_check_letter, known_pupils

ANN, BEN, ELSE, TEMPORARY = "H801200001001", "K801200001002", "N801200001003", "X00180001701A"


def rolls(*more: dict[str, str]) -> DataFrame:
    ann = dict(pupil_id=ANN, upn=ANN, admission_no="000012", mis_id="501", surname="Inventa", forename="Ann")
    ben = dict(pupil_id=BEN, upn=BEN, admission_no="000013", mis_id="502", surname="Madeupson", forename="Ben")
    tom = dict(pupil_id=TEMPORARY, upn=TEMPORARY, admission_no="000014", surname="Fakeham", forename="Tom")
    born = dict(date_of_birth="2012-05-01")
    return DataFrame([ann | born, ben | born, tom | born, *more], dtype="str")


def one(new: bool = False, held: DataFrame | None = None, **said: str) -> tuple[str, list[str]]:
    """The pupil of a single row, and what is told of it."""
    found, problems = matched(DataFrame([said], dtype="str"), known_pupils(rolls() if held is None else held), "file.csv", new)
    return found["pupil_id"].iloc[0], problems["problem"].tolist()


@pytest.mark.parametrize(
    ("upn", "right"),
    [(ANN, True), (TEMPORARY, True), (f" {ANN.lower()} ", True), ("A801200001001", False), ("X00180001701B", False)]
    + [("H80120000100", False), ("I801200001001", False), ("UPN", False), ("", True), (None, True)],
)
def test_the_check_letter_of_a_upn(upn, right):
    assert has_right_check_letter(Series([upn], dtype="str")).tolist() == [right]


@pytest.mark.parametrize(
    "said",
    [{"upn": ANN}, {"upn": ANN.lower()}, {"admission_no": "000012"}, {"mis_id": "501"}, {"pupil_id": ANN}, {"pupil_id": "501"}]
    + [{"pupil_id": "000012"}, {"upn": ANN, "admission_no": "000012", "surname": "Married", "forename": "Ann"}],
)
def test_an_id_finds_its_pupil_and_nothing_needs_telling(said):
    assert one(**said) == (ANN, [])


def test_a_name_with_a_date_of_birth_finds_its_pupil_and_this_is_told():
    said = dict(surname=" INVENTA ", forename="ann")
    assert one(**said, date_of_birth="2012-05-01") == (ANN, [evidence.BY_NAME.problem])
    assert one(**said) == ("", [evidence.NOBODY.problem])
    assert one(**said, date_of_birth="2012-05-02") == ("", [evidence.NOT_FOUND.problem])


def test_lost_leading_zeros_are_told_and_match_only_one_pupil():
    assert one(admission_no="12") == (ANN, [evidence.ZEROS_LOST.problem])
    twin = rolls(dict(pupil_id="0012", admission_no="0012"))
    assert one(held=twin, admission_no="12") == ("", [evidence.FITS_TWO.problem])
    assert one(held=twin, admission_no="0012") == ("0012", [])


def test_a_name_that_fits_two_pupils_is_told_and_not_matched():
    twin = rolls(dict(pupil_id="77", admission_no="77", surname="Inventa", forename="Ann", date_of_birth="2012-05-01"))
    named = dict(surname="Inventa", forename="Ann", date_of_birth="2012-05-01")
    assert one(held=twin, **named) == ("", [evidence.FITS_TWO.problem])
    assert one(held=twin, **named, admission_no="77") == ("77", [])


def test_a_row_whose_ids_are_those_of_two_pupils_is_told_and_not_matched():
    assert one(upn=ANN, admission_no="000013") == ("", [evidence.NOT_TOGETHER.problem])
    assert one(upn=ANN, admission_no="000013", mis_id="502") == ("", [evidence.NOT_TOGETHER.problem])


def test_a_upn_confirmed_by_the_name_outweighs_a_wrong_number_and_this_is_told():
    named = dict(surname="Inventa", forename="Ann", date_of_birth="2012-05-01")
    assert one(upn=ANN, admission_no="000013", **named) == (ANN, [evidence.OUTVOTED.problem])


def test_a_pupil_under_two_ids_on_the_rolls_is_told_and_not_matched():
    assert one(held=rolls(dict(pupil_id="12", upn=ANN)), upn=ANN) == ("", [evidence.FITS_TWO.problem])


def test_a_number_with_another_upn_name_or_birthday_is_not_that_pupil():
    assert one(upn=ELSE, admission_no="000012")[0] == ""
    other = dict(surname="Nobodysson", forename="Cy", date_of_birth="2011-01-01")
    assert one(admission_no="000012", **other) == ("", [evidence.OTHER_PERSON.problem])


def test_a_real_upn_takes_the_place_of_a_temporary_one_and_the_pupil_keeps_the_id():
    assert one(upn=BEN.replace("2", "5"), admission_no="000014")[0] == TEMPORARY
    named = dict(surname="Fakeham", forename="Tom", date_of_birth="2012-05-01")
    found, told = one(upn=ELSE, **named)
    assert found == TEMPORARY and {evidence.REAL_UPN.problem, evidence.BY_NAME.problem} <= set(told)


def test_a_new_pupil_gets_the_upn_else_the_admission_number_else_the_mis_id():
    assert one(new=True, upn=ELSE, admission_no="99", mis_id="9")[0] == ELSE
    assert one(new=True, admission_no="000099", mis_id="9") == ("000099", [])
    assert one(new=True, mis_id="9") == ("9", [])
    assert one(new=True, upn="UN1", mis_id="9") == ("9", [])
    assert one(new=True, upn=ANN, admission_no="000012") == (ANN, [])
    assert one(new=True, surname="Nobodysson", forename="Cy") == ("", [evidence.NOBODY.problem])


def test_a_first_roll_needs_no_earlier_one():
    found, problems = matched(rolls().drop(columns="pupil_id"), known_pupils(rolls().iloc[:0]), new=True)
    assert found["pupil_id"].tolist() == [ANN, BEN, TEMPORARY] and set(problems["effect"]) <= {"kept"}


def test_a_new_pupil_with_the_number_of_another_upn_is_a_pupil_of_their_own_and_told():
    found, told = one(new=True, upn=ELSE, admission_no="000012")
    assert found == ELSE and evidence.NEW_WITH_OLD.problem in told


def test_two_new_pupils_under_one_number_are_told_and_neither_is_used(table):
    roll = table("""
        admission_no | surname    | forename | date_of_birth
        A99          | Nobodysson | Cy       | 2011-01-01
        A99          | Pretendley | Di       | 2011-02-02
    """)
    found, problems = matched(roll, known_pupils(rolls()), new=True)
    assert found["pupil_id"].tolist() == ["", ""] and problems["problem"].tolist() == [evidence.TWO_UNDER_ONE.problem] * 2


def test_a_fault_names_every_row_and_a_remark_the_first_of_rows_that_are_alike():
    rows = DataFrame({"admission_no": ["12", "12", "404", "404"]}, index=[2, 3, 4, 5], dtype="str")
    problems = matched(rows, known_pupils(rolls()), "marks.csv")[1]
    assert problems[["row", "value"]].to_numpy().tolist() == [[4, "404"], [5, "404"], [2, "12"]]
    assert problems["effect"].tolist() == ["row set aside", "row set aside", "kept"]


_ANY = {
    "pupil_id": ["", ANN, "12"],
    "upn": ["", ANN, BEN, ELSE, TEMPORARY],
    "admission_no": ["", "12", "000012", "000013", "000014"],
    "mis_id": ["", "501", "502", "9"],
    "surname": ["", "Inventa", "Madeupson"],
    "forename": ["", "Ann", "Ben"],
    "date_of_birth": ["", "2012-05-01"],
}
_ROWS = st.lists(st.fixed_dictionaries({name: st.sampled_from(some) for name, some in _ANY.items()}), min_size=1, max_size=12)


@settings(max_examples=40)
@given(_ROWS, st.booleans(), st.randoms())
def test_the_order_of_rows_changes_nothing_and_no_row_gets_a_pupil_that_contradicts_its_upn(said, new, chance):
    rows = DataFrame(said, columns=WHO, dtype="str")
    before = rows.copy()
    found, problems = matched(rows, known_pupils(rolls()), new=new)
    assert rows.equals(before) and found.index.equals(rows.index)
    order = list(rows.index)
    chance.shuffle(order)
    again, _ = matched(rows.loc[order], known_pupils(rolls().iloc[::-1]), new=new)
    assert again["pupil_id"].sort_index().equals(found["pupil_id"])
    for upn in (ANN, BEN, ELSE):
        others = {ANN, BEN, ELSE} - {upn}
        assert not found.loc[rows["upn"].eq(upn), "pupil_id"].isin(others).any()
    aside = problems.loc[problems["effect"].ne("kept"), "row"]
    assert set(found.index[found["pupil_id"].eq("")]) == set(aside) and not aside.duplicated().any()
    assert pd.Series(found["pupil_id"]).notna().all()

import gzip
import re

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from written_as.dfe import census_pupil, census_xml, ctf, ctf_pupil, tag, told
from written_as.sims import superstar

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.checking import check_table
from sentrack_lib.sources.exports.export import IGNORED, NOT_MENTIONED, USED
from sentrack_lib.sources.exports.transfer_files import kind_of_xml, read_census, read_superstar, read_transfer_file
from sentrack_lib.sources.files import read_sheet, xml_files
from sentrack_lib.sources.imports import import_files
from sentrack_lib.sources.problems import KEPT

TERM = "2025-26-summer"
CARRIED = ["surname", "forename", "date_of_birth", "sex", "year_group", "ethnicity", "sen_status", "sen_need", "sen_need_2"]
DERIVED = ["disability", "eal", "looked_after"]
WORDS = {"Reading": ("ENG", "REA"), "Maths": ("MAT", "")}


PUPIL = dict.fromkeys([*CARRIED, *DERIVED], "") | {
    "upn": "H801200001001",
    "surname": "Fictley",
    "forename": "Max",
    "year_group": "7",
}


@pytest.fixture
def saved(tmp_path):
    def _saved(content, name="from_another_school.xml"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return _saved


@pytest.fixture(scope="session")
def invented(sample):
    tables = {name: read_sheet(sample / TERM / f"{name}.csv").cells for name in ("pupils", "prior_attainment")}
    second = tables["pupils"]["sen_need_2"].mask(tables["pupils"]["sen_need"].ne(""), "SEMH")
    return {**tables, "pupils": tables["pupils"].assign(sen_need_2=second)}


@pytest.fixture(scope="session")
def whole_ctf(invented):
    prior = invented["prior_attainment"]
    scaled = prior[prior["scale"].eq("ks2_scaled") & prior["subject"].isin(WORDS)]
    told = {
        pupil: [
            {"grade": r["grade"], "subject": WORDS[r["subject"]][0], "part": WORDS[r["subject"]][1]}
            for r in rows.to_dict("records")
        ]
        for pupil, rows in scaled.groupby("pupil_id")
    }
    return ctf(*(ctf_pupil(row, told.get(row["upn"], ())) for row in invented["pupils"].to_dict("records"))), scaled


def test_the_invented_school_comes_back_from_a_transfer_file(saved, invented, whole_ctf):
    content, scaled = whole_ctf
    found = read_transfer_file(saved(content), TERM)
    assert set(found.tables) == {(TERM, "pupils"), (TERM, "prior_attainment")}
    pupils = found.tables[TERM, "pupils"].reset_index(drop=True)
    before = invented["pupils"].reset_index(drop=True)
    columns = ["upn", *CARRIED, *DERIVED]
    pd.testing.assert_frame_equal(pupils[columns], before[columns], check_names=False)
    order = ["pupil_id", "subject"]
    placed = found.tables[TERM, "prior_attainment"]
    prior = placed.assign(pupil_id=found.who["upn"].loc[placed.index].to_numpy())
    rows = [table[[*order, "stage", "scale", "grade"]].sort_values(order).reset_index(drop=True) for table in (prior, scaled)]
    pd.testing.assert_frame_equal(*rows, check_names=False)
    assert found.problems.empty


def test_every_row_passes_the_checks_of_its_table(saved, whole_ctf):
    found = read_transfer_file(saved(whole_ctf[0]), TERM)
    for (_, name), table in found.tables.items():
        named = table.assign(pupil_id=found.who["upn"].loc[table.index])
        accepted, problems = check_table(name, named, "a file")
        assert len(accepted) == len(table) and problems.empty


def test_the_invented_school_comes_back_from_a_census(saved, invented):
    rows = invented["pupils"].to_dict("records")
    found = read_census(saved(census_xml(*map(census_pupil, rows))), TERM).tables[TERM, "pupils"].reset_index(drop=True)
    before = invented["pupils"].reset_index(drop=True)
    columns = ["upn", *CARRIED]
    pd.testing.assert_frame_equal(found[columns], before[columns], check_names=False)
    assert list(found["eal"]) == list(before["eal"].where(before["eal"].eq("Y"), "N"))
    assert set(found["joined_on"]) == {"2022-09-05"} and "disability" not in found


def test_the_invented_school_comes_back_from_a_report_of_sims(saved, invented):
    found = read_superstar(saved(superstar(invented["pupils"].rename(columns=lambda name: name.replace("_", " ")))))
    before = invented["pupils"].loc[:, invented["pupils"].ne("").any()]
    headed = before.rename(columns=lambda name: name.replace("_", " "))
    pd.testing.assert_frame_equal(found.cells[list(headed)], headed, check_names=False, check_index_type=False)
    assert found.read == len(before) and found.problems.empty


def test_a_heading_of_sims_keeps_what_is_no_code_and_one_that_repeats_holds_each_text_once(saved):
    record = (
        "<Record><SEN_x0020_Need>SLCN</SEN_x0020_Need><SEN_x0020_Need>ASD</SEN_x0020_Need><SEN_x0020_Need>SLCN</SEN_x0020_Need>"
    )
    sheet = read_superstar(saved(f"<SuperStarReport>{record}<Odd_x0000_>1</Odd_x0000_></Record><Record/></SuperStarReport>"))
    assert sheet.cells.to_dict("records") == [{"SEN Need": "SLCN; ASD", "Odd_x0000_": "1"}]
    assert list(sheet.cells.index) == [2] and sheet.read == 1


@pytest.mark.parametrize(
    "root, kind", [("CTfile", "ctf"), ("MESSAGE", "census"), ("SuperStarReport", "superstar"), ("html", None)]
)
def test_the_first_element_says_which_file_it_is(saved, root, kind):
    assert kind_of_xml(saved(f'<?xml version="1.0"?><!-- so --><{root} xmlns="urn:any"><a/></{root}>')) == kind


def test_a_table_as_text_is_no_xml(saved):
    assert kind_of_xml(saved("UPN,Surname\nH801200001001,Fictley\n")) is None
    assert kind_of_xml(saved("<!DOCTYPE html><html><table/></html>")) is None


def test_names_are_read_without_case_and_namespace(saved, whole_ctf):
    plain = read_transfer_file(saved(whole_ctf[0]), TERM).tables
    upper = re.sub(r"<(/?)(\w+)>", lambda found: f"<{found[1]}x:{found[2].upper()}>", whole_ctf[0])
    upper = upper.replace("<x:CTFILE>", '<x:CTFILE xmlns:x="urn:any">')
    for place, table in read_transfer_file(saved(upper), TERM).tables.items():
        pd.testing.assert_frame_equal(table, plain[place])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_a_name_with_an_accent_is_read_in_any_encoding(saved, encoding):
    declared = ctf(ctf_pupil(PUPIL | {"surname": "Fictlé"})).replace("UTF-8", encoding.removesuffix("-sig"))
    found = read_transfer_file(saved(declared.encode(encoding)), TERM)
    assert list(found.tables[TERM, "pupils"]["surname"]) == ["Fictlé"]


def test_a_packed_file_is_unpacked(saved):
    file = saved(gzip.compress(ctf(ctf_pupil(PUPIL)).encode()))
    assert kind_of_xml(file) == "ctf" and len(read_transfer_file(file, TERM).tables[TERM, "pupils"]) == 1


def test_a_pupil_of_whom_little_is_told_is_kept_and_nothing_is_made_up(saved):
    found = read_transfer_file(saved(ctf(tag("Pupil", told("UPN", "H801200001001")))), TERM)
    assert found.tables[TERM, "pupils"].to_dict("records") == [{"upn": "H801200001001"}]


def test_a_need_that_has_ended_does_not_count_and_of_one_rank_the_latest_does(saved):
    rows = [
        ("2018-09-01", "2020-07-31", "1", "MLD"),
        ("2023-09-01", "", "1", "ASD"),
        ("2021-09-01", "", "1", "SLCN"),
        ("", "", "3", "PD"),
    ]
    names = ["NeedStartDate", "NeedEndDate", "SENtypeRank", "SENtype"]
    needs = [tag("SENneed", *map(told, names, row)) for row in rows]
    found = read_transfer_file(
        saved(ctf(tag("Pupil", told("UPN", "H801200001001"), tag("SENhistory", tag("SENneeds", *needs))))), TERM
    )
    pupil = found.tables[TERM, "pupils"].iloc[0]
    assert pupil["sen_need"] == "ASD" and "sen_need_2" not in pupil


@pytest.mark.parametrize(
    "language, eal", [("ENG", "N"), ("ENB", "N"), ("OTH", "Y"), ("OTB", "Y"), ("POL", "Y"), ("REF", ""), ("NOT", ""), ("", "")]
)
def test_english_is_additional_where_another_first_language_is_told(saved, language, eal):
    other = told("UPN", "X00180001701A") + tag("BasicDetails", tag("Languages", tag("Type", told("Language", "ENG"))))
    types = [tag("Type", told("LanguageType", kind), told("Language", code)) for kind, code in (("H", "URD"), ("F", language))]
    one = told("UPN", "H801200001001") + tag("BasicDetails", tag("Languages", *types))
    found = read_transfer_file(saved(ctf(tag("Pupil", one), tag("Pupil", other))), TERM)
    assert list(found.tables[TERM, "pupils"]["eal"]) == [eal, "N"]


@pytest.mark.parametrize(
    "given, row",
    [
        ({"grade": "104"}, ("Maths", "ks2_scaled", "104")),
        ({"grade": "B"}, ("Maths", "ks2_scaled", "B")),
        ({"grade": "EXS", "method": "TA", "subject": "ENG", "part": "WRI"}, ("Writing", "ks2_ta", "EXS")),
        ({"grade": "PK3", "method": "TA"}, ("Maths", "ks2_ta", "PK3")),
        ({"grade": "4b", "year": "2012"}, ("Maths", "nc_level", "4b")),
        ({"grade": "5", "year": "2015", "method": "TA", "subject": "SCI"}, ("Science", "nc_level", "5")),
        ({"grade": "104", "subject": "QQQ"}, ("QQQ", "ks2_scaled", "104")),
    ],
)
def test_a_result_is_on_the_scale_of_its_stage_and_year(saved, given, row):
    found = read_transfer_file(saved(ctf(ctf_pupil(PUPIL, [given]))), TERM)
    assert found.tables[TERM, "prior_attainment"].to_numpy().tolist() == [[row[0], "KS2", *row[1:]]]
    assert list(found.not_understood["value"]) == (["QQQ"] if row[0] == "QQQ" else [])


@pytest.mark.parametrize(
    "given, why",
    [
        ({"grade": "45"}, "on no scale"),
        ({"grade": "104", "qualifier": "NM"}, "on no scale"),
        ({"grade": "104", "year": ""}, "on no scale"),
        ({"grade": "104", "status": "E"}, "estimate"),
    ],
)
def test_a_result_that_is_no_grade_is_left_out_and_told(saved, given, why):
    found = read_transfer_file(saved(ctf(ctf_pupil(PUPIL, [given]))), TERM)
    assert (TERM, "prior_attainment") not in found.tables
    assert why in found.problems["problem"].iloc[0] and set(found.problems["effect"]) == {KEPT}


SESSIONS = {"SessionsPossible": "100", "SessionsAuthorised": "4", "SessionsAttended": "95", "SessionsUnauthorised": "1"}
YEAR_DATA = tag(
    "Attendance",
    tag(
        "YearData",
        told("Year", "2025"),
        *(told(*item) for item in SESSIONS.items()),
        tag("AttendSessions", told("AttendanceStartDate", "2025-09-03")),
    ),
)


def test_the_year_so_far_is_the_autumn_term_where_the_file_was_written_in_it(saved):
    found = read_transfer_file(saved(ctf(ctf_pupil(PUPIL, more=YEAR_DATA))), "2025-26-autumn")
    assert found.tables["2025-26-autumn", "attendance"].to_numpy().tolist() == [["100", "95", "4", "1"]]
    assert found.problems.empty


@pytest.mark.parametrize("term", ["2025-26-spring", "2025-26-summer", "2024-25-autumn"])
def test_sessions_of_a_whole_year_are_no_terms_and_that_is_told(saved, term):
    found = read_transfer_file(saved(ctf(ctf_pupil(PUPIL, more=YEAR_DATA))), term)
    assert (term, "attendance") not in found.tables
    assert list(found.problems["effect"]) == [KEPT] and "cannot be split into terms" in found.problems["problem"].iloc[0]


def test_every_element_is_told_as_used_or_not_with_the_reason(saved):
    columns = read_transfer_file(saved(ctf(ctf_pupil(PUPIL, more="<Hobby>Kites</Hobby>"))), TERM).columns.set_index("column")
    assert columns.loc[["UPN", "BasicDetails/NCyearActual", "SENhistory/StartDate"], "use"].eq(USED).all()
    assert columns.loc["Contacts/Surname", "use"] == IGNORED and columns.loc["Hobby", "use"] == NOT_MENTIONED
    assert "not the pupil premium" in columns.loc["FSMhistory/FSMstartDate", "reason"]
    assert columns.loc["BasicDetails/FormerUPN", "use"] == IGNORED


def test_a_pupil_with_a_wrong_check_letter_stays_and_it_is_told(saved, tmp_path):
    file = saved(ctf(ctf_pupil(PUPIL), ctf_pupil(PUPIL | {"upn": "J801200001001", "surname": "Otherley"})))
    report = import_files([file], tmp_path / "school", TERM)
    told = report.problems[report.problems["problem"].str.contains("check letter")]
    assert told[["row", "value", "effect"]].to_numpy().tolist() == [[2, "J801200001001", KEPT]]
    assert report.files[["read", "accepted", "set_aside"]].to_numpy().tolist() == [[2, 2, 0]]


@pytest.mark.parametrize("version, noted", [("12.0", False), ("25.0", False), ("11.0", True), ("26.0", True), ("new", True)])
def test_a_version_that_is_not_known_is_told(saved, version, noted):
    problems = read_transfer_file(saved(ctf(ctf_pupil(PUPIL), head=told("CTFVersion", version))), TERM).problems
    assert problems["problem"].str.contains("version").any() == noted


BOMB = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><CTfile>&c;</CTfile>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><CTfile>&b;</CTfile>'
QUADRATIC = f'<!DOCTYPE a [<!ENTITY b "{"x" * 50_000}">]><CTfile>{"&b;" * 50_000}</CTfile>'
FETCHED = '<!DOCTYPE CTfile SYSTEM "http://an.invalid/school.dtd"><CTfile/>'


@pytest.mark.parametrize("content", [BOMB, OUTSIDE, QUADRATIC, FETCHED], ids=["bomb", "outside", "quadratic", "fetched"])
@pytest.mark.parametrize(
    "read", [lambda file: read_transfer_file(file, TERM), lambda file: read_census(file, TERM), read_superstar]
)
def test_a_document_type_or_entity_is_refused_with_a_sentence(saved, content, read):
    with pytest.raises(BadInput, match="not safe to read"):
        read(saved(content))


@pytest.mark.parametrize(
    "content, why",
    [
        ("<SuperStarReport><Record/></SuperStarReport>", "first element is SuperStarReport"),
        (ctf(), "without pupils"),
        (ctf(ctf_pupil(PUPIL))[:-40], "damaged or cut off"),
        ("UPN,Surname", "is not XML"),
        (b"", "is not XML"),
        ("<CTfile>" + "<a>" * 60 + "</a>" * 60 + "</CTfile>", "too deep"),
        ("<CTfile>" + "".join(f"<a{n}/>" for n in range(3_000)) + "</CTfile>", "built like no school"),
        ("<CTfile>" + "<a/>" * 1_000_001 + "</CTfile>", "built like no school"),
        (b"<CTfile>" + b" " * 30_000_000 + b"</CTfile>", "more than 20 MB"),
        (gzip.compress(b"<CTfile>" + b" " * 30_000_000 + b"</CTfile>", mtime=0), "more than 20 MB"),
        (ctf("<Pupil/>" * 20_001), "more than any school has"),
        ('<?xml version="1.0" encoding="no-such"?><CTfile/>', "Export"),
        ('<?xml version="1.0" encoding="shift_jis"?><CTfile/>', "Export"),
    ],
    ids=range(13),
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(saved, content, why):
    with pytest.raises(BadInput, match=why):
        read_transfer_file(saved(content), TERM)


def test_another_return_of_the_department_is_no_school_census(saved):
    with pytest.raises(BadInput, match="names no pupils on roll"):
        read_census(saved("<Message><Persons/></Message>"), TERM)


def test_a_report_with_a_heading_of_its_own_in_every_record_is_refused(saved, monkeypatch):
    monkeypatch.setattr(xml_files, "MOST_NAMES", 10_000)
    records = "".join(f"<Record><a{n}>1</a{n}></Record>" for n in range(3_000))
    with pytest.raises(BadInput, match="too many different headings"):
        read_superstar(saved(f"<SuperStarReport>{records}</SuperStarReport>"))


SMALL = ctf(
    ctf_pupil(PUPIL | {"sen_status": "K", "sen_need": "SLCN"}, [{"grade": "104"}], YEAR_DATA), ctf_pupil(PUPIL | {"upn": "é"})
).encode()
SMALL_CENSUS = census_xml(census_pupil(PUPIL)).encode()
SMALL_REPORT = b"<SuperStarReport><Record><UPN>1</UPN><Legal_x0020_Surname>A</Legal_x0020_Surname></Record></SuperStarReport>"


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), whole=st.sampled_from([SMALL, SMALL_CENSUS, SMALL_REPORT]))
def test_a_damaged_file_is_read_or_refused_with_a_sentence(data, whole, tmp_path):
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)) | st.just(len(whole)))])
    for place, byte in data.draw(st.lists(st.tuples(st.integers(0, len(whole)), st.integers(0, 255)), max_size=5)):
        damaged[place : place + 1] = bytes([byte])
    file = tmp_path / "damaged.xml"
    file.write_bytes(damaged)
    kind_of_xml(file)
    for read in (lambda: read_transfer_file(file, TERM), lambda: read_census(file, TERM), lambda: read_superstar(file)):
        try:
            read()
        except BadInput as fault:
            assert file.name in str(fault) and str(fault).endswith(".")

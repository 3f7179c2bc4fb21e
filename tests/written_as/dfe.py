"""The Department for Education: downloads about pupils as CSV, Common Transfer Files and the school census as XML."""

from xml.sax.saxutils import escape

from pandas import DataFrame, Series

from written_as import british

HEAD = "<DateTime>2025-11-20T09:00:00</DateTime><CTFversion>25.0</CTFversion>"


def tag(name, *inside):
    return f"<{name}>{''.join(inside)}</{name}>"


def told(name, value):
    return tag(name, escape(value)) if value else ""


def ctf(*pupils, head=HEAD):
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tag("CTfile", tag("Header", head), tag("CTFpupilData", *pupils))


def who(row):
    return told("UPN", row["upn"]) + told("Surname", row["surname"]) + told("Forename", row["forename"]) + told(
        "DOB", row["date_of_birth"]
    )  # fmt: skip


def needs_of(row):
    ranked = [(rank, row[name]) for rank, name in (("2", "sen_need_2"), ("1", "sen_need")) if row[name]]
    return tag("SENneeds", *(tag("SENneed", told("SENtypeRank", rank), told("SENtype", need)) for rank, need in ranked))


def ctf_pupil(row, prior=(), more=""):
    language = {"Y": "POL", "N": "ENG", "": ""}[row["eal"]]
    now = tag("SEN", told("StartDate", "2024-09-01"), told("SENprovision", row["sen_status"]))
    before = tag("SEN", told("StartDate", "2019-09-01"), told("SENprovision", row["sen_status"] and "K"))
    basic = tag(
        "BasicDetails",
        told("FormerUPN", "Z000000000000"),
        told("NCyearActual", row["year_group"]),
        told("Ethnicity", row["ethnicity"]),
        tag("Languages", tag("Type", told("LanguageType", "F"), told("Language", language))),
        tag("Disabilities", told("Disability", {"Y": "MOB", "N": "NONE", "": ""}[row["disability"]])),
    )
    care = told("InCare", {"Y": "true", "N": "false", "": ""}[row["looked_after"]])
    meals = tag("FSMhistory", tag("FSMinstance", told("FSMstartDate", "2024-01-08")))
    contact = tag("Contacts", tag("Contact", told("Surname", "Otherperson"), told("Language", "FRE")))
    marks = tag("StageAssessments", tag("KeyStage", told("Stage", "KS2"), *(result(**one) for one in prior)))
    parts = [basic, meals, tag("LookedAfter", care), tag("SENhistory", now, before, needs_of(row)), contact, marks, more]
    return tag("Pupil", who(row), told("Sex", row["sex"]), *parts)


def result(grade, subject="MAT", part="", method="TT", year="2021", status="R", qualifier=""):
    words = {"Year": year, "Subject": subject, "Method": method, "Component": part, "ResultStatus": status}
    inside = [told(name, value) for name, value in {**words, "ResultQualifier": qualifier, "Result": grade}.items()]
    return tag("StageAssessment", *inside)


def census_pupil(row):
    needs = tag("SpecialEducationalNeeds", told("SENprovision", row["sen_status"]), needs_of(row))
    character = tag(
        "PupilCharacteristics", told("Ethnicity", row["ethnicity"]), told("Language", {"Y": "OTH"}.get(row["eal"], "ENG"))
    )
    status = tag("PupilStatus", told("EntryDate", "2022-09-05"), told("NCyearActual", row["year_group"]))
    return tag("PupilOnRoll", tag("PupilIdentifiers", who(row), told("Sex", row["sex"])), character, status, needs)


def census_xml(*pupils):
    return tag("Message", tag("Header"), tag("Pupils", tag("PupilsOnRoll", *pupils)))


CENSUS = [
    *("upn", "surname", "forename", "date_of_birth", "sex", "year_group", "ethnicity", "sen_status", "sen_need", "sen_need_2"),
    "joined_on",
]
AUTUMN = [name for name in CENSUS if name not in ("ethnicity", "sen_need", "sen_need_2")]
WHERE = {"LA": "999", "Estab": "4000", "LAEstab": "9994000", "URN": "100000"}


def census(pupils: DataFrame) -> DataFrame:
    """The download of a spring census; needs are collected then."""
    return DataFrame(
        {
            "PupilMatchingRef": "invented",
            "AcademicYear": "2025/2026",
            "CensusTerm": "Spring",
            **WHERE,
            "PHASE": "S",
            "UPN": pupils["upn"],
            "FormerUPN": "",
            "Surname": pupils["surname"],
            "Forename": pupils["forename"],
            "MiddleNames": "Sample",
            "PreferredSurname": "Otherwise",
            "FormerSurname": "",
            "Sex": pupils["sex"],
            "DOB": british(pupils["date_of_birth"]),
            "Ethnicity": pupils["ethnicity"],
            "FSMeligible": "0",
            "FSM_protected": "0",
            "EVERFSM_6": "0",
            "EVERFSM_6_P": "0",
            "Language": "ENG",
            "EnrolStatus": "C",
            "EntryDate": british(pupils["joined_on"]),
            "NCyearActual": pupils["year_group"],
            "SENProvision": pupils["sen_status"],
            "PrimarySENeedsType": pupils["sen_need"],
            "SecondarySENType": pupils["sen_need_2"],
            "IDACI_S": "0.1",
            "IDACI_R": "12345",
        }
    )


def autumn_census(pupils: DataFrame) -> DataFrame:
    """The download of an autumn census: without ethnicity, and without needs."""
    return census(pupils).drop(columns=["Ethnicity", "PrimarySENeedsType", "SecondarySENType"]).assign(CensusTerm="Autumn")


def pupil_premium(pupils: DataFrame) -> DataFrame:
    """The list of the pupil premium: why a pupil has it stands in one of four columns, in turn."""
    has = pupils["pupil_premium"].eq("Y")
    turn = Series(range(len(pupils)), index=pupils.index) % 4
    reasons = ["Deprivation Pupil Premium", "Service Child Premium", "Adopted from Care Premium", "Looked After Premium"]
    why = {name: (has & turn.eq(place)).astype("int64").astype("str") for place, name in enumerate(reasons)}
    money = {"PupilPremiumFTE": "1", "PupilPremiumCashAmount": "1075", "PupilPremiumFYStartDate": "01/04/2025"}
    who = {"UPN": pupils["upn"], "Surname": pupils["surname"], "Forename": pupils["forename"], "Sex": pupils["sex"]}
    days = {"DOB": british(pupils["date_of_birth"]), "NCYear": pupils["year_group"]}
    return DataFrame({**who, **days, **why, **money, "PupilPremiumFYEndDate": "31/03/2026", "LastFSM": ""})


def key_stage_2(prior: DataFrame, pupils: DataFrame) -> DataFrame:
    """One row a pupil; scores of tests and judgements of teachers, with the progress and flags that stand beside them."""
    headings = {
        ("Reading", "ks2_scaled"): "READSCORE",
        ("Maths", "ks2_scaled"): "MATSCORE",
        ("Grammar, punctuation and spelling", "ks2_scaled"): "GPSSCORE",
        ("Writing", "ks2_ta"): "WRITTAOUTCOME",
        ("Science", "ks2_ta"): "SCITAOUTCOME",
    }
    rows = _wide(prior, pupils, headings)
    beside = {"READEXP": "1", "READPROGSCORE_EM": "0.4", "SENTYPE": "", "FSM6": "0"}
    # A pupil without a score has a letter instead; with one, the outcome says whether it is the expected standard.
    for name in ("READ", "MAT", "GPS"):
        score = rows[f"{name}SCORE"]
        beside |= {f"{name}OUTCOME": score.mask(score.str.isdigit(), "AS"), f"{name}SCORE": score.where(score.str.isdigit(), "")}
    return rows.assign(ACADYR="2020/2021", **beside)


def key_stage_4(prior: DataFrame, pupils: DataFrame) -> DataFrame:
    """Every heading with its prefix; of use here is only where pupils started."""
    headings = {("Reading", "ks2_scaled"): "KS2READSCORE", ("Maths", "ks2_scaled"): "KS2MATSCORE"}
    beside = {"ATT8": "45.5", "P8SCORE": "0.1", "KS2EMSS": "104", "PRIORBAND_PTQ_EE": "2", "SENK": "0", "SENE": "0", "FSM6": "0"}
    return _wide(prior, pupils, headings).assign(**beside).add_prefix("KS4_")


def _wide(prior: DataFrame, pupils: DataFrame, headings: dict[tuple[str, str], str]) -> DataFrame:
    heading = Series([headings[place] for place in zip(prior["subject"], prior["scale"], strict=True)], index=prior.index)
    wide = (
        prior.assign(heading=heading)
        .pivot(index="pupil_id", columns="heading", values="grade")
        .reindex(columns=headings.values())
    )
    who = pupils.set_index("pupil_id").loc[wide.index]
    named = {"UPN": who["upn"], "SURNAME": who["surname"], "FORENAMES": who["forename"], "DOB": british(who["date_of_birth"])}
    return DataFrame({**named, "SEX": who["sex"]}).join(wide.astype("str").fillna("")).reset_index(drop=True)


def tables_check(pupils: DataFrame) -> DataFrame:
    """The multiplication tables check of Year 4."""
    who = {"UPN": pupils["upn"], "Surname": pupils["surname"], "Forename": pupils["forename"], "Sex": pupils["sex"]}
    days = {"DOB": british(pupils["date_of_birth"])}
    return DataFrame({"ACADYR": "2020/2021", **who, **days, "FormMark": "21", "PupilStatus": "", "ReasonNotTakingCheck": ""})


def further_education(pupils: DataFrame) -> DataFrame:
    """SEN of learners in further education, known by a number schools do not keep, a name and a date of birth."""
    who = {"ULN": "1000000000", "Surname": pupils["surname"], "Forename": pupils["forename"], "Sex": pupils["sex"]}
    days = {"DOB": british(pupils["date_of_birth"]), "NCYear": "6"}
    return DataFrame({**who, **days, "SEN_PROVISION": pupils["sen_status"], "ACAD_YEAR": "2024/2025"})

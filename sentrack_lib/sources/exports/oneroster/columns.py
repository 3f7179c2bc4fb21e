"""The files of a OneRoster package and the names of their columns, in the order in which the standard has them.

From 1EdTech OneRoster 1.1 (CSV Tables, final release) and 1EdTech OneRoster 1.2 (CSV Binding 1.2.1, final release).
"""

_OF_EVERY_ROW = ("sourcedId", "status", "dateLastModified")


def _columns(names: str) -> tuple[str, ...]:
    return (*_OF_EVERY_ROW, *names.split())


_IN_BOTH = {
    "manifest": ("propertyName", "value"),
    "academicSessions": _columns("title type startDate endDate parentSourcedId schoolYear"),
    "classes": _columns(
        "title grades courseSourcedId classCode classType location schoolSourcedId termSourcedIds subjects subjectCodes periods"
    ),
    "courses": _columns("schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes"),
    "demographics": _columns(
        "birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander white "
        "demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth "
        "publicSchoolResidenceStatus"
    ),
    "enrollments": _columns("classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate"),
    "orgs": _columns("name type identifier parentSourcedId"),
}

COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "1.1": {
        **_IN_BOTH,
        "categories": _columns("title"),
        "lineItems": _columns(
            "title description assignDate dueDate classSourcedId categorySourcedId gradingPeriodSourcedId "
            "resultValueMin resultValueMax"
        ),
        "results": _columns("lineItemSourcedId studentSourcedId scoreStatus score scoreDate comment"),
        "users": _columns(
            "enabledUser orgSourcedIds role username userIds givenName familyName middleName identifier email sms phone "
            "agentSourcedIds grades password"
        ),
    },
    "1.2": {
        **_IN_BOTH,
        "categories": _columns("title weight"),
        "lineItems": _columns(
            "title description assignDate dueDate classSourcedId categorySourcedId academicSessionSourcedId "
            "resultValueMin resultValueMax schoolSourcedId"
        ),
        "lineItemScoreScales": _columns("title lineItemSourcedId scoreScaleSourcedId"),
        "results": _columns(
            "lineItemSourcedId studentSourcedId scoreStatus score scoreDate comment textScore classSourcedId inProgress "
            "incomplete late missing"
        ),
        "roles": _columns("userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId"),
        "scoreScales": _columns("title type orgSourcedId courseSourcedId classSourcedId scoreScaleValue"),
        "userProfiles": _columns("userSourcedId profileType vendorId applicationId description credentialType username password"),
        "users": _columns(
            "enabledUser username userIds givenName familyName middleName identifier email sms phone agentSourcedIds grades "
            "password userMasterIdentifier preferredGivenName preferredMiddleName preferredFamilyName primaryOrgSourcedId "
            "pronouns"
        ),
    },
}
"""By version and file, without .csv."""

DATA_FILES: dict[str, tuple[str, ...]] = {
    "1.1": (
        *("academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics"),
        *("enrollments", "lineItems", "orgs", "resources", "results", "users"),
    ),
    "1.2": (
        *("academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics"),
        *("enrollments", "lineItemLearningObjectiveIds", "lineItems", "lineItemScoreScales", "orgs", "resources"),
        *("resultLearningObjectiveIds", "results", "resultScoreScales", "roles", "scoreScales", "userProfiles"),
        *("userResources", "users"),
    ),
}
"""Every file of which a manifest must say whether it is there, in the manifest's order."""

FILES = {name.casefold(): name for name in ("manifest", *DATA_FILES["1.2"])}
"""Every file of a package of either version, by its name in lower case."""

NEEDED = {
    "academicSessions": ("sourcedId", "startDate", "endDate"),
    "categories": ("sourcedId", "title"),
    "classes": ("sourcedId", "title"),
    "courses": ("sourcedId", "title"),
    "demographics": ("sourcedId",),
    "enrollments": ("classSourcedId", "userSourcedId", "role"),
    "lineItems": ("sourcedId", "classSourcedId"),
    "lineItemScoreScales": ("lineItemSourcedId", "scoreScaleSourcedId"),
    "results": ("lineItemSourcedId", "studentSourcedId"),
    "roles": ("userSourcedId", "role"),
    "scoreScales": ("sourcedId", "title"),
    "users": ("sourcedId", "givenName", "familyName"),
}
"""Without these columns a file says nothing that can be used."""

READ = {
    "manifest": ("propertyName", "value"),
    "academicSessions": ("title", *NEEDED["academicSessions"]),
    "categories": NEEDED["categories"],
    "classes": (*NEEDED["classes"], "courseSourcedId", "classCode", "classType", "termSourcedIds", "subjects"),
    "courses": (*NEEDED["courses"], "subjects"),
    "demographics": ("sourcedId", "birthDate", "sex"),
    "enrollments": (*NEEDED["enrollments"], "primary", "beginDate", "endDate"),
    "lineItems": (
        *(*NEEDED["lineItems"], "title", "description", "categorySourcedId", "gradingPeriodSourcedId"),
        *("academicSessionSourcedId", "resultValueMin", "resultValueMax"),
    ),
    "lineItemScoreScales": NEEDED["lineItemScoreScales"],
    "orgs": ("type",),
    "results": (*NEEDED["results"], "scoreStatus", "score", "scoreDate", "comment", "textScore"),
    "roles": NEEDED["roles"],
    "scoreScales": NEEDED["scoreScales"],
    "users": (*NEEDED["users"], "role", "userIds", "identifier", "grades"),
}
"""The columns that are read, beside `status`."""

REFERENCES = (
    ("demographics", "sourcedId", "users", "pupil or adult"),
    ("roles", "userSourcedId", "users", "user"),
    ("lineItems", "classSourcedId", "classes", "class"),
    ("enrollments", "classSourcedId", "classes", "class"),
    ("enrollments", "userSourcedId", "users", "user"),
    ("lineItemScoreScales", "lineItemSourcedId", "lineItems", "line item"),
    ("lineItemScoreScales", "scoreScaleSourcedId", "scoreScales", "score scale"),
    ("results", "lineItemSourcedId", "lineItems", "line item"),
    ("results", "studentSourcedId", "users", "pupil"),
)
"""Whose rows say nothing without the row they speak of (file, column, the other file, what it is), in order: a row that is set
aside takes with it those that speak of it."""

BESIDE = (
    ("classes", "courseSourcedId", "courses", "course"),
    ("lineItems", "categorySourcedId", "categories", "category"),
)
"""Whose rows are used without the row they speak of."""

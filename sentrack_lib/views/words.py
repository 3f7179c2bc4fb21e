"""How numbers and groups are said: number and whole together, readable for none, one and many."""

import pandas as pd

from sentrack_lib.measures.spoken import sentence as sentence

SPOKEN = {
    "SEN support": "pupils at SEN support",
    "EHC plan": "pupils with an EHC plan",
    "No SEN": "pupils without SEN",
    "Pupil premium": "pupils with the pupil premium",
    "Not pupil premium": "pupils without the pupil premium",
    "EAL": "pupils with English as an additional language",
    "Not EAL": "pupils whose first language is English",
    "Looked after": "looked-after pupils",
    "Not looked after": "pupils who are not looked after",
    "Disability": "pupils with a disability",
    "No disability": "pupils without a disability",
    "Boys": "boys",
    "Girls": "girls",
}


def named(family: str, group: str) -> str:
    """A group as it is spoken of."""
    patterns = {
        "teaching group": "teaching group {}",
        "SEN by year group": "pupils with SEN in {}",
        "type of need": "pupils whose main need is {}",
        "ethnicity": "pupils of {} ethnicity",
    }
    if " × " in family:
        return f"the group {group}"
    return SPOKEN.get(group, patterns.get(family, "{}").format(group))


def said(count: int, one: str, many: str = "") -> str:
    """`no pupils`, `1 pupil`, `1,204 pupils`."""
    return f"{f'{count:,}' if count else 'no'} {one if count == 1 else many or one + 's'}"


def of(count: int, whole: int, one: str = "pupil", many: str = "") -> str:
    """`12 of 30 pupils`, `none of 30 pupils`, `the only pupil`."""
    if whole == 1:
        return f"the only {one}" if count else f"not the only {one}"
    return f"{f'{count:,}' if count else 'none'} of {whole:,} {many or one + 's'}"


def are(count: int) -> str:
    """`is` for one, `are` for none and many."""
    return "is" if count == 1 else "are"


def have(count: int) -> str:
    """`has` for one, `have` for none and many."""
    return "has" if count == 1 else "have"


def number(value: float, digits: int = 2, signed: bool = True) -> str:
    """A number with its sign, a true minus, and blank where it is missing."""
    if pd.isna(value):
        return ""
    whole = round(value, digits) + 0.0  # no minus before nought
    return f"{whole:{'+' if signed and whole else ''}.{digits}f}".replace("-", "\N{MINUS SIGN}")


def band(low: pd.Series, high: pd.Series) -> pd.Series:
    """`12 to 40`, in whole numbers; blank where it is missing."""
    told = low.round(0).astype("Int64").astype("str") + " to " + high.round(0).astype("Int64").astype("str")
    return told.where(low.notna() & high.notna(), "")


def band_of(low: pd.Series, high: pd.Series, digits: int = 2) -> pd.Series:
    """`−0.40 to +0.10`; blank where it is missing."""
    lowest, highest = (side.map(lambda value: number(value, digits)).astype("str") for side in (low, high))
    told = lowest + " to " + highest
    return told.where(low.notna() & high.notna(), "")


def pounds(amount: float) -> str:
    """`£1,204`, pence under ten pounds, a true minus, and blank where it is missing."""
    if pd.isna(amount):
        return ""
    told = f"{abs(amount):,.2f}" if 0 < abs(amount) < 10 else f"{abs(amount):,.0f}"
    return ("\N{MINUS SIGN}" if amount <= -0.005 else "") + f"£{told}"

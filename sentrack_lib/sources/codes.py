"""What the codes of a pupil's record mean: special educational need, ethnicity, year group. The lists are CSVs in `codes/`."""

import csv
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from pandas import Series

from sentrack_lib.sources.coded import mapped

FOLDER = Path(__file__).parent / "codes"
NOT_KNOWN = "Not known"
SEN_GROUPS = ("No SEN", "SEN support", "EHC plan", NOT_KNOWN)
_SEN = {"No SEN": False, "SEN support": True, "EHC plan": True}


@cache
def code_rows(name: str) -> list[dict[str, str]]:
    """One list of codes as it is kept: `code`, `label`, groups, `current` (1 or 0), `also` (written otherwise), `source`."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sen_group(statuses: Series) -> Series:
    """No SEN, SEN support, EHC plan or Not known for each SEN status; a blank is not known, never No SEN."""
    return _looked_up(statuses, "sen_status", "sen_group")


def has_sen(statuses: Series) -> Series:
    """Whether each SEN status means SEN support or an EHC plan; missing where it is not known."""
    groups = _meanings("sen_status", "sen_group")
    return mapped(statuses, lambda text: _SEN.get(groups.get(_code(text, "sen_status"), NOT_KNOWN)), "boolean")


def need(needs: Series) -> Series:
    """Today's code of each type of need (BESD is SEMH now), or Not known."""
    return _looked_up(needs, "sen_need", "now")


def need_label(needs: Series) -> Series:
    """Today's name of each type of need, or Not known."""
    labels = _meanings("sen_need", "label")
    return mapped(need(needs), lambda code: labels.get(code, NOT_KNOWN))


def broad_need(needs: Series) -> Series:
    """The broad area of each type of need (SEND Code of Practice 2015), Uncategorised where none is set, or Not known."""
    return _looked_up(needs, "sen_need", "broad_need")


def ethnic_group(ethnicities: Series, chinese_in_asian: bool = False) -> Series:
    """The major ethnic group of each code; Chinese is its own group unless the school counts it as Asian; else Not known."""
    groups = _looked_up(ethnicities, "ethnicity", "ethnic_group")
    return groups.replace("Chinese", "Asian") if chinese_in_asian else groups


def ethnicity_label(ethnicities: Series) -> Series:
    """The name of each ethnicity code, or Not known."""
    return _looked_up(ethnicities, "ethnicity", "label")


def key_stage(year_groups: Series) -> Series:
    """EYFS, KS1 to KS5 for each year group, or Not known."""
    return _looked_up(year_groups, "year_group", "key_stage")


def known_year_group(year_groups: Series) -> Series:
    """N1, N2, R, 1 to 14 or X however it was written (`Year  7`, `Y7`, `07`); missing where it is none of these."""
    return _looked_up(year_groups, "year_group", "code", unknown=None)


def is_sen_status(statuses: Series) -> Series:
    """Whether each SEN status is understood; a blank is."""
    return _is_known(statuses, "sen_status")


def is_need(needs: Series) -> Series:
    """Whether each type of need is understood; a blank is."""
    return _is_known(needs, "sen_need")


def is_ethnicity(ethnicities: Series) -> Series:
    """Whether each ethnicity is understood; a blank is."""
    return _is_known(ethnicities, "ethnicity")


def is_year_group(year_groups: Series) -> Series:
    """Whether each year group is understood; a blank is."""
    return _is_known(year_groups, "year_group")


def _looked_up(written: Series, name: str, column: str, unknown: str | None = NOT_KNOWN) -> Series:
    """A column of a code list for each text, `unknown` where the list does not have it."""
    meanings = _meanings(name, column)
    return mapped(written, lambda text: meanings.get(_code(text, name), unknown))


@cache
def _meanings(name: str, column: str) -> dict[str, str]:
    """A column of a code list by code."""
    return {row["code"]: row[column] for row in code_rows(name)}


def _is_known(written: Series, name: str) -> Series:
    """Whether a code list has each text; a blank is no fault."""
    return mapped(written, lambda text: not text.strip() or bool(_code(text, name)), "bool")


@lru_cache(maxsize=10_000)
def _code(written: str, name: str) -> str:
    """The code behind what was written: a code, a label, or both together; blank where the list does not have it."""
    forms = _forms(name)
    return next((forms[part] for part in map(_plain, _parts(written)) if part in forms), "")


def _parts(written: str) -> Iterator[str]:
    """What may be a code or a label: the whole, what stands before a dash or colon, within brackets, without brackets."""
    yield written
    yield re.split(r"\s[-–—]\s|:", written, maxsplit=1)[0]
    yield from re.findall(r"\(([^()]*)\)", written)
    yield re.sub(r"\([^()]*\)", " ", written)


@cache
def _forms(name: str) -> dict[str, str]:
    """Every plain form under which a code may appear, with its code; codes win over labels."""
    listed = [(row["code"], [row["label"], *row["also"].split("|")]) for row in code_rows(name)]
    labels = {_plain(text): code for code, texts in listed for text in texts}
    both = {_plain(f"{code} {text}"): code for code, texts in listed for text in texts}
    known = both | labels | {_plain(code): code for code, _ in listed}
    return {form: code for form, code in known.items() if form}


def _plain(written: str) -> str:
    """Lower case words with one space between; `&` and `+` spelt out; `Year 07`, `Y7` and `7.0` as `7`."""
    spelt = written.casefold().replace("&", " and ").replace("+", " plus ").replace("'", "").replace("’", "")
    words = " ".join(re.sub(r"[^\w?]", " ", re.sub(r"\.0+\s*$", "", spelt)).split())
    return re.sub(r"^(?:nc )?(?:(?:year|yr|y) ?)?(?:group )?0*(?=[0-9]+$)", "", words)

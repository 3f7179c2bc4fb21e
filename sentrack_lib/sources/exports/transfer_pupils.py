"""One pupil of a Common Transfer File or a school census as a row of the roll, and the sessions of the year so far.

Every block is optional. Codes stay as they are written; what the file does not say stays blank, never No.
"""

from collections.abc import Iterator
from datetime import date
from xml.etree.ElementTree import Element

from sentrack_lib.sources.files.texts import visible
from sentrack_lib.terms import Term

LISTS = {
    "address", "phones", "contacts", "fsmhistory", "lookedafter", "senhistory", "specialeducationalneeds", "sen", "languages",
    "disabilities", "attendance", "termlyattendance", "termlyexclusions", "homeinformation", "stageassessments", "schoolhistory",
}  # fmt: skip
"""Blocks with words of their own, where Surname or Language may be another person's."""
ITEMS = {
    "upn": ["upn"],
    "surname": ["surname", "legalsurname"],
    "forename": ["forename", "legalforename"],
    "date_of_birth": ["dob"],
    "sex": ["sex", "gender"],
    "year_group": ["ncyearactual"],
    "ethnicity": ["ethnicity"],
    "joined_on": ["entrydate"],
}
_SAID = {"true": "Y", "1": "Y", "y": "Y", "yes": "Y", "false": "N", "0": "N", "n": "N", "no": "N"}
_ENGLISH = {"ENG", "ENB"}
_NOT_TOLD = {"", "?", "REF", "NOT", "NOBT"}
_FIRST_LANGUAGE = "F"
SESSIONS = ["sessions_possible", "sessions_attended", "sessions_authorised", "sessions_unauthorised"]


def pupil_row(pupil: Element, term: Term) -> dict[str, str]:
    """The canonical columns of one pupil, blank where the file does not say."""
    items = _items(pupil)
    named = {column: next(filter(None, map(items.get, names)), "") or "" for column, names in ITEMS.items()}
    first, second = _needs(pupil, term)
    return {
        **named,
        "sen_status": _sen_status(pupil),
        "sen_need": first,
        "sen_need_2": second,
        "disability": _disability(pupil),
        "eal": _additional(_first_language(pupil) or items.get("language", "")),
        "looked_after": _looked_after(pupil),
    }


def sessions_of(pupil: Element, term: Term, written: date) -> dict[str, str]:
    """The sessions of an autumn term from the year so far; empty where the file is of another time or says no such sessions."""
    first, last = Term(term.year, 0).dates()
    if term.season or not first <= written <= last:
        return {}
    years = [
        year for year in pupil.iter("yeardata") if str(first) <= text(year, "attendsessions/attendancestartdate") <= str(last)
    ]
    return {name: text(years[0], name.replace("_", "")) for name in SESSIONS} if len(years) == 1 else {}


def text(element: Element, path: str) -> str:
    """What stands in the first element of a path below an element, blank where there is none."""
    return visible(element.findtext(path) or "").strip()


def _items(pupil: Element) -> dict[str, str]:
    """Every single item of a pupil by its name: the pupil's own, then those of the blocks that hold nothing else."""
    blocks = (leaf for block in pupil if len(block) and block.tag not in LISTS for leaf in block)
    found: dict[str, str] = {}
    for leaf in (*pupil, *blocks):
        if not len(leaf) and (leaf.text or "").strip():
            found.setdefault(leaf.tag, visible(leaf.text or "").strip())
    return found


def _sen_status(pupil: Element) -> str:
    """The provision that began last."""
    since = [(text(holder, "startdate"), text(holder, "senprovision")) for holder in pupil.iter() if holder.tag in _SEN]
    told = [entry for entry in since if entry[1]]
    return max(reversed(told), key=lambda entry: entry[0])[1] if told else ""


_SEN = {"sen", "specialeducationalneeds", "senhistory"}


def _needs(pupil: Element, term: Term) -> tuple[str, str]:
    """The first and the second type of need by rank; of one rank the latest, and none that ended before the term did."""
    last_day = str(term.dates()[1])
    lasting = [need for need in pupil.iter("senneed") if not "" < text(need, "needenddate") < last_day]
    by_start = sorted(enumerate(lasting, 1), key=lambda placed: text(placed[1], "needstartdate"))
    ranked = {text(need, "sentyperank") or str(place): text(need, "sentype") for place, need in by_start}
    return ranked.get("1", ""), ranked.get("2", "")


def _disability(pupil: Element) -> str:
    codes = {code.upper() for code in _texts(pupil, "disability")} - {"NCOL"}
    return "" if not codes else "N" if codes == {"NONE"} else "Y"


def _first_language(pupil: Element) -> str:
    """The language marked as the first; the only one where just one is named."""
    types = [(text(entry, "languagetype").upper(), text(entry, "language")) for entry in pupil.iterfind("*/languages/type")]
    types += [(text(entry, "languagetype").upper(), text(entry, "language")) for entry in pupil.iterfind("languages/type")]
    first = [language for kind, language in types if kind.startswith(_FIRST_LANGUAGE)]
    return first[0] if first else types[0][1] if len(types) == 1 else ""


def _additional(language: str) -> str:
    """Whether English is an additional language: any language but English, unless it was not told."""
    code = language.upper()
    return "" if code in _NOT_TOLD else "N" if code in _ENGLISH else "Y"


def _looked_after(pupil: Element) -> str:
    said = next(_texts(pupil, "incare"), "")
    return _SAID.get(said.casefold(), said)


def _texts(pupil: Element, name: str) -> Iterator[str]:
    return (found for element in pupil.iter(name) if (found := visible(element.text or "").strip()))

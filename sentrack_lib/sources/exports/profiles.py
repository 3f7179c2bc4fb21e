"""A profile says, in a YAML file, which column of a school's export goes where. It is written once for each kind of export.

    about: Marks as our system exports them                # for people; not used
    kind: a marksheet                                      # what a report says such a file was taken for
    terms: {2025-26-autumn: {t: Aut}, 2025-26-spring: {t: Spr}}   # where one file holds several terms; {t} is "Aut" or "Spr"
    term: {from: Term, recode: {Aut 1: 2025-26-autumn}}    # or a column says the term. Neither: the term given to the command
    files: {maths: {subject: Mathematics}}                 # words for a file with "maths" in its name, used below as {subject}
    school: Site                                           # the column that names the school, where a file holds several
    rows: {Status: is C}                                   # keep only these rows; conditions: filled, blank, is X, is not X,
                                                           # one of A, B, above 3, below 3
    roll: whole                                            # every pupil is in the file; joiners: who may be new; part: who is on
                                                           # the roll. Not said: whole if it has all that a roll needs
    pupil: {upn: UPN, admission_no: Adno, surname: Name}   # who a row is about, looked up on the rolls; also mis_id, forename,
                                                           # date_of_birth, pupil_id. Else the pupil_id that a table is given
    tables:
    - table: pupils                                        # a table of the school's folder; several parts may fill the same one
      columns:                                             # its column: where it comes from
        pupil_id: [UPN, Adno]                              # a heading, or several of which the first that is there counts
        admission_no: {from: Adno, where_blank: [ID]}      # in rows where the one is blank, the other
        surname: {from: Name, before: ","}                 # of "Sample, Nicky" what stands before the comma; also: after
        sen_need: {from: Needs, split: ";", piece: "1"}    # of "SLCN; MLD" the first, the second, …
        year_group: {always: "7"}                          # the same in every row
        sen_status: {from: SEN, recode: {"Yes": K, "No": N}}   # other codes stay as they are and are listed
      fold: {columns: [sen_need, sen_need_2], by: Rank}    # rows alike in all else become one, these columns filled in turn
    - table: assessments
      terms: [2025-26-autumn]                              # only in these terms
      rows: {On roll: is Y}                                # as above, for this part only
      each:                                                # wide to long: one row for each of these and each row of the file
      - {column: En CWG, subject: English}
      columns:
        pupil_id: {row_number: row-}                       # no id in the file: row-2, row-3, … (said: it is not stable)
        subject: {always: "{subject}"}
        grade: {from: "{column}", instead: [{write: N/A, where: {Result: is 0}, where_any: {Entered: is N, Left: filled}}]}
    - table: provisions
      one_each: provision_id                               # rows of one provision become one: the earliest start, the latest end,
      columns: {provision_id: Title, name: Title}          # else what most rows say
    - table: attendance
      columns: {sessions_possible: {sum: [Present, Absent], times: 2}}
    ignore: {not used by sentrack: [Phone, "Address*"]}    # the reason: the columns
    school_settings: {name: Our School}                    # written to school.yml if there is none

Headings are compared without case, spaces and punctuation. Everything in a profile is text: No is No, 07 is 07. Days as
03/09/2025 become 2025-09-03, never month first. A blank grade makes no row.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from sentrack_lib.errors import WrongUse
from sentrack_lib.settings import nearest
from sentrack_lib.sources import schema
from sentrack_lib.sources.exports.export import Roll
from sentrack_lib.terms import Term

CONDITION = re.compile(r"(filled|blank|is not|is|one of|above|below)(?: (.*))?", re.DOTALL)
NOT_DRAFTED = "what its profile describes"
"""What a file is taken for by a profile that a person wrote."""
Words = Mapping[str, str]
_Several = Annotated[tuple[str, ...], BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)]


def _is_condition(text: str) -> str:
    written = CONDITION.fullmatch(text)
    if not written or (written[1] in ("filled", "blank")) != (written[2] is None):
        raise ValueError(f'"{text}" is no condition; write filled, blank, is X, is not X, one of A, B, above 3 or below 3')
    if written[1] in ("above", "below") and not re.fullmatch(r"-?\d+(\.\d+)?|.*\{\w+\}.*", written[2]):
        raise ValueError(f'"{text}" needs a number, as in above 3')
    return text


Conditions = dict[str, Annotated[str, BeforeValidator(_is_condition)]]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Instead(_Written):
    """What to write instead where all of `where` and, if given, any of `where_any` hold in the row of the file."""

    write: str
    where: Conditions = Field(default_factory=dict)
    where_any: Conditions = Field(default_factory=dict)


class Origin(_Written):
    """Where the cells of one column come from."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    headings: _Several = Field(default=(), alias="from")
    always: str | None = None
    sum: tuple[str, ...] = ()
    times: float = 1
    row_number: str | None = None
    where_blank: _Several = ()
    before: str = ""
    after: str = ""
    split: str = ""
    piece: int = Field(default=1, ge=1)
    recode: dict[str, str] = Field(default_factory=dict)
    instead: tuple[Instead, ...] = ()

    @model_validator(mode="after")
    def _one_origin(self) -> "Origin":
        if (bool(self.headings) + (self.always is not None) + bool(self.sum) + (self.row_number is not None)) != 1:
            raise ValueError("needs exactly one of from, always, sum and row_number")
        return self


_Origin = Annotated[Origin, BeforeValidator(lambda given: {"from": given} if isinstance(given, str | list) else given)]


class Fold(_Written):
    """Rows of the file that are alike in all other columns become one, which holds their different values beside each other."""

    columns: tuple[str, ...] = Field(min_length=1)
    by: str | None = None


class Part(_Written):
    """One table to be filled from the rows of a file."""

    table: str
    terms: tuple[str, ...] = ()
    rows: Conditions = Field(default_factory=dict)
    each: tuple[dict[str, str], ...] = ()
    columns: dict[str, _Origin]
    fold: Fold | None = None
    one_each: str | None = None

    @model_validator(mode="after")
    def _known(self) -> "Part":
        if self.table not in schema.IMPORTED:
            raise ValueError(f"there is no table {self.table}.{nearest(self.table, schema.IMPORTED)}")
        known = schema.columns(self.table)
        for column in (*self.columns, *(self.fold.columns if self.fold else ()), *filter(None, [self.one_each])):
            if column not in known:
                raise ValueError(f"{self.table} has no column {column}.{nearest(column, known)}")
        return self


class Profile(_Written):
    """A whole profile; the module's first lines show one."""

    about: str = ""
    kind: str = NOT_DRAFTED
    terms: dict[str, dict[str, str]] = Field(default_factory=dict)
    term: _Origin | None = None
    files: dict[str, dict[str, str]] = Field(default_factory=dict)
    school: str | None = None
    rows: Conditions = Field(default_factory=dict)
    roll: Roll | None = None
    pupil: dict[Literal["pupil_id", "upn", "admission_no", "mis_id", "surname", "forename", "date_of_birth"], _Origin] = Field(
        default_factory=dict
    )
    tables: tuple[Part, ...]
    ignore: dict[str, _Several] = Field(default_factory=dict)
    school_settings: dict[str, Any] = Field(default_factory=dict)

    @field_validator("terms")
    @classmethod
    def _are_terms(cls, terms: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        return {str(Term.named(name)): words for name, words in terms.items()}

    def words_of(self, file: str) -> Words:
        """The words that stand for something in a file of this name; none where the profile knows no such files."""
        found = [words for part, words in self.files.items() if part.casefold() in file.casefold()]
        if self.files and not found:
            raise WrongUse(f"{file}: the profile is for files with one of these in their name: {', '.join(self.files)}.")
        return found[0] if found else {}

    def groups(self, term: str, words: Words) -> list[list[Part]]:
        """The parts of one term with their words filled in: of each part one for each row that a row of the file becomes."""
        here = [part for part in self.tables if not part.terms or term in part.terms]
        return [[_with_words(part, {**words, **filled_in(more, words)}) for more in part.each or ({},)] for part in here]

    def parts(self, term: str, words: Words) -> list[Part]:
        """All of them in one list."""
        return [part for group in self.groups(term, words) for part in group]

    def headings(self, file: str) -> set[str]:
        """All headings the profile speaks of in a file of this name, which helps to find the heading row."""
        words = {"school": "", **self.words_of(file)}
        named = self.terms or {term: {} for part in self.tables for term in part.terms or ("",)}
        parts = [part for term, more in named.items() for part in self.parts(term, {**words, **more})]
        of_parts = {heading for part in parts for heading in (*part.rows, *_headings(part.columns.values()))}
        return of_parts | set(_headings(self.pupil.values())) | {self.school or ""} - {""}


def read_profile(file: Path) -> Profile:
    """The profile in a YAML file; `WrongUse` lists everything wrong with it in sentences."""
    if not Path(file).is_file():
        raise WrongUse(f"There is no file {file}.")
    try:
        return Profile.model_validate(yaml.load(Path(file).read_text(encoding="utf-8-sig"), _Texts))
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        where = getattr(fault, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        raise WrongUse(f"{file} is not readable as YAML{line}. Check colons and indents.") from fault
    except ValidationError as fault:
        raise WrongUse("\n".join(_said(file, dict(problem)) for problem in fault.errors())) from fault


class _Texts(yaml.SafeLoader):
    """Everything stays the text it is: YAML would otherwise read the code NO as false and 07 as 7. `<<` still merges."""

    yaml_implicit_resolvers = {"<": yaml.SafeLoader.yaml_implicit_resolvers["<"]}


def _with_words(part: Part, words: Words) -> Part:
    written = part.model_dump(by_alias=True, exclude_unset=True)
    return Part.model_validate(filled_in(written, words))


def filled_in(written: Any, words: Words) -> Any:
    """Texts, lists and mappings with `{word}` replaced; `WrongUse` names a word that stands for nothing."""
    if isinstance(written, str):
        return re.sub(r"\{(\w+)\}", lambda found: _word(found[1], words), written)
    if isinstance(written, Mapping):
        return {filled_in(key, words): filled_in(value, words) for key, value in written.items()}
    return [filled_in(item, words) for item in written] if isinstance(written, list | tuple) else written


def _word(word: str, words: Words) -> str:
    if word not in words:
        raise WrongUse(f"The profile uses {{{word}}}, which stands for nothing here.{nearest(word, words)}")
    return words[word]


def _headings(origins: Iterable[Origin]) -> Iterator[str]:
    for origin in origins:
        yield from (*origin.headings, *origin.where_blank, *origin.sum)


def _said(file: Path, problem: dict[str, Any]) -> str:
    """One fault of a profile as a sentence."""
    where = ", ".join(str(step + 1) if isinstance(step, int) else step for step in problem["loc"]) or "the profile"
    if problem["type"] == "extra_forbidden":
        known = {name for kind in (Profile, Part, Fold, Origin, Instead) for name in kind.model_fields} - {"headings"} | {"from"}
        return f"{file}: {where} is not something a profile says.{nearest(str(problem['loc'][-1]), sorted(known))}"
    if problem["type"] == "missing":
        return f"{file}: {where} is missing."
    return f"{file}: {where}: {problem['msg'].removeprefix('Value error, ').rstrip('.')}."

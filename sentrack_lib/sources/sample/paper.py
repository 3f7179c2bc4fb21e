"""The invented school on paper: the files of its folder."""

from dataclasses import asdict
from pathlib import Path

import yaml

from sentrack_lib.sources.files import write_table, write_whole
from sentrack_lib.sources.sample.calendar import days_of
from sentrack_lib.sources.sample.curriculum import COURSES
from sentrack_lib.sources.sample.invention import Invention
from sentrack_lib.sources.sample.mess import Blot

NAME = "Sampleton Invented School"
RELIABILITY = 0.85
"""What the school's own moderation found, it says; the noise in the marks agrees with it."""

README = """# {name}

Everything in this folder is **invented**: the school, every pupil, every adult, every mark. No name, number or date belongs
to anyone. The local authority number in every unique pupil number is 000, which no authority has.

It was written by `sentrack sample`, with {pupils} pupils, {terms} terms up to summer 2026, seed {seed}; the same command
writes the same bytes. Do not edit it by hand.

`truths.yml` lists what is so in this school by intention: truths that a review should find, in growth and in school life, and
one group in which there is nothing to find; and the mess of real files, which `sentrack check` should report. Sizes are in SD of
scaled growth over the last three terms; in Year 7, which is measured from its first autumn, two thirds of it can be seen.

- Years 7 to 9 are assessed in National Curriculum levels, which this school kept, Computing in percentages; Years 10 and 11
  in GCSE grades with thirds (5+, 5=, 5-); a few pupils with EHC plans on P scales. Effort runs from 4 to 1, 1 being best.
- Pupils who entered Year 7 in 2020 and 2021 have a standardised test of Year 7: their key stage 2 tests were cancelled.
- A pupil grows about three points of levels a year, some more and some less in all subjects, with or without SEN; pupils with
  SEN start lower. Sex, need, background and teaching group make no difference to growth, except where `truths.yml` says so;
  for sex, need and background even the luck of the draw was taken out, which no real school can count on.
- `records/` of each term holds who was in which provision, where the additional adults were and how each place was prepared,
  what EHC plans specify, targets and how they stood when they were looked at, notes, meetings and what was agreed at them, and
  about the questionnaires of the term before; registers of provisions in the last two terms only. Meetings planned for autumn
  2026 stand in the last term. Some goals are scored from -2 to 2; “Reading together” takes reading ages, which grow a month a
  month; of three pupils a few numbers were taken again and again in the last autumn.
- Pupils are chosen for provision by their need and because they stand low; **provision changes nothing in their growth**, so
  that whoever finds an effect has found the way in which they were chosen. One provision alone helps, Map makers in Year 8
  Geography since autumn 2025: half of the pupils who wanted a place were drawn by lot, see `records/draws.csv` of that term.
- Marks carry their day in the last school year only, to keep the files small.
"""


def write_paper(folder: Path, school: Invention) -> None:
    """Write `school.yml` and `README.md`."""
    write_whole(_yaml(settings_of(school)), folder / "school.yml")
    write_whole(README.format(name=NAME, pupils=school.pupils, terms=len(school.terms), seed=school.seed), folder / "README.md")


def write_tables(folder: Path, school: Invention) -> None:
    """Write a folder a term, then `truths.yml`, which says what went wrong in them."""
    blots = school.about_the_roll()
    for term, tables, spoiled in school.every_term():
        blots += spoiled
        for name, table in tables.items():
            write_table(table, folder / str(term) / f"{name}.csv")
        for name, table in school.records(term).items():
            write_table(table, folder / str(term) / "records" / f"{name}.csv")
    write_whole(_yaml(_truths(school, blots)), folder / "truths.yml")


def settings_of(school: Invention) -> dict[str, object]:
    """What stands in `school.yml`."""
    return {
        "name": NAME,
        "subjects": {course.name: {"department": course.department, "scale": _scale(course.name)} for course in COURSES},
        "calendar": {str(term): dict(zip(("start", "end"), days_of(term), strict=True)) for term in school.terms},
        "scales": {"effort": {"grades": ["4", "3", "2", "1"]}},
        "reliability": {scale: RELIABILITY for scale in ("nc_level", "gcse_9_1", "percentage")},
    }


def _scale(subject: str) -> str:
    return "percentage" if subject == "Computing" else "nc_level"


def _truths(school: Invention, blots: list[Blot]) -> dict[str, object]:
    asked = {"pupils": school.pupils, "terms": len(school.terms), "seed": school.seed}
    truths = [asdict(truth) | {"pupil_ids": list(truth.pupil_ids)} for truth in school.truths]
    return {"school": asked, "truths": truths, "mess": [asdict(blot) for blot in blots]}


def _yaml(content: dict[str, object]) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)

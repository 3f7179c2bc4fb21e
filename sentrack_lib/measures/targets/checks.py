"""What to mind about a target before it is saved: whether it can be measured, how likely it is, whether there are too many.

Sources: guidance, Appendix A (three or four targets, strategies, outcomes); methods 5 (realistic, measurable).
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame

from sentrack_lib.measures.targets.chances import REALISTIC, is_realistic, said
from sentrack_lib.measures.targets.standing import BUILT_IN, Suggestions, Target, written
from sentrack_lib.measures.targets.told import too_near
from sentrack_lib.sources.scales import NOT_UNDERSTOOD, Scale

MOST = 4
"""Targets of a pupil at a time: an individual plan has no more than three or four."""
NEEDED = {
    "baseline": "where it starts", "target": "what is to be reached", "measured_by": "how it is measured",
    "strategy": "what is done", "by": "by when", "owner": "who sees to it",
}  # fmt: skip
"""What a target needs before one can say whether it is reached."""
OTHER_TIME = 0.25
"""A span that is longer or shorter by this share is another span."""
MONTH = 365.25 / 12
OPEN_STATES = ("open", "due", "goes on")


def target_warnings(
    target: Target, suggested: DataFrame, open_targets: DataFrame, scales: Mapping[str, Scale] | None = None
) -> list[str]:
    """What to mind about a target, sentence by sentence, before it is saved; none where all is well.

    It may be saved all the same. `target` has the columns of the records' `targets`; `suggested` is from
    `suggested_targets`; `open_targets` from `targets_held`, of which the open ones count; `scales` are the school's
    (missing: those built in)."""
    # A form asks at every change, and few rows are of its subject.
    near = suggested[suggested["subject"].eq(written(target, "subject"))] if len(suggested) else suggested
    about = Suggestions(near, BUILT_IN if scales is None else scales)
    return [*_too_many(target, open_targets), *warnings_of(target, about)]


def warnings_of(target: Target, suggestions: Suggestions) -> list[str]:
    """What to mind about one target by itself."""
    missing = gaps(target)
    unmeasured = [f"One cannot say yet whether it is reached. It lacks: {missing}."] if missing else []
    return [*unmeasured, *_about_step(target, suggestions), *_about_chance(target, suggestions)]


def gaps(target: Target) -> str:
    """What is missing so that a target can be measured and followed up, as a short text; blank where nothing is."""
    blank = [words for name, words in NEEDED.items() if not written(target, name)]
    nobody = not any(written(target, name) for name in ("pupil_id", "teaching_group", "year_group", "subject", "provision_id"))
    return ", ".join([*(["for whom it is"] if nobody else []), *blank])


def _too_many(target: Target, open_targets: DataFrame) -> Iterator[str]:
    pupil = written(target, "pupil_id")
    if not pupil or open_targets.empty:
        return
    own = open_targets["pupil_id"].astype("str").eq(pupil) & open_targets["state"].isin(OPEN_STATES)
    number = int((own & open_targets["target_id"].astype("str").ne(written(target, "target_id"))).sum()) + 1
    if number > MOST:
        yield f"With this one the pupil has {number} open targets. An individual plan has three or four at most: end or drop one."


def _about_step(target: Target, suggestions: Suggestions) -> Iterator[str]:
    """Whether the target is a grade, is above where it starts, and is further above than gradings differ by chance."""
    found = suggestions.now(target)
    name, goal = suggestions.scale_of(target, found), written(target, "target")
    scale = suggestions.scales.get(name)
    if scale is None or not goal:
        return
    if scale.read(goal).state == NOT_UNDERSTOOD:
        # Where no scale is named it may be a count, which is a goal of its own.
        yield from [f"“{goal}” is not a grade of {scale.label}."] if written(target, "scale") else []
        return
    start = written(target, "baseline")
    if not start and found is not None and written(found, "scale") == name:
        start = written(found, "now")
    if not start:
        return
    step = _step(scale, start, goal)
    if step <= 0:
        counted = "" if written(target, "scale") else f" If fewer is better, write it so: {goal} or fewer."
        yield f"The target {goal} is not above {start}, where it starts.{counted}"
    elif found is not None and written(found, "scale") == name and step <= found["sem_growth"]:
        yield too_near(step, found["sem_growth"])


def _step(scale: Scale, start: str, goal: str) -> float:
    """From the one grade to the other: in points, in ranks where the scale has no points; missing where either is no grade."""
    one, other = scale.read(start), scale.read(goal)
    step = other.points - one.points
    # A step of ranks is no amount, so that only its direction counts.
    return float(np.sign(other.rank - one.rank) * np.inf) if np.isnan(step) and other.rank != one.rank else _same(step, one.rank)


def _same(step: float, rank: float) -> float:
    """The step; none between two grades of one rank that have no points."""
    return 0.0 if np.isnan(step) and not np.isnan(rank) else step


def _about_chance(target: Target, suggestions: Suggestions) -> Iterator[str]:
    """Whether a reason is to be written, and whether the time is the time that the chance is about."""
    chance = suggestions.chance(target)
    if np.isnan(chance):
        return
    if not is_realistic(chance) and not written(target, "reason"):
        kind = "Hardly anybody reaches this" if chance < REALISTIC[0] else "Many reach this"
        yield f"{kind}: {said(chance)}. Write down the reason for it."
    found = suggestions.when_set(target)
    days, usual = _days(target), None if found is None else found["applies_to"]
    if usual is not None and not np.isnan(days) and abs(days / float(usual) - 1) > OTHER_TIME:
        yield f"They had {usual / MONTH:.0f} months for it; this target has {days / MONTH:.0f}."


def _days(target: Target) -> float:
    """The days from when a target is set to when it is to be reached; missing where either is."""
    first, last = (pd.to_datetime(written(target, name), errors="coerce") for name in ("set_on", "by"))
    return np.nan if pd.isna(first) or pd.isna(last) else float((last - first).days)

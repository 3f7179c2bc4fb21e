"""Flag rules on being in school: attendance, behaviour, suspensions and exclusions."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from pandas import DataFrame

from sentrack_lib.measures.flags.rules import GAP, NO_GAP, Known, at_least, counted, judged, per_cent
from sentrack_lib.measures.progress.taught import Numbers
from sentrack_lib.sources.coded import numbered

REMOVAL = "remov|internal(?:ly)? exclu|isolat"
MANY_DAYS = 1_000_000


@dataclass(frozen=True)
class Absence:
    """Too many sessions missed this school year, steadied by last year's rate while few sessions have been seen (methods, 6)."""

    watch: float = 0.05
    act: float = 0.10
    leave_watch: float = 0.04
    leave_act: float = 0.08
    severe: float = 0.5
    name: ClassVar[str] = "attendance"
    reasons: ClassVar[dict[str, str]] = {
        "watch": "Half-way to persistent absence; judgement.",
        "act": "Persistent absence: a tenth of sessions missed (national definition).",
        "leave_watch": GAP,
        "leave_act": "Left at 92 % attendance, entered at 90 %. " + GAP,
        "severe": "Severe absence: half of the sessions missed (national definition); the evidence says so.",
    }

    def __call__(self, known: Known) -> DataFrame:
        """One signal a pupil and term: the share of sessions missed, steadied."""
        return judged(known.attendance.rename(columns={"smoothed": "value"}), self)

    def evidence(self, row: Any) -> str:
        """Sessions missed of those possible."""
        missed, seen = row.possible - row.attended, per_cent(row.absence)
        steadied = f"; {per_cent(row.value)} with the usual rate weighed in" if per_cent(row.value) != seen else ""
        severe = " This is severe absence." if row.absence >= self.severe else ""
        return f"Missed {missed:.0f} of {counted(row.possible, 'session')} this year ({seen}{steadied}).{severe}"


@dataclass(frozen=True)
class AttendanceDrop:
    """Attendance has fallen below the pupil's own of last term, in percentage points."""

    watch: float = 5
    act: float = 10
    leave_watch: float = 4
    leave_act: float = 8
    name: ClassVar[str] = "attendance drop"
    reasons: ClassVar[dict[str, str]] = {
        "watch": "About three school days more a term than before; judgement.",
        "act": "A change of this size seldom has no cause; judgement.",
        "leave_watch": GAP,
        "leave_act": GAP,
    }

    def __call__(self, known: Known) -> DataFrame:
        """One signal a pupil and term: percentage points by which attendance fell."""
        return judged(known.attendance.rename(columns={"drop": "value"}), self)

    def evidence(self, row: Any) -> str:
        """From which attendance to which."""
        before, now = per_cent(1 - row.last_term_absence), per_cent(1 - row.term_absence)
        return f"Attendance fell by {counted(row.value, 'percentage point')}, from {before} last term to {now} this term."


@dataclass(frozen=True)
class Behaviour:
    """More sanctions and incidents than nearly all of the year group, or removals from lessons soon after one another."""

    watch: float = 3
    act: float = 2
    leave_watch: float = 2
    leave_act: float = 1
    top: float = 0.10
    leave_top: float = 0.20
    weeks: float = 4
    name: ClassVar[str] = "behaviour"
    reasons: ClassVar[dict[str, str]] = {
        "watch": "Fewer sanctions and incidents than this in a term are no pattern, even in a quiet year group.",
        "act": "Removals from lessons (internal exclusion, isolation) that call for action when they come close together.",
        "leave_watch": GAP,
        "leave_act": "Stays as long as there is a removal in the term.",
        "top": "Fewer than this share of the pupil's year group have more: schools and years record differently.",
        "leave_top": GAP,
        "weeks": "How close together removals must be, in weeks.",
    }

    def __call__(self, known: Known) -> DataFrame:
        """One signal a pupil and term with a sanction or an incident: how many; `act_value` counts removals close together."""
        events = known.table("behaviour")
        events = events[events["kind"].isin(["sanction", "incident"])]
        number, year_group = np.bincount(known.places(events), minlength=known.size), known.year_groups()
        places = np.flatnonzero((number > 0) & (year_group >= 0))
        signals = DataFrame(known.at(places) | {"value": number[places], "year_group": year_group[places]})
        more = signals.groupby("year_group")["value"].rank(ascending=False, method="min").sub(1)
        in_year = np.bincount(year_group[year_group >= 0])[year_group[places]]
        return self._judged(signals.assign(more=more, in_year=in_year, act_value=self._removals(known, events)[places]))

    def _removals(self, known: Known, events: DataFrame) -> Numbers:
        """By place, the most removals in any `weeks` weeks that end in the term."""
        codes, reasons = numbered(events["reason"])
        removed = np.append(reasons.str.contains(REMOVAL, case=False, na=False), False)[codes] & events["on"].notna()
        removals = events.loc[removed, ["term", "pupil_id", "on"]].sort_values(["pupil_id", "on"])
        day = removals["on"].to_numpy().astype("datetime64[D]").astype("int64")
        # Further apart than any two days, so that no pupil's removals are near another's.
        day += removals["pupil_id"].cat.codes.to_numpy(dtype="int64") * MANY_DAYS
        close = np.searchsorted(day, day, "right") - np.searchsorted(day, day - int(7 * self.weeks), "left")
        most = np.zeros(known.size)
        np.maximum.at(most, known.places(removals), close)
        return most

    def _judged(self, signals: DataFrame) -> DataFrame:
        above, number = signals["more"] / signals["in_year"] + 1e-9, signals["value"]
        return signals.assign(
            watch=at_least(number, self.watch) & above.lt(self.top),
            keeps_watch=at_least(number, self.leave_watch) & above.lt(self.leave_top),
            act=at_least(signals["act_value"], self.act),
            keeps_act=at_least(signals["act_value"], self.leave_act),
        )

    def evidence(self, row: Any) -> str:
        """The number of sanctions and incidents beside the year group's, and removals."""
        removals = f" {counted(row.act_value, 'removal')} from lessons within {self.weeks:.0f} weeks." if row.act_value else ""
        events = f"{row.value:.0f} sanctions and incidents" if row.value != 1 else "1 sanction or incident"
        return f"{events} this term; {row.more:.0f} of {row.in_year:.0f} pupils in the year group had more.{removals}"


@dataclass(frozen=True)
class Exclusion:
    """Suspended or permanently excluded this term."""

    act: float = 1
    name: ClassVar[str] = "exclusion"
    reasons: ClassVar[dict[str, str]] = {"act": "Every suspension or permanent exclusion is looked into. " + NO_GAP}

    def __call__(self, known: Known) -> DataFrame:
        """One signal a pupil and term with a suspension or permanent exclusion: their number."""
        events = known.table("behaviour")
        events = events[events["kind"].isin(["suspension", "permanent_exclusion"])]
        places, of = np.unique(known.places(events), return_inverse=True)
        permanent = np.bincount(of, events["kind"].eq("permanent_exclusion"), len(places)) > 0
        lost = np.bincount(of, events["sessions_lost"].fillna(0), len(places))
        signals = DataFrame(known.at(places) | {"value": np.bincount(of), "permanent": permanent, "lost": lost})
        return signals.assign(watch=False, keeps_watch=False, keeps_act=False, act=at_least(signals["value"], self.act))

    def evidence(self, row: Any) -> str:
        """How often, and the sessions lost."""
        suspensions = row.value - row.permanent
        times = "once" if suspensions == 1 else f"{suspensions} times"
        said = ["permanently excluded"] * row.permanent + [f"suspended {times}"] * (suspensions > 0)
        lost = f"; {counted(row.lost, 'session')} lost" if row.lost > 0 else ""
        return f"{' and '.join(said).capitalize()} this term{lost}."

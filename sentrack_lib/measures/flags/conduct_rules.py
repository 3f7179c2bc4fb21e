"""Flag rules on being in school: attendance, behaviour, suspensions and exclusions."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pandas import DataFrame

from sentrack_lib.measures.flags.rules import GAP, NO_GAP, Known, at_least, counted, judged, per_cent

REMOVAL = "remov|internal(?:ly)? exclu|isolat"


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
        signals = events.groupby(["term", "pupil_id"]).size().rename("value").reset_index()
        signals = self._beside_the_year_group(signals, known.table("pupils"))
        signals = signals.merge(self._removals(events), how="left", on=["term", "pupil_id"])
        return self._judged(signals.fillna({"act_value": 0.0}))

    def _beside_the_year_group(self, signals: DataFrame, roll: DataFrame) -> DataFrame:
        """How many are in the pupil's year group, and how many of them had more."""
        roll = roll[["term", "pupil_id", "year_group"]].fillna({"year_group": "not known"})
        sizes = roll.groupby(["term", "year_group"]).size().rename("in_year").reset_index()
        signals = signals.merge(roll, on=["term", "pupil_id"]).merge(sizes, on=["term", "year_group"])
        more = signals.groupby(["term", "year_group"])["value"].rank(ascending=False, method="min").sub(1)
        return signals.assign(more=more)

    def _removals(self, events: DataFrame) -> DataFrame:
        """The most removals in any `weeks` weeks that end in the term."""
        removals = events.loc[events["reason"].str.contains(REMOVAL, case=False, na=False), ["term", "pupil_id", "on"]].dropna()
        removals = removals.reset_index(drop=True).rename_axis("event").reset_index()
        pairs = removals.merge(removals[["pupil_id", "on"]], on="pupil_id", suffixes=("", "_before"))
        close = pairs[(pairs["on"] - pairs["on_before"]).dt.days.between(0, 7 * self.weeks)]
        within = close.groupby(["term", "pupil_id", "event"]).size()
        return within.groupby(["term", "pupil_id"]).max().astype("float64").rename("act_value").reset_index()

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
        events = events.assign(permanent=events["kind"].eq("permanent_exclusion"))
        each = events.groupby(["term", "pupil_id"])
        lost = each["sessions_lost"].sum(min_count=1).rename("lost")
        signals = each["permanent"].agg(value="size", permanent="any").join(lost).reset_index()
        return signals.assign(watch=False, keeps_watch=False, keeps_act=False, act=at_least(signals["value"], self.act))

    def evidence(self, row: Any) -> str:
        """How often, and the sessions lost."""
        suspensions = row.value - row.permanent
        times = "once" if suspensions == 1 else f"{suspensions} times"
        said = ["permanently excluded"] * row.permanent + [f"suspended {times}"] * (suspensions > 0)
        lost = f"; {counted(row.lost, 'session')} lost" if row.lost > 0 else ""
        return f"{' and '.join(said).capitalize()} this term{lost}."

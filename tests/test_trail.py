"""The trail as it is read on a page: who changed what, the newest first."""

import pandas as pd
from pandas import DataFrame

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.tables.trail import MOST, trail

ROLL = DataFrame({
    "pupil_id": ["P1"], "surname": ["Oak"], "forename": ["Ann"], "form": ["7A"], "year_group": ["7"],
    "sen_status": ["K"], "sen_need": pd.Series([None], dtype="str"),
})  # fmt: skip


def changed(*rows: tuple[str, str, str, str, str, str]) -> DataFrame:
    columns = ["recorded_at", "recorded_by", "entry", "column", "before", "after"]
    return DataFrame(rows, columns=columns, dtype="str").assign(how="form", term="2025-26-summer", table="target_reviews")


def shown(*rows: tuple[str, str, str, str, str, str]) -> DataFrame:
    return trail(Papers("inclusion", {"roll": ROLL}), changed(*rows)).frame


def test_what_is_saved_together_is_one_row_and_the_newest_is_first() -> None:
    told = shown(
        ("2026-06-01T08:00:00Z", "Ms Stub", "e", "pupil_id", "", "P1"),
        ("2026-06-01T08:00:00Z", "Ms Stub", "e", "owner", "", "Mr Mock"),
        ("2026-06-02T09:30:00Z", "Mr Mock", "e", "owner", "Mr Mock", "Ms Stub"),
    )
    assert told["What"].tolist() == ["Owner: Mr Mock, now Ms Stub", "Pupil: Oak, Ann\nOwner: Mr Mock"]
    assert told["Who"].tolist() == ["Mr Mock", "Ms Stub"] and told["Record"].tolist() == ["target reviews"] * 2
    assert told["When, UTC"].tolist() == ["2026-06-02 09:30", "2026-06-01 08:00"]


def test_what_was_taken_back_or_emptied_is_said() -> None:
    told = shown(
        ("2026-06-01T08:00:00Z", "A", "e", "", "", "taken back"),
        ("2026-06-02T08:00:00Z", "A", "e", "", "taken back", ""),
        ("2026-06-03T08:00:00Z", "A", "e", "owner", "B", ""),
    )
    assert told["What"].tolist() == ["Owner: B, now blank", "No longer taken back", "Taken back"]


def test_nobody_who_wrote_anything_is_a_sentence() -> None:
    assert "nobody has written" in trail(Papers("inclusion", {}), changed()).html()


def test_a_long_trail_says_how_much_of_it_is_shown() -> None:
    part = trail(
        Papers("inclusion", {}), changed(*((f"2026-06-01T08:{n:02}:00Z", "A", f"e{n}", "owner", "", "B") for n in range(50)))
    )
    assert len(part.frame) == MOST and f"The newest {MOST} of 50" in part.note

"""A letter that parents can read, and a page that a child can own: plain words, nothing guessed, nobody else's child."""

import re
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from sentrack_lib.errors import WrongUse
from sentrack_lib.measures.due import due
from sentrack_lib.measures.profile import SAID, profile
from sentrack_lib.terms import Term
from sentrack_lib.views.letters import Printed, letter, profile_page
from sentrack_lib.views.parts import Unseen

NOW = "2025-26-spring"
TERM = Term.named(NOW)
DAY = date(2026, 3, 10)
EVIL = '<img src=x onerror="alert(1)">'
READING_AGE = 6.5
"""A grade of American schools; half way through the sixth, pupils are about twelve."""


def grade(text: str) -> float:
    """The grade of Flesch and Kincaid: long sentences and long words make it higher."""
    sentences = [found for found in re.split(r"[.!?]", text) if re.search(r"\w", found)]
    words = re.findall(r"[A-Za-z’']+|\d+", text)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """Runs of vowels, without a silent e at the end; a number counts as two."""
    if word.isdecimal():
        return 2
    plain = re.sub(r"(?<![aeiouy]l)(?<=[^aeiouyl])e[sd]?$|(?<=[aeiouy]l)e$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", plain)))


@pytest.mark.parametrize(
    ("word", "count"),
    [("the", 1), ("pupil", 2), ("started", 2), ("marks", 1), ("people", 2), ("attendance", 3), ("school", 1), ("whole", 1)],
)
def test_the_counter_of_syllables_is_near_enough(word, count):
    assert abs(syllables(word) - count) <= (word == "started")


def test_the_grade_tells_plain_words_from_long_ones():
    assert grade("We met you. We will meet again.") < 2
    assert grade("Notwithstanding considerable methodological uncertainty, educational trajectories diverged.") > 15


def tables(forename: str = "Robin", **changed: DataFrame) -> dict[str, DataFrame]:
    roll = DataFrame({
        "pupil_id": ["P01", "P02"], "surname": ["Sampleton", "Fictley"], "forename": [forename, "Kim"], "form": ["9A", "9B"],
        "year_group": "9", "sen_status": ["K", "E"], "sen_need": ["SPLD", "ASD"], "date_of_birth": "2011-04-05",
    })  # fmt: skip
    growth = DataFrame(
        [
            ("English", 20.0, 8.0, 38.0, None),
            ("Maths", 80.0, 62.0, 92.0, None),
            ("Science", 55.0, 30.0, 75.0, None),
            ("Art", None, None, None, "Too few pupils (12) in this cohort to say what is typical: at least 60 are needed."),
            ("Music", None, None, None, "No grade this term: absent."),
            ("French", 41.0, None, None, "These two assessments are too noisy or too alike to see growth: …"),
            ("all", 50.0, 35.0, 66.0, None),
        ],
        columns=["subject", "growth_percentile", "band_low", "band_high", "why_not"],
    ).assign(pupil_id="P01", p_low=0.4, cohort_n=120)
    other = growth.head(1).assign(pupil_id="P02", subject="Latin")
    attended = DataFrame(
        {"pupil_id": ["P01", "P02"], "possible": [200.0, 210.0], "attended": [170.0, 209.0], "persistent": [True, False]}
    )
    evidence = DataFrame({
        "evidence_id": ["N1", "N2", "N3"], "pupil_id": ["P01", "P01", "P02"], "on": ["2026-01-20", "2026-01-21", "2026-01-21"],
        "kind": ["pupil is good at", "pupil finds hard", "pupil wants"],
        "what": ["I draw good maps.", "Long texts", "A window seat"],
    })  # fmt: skip
    meetings = DataFrame({
        "meeting_id": ["M1", "M2", "M3"], "kind": ["annual review", "with parents", "with parents"],
        "pupil_id": ["P01", "P01", "P02"], "on": ["2026-04-20", "2026-03-20", "2026-03-21"],
    })  # fmt: skip
    targets = DataFrame({"target_id": "T1", "pupil_id": ["P01", "P02"], "what": ["I read ten pages a day.", "I sit still"]})
    provision = DataFrame({
        "pupil_id": ["P01", "P02"], "name": ["Reading together", "Quiet room"], "sessions_attended": [16.0, 3.0],
        "sessions_planned": [20.0, 9.0], "hourly_cost": 14.2,
    })  # fmt: skip
    records = {"evidence": evidence, "meetings": meetings}
    about = DataFrame([{"school": "Invented School", "term": NOW, "label": "Spring 2026", "before": "", "version": "0"}])
    known = {
        "about": about, "roll": roll, "progress": pd.concat([growth, other], ignore_index=True),
        "attendance": attended.assign(persistent=[True, False]),
        "targets": targets.assign(by=pd.Timestamp("2026-05-01")), "pupil_provision": provision,
        "profile": profile(records, roll, TERM, DAY), "due": due(records, roll, TERM, None, DAY),
    }  # fmt: skip
    return known | changed


def section(told: Printed, heading: str) -> list[str]:
    return list(dict(told.sections).get(heading, []))


# --- the letter ------------------------------------------------------------------------------------


def test_a_reading_age_of_twelve_follows_the_letter():
    for known in (tables(), only("about", "roll")):
        told = letter(known, "P01", DAY)
        lines = [*told.opening[1:], *(line for _, lines in told.sections for line in lines)]
        assert grade("\n".join(lines)) <= READING_AGE
        assert max(len(told.split()) for told in re.split(r"(?<=[.!?]) ", " ".join(lines))) <= 20


def only(*names: str) -> dict[str, DataFrame]:
    return {name: rows for name, rows in tables().items() if name in names}


def test_progress_is_said_in_words_and_only_where_the_likely_band_lies_to_one_side():
    told = letter(tables(), "P01", DAY)
    same = "pupils who started at the same point."
    assert f"In Maths, Robin has come on more than {same}" in section(told, "What Robin does well")
    assert f"In English, Robin has come on less than {same}" in section(told, "Where we worry")
    assert section(told, "What goes as usual") == [
        f"Over all subjects, Robin has come on about as much as {same}",
        f"In Science, Robin has come on about as much as {same}",
    ]


def test_what_cannot_be_said_yet_is_said_with_its_reason():
    assert section(letter(tables(), "P01", DAY), "What we cannot say yet") == [
        "In Art, we cannot say yet, because too few pupils took the same tests.",
        "In Music, we cannot say yet, because there is no mark for this term.",
        "In French, we cannot say yet, because the marks do not tell us enough.",
    ]


def test_many_subjects_are_listed_in_a_sentence_of_their_own():
    growth = tables()["progress"].query("subject == 'Science'")
    many = pd.concat([growth.assign(subject=name) for name in ("Art", "Drama", "Maths", "PE")])
    told = letter(tables(progress=many), "P01", DAY)
    assert section(told, "What goes as usual") == [
        "In 4 subjects, Robin has come on about as much as pupils who started at the same point. "
        "They are Art, Drama, Maths and PE."
    ]


def test_attendance_is_a_worry_from_one_session_in_ten_missed():
    worried = section(letter(tables(), "P01", DAY), "Where we worry")
    assert "This year Robin was at school for 170 of 200 half days." in worried
    assert "That is at least one in ten missed." in worried
    assert "This year Kim was at school for 209 of 210 half days." in section(letter(tables(), "P02", DAY), "What Kim does well")


def test_targets_and_help_and_what_parents_can_do_stand_there():
    told = letter(tables(), "P01", DAY)
    assert section(told, "What we do now") == [
        "One target for Robin is: “I read ten pages a day”. We look at it by 1 May 2026.",
        "Robin takes part in Reading together.",
        "So far, Robin was there 16 of 20 times.",
    ]
    assert "Help Robin to be here each day." in section(told, "What you can do")
    assert "We noted as a strength: “I draw good maps”." in section(told, "What Robin does well")


def test_a_target_that_was_reached_and_help_that_has_ended_are_not_what_is_done_now():
    known = tables()
    changed = {
        "targets": known["targets"].assign(result="Reached"),
        "pupil_provision": known["pupil_provision"].assign(end=pd.Timestamp("2026-03-09")),
    }
    assert section(letter(tables(**changed), "P01", DAY), "What we do now")[0] == (
        "No target and no extra help are written down for now."
    )


def test_where_no_table_of_targets_or_provision_is_handed_out_the_page_stands_in():
    notes = DataFrame({
        "pupil_id": "P01", "section": ["My targets", "Who helps me, and when"], "order": [7, 8], "place": 1,
        "text": ["I read ten pages", "Kit Sample, Monday, 9:00"], "on": pd.NaT, "source": None, "known": True,
    })  # fmt: skip
    known = {name: rows for name, rows in tables(profile=notes).items() if name not in ("targets", "pupil_provision")}
    assert section(letter(known, "P01", DAY), "What we do now") == [
        "One target for Robin is: “I read ten pages”.",
        "There is help for Robin: Kit Sample, Monday, 9:00.",
    ]


def test_the_meetings_of_this_child_stand_there_with_what_the_law_promises():
    assert section(letter(tables(), "P01", DAY), "When we meet") == [
        "A meeting is on 20 March 2026.",
        "You get the papers for the review by 6 April 2026.",
        "The yearly review of the plan is on 20 April 2026.",
        "The council says by 18 May 2026 if the plan will change.",
    ]


def test_what_is_not_recorded_is_said_to_be_so_and_nothing_is_called_fine():
    told = letter(only("about", "roll"), "P01", DAY)
    assert section(told, "Where we worry") == ["We do not know enough yet to say if we should worry."]
    assert section(told, "When we meet")[0] == "No meeting about Robin is planned yet."
    assert "We have not asked you yet what you think. Please tell us." in section(told, "What you can do")
    assert section(told, "What Robin does well") == [
        "We have not written down yet what Robin does well. Please help us with this."
    ]


def test_no_other_child_no_diagnosis_and_no_jargon_stand_in_it():
    for part in (letter(tables(), "P01", DAY), profile_page(tables(), "P01")):
        for written in (repr(part), part.html()):
            assert not any(word in written for word in ("Kim", "Fictley", "P02", "Latin", "window", "Quiet room", "14.2"))
            assert not any(word in written.lower() for word in ("percentile", "cohort", "residual", "spld", "nan", "nat", "asd"))


def test_parents_of_nobody_get_no_letter():
    with pytest.raises(WrongUse, match="no pupil P99"):
        letter(tables(), "P99", DAY)


def test_a_child_without_a_forename_is_your_child():
    told = letter(tables(forename=None), "P01", DAY)
    assert told.title == "How your child is getting on" and told.opening[0] == "Dear parents and carers of Sampleton,"
    assert "Your child takes part in Reading together." in section(told, "What we do now")


def test_the_same_tables_and_day_give_the_same_letter():
    assert letter(tables(), "P01", DAY).html() == letter(tables(), "P01", DAY).html()


# --- the page --------------------------------------------------------------------------------------


def test_the_page_has_every_section_in_its_order_with_days_and_what_is_not_known():
    told = profile_page(tables(), "P01")
    assert [heading for heading, _ in told.sections] == [*SAID.values(), "My targets", "Who helps me, and when"]
    assert section(told, "What I am good at") == ["I draw good maps. (20 January 2026)"]
    assert section(told, "What I want") == ["Not asked yet."]
    assert '<li class="unknown">Not asked yet.</li>' in told.html()
    assert told.title == "Robin Sampleton: my one-page profile" and told.top == "Invented School, form 9A, Spring 2026"


def test_the_day_of_a_helper_is_not_the_day_it_was_noted():
    known = tables()
    noted = known["profile"].assign(section="Who helps me, and when", on=pd.Timestamp("2026-01-01"), known=True)
    told = profile_page(known | {"profile": noted}, "P01")
    assert not any("2026" in line for line in section(told, "Who helps me, and when"))


def test_without_the_profile_the_page_says_so_and_an_empty_one_too():
    assert isinstance(profile_page(only("about", "roll"), "P01"), Unseen)
    empty = profile_page(tables(profile=tables()["profile"].iloc[:0]), "P01")
    assert empty.opening == ["Nothing is written down yet."] and empty.html()


# --- hostile and odd -------------------------------------------------------------------------------


def test_a_hostile_name_or_note_is_inert():
    known = tables(forename=EVIL)
    known |= {
        "targets": known["targets"].assign(what=EVIL),
        "progress": known["progress"].assign(subject=EVIL),
        "pupil_provision": known["pupil_provision"].assign(name=EVIL),
        "profile": known["profile"].assign(text=EVIL, section=EVIL),
        "about": known["about"].assign(school=EVIL, label=EVIL),
        "roll": known["roll"].assign(form=EVIL),
    }
    for part in (letter(known, "P01", DAY), profile_page(known, "P01")):
        assert "<img" not in part.html() and "&lt;img" in part.html()


@settings(max_examples=5)
@given(st.text(max_size=12), st.floats(0, 100) | st.none(), st.floats(0, 100) | st.none(), st.text(max_size=12) | st.none())
def test_any_name_band_or_reason_gives_a_whole_letter(name, low, high, why):
    growth = DataFrame({"pupil_id": ["P01"], "subject": ["English"], "band_low": [low], "band_high": [high], "why_not": [why]})
    told = letter(tables(forename=name, progress=growth), "P01", DAY)
    assert {"What we do now", "What you can do", "When we meet", "Who to ask"} <= {heading for heading, _ in told.sections}
    assert all(line.strip() for _, lines in told.sections for line in lines) and told.html().count("<section>") == len(
        told.sections
    )
    assert ("cannot say" in repr(told)) == (low is None or high is None)

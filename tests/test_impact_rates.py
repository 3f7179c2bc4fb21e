"""Is a provision rightly judged? In invented cohorts where what it does is known; docs/impact.py draws more of them."""

import numpy as np
import pytest
from generated_cohorts import LOT, MIXED, TEACHER, TEST, rates

DRAWS = 200


def share(chosen: str, effect: float, said: str = "benefit") -> float:
    return rates(chosen, effect, DRAWS)["verdict"].eq(said).mean()


def error(rate: float) -> float:
    """Three standard errors of a share, and of the share that was measured before, from as many draws."""
    return 3 * np.sqrt(2 * max(rate * (1 - rate), 0.005) / DRAWS)


@pytest.mark.parametrize("chosen", [LOT, TEST, MIXED, TEACHER])
def test_where_nothing_was_achieved_a_benefit_is_hardly_ever_told(chosen):
    assert share(chosen, 0.0) <= 0.02 + 1.5 * np.sqrt(0.02 * 0.98 / DRAWS)


def test_the_lowest_scorers_gain_without_help_as_much_as_was_to_be_expected():
    drawn = rates(TEST, 0.0, DRAWS)
    assert drawn["gained"].mean() > 0.5 and drawn["alike"].mean() < 0.06
    assert drawn["raw"].mean() == pytest.approx(0.33, abs=0.03) == pytest.approx(drawn["expected"].mean(), abs=0.03)


@pytest.mark.parametrize(
    ("chosen", "effect", "measured"),
    [(LOT, 0.3, 0.42), (LOT, 0.6, 0.97), (TEST, 0.3, 0.37), (TEST, 0.6, 0.93), (MIXED, 0.6, 0.74), (TEACHER, 0.6, 0.49)],
)
def test_a_true_effect_is_found_as_often_as_when_the_method_was_chosen(chosen, effect, measured):
    assert share(chosen, effect) == pytest.approx(measured, abs=error(measured))


@pytest.mark.parametrize("chosen", [LOT, TEST])
def test_the_interval_holds_the_effect_that_is_there_about_95_times_in_100(chosen):
    drawn = np.concatenate([rates(chosen, effect, DRAWS)["covered"] for effect in (0.0, 0.3, 0.6)])
    assert 0.92 < drawn.mean() < 0.98


def test_a_choice_by_what_the_test_does_not_show_makes_an_effect_look_smaller_and_never_larger():
    drawn = rates(TEACHER, 0.3, DRAWS)
    assert drawn["error"].mean() < -0.2 and drawn["error_earlier"].mean() == pytest.approx(0.09, abs=0.06)
    assert drawn["verdict"].eq("benefit").mean() < 0.1

"""Figures: each draws finished tables and computes nothing; its title is the question, its words say what it shows."""

from sentrack_lib.views.figures.benchmarks import benchmarks
from sentrack_lib.views.figures.classes import own_by_subject
from sentrack_lib.views.figures.data import coverage
from sentrack_lib.views.figures.groups import by_class, by_need, by_sen, by_year
from sentrack_lib.views.figures.impact import impact
from sentrack_lib.views.figures.looking_back import flags_right
from sentrack_lib.views.figures.plan import adults, costs, sessions
from sentrack_lib.views.figures.pupils import pupils
from sentrack_lib.views.figures.rates import persistent_absence
from sentrack_lib.views.figures.representation import representation
from sentrack_lib.views.figures.self_evaluation import self_evaluation
from sentrack_lib.views.figures.single_case import single_case
from sentrack_lib.views.figures.support import support
from sentrack_lib.views.figures.trends import trends
from sentrack_lib.views.figures.voices import views

__all__ = [
    "adults", "benchmarks", "by_class", "by_need", "by_sen", "by_year", "costs", "coverage", "flags_right", "impact",
    "own_by_subject", "persistent_absence", "pupils", "representation", "self_evaluation", "sessions", "single_case",
    "support", "trends", "views",
]  # fmt: skip

"""Figures: each draws finished tables and computes nothing; its title is the question, its words say what it shows."""

from sentrack_lib.views.figures.data import coverage
from sentrack_lib.views.figures.groups import by_class, by_need, by_sen, by_year

__all__ = ["by_class", "by_need", "by_sen", "by_year", "coverage"]

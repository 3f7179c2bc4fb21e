"""Where the school stands in the cycle: a card a stage with what was found there, and a way to its page."""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment
from pandas import DataFrame

from sentrack_lib.measures.plan.pupils_to_plan import waiting_counts
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import STYLE, Part, Unseen
from sentrack_lib.views.reading import as_read
from sentrack_lib.views.words import are, have, of, said, sentence

NOT_SHOWN = "Where the school stands in the cycle is followed by the inclusion manager."
_CARDS = Environment(autoescape=True, finalize=as_read).from_string(
    """<nav aria-label="The cycle of a term" style="{{ style }}"><style>
.cycle { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .8rem; }
.cycle { margin: 0; padding: 0; list-style: none; }
.cycle li { padding: .6rem .9rem .8rem; border: 1px solid #767676; border-top: 4px solid #2b5c8a; break-inside: avoid; }
.cycle a { color: #1d4f91; font-size: 1.1rem; font-weight: bold; }
.cycle p { margin: .3rem 0 0; }
</style><ol class="cycle">{% for name, page, lines in cards %}
<li><a href="{{ page }}.ipynb">{{ loop.index }}. {{ name }}</a>{% for line in lines %}<p>{{ line }}</p>{% endfor %}</li>
{% endfor %}</ol></nav>"""
)


@dataclass(frozen=True)
class Stages(Part):
    """The stages of the cycle, each with its page and what was found there."""

    cards: Sequence[tuple[str, str, Sequence[str]]]

    def html(self) -> str:
        """A list of cards, as many side by side as there is room for."""
        return _CARDS.render(style=STYLE, cards=self.cards)

    def __repr__(self) -> str:
        return "\n\n".join("\n".join([name, *lines]) for name, _, lines in self.cards)


def stages(papers: Papers) -> Part:
    """Review, plan, implement, monitor and evaluate, and the school itself: how far each is."""
    if not papers.has("pupils_to_plan", "provision_map", "agenda", "statements", "impact"):
        return Unseen(NOT_SHOWN)
    return Stages([
        ("Review: who is not making progress?", "2_review", _review(papers)),
        ("Plan: what do we do about it?", "3_plan", _plan(papers)),
        ("Implement: is it being given?", "4_implement", _implement(papers)),
        ("Monitor and evaluate: did it work?", "5_monitor", _monitor(papers)),
        ("The school itself", "1_self_evaluation", _school(papers)),
    ])  # fmt: skip


def _review(papers: Papers) -> list[str]:
    pupils, flagged = papers.tables["pupils_to_plan"], papers.tables["roll"]["pupil_id"].nunique()
    count = int(pupils["level"].eq("act").sum())
    return [f"{sentence(said(flagged, 'pupil'))} on the roll; {said(count, 'pupil')} {are(count)} to be looked at first."]


def _plan(papers: Papers) -> list[str]:
    counts = waiting_counts(papers.tables["pupils_to_plan"])
    told = of(counts["waiting"], counts["flagged"], "pupil to be looked at first", "pupils to be looked at first")
    if not counts["flagged"]:
        return ["Nobody is flagged to act on."]
    return [f"Nobody has acted yet for {told}."] if counts["waiting"] else ["Somebody acts for each pupil to be looked at first."]


def _implement(papers: Papers) -> list[str]:
    rows, due = papers.tables["provision_map"], papers.tables["due"]
    late = int(due["state"].eq("overdue").sum())
    known = int((rows["sessions_given"].notna() & rows["sessions_due"].gt(0)).sum())
    kept = of(known, len(rows), "provision") if len(rows) else "none"
    return [
        f"A register is kept of {kept}." if len(rows) else "No provision is recorded for this term.",
        f"{sentence(said(late, 'thing'))} {are(late)} overdue.",
    ]


def _monitor(papers: Papers) -> list[str]:
    impact, agenda = papers.tables["impact"], papers.tables["agenda"]
    told = int(impact["verdict"].isin(["benefit", "harm"]).sum())
    effect = f"Of {of(told, len(impact), 'provision')} it can be said whether it worked." if len(impact) else ""
    closed = int(agenda["state"].eq("closed").sum())
    meeting = f"{sentence(of(closed, len(agenda), 'item'))} of the agenda {have(closed)} been closed." if len(agenda) else ""
    return list(filter(None, [effect, meeting])) or ["There is nothing to talk about yet."]


def _school(papers: Papers) -> list[str]:
    rows: DataFrame = papers.tables["statements"]
    rated = int(rows["raters"].gt(0).sum())
    return [f"{sentence(of(rated, len(rows), 'statement'))} {have(rated)} been rated."]

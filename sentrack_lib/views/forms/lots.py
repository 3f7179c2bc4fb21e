"""More pupils than places: tick who could have one, say how many there are, let chance decide among pupils who stand alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import ipywidgets as widgets
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.measures.impact import draw_places
from sentrack_lib.measures.impact.places import NO_PLACES
from sentrack_lib.views.forms.fields import offer_again, wide
from sentrack_lib.views.forms.records import Keep
from sentrack_lib.views.forms.saving import Saving

NO_PROVISION, NO_DAY = "Choose the provision first.", "Choose the day from which the places are."


@dataclass(frozen=True)
class Wanted:
    """A provision as it is offered: the pupils who could have a place (name, id, whether they are ticked), where they stand
    (`pupil_id`, `start`), and the seed of its draw."""

    pupils: Sequence[tuple[str, str, bool]]
    starts: DataFrame
    seed: int


class Lots:
    """The form of a draw. The seed is set by provision and term, so that drawing again changes nothing."""

    def __init__(
        self, provisions: Sequence[tuple[str, str]], wanted: Callable[[str], Wanted], term: str, day: date, keep: Keep,
        kept: Callable[[], None],
    ) -> None:  # fmt: skip
        """`provisions` as shown and recorded; `wanted` of each, looked up when it is chosen; `day` is what is offered first."""
        self.wanted, self.term = wanted, term
        self.provision = widgets.Dropdown(options=[("", ""), *provisions], value="", description="Provision *", **wide())
        self.places = widgets.Text(description="Places *", **wide())
        self.day = widgets.DatePicker(value=day, description="From *", **wide())
        self.seed, self.drawn = widgets.Label(), widgets.Label()
        self.ticked = widgets.VBox()
        self.ticked.add_class("ticks")
        self._offer: Wanted | None = None
        self.provision.observe(self._offered, names="value")
        self.saving = Saving(self.rows, keep, lambda: self._kept(kept), "Draw the places and save")

    def widget(self) -> widgets.Widget:
        """The form."""
        fields = widgets.HBox([self.provision, self.places, self.day], layout=widgets.Layout(flex_flow="row wrap"))
        fields.add_class("fields")
        whole = widgets.VBox([fields, self.ticked, self.seed, self.saving.button, self.saving.said, self.drawn])
        whole.add_class("form")
        return whole

    def renew(self, fresh: "Lots") -> None:
        """Offer the provisions of a freshly made form, with those who could have a place now."""
        self.wanted = fresh.wanted
        offer_again(self.provision, fresh.provision)

    def rows(self) -> dict[str, DataFrame]:
        """The draw of everybody ticked, and a place in the provision for those drawn."""
        if self._offer is None or not self.day.value:
            raise BadInput(NO_DAY if self._offer else NO_PROVISION)
        chosen = [pupil for (_, pupil, _), tick in zip(self._offer.pupils, self.ticked.children, strict=True) if tick.value]
        starts = self._offer.starts[self._offer.starts["pupil_id"].isin(chosen)]
        found = draw_places(starts, self._number(), self._offer.seed)
        names = {pupil: name for name, pupil, _ in self._offer.pupils}
        self._told = _told(found, names)
        day, of_all = self.day.value.isoformat(), {"term": self.term, "provision_id": self.provision.value}
        places = found.loc[found["drawn"].eq("Y"), ["pupil_id"]].assign(**of_all, start=day)
        return {"draws": found.assign(**of_all, on=day).astype("str"), "provision_pupils": places.astype("str")}

    def _number(self) -> int:
        written = self.places.value.strip()
        if not written.isdecimal():
            raise BadInput(NO_PLACES)
        return int(written)

    def _offered(self, _change: object) -> None:
        self._offer = self.wanted(self.provision.value) if self.provision.value else None
        pupils = self._offer.pupils if self._offer else ()
        self.ticked.children = tuple(widgets.Checkbox(value=on, description=name, indent=False) for name, _, on in pupils)
        self.seed.value = f"Seed {self._offer.seed}: with it anyone can repeat the draw." if self._offer else ""

    def _kept(self, kept: Callable[[], None]) -> None:
        self.provision.value, self.places.value, self.drawn.value = "", "", self._told
        kept()


def _told(found: DataFrame, names: Mapping[str, str]) -> str:
    """Who was drawn, and how many wait."""
    drawn = sorted(names[pupil] for pupil in found.loc[found["drawn"].eq("Y"), "pupil_id"])
    return f"Drawn with seed {found['seed'].iloc[0]}: {'; '.join(drawn)}. Waiting: {found['drawn'].eq('N').sum()}."

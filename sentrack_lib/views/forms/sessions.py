"""Logging a session of a group: the provision, the day, who was there. Everybody is ticked, so that few clicks are needed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import ipywidgets as widgets
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.views.forms.fields import offer_again, wide
from sentrack_lib.views.forms.records import Keep
from sentrack_lib.views.forms.saving import Saving

NO_PROVISION, NO_DAY, NOBODY = (
    "Choose the provision first.",
    "Choose the day of the session.",
    "Nobody takes part in this provision.",
)


class Sessions:
    """The form of a session."""

    def __init__(
        self, provisions: Sequence[tuple[str, str]], pupils: Mapping[str, Sequence[tuple[str, str]]], term: str, day: date,
        keep: Keep, kept: Callable[[], None],
    ) -> None:  # fmt: skip
        """`provisions` as shown and recorded; `pupils` of each; `day` is what is offered first."""
        self.pupils, self.term = pupils, term
        self.provision = widgets.Dropdown(options=[("", ""), *provisions], value="", description="Provision *", **wide())
        self.day = widgets.DatePicker(value=day, description="Day *", **wide())
        self.minutes = widgets.Text(description="Minutes, if not as planned", **wide())
        self.note = widgets.Text(description="Note", **wide())
        self.there = widgets.VBox()
        self.there.add_class("ticks")
        self.provision.observe(self._offered, names="value")
        self.saving = Saving(self.rows, keep, lambda: self._kept(kept), "Save the session")

    def widget(self) -> widgets.Widget:
        """The form."""
        fields = widgets.HBox([self.provision, self.day, self.minutes, self.note], layout=widgets.Layout(flex_flow="row wrap"))
        fields.add_class("fields")
        whole = widgets.VBox([fields, self.there, self.saving.button, self.saving.answer])
        whole.add_class("form")
        return whole

    def renew(self, fresh: "Sessions") -> None:
        """Offer the provisions of a freshly made form, with the pupils who are in them now."""
        self.pupils = fresh.pupils
        offer_again(self.provision, fresh.provision)

    def rows(self) -> dict[str, DataFrame]:
        """A row a pupil of the group: whether they were there."""
        if not self.provision.value or not self.day.value:
            raise BadInput(NO_DAY if self.provision.value else NO_PROVISION)
        if not self.pupils.get(self.provision.value):
            raise BadInput(NOBODY)
        of_all = {"term": self.term, "provision_id": self.provision.value, "on": self.day.value.isoformat()}
        of_all |= {"minutes": self.minutes.value.strip(), "note": self.note.value.strip()}
        ticks = zip(self.pupils[self.provision.value], self.there.children, strict=True)
        rows = [{**of_all, "pupil_id": pupil, "attended": "Y" if tick.value else "N"} for (_, pupil), tick in ticks]
        return {"provision_sessions": DataFrame(rows, dtype="str")}

    def _offered(self, _change: object) -> None:
        names = self.pupils.get(self.provision.value, ())
        self.there.children = tuple(widgets.Checkbox(value=True, description=shown, indent=False) for shown, _ in names)

    def _kept(self, kept: Callable[[], None]) -> None:
        self.provision.value, self.note.value, self.minutes.value = "", "", ""
        kept()

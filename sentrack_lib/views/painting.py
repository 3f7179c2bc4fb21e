"""How a page paints its parts: what is on the screen first, the rest while the kernel goes on listening."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets
from IPython.core.getipython import get_ipython

BREATH = 0.002
"""Seconds between two parts in which a kernel hears of a later choice."""
FIRST = 4
"""Parts that are painted while the page opens: as many as a screen shows."""
QUIET = 20.0
"""Seconds after which the rest is painted though no browser has said what it shows; sooner, a browser that still fetches the
widgets would wait for the painting, and give up."""
COMING = '<p class="coming">One moment \N{HORIZONTAL ELLIPSIS}</p>'


class Slot(widgets.HTML):
    """The place of one part. What it holds when its cell is done is sent as HTML too, and read before any script has come."""

    def _repr_mimebundle_(self, **asked: Any) -> dict[str, Any]:
        return {**super()._repr_mimebundle_(**asked), "text/html": self.value}


class Painter:
    """Slots in the order of the page, and what of them the browser shows."""

    def __init__(self, told: Callable[[str], None]) -> None:
        """`told` hears when what is on the screen is painted (`seen`), and when everything is (`all`)."""
        self.listening = get_ipython() is not None
        self.seen: Sequence[int] = ()
        self._slots: list[Slot] = []
        self._draw: list[Callable[[], str]] = []
        self._told = told
        self._heard = False
        self._painting: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def place(self, draw: Callable[[], str]) -> Slot:
        """A new slot; the first ones of a page are painted now, the others when the page is open."""
        number = len(self._slots)
        now = not self.listening or number < FIRST
        slot = Slot(draw() if now else COMING)
        slot.add_class("part").add_class(f"part-{number}")
        self._slots.append(slot)
        self._draw.append(draw)
        if self.listening:
            self._begin_when_quiet()
        return slot

    def begin(self) -> None:
        """Paint everything anew while the kernel goes on listening; painting for an earlier choice is given up."""
        self._calm()
        if self._painting:
            self._painting.cancel()
        try:
            kernel = asyncio.get_running_loop()
        except RuntimeError:  # nothing listens outside a kernel
            asyncio.run(self._paint())
        else:
            self._painting = kernel.create_task(self._paint())

    def look_at(self, seen: Sequence[int]) -> None:
        """These are on the screen now, and painted next."""
        first, self._heard, self.seen = not self._heard, True, seen
        if self._timer:
            self.begin()
        elif first:
            self._send_again()

    def _send_again(self) -> None:
        """Painting that began before a browser was heard may have been missed by it."""
        for slot in self._slots:
            slot.send_state("value")
        if self._painting and self._painting.done():
            self._told("all")

    async def _paint(self) -> None:
        for number in self._in_turn():
            self._slots[number].value = self._draw[number]()
            await asyncio.sleep(BREATH)
        self._told("all")

    def _in_turn(self) -> Iterator[int]:
        """What is on the screen at that moment, then the rest from the top."""
        due = dict.fromkeys(range(len(self._slots)))
        told = False
        while due:
            shown = [number for number in self.seen if number in due]
            if not shown and not told:
                told = True
                self._told("seen")
            number = shown[0] if shown else next(iter(due))
            del due[number]
            yield number

    def _begin_when_quiet(self) -> None:
        self._calm()
        with contextlib.suppress(RuntimeError):
            self._timer = asyncio.get_running_loop().call_later(QUIET, self.begin)

    def _calm(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


class Line:
    """What a browser says to its page beyond what people see, and what it is told: the picks, and how far it is painted."""

    def __init__(self, heard: Callable[[Sequence[int], Mapping[str, str] | None], None]) -> None:
        """`heard` is handed the numbers of the parts on the screen and, once each, what is asked to be opened."""
        self._heard, self._turn = heard, 0
        self._says = widgets.Text()
        self._says.add_class("says")
        self._says.observe(self._said, names="value")
        self._told = widgets.HTML()
        self._told.add_class("told")

    def widget(self) -> widgets.Widget:
        """Both ends; nobody sees them."""
        both = widgets.VBox([self._says, self._told])
        both.add_class("line")
        return both

    def tell(self, **news: Any) -> None:
        """Tell the browser; the same again, too, for one that may have missed it."""
        told = f'<span data-told="{escape(json.dumps(news))}"></span>'
        if told == self._told.value:
            self._told.send_state("value")
        self._told.value = told

    @property
    def turn(self) -> int:
        """The number of the wish that was heard last."""
        return self._turn

    def _said(self, change: Mapping[str, Any]) -> None:
        """Hear the browser; what is not understood is not for us. A wish comes with its number, for messages may overtake."""
        try:
            said = json.loads(change["new"])
            seen = [int(number) for number in said["seen"]][:100]
            wish = {str(column): str(value) for column, value in said["want"].items()}
            turn = int(said["turn"])
        except (ValueError, TypeError, KeyError, AttributeError):
            return
        new, self._turn = turn > self._turn, max(turn, self._turn)
        self._heard(seen, wish if new else None)

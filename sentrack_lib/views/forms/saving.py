"""What happens after Save: it ends in a sentence, whatever goes wrong, and nothing a person wrote is lost in silence."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ipywidgets as widgets
from pandas import DataFrame

from sentrack_lib.errors import SentrackError
from sentrack_lib.views.parts import Table, escape

Tables = Mapping[str, DataFrame]
SAVING, TAKE_BACK = "Saving …", "Take back what was just saved"
STANDS_ALREADY = "Nothing was saved: it stands so already."
WAITING = "Still saving: somebody else may be saving at this moment. What you wrote stays here."
NOT_SAVED = "Nothing was saved. What you wrote is still here: try again, or note it on paper and tell who looks after sentrack."
PATIENCE = 1.5
"""Seconds after which a person is told that it takes longer."""


@dataclass(frozen=True)
class Reversible:
    """A save that can be taken back as long as its form says that it was saved."""

    saved: Any
    take_back: Callable[[], Any]
    """Saves that it stands as before, and returns that save."""
    kept: Callable[[], None]
    """Shows what is recorded by now; what is filled in meanwhile stays."""

    @property
    def at(self) -> str:
        """When it was saved."""
        return str(self.saved.at)

    @property
    def rows(self) -> int:
        """How many rows were saved."""
        return int(self.saved.rows)


class Saving:
    """A Save button and the sentence beside it."""

    def __init__(
        self, collect: Callable[[], Tables], keep: Callable[[Tables], Any], kept: Callable[[], None], label: str = "Save"
    ) -> None:
        """`collect` gives the rows that were filled in, `keep` saves them and returns the save, `kept` is told afterwards."""
        self.collect, self.keep, self.kept = collect, keep, kept
        self.button = widgets.Button(description=label, button_style="primary")
        self.said = widgets.HTML()
        self.said.add_class("said")
        self.back = widgets.Button(description=TAKE_BACK, layout=widgets.Layout(display="none"))
        self.back.add_class("take-back")
        self.answer = widgets.VBox([self.said, self.back])
        self._last: Reversible | None = None
        self.button.on_click(lambda _: self._pressed(self._save))
        self.back.on_click(lambda _: self._pressed(self._take_back))

    def _pressed(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.button.disabled = self.back.disabled = True  # a second press would save twice
        self.say(SAVING)
        try:
            kernel = asyncio.get_running_loop()
        except RuntimeError:  # nothing listens outside a kernel
            asyncio.run(self._told(work))
        else:
            self._going = kernel.create_task(self._told(work))

    async def _told(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Work beside the page, so that it can go on talking; and say how it ended."""
        try:
            await work()
        except SentrackError as fault:
            self._refused(fault)
        except Exception as fault:  # whatever it is, a person is told
            self.say(f"{NOT_SAVED} ({type(fault).__name__})", alert=True)
        finally:
            self.button.disabled = self.back.disabled = False

    async def _save(self) -> None:
        rows = self.collect()
        saved = await self._patiently(lambda: self.keep(rows))
        self.say(_said(saved))
        self._offer_back(saved if saved.rows and isinstance(saved, Reversible) else None)
        self.kept()

    async def _take_back(self) -> None:
        """What was just saved is taken back: records are never removed, so this is a save too."""
        last = self._last
        assert last, "the button is shown only where there is something to take back"
        saved = await self._patiently(last.take_back)
        self._offer_back(None)
        self.say(f"Taken back {_clock(saved)}. It stands as it did before.")
        last.kept()

    async def _patiently(self, work: Callable[[], Any]) -> Any:
        keeping = asyncio.ensure_future(asyncio.to_thread(work))
        done, _ = await asyncio.wait([keeping], timeout=PATIENCE)
        if not done:
            self.say(WAITING)
        return await keeping

    def _offer_back(self, last: Reversible | None) -> None:
        self._last = last
        self.back.layout.display = None if last else "none"

    def _refused(self, fault: SentrackError) -> None:
        """The sentence of the fault, and where two people changed the same, both versions."""
        both = getattr(fault, "both", None)
        versions = Table(both, "Both versions").html() if isinstance(both, DataFrame) else ""
        self.say(f"Not saved. {fault}", versions, alert=True)

    def say(self, words: str, more: str = "", alert: bool = False) -> None:
        """Put a sentence, and what is already HTML behind it, beside the button."""
        lines = "<br>".join(escape(line) for line in words.splitlines())
        self.said.value = f"<p{' role=alert' if alert else ''}>{lines}</p>{more}"


def _said(saved: Any) -> str:
    """`Saved 14:05:09, 3 rows.`, by the clock on the wall."""
    if not saved.rows:
        return STANDS_ALREADY
    return f"Saved {_clock(saved)}, {saved.rows} {'row' if saved.rows == 1 else 'rows'}."


def _clock(saved: Any) -> str:
    return f"{datetime.fromisoformat(saved.at).astimezone():%H:%M:%S}"

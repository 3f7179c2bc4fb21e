"""What happens after Save: it ends in a sentence, whatever goes wrong, and nothing a person wrote is lost in silence."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from typing import Any

import ipywidgets as widgets
from pandas import DataFrame

from sentrack_lib.errors import SentrackError
from sentrack_lib.views.parts import Table

Tables = Mapping[str, DataFrame]
SAVING = "Saving …"
STANDS_ALREADY = "Nothing was saved: it stands so already."
WAITING = "Still saving: somebody else may be saving at this moment. What you wrote stays here."
NOT_SAVED = "Nothing was saved. What you wrote is still here: try again, or note it on paper and tell who looks after sentrack."
PATIENCE = 1.5
"""Seconds after which a person is told that it takes longer."""


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
        self.button.on_click(self._pressed)

    def _pressed(self, _button: widgets.Button) -> None:
        self.button.disabled = True  # a second press would save twice
        self.say(SAVING)
        try:
            kernel = asyncio.get_running_loop()
        except RuntimeError:  # nothing listens outside a kernel
            asyncio.run(self._save())
        else:
            self._going = kernel.create_task(self._save())

    async def _save(self) -> None:
        """Save beside the page, so that it can go on talking; and say how it ended."""
        try:
            keeping = asyncio.ensure_future(asyncio.to_thread(self.keep, self.collect()))
            done, _ = await asyncio.wait([keeping], timeout=PATIENCE)
            if not done:
                self.say(WAITING)
            saved = await keeping
            self.say(_said(saved))
            self.kept()
        except SentrackError as fault:
            self._refused(fault)
        except Exception as fault:  # whatever it is, a person is told
            self.say(f"{NOT_SAVED} ({type(fault).__name__})", alert=True)
        finally:
            self.button.disabled = False

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
    at = datetime.fromisoformat(saved.at).astimezone()
    return f"Saved {at:%H:%M:%S}, {saved.rows} {'row' if saved.rows == 1 else 'rows'}."

"""What is on the screen is painted first; a browser that is not understood changes nothing."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping, Sequence

import pytest

from sentrack_lib.views import painting
from sentrack_lib.views.painting import COMING, FIRST, Line, Painter


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a kernel."""
    monkeypatch.setattr(painting, "get_ipython", lambda: object())


def drawn(order: list[int], number: int) -> str:
    order.append(number)
    return f"part {number}"


async def opened(order: list[int], told: list[str], many: int = 8) -> Painter:
    painter = Painter(lambda how: told.append(f"{how} after {len(order)}"))
    for number in range(many):
        painter.place(lambda number=number: drawn(order, number))  # type: ignore[misc]
    return painter


@pytest.mark.usefixtures("listening")
def test_a_page_opens_with_its_first_parts_and_the_others_follow_from_what_is_on_the_screen() -> None:
    order: list[int] = []
    told: list[str] = []

    async def visit() -> None:
        painter = await opened(order, told)
        assert order == list(range(FIRST))
        painter.look_at([6, 5])
        await asyncio.sleep(0.2)

    asyncio.run(visit())
    assert order[FIRST:] == [6, 5, 0, 1, 2, 3, 4, 7] and told == [f"seen after {FIRST + 2}", f"all after {FIRST + 8}"]


@pytest.mark.usefixtures("listening")
def test_who_scrolls_on_while_a_page_is_painted_is_served_next() -> None:
    order: list[int] = []

    async def visit() -> None:
        painter = await opened(order, [], many=12)
        painter.look_at([4])
        await asyncio.sleep(0)
        painter.look_at([11])
        await asyncio.sleep(0.2)

    asyncio.run(visit())
    assert order[FIRST : FIRST + 2] == [4, 11] and sorted(order[FIRST:]) == list(range(12))


@pytest.mark.usefixtures("listening")
def test_a_page_no_browser_answers_for_is_painted_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painting, "QUIET", 0.01)
    order: list[int] = []

    async def visit() -> None:
        await opened(order, [])
        await asyncio.sleep(0.3)

    asyncio.run(visit())
    assert set(order) == set(range(8))


@pytest.mark.usefixtures("listening")
def test_a_browser_that_is_heard_only_after_the_painting_began_is_sent_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painting, "QUIET", 0.01)
    sent: list[str] = []
    monkeypatch.setattr(painting.Slot, "send_state", lambda slot, key=None: sent.append(slot.value))
    order: list[int] = []
    told: list[str] = []

    async def visit() -> None:
        painter = await opened(order, told)
        await asyncio.sleep(0.3)
        sent.clear()
        painter.look_at([0])
        assert sent == [f"part {number}" for number in range(8)]
        painter.look_at([1])

    asyncio.run(visit())
    assert (
        len(sent) == 8 and [how.split()[0] for how in told] == ["seen", "all", "all"] and sorted(order[FIRST:]) == list(range(8))
    )


@pytest.mark.usefixtures("listening")
def test_what_is_still_to_come_says_so() -> None:
    async def visit() -> str:
        painter = Painter(lambda how: None)
        return [painter.place(lambda: "drawn") for _ in range(FIRST + 1)][-1].value

    assert asyncio.run(visit()) == COMING


def test_what_a_slot_holds_is_sent_with_the_page_too() -> None:
    slot = Painter(lambda how: None).place(lambda: "<p>found</p>")
    sent = slot._repr_mimebundle_()
    assert sent["text/html"] == "<p>found</p>" and "application/vnd.jupyter.widget-view+json" in sent


@pytest.mark.parametrize("words", ["", "[", "[]", "{}", '{"seen": 1}', '{"seen": ["x"], "want": {}, "turn": 1}', "null"])
def test_what_is_not_understood_is_not_for_us(words: str) -> None:
    heard: list[object] = []
    line = Line(lambda seen, wish: heard.append((seen, wish)))
    line.widget().children[0].value = words
    assert heard == []


def test_a_wish_is_heard_once_however_often_it_is_said() -> None:
    heard: list[tuple[Sequence[int], Mapping[str, str] | None]] = []
    line = Line(lambda seen, wish: heard.append((seen, wish)))
    ear = line.widget().children[0]
    ear.value = '{"seen": [1], "want": {"subject": "Art"}, "turn": 1}'
    ear.value = '{"seen": [2], "want": {"subject": "Art"}, "turn": 1}'
    assert heard == [([1], {"subject": "Art"}), ([2], None)] and line.turn == 1


ALL_VIEWS = """
import importlib, pkgutil, sentrack_lib.views as views
from ipywidgets.widgets import widget
for module in pkgutil.walk_packages(views.__path__, "sentrack_lib.views."):
    importlib.import_module(module.name)
print(len(widget._instances))
"""


def test_no_widget_is_made_before_there_is_a_kernel_that_can_answer_for_it() -> None:
    made = subprocess.run([sys.executable, "-c", ALL_VIEWS], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "0"

"""The Python binding of Qt, as locked: a call that returns nothing must cost nothing, and no collection comes at a bad time."""

from __future__ import annotations

import gc
import sys
import weakref

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viewer.qt.app import application
from viewer.qt.collector import Collector


class Knot:
    """What only a collection can free."""

    def __init__(self) -> None:
        self.self = self


@pytest.mark.parametrize("call", [QWidget.update, QWidget.parentWidget], ids=["void", "none"])
def test_calls_that_return_none_keep_its_references(qtbot: QtBot, call) -> None:  # type: ignore[no-untyped-def]
    # A binding that drops one with every call ends a window of Python 3.11 after some thousand frames. One too many does no harm: from
    # Python 3.12 on None is immortal, and what an extension of the stable ABI counts up is not counted down again.
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(500):
        call(widget)
    assert before - sys.getrefcount(None) < 100


def test_cycles_are_freed_between_events_alone(qtbot: QtBot) -> None:
    collectors = [application().findChild(Collector) for _ in range(2)]
    assert collectors[0] is not None
    assert collectors[0] is collectors[1]
    assert not gc.isenabled()
    knot = weakref.ref(Knot())
    kept = [[number] for number in range(20 * gc.get_threshold()[0])]
    assert knot() is not None, "nothing is freed by the way"
    qtbot.waitUntil(lambda: knot() is None, timeout=30_000)
    assert len(kept) > gc.get_threshold()[0]

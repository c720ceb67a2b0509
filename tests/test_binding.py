"""The Python binding of Qt, as locked: a call that returns nothing must cost nothing."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("call", [QWidget.update, QWidget.parentWidget], ids=["void", "none"])
def test_calls_that_return_none_keep_its_references(qtbot: QtBot, call) -> None:  # type: ignore[no-untyped-def]
    # A binding that drops one with every call ends a window of Python 3.11 after some thousand frames.
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(500):
        call(widget)
    assert abs(sys.getrefcount(None) - before) < 100

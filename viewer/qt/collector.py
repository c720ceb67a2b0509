"""Reference cycles are collected between events, in the window's thread.

A collection that begins by itself may begin anywhere: in a worker's thread, or while Qt deletes the widgets of a window. It then frees the
Python side of objects that Qt is about to ask for it, and the program crashes.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1000


class Collector(QObject):
    """Takes the interpreter's own collections over while it lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()  # modules and classes stay: to look through them again and again would cost a frame
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(EVERY_MS)

    def collect(self) -> None:
        """The oldest generation that is due, if one is."""
        counts, limits = gc.get_count(), gc.get_threshold()
        due = next((oldest for oldest in (2, 1, 0) if counts[oldest] > limits[oldest]), None)
        if due is not None:
            gc.collect(due)

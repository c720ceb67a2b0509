"""Twenty-five windows on the City opened one after another in one process, each shrunk to a pixel and back, and closed.

    xvfb-run -a -s "-screen 0 1280x800x24" python benchmarks/cycles.py [COUNT]

Prints seconds to a picture, memory and threads of every fifth; ends with 1 if a window drew nothing or if memory goes on growing.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from viewer.qt import app as qt_app
from viewer.qt.settings import Settings
from viewer.qt.window import Memory, Window
from viewer.session import Session
from viewer.views import view

MOST_MB = 4.0
"""MB a window may leave behind, on the mean of the later ones."""


def resident() -> float:
    """MB of memory this process holds, what the allocator only keeps for later given back first."""
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def until(what: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Let Qt work until something is true; whether it came true in time."""
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.002)
    return what()


def drawn(window: Window) -> bool:
    """Open a window, wait for a picture of the City, shrink it to a pixel and back."""
    window.resize(900, 600)
    window.show()
    if not until(lambda: window.canvas.frames > 0 and window.loop.content is not None):
        return False
    for size in ((1, 1), (900, 600)):
        before = window.canvas.frames
        window.resize(*size)
        window.loop.rest()
        until(lambda before=before: window.canvas.frames > before, 10.0)  # type: ignore[misc]
    return window.width() == 900


def main(count: int) -> int:
    """All cycles."""
    qt_app.application()
    held = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1, count + 1):
            began = time.monotonic()
            window = qt_app.open_window(view("opening"), Memory(Settings(Path(folder)), Session(Path(folder))))
            if not drawn(window):
                print(f"window {number}: no picture of the City, or not the size it was")
                return 1
            took = time.monotonic() - began
            window.store.saved()
            window.close()
            window.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            del window
            gc.collect()
            held.append(resident())
            if number % 5 == 0 or number == 1:
                print(f"window {number:3}: {took:5.1f} s, {held[-1]:6.0f} MB, {threading.active_count()} threads", flush=True)
    half = len(held) // 2
    growth = (held[-1] - held[half]) / max(len(held) - 1 - half, 1)
    print(f"{count} windows opened, shrunk, grown and closed; the later ones leave {growth:.2f} MB each (at most {MOST_MB:.0f})")
    return 0 if growth <= MOST_MB else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 25))

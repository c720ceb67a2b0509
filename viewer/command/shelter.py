"""A shelter against drivers: the drawing runs in a forked child, so that a crash of OpenGL is one line and a code, not a core dump."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from viewer.command.report import explain
from viewer.errors import DisplayError, LimitError

_PR_SET_PDEATHSIG = 1
_CRASHES = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)


def sheltered(work: Callable[[], int]) -> int:
    """Run it in a child and return its exit code. Raises DisplayError if it crashed, LimitError if it was killed.

    Where a fork is not safe (other threads, other systems than Linux) it runs here.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return work()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    child = os.fork()
    if child == 0:
        _live(work)
    return _code(_waited(child))


def _live(work: Callable[[], int]) -> None:
    """The child's whole life."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
        code = work()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    except BaseException as error:  # noqa: BLE001  # the child's last door
        code = explain(error)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except OSError:
                code = code or 4
    os._exit(code)


def _waited(child: int) -> int:
    """The child's wait status; what is sent to us goes to it, and its own Ctrl-C is its own."""

    def forward(number: int, frame: FrameType | None) -> None:
        del frame
        os.kill(child, number)

    former = {number: signal.signal(number, forward) for number in (signal.SIGTERM, signal.SIGHUP)}
    former[signal.SIGINT] = signal.signal(signal.SIGINT, forward)
    try:
        return os.waitpid(child, 0)[1]
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return code
    if -code in _CRASHES:
        name = signal.Signals(-code).name
        raise DisplayError(f"OpenGL crashed while drawing ({name}); update the graphics driver, or set LIBGL_ALWAYS_SOFTWARE=1")
    if -code == signal.SIGKILL:
        raise LimitError("the drawing was killed, most likely for its memory; lower --size, --quality or --max-triangles")
    return 128 - code

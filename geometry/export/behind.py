"""Work that is done behind: written by a second thread while the first makes what comes next, or listens for a wish to cancel."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from types import TracebackType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_SMALL = 1 << 20  # bytes
_HEARD_S = 0.03
"""How long a wish to cancel waits."""


def attended(work: Callable[[], T], heard: Callable[[], None]) -> T:
    """What a long piece of work gives that hears nothing while it is done: in a thread of its own, while `heard` is called now and then.

    If that raises, one goes on at once and the thread is left to itself: its work must change nothing that lasts. What the work raises is
    raised here."""
    done: list[T] = []
    wrong: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001  # raised again by who waits
            wrong.append(error)

    thread = Thread(target=run, name="attended", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_HEARD_S)
        heard()
    if wrong:
        raise wrong[0]
    return done[0]


class Behind:
    """One task at a time, in order, in a thread of its own. What a task raises comes out of the next call.

    Leaving the block waits for the task under way, so that a file is never closed under it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "export")
        self._last: Future[None] | None = None

    def __enter__(self) -> Behind:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self.wait()
        finally:
            self._thread.shutdown(wait=True, cancel_futures=True)

    def wait(self) -> None:
        """Return when nothing is under way."""
        if self._last is not None:
            last, self._last = self._last, None
            last.result()

    def do(self, size: int, work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Start a task once the one before is done. One of few bytes is done at once: handing it over would take longer."""
        self.wait()
        if size < _SMALL:
            work(*args, **kwargs)
        else:
            self._last = self._thread.submit(work, *args, **kwargs)

"""A Composer in a process of its own: unfolding begins while the window is still being loaded, and never takes the interpreter from it.

`python -m viewer.composer_process` reads pickled requests (state, size, triangles) from its standard input and writes pickled answers
(number of the request, content or error). Both ends are this program, and the pipe is theirs alone. It ends when its input does.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen, TimeoutExpired
from threading import Condition, Thread
from typing import TYPE_CHECKING, BinaryIO

from geometry.child import command, surroundings
from viewer.errors import LimitError

if TYPE_CHECKING:
    from viewer.scene import Content
    from viewer.state import ViewState

Size = tuple[int, int]
_NICE = 5
"""How far what unfolds stands back for the window, once that has something to show: the first picture waits for both alike."""
_PARTING_S = 2.0
OPENING_SIZE = (1440, 868)
"""Pixels of a view whose window is not there yet: what it has where nobody has made it larger or smaller."""
_LIVES = 2
"""How often a request is tried before a process that dies of it is reported."""


class ComposerProcess:
    """What `viewer.composer.Composer` does, elsewhere. A process that ends unasked is replaced, once for each request."""

    def __init__(self, on_ready: Callable[[], None] | None = None) -> None:
        self._on_ready = on_ready
        self._changed = Condition()
        self._wanted: tuple[ViewState, Size, int] | None = None
        self._sent = self._done = self._deaths = 0
        self._latest: Content | None = None
        self._failure: BaseException | None = None
        self._closing = False
        self._process = self._started()

    def tell(self, on_ready: Callable[[], None]) -> ComposerProcess:
        """Call this from now on, from a thread of ours, when there is something new."""
        self._on_ready = on_ready
        return self

    def request(self, state: ViewState, size: Size, max_triangles: int) -> None:
        """Ask for the content of a state; whatever was asked before is dropped."""
        with self._changed:
            self._wanted, self._deaths = (state, size, max_triangles), 0
            if self._process.poll() is not None:
                self._process = self._started()
            self._send()

    def latest(self) -> Content | None:
        """The newest finished content, or None before the first. Raises what the other process failed with, once."""
        with self._changed:
            failure, self._failure = self._failure, None
            if failure is not None:
                raise failure
            return self._latest

    @property
    def busy(self) -> bool:
        """Whether a request has not been answered yet."""
        with self._changed:
            return self._done != self._sent

    def wait(self, timeout: float = 60.0) -> Content | None:
        """Block until the last request is answered; the content, or None on timeout."""
        with self._changed:
            done = self._changed.wait_for(lambda: self._done == self._sent, timeout)
        return self.latest() if done else None

    @property
    def pid(self) -> int:
        """The number of the process that unfolds."""
        return self._process.pid

    def close(self) -> None:
        """End the process."""
        with self._changed:
            self._closing = True
            process = self._process
        _shut(process)
        try:
            process.wait(_PARTING_S)
        except TimeoutExpired:
            process.kill()
            process.wait()

    def _started(self) -> Popen[bytes]:
        """A new process, listened to."""
        self._sent = self._done = 0
        process = Popen(command(__name__), stdin=PIPE, stdout=PIPE, env=surroundings())
        Thread(target=self._listen, args=(process,), name="composer", daemon=True).start()
        return process

    def _send(self) -> None:
        """Hand the wish on. A process that is gone is noticed by the thread that listens to it."""
        self._sent += 1
        assert self._process.stdin is not None
        try:
            pickle.dump(self._wanted, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
        except (BrokenPipeError, OSError):
            self._changed.notify_all()

    def _listen(self, process: Popen[bytes]) -> None:
        assert process.stdout is not None
        while True:
            try:
                number, found = pickle.load(process.stdout)
            except (EOFError, OSError, pickle.UnpicklingError):
                break
            self._take(process, number, found)
        process.stdout.close()
        self._ended(process, process.wait())

    def _take(self, process: Popen[bytes], number: int, found: Content | BaseException) -> None:
        with self._changed:
            if process is not self._process or self._closing:
                return
            self._done = number
            if isinstance(found, BaseException):
                self._failure = found
            else:
                self._latest, self._deaths = found, 0
            self._changed.notify_all()
        self._say()

    def _ended(self, process: Popen[bytes], code: int) -> None:
        """The process is gone: try again, or give the request up and say so."""
        with self._changed:
            if process is not self._process or self._closing:
                return
            _shut(process)
            self._deaths += 1
            if self._deaths < _LIVES and self._wanted is not None:
                self._process = self._started()
                self._send()
                return
            self._done = self._sent
            self._failure = LimitError(
                f"the process that unfolds the City ended ({_reason(code)}); ask for less detail, or move the view to try again"
            )
            self._changed.notify_all()
        self._say()

    def _say(self) -> None:
        if self._on_ready is not None:
            self._on_ready()


def begun(state: ViewState, composer: ComposerProcess | None = None) -> ComposerProcess:
    """A composer, one that waits or a new one, at work on the view that a window will open with, while Qt and VTK are being loaded."""
    from viewer.scene import LIVE_TRIANGLES

    composer = composer or ComposerProcess()
    composer.request(state, OPENING_SIZE, LIVE_TRIANGLES)
    return composer


@contextmanager
def expected(wanted: bool) -> Iterator[ComposerProcess | None]:
    """A composer that loads what it works with while the caller still finds out what to show, or None where none is wanted.
    If the caller fails, it is closed."""
    composer = ComposerProcess() if wanted else None
    try:
        yield composer
    except BaseException:
        if composer is not None:
            composer.close()
        raise


def _shut(process: Popen[bytes]) -> None:
    """No more requests: the process ends at the end of its input."""
    assert process.stdin is not None
    try:
        process.stdin.close()
    except OSError:  # bytes that a dead process will not read
        return


def _reason(code: int) -> str:
    return f"code {code}" if code >= 0 else f"signal {-code}"


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer requests until the source ends."""
    from geometry.city import City
    from geometry.rules import stratum  # noqa: F401  # what any view begins with, loaded before the first request is there
    from geometry.solids import triangle_counts
    from viewer.composer import Composer

    triangle_counts()  # what every view asks for, while the first request is on its way
    composer: Composer | None = None
    stands_back = False

    def answer() -> None:
        nonlocal stands_back
        assert composer is not None
        number, found = composer.answer()
        if found is None:
            return
        try:
            sink.write(pickle.dumps((number, found), pickle.HIGHEST_PROTOCOL))
            sink.flush()
        except (BrokenPipeError, ValueError):  # the window went first
            return
        if not stands_back and hasattr(os, "nice"):
            stands_back = True
            os.nice(_NICE)  # on Linux the thread's own, and it is this one that unfolds

    while True:
        try:
            state, size, max_triangles = pickle.load(source)
        except EOFError:
            return
        if composer is None:
            composer = Composer(City(state.city), answer, sketches_first=False)
        composer.request(state, size, max_triangles)


def main() -> None:
    """The process: its answers go where standard output went, and nothing else does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the window's to answer
    with open(os.dup(1), "wb") as sink:
        os.dup2(2, 1)
        serve(sys.stdin.buffer, sink)
    os._exit(0)  # a thread that still unfolds has nobody to tell


if __name__ == "__main__":
    main()

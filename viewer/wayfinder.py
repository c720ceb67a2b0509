"""The way of a City's own dive, looked for in a process of its own: it takes some twenty seconds of a processor.

`python -m viewer.wayfinder` reads a pickled CitySpec from its standard input and writes a pickled Path, or the error that says why there
is none. Both ends are this program, and the pipe is theirs alone.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from concurrent.futures import CancelledError, Future
from subprocess import PIPE, Popen
from threading import Lock, Thread
from typing import TYPE_CHECKING

from geometry.child import command, surroundings
from geometry.spec import CitySpec
from viewer.errors import InputError

if TYPE_CHECKING:
    from viewer.dive import Path

_NICE = 10
"""How far the process stands back: whoever waits for a picture comes first."""


class Wayfinder:
    """The usual way of one City, found before it is asked for if somebody says in time that it may be."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._spec: CitySpec | None = None
        self._found: Future[Path | None] = Future()
        self._process: Popen[bytes] | None = None

    def expect(self, spec: CitySpec) -> Future[Path | None]:
        """Begin to look for the way in a City, unless that is done or being done; what was looked for in another is dropped."""
        with self._lock:
            if spec != self._spec or self._found.cancelled():
                self._drop()
                self._spec, self._found = spec, Future()
                self._process = Popen(command(__name__), stdin=PIPE, stdout=PIPE, env=surroundings())
                Thread(target=_listen, args=(self._process, spec, self._found), name="wayfinder", daemon=True).start()
            return self._found

    def path(self, spec: CitySpec) -> Path:
        """The way, as soon as it is known. Raises InputError where there is none."""
        try:
            found = self.expect(spec).result()
        except CancelledError:
            raise InputError("the search for a way was ended") from None
        return usual_path(spec) if found is None else found  # a process that was killed leaves the work to us

    def close(self) -> None:
        """End the search."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        self._found.cancel()  # whoever waits for it is told
        if self._process is not None:
            self._process.kill()


def usual_path(spec: CitySpec) -> Path:
    """The usual way; what it is found by is loaded by who looks for it."""
    from viewer import dive

    return dive.usual_path(spec)


def _listen(process: Popen[bytes], spec: CitySpec, found: Future[Path | None]) -> None:
    """Hand the question over and the answer on."""
    answer, _ = process.communicate(pickle.dumps(spec, pickle.HIGHEST_PROTOCOL))
    if not found.set_running_or_notify_cancel():
        return
    told = pickle.loads(answer) if answer else None
    if isinstance(told, InputError):
        found.set_exception(told)
    else:
        found.set_result(told)


def main() -> int:
    """Answer one question."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the window, which ends us
    if hasattr(os, "nice"):
        os.nice(_NICE)
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # what is printed by chance does not get between
    spec = pickle.load(sys.stdin.buffer)
    try:
        told: Path | InputError = usual_path(spec)
    except InputError as error:
        told = error
    pickle.dump(told, answers, pickle.HIGHEST_PROTOCOL)
    answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())

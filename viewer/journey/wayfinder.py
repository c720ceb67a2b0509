"""Ways that take long to find, looked for in a process of their own: that of a City's own dive, and those from within it.

`python -m viewer.journey.wayfinder` answers a question with a Path, or with the error that says why there is none (viewer.apart).
"""

from __future__ import annotations

import sys
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from subprocess import Popen
from threading import Lock, Thread
from typing import TYPE_CHECKING

from geometry.spec import CitySpec
from viewer.apart import begun, serve, told
from viewer.camera import Camera
from viewer.errors import InputError

if TYPE_CHECKING:
    from viewer.journey.dive import Path

_NICE = 10
"""How far the process stands back: whoever waits for a picture comes first."""


@dataclass(frozen=True, slots=True)
class Start:
    """A question for a way from within a City: out of it, or to where its own dive ends."""

    city: CitySpec
    camera: Camera
    out: bool

    def path(self) -> Path:
        """The way, looked for here and now. Raises InputError."""
        from geometry.city import City
        from viewer.journey.leaving import path_from, path_out

        city = City(self.city)
        return path_out(city, self.camera) if self.out else path_from(city, None, self.camera)


Question = CitySpec | Start
"""A City, for the way of its own dive; or a start within one."""


def answer(question: Question) -> Path:
    """The way that is asked for, looked for in this process. Raises InputError where there is none."""
    return usual_path(question) if isinstance(question, CitySpec) else question.path()  # run as a program, our own Start is another class


class Wayfinder:
    """One way, found before it is asked for if somebody says in time that it may be."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: Question | None = None
        self._found: Future[Path | None] = Future()
        self._process: Popen[bytes] | None = None

    def expect(self, question: Question) -> Future[Path | None]:
        """Begin to look for a way, unless that is done or being done; what else was looked for is dropped."""
        with self._lock:
            if question != self._asked or self._found.cancelled():
                self._drop()
                self._asked, self._found = question, Future()
                self._process = begun(__name__)
                Thread(target=_listen, args=(self._process, question, self._found), name="wayfinder", daemon=True).start()
            return self._found

    def path(self, question: Question) -> Path:
        """The way, as soon as it is known. Raises InputError where there is none."""
        try:
            found = self.expect(question).result()
        except CancelledError:
            raise InputError("the search for a way was ended") from None
        return answer(question) if found is None else found  # a process that was killed leaves the work to us

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
    from viewer.journey import dive

    return dive.usual_path(spec)


def _listen(process: Popen[bytes], question: Question, found: Future[Path | None]) -> None:
    """Hand the question over and the answer on."""
    way = told(process, question)
    if not found.set_running_or_notify_cancel():
        return
    if isinstance(way, InputError):
        found.set_exception(way)
    else:
        found.set_result(way)


if __name__ == "__main__":
    sys.exit(serve(answer, InputError, _NICE))

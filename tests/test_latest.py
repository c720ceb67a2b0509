"""A worker for which only the latest wish counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import Event

import pytest

from viewer.latest import Latest

Worker = Latest[int, str]


class Slow:
    """Work that holds every wish until it is let go, or is stopped."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.stopped: list[int] = []
        self.open = Event()
        self.worker: Worker = Latest("slow", self.grant)

    def grant(self, wish: int, stopped: Callable[[], bool]) -> str:
        self.begun.append(wish)
        while not self.open.is_set():
            if stopped():
                self.stopped.append(wish)
                break
            time.sleep(0.002)
        if wish < 0:
            raise ValueError(f"{wish} cannot be had")
        return f"found {wish}"

    def until(self, what: Callable[[], bool]) -> None:
        end = time.monotonic() + 10.0
        while not what():
            assert time.monotonic() < end
            time.sleep(0.002)


@pytest.fixture
def slow() -> Iterator[Slow]:
    made = Slow()
    yield made
    made.open.set()
    made.worker.close()


def test_a_new_wish_stops_the_old_and_skips_those_between(slow: Slow) -> None:
    slow.worker.ask(1)
    slow.until(lambda: slow.begun == [1])
    slow.worker.ask(2)
    slow.until(lambda: slow.stopped == [1] and slow.begun == [1, 2])
    assert slow.worker.busy
    assert slow.worker.latest() is None, "what a stopped work returns is thrown away"
    slow.open.set()
    assert slow.worker.wait() == "found 2"
    assert slow.worker.answer() == (2, "found 2")
    assert not slow.worker.busy


def test_a_failure_is_raised_once_and_what_was_found_before_stays(slow: Slow) -> None:
    slow.open.set()
    slow.worker.ask(1)
    assert slow.worker.wait() == "found 1"
    slow.worker.ask(-1)
    with pytest.raises(ValueError, match="-1 cannot be had"):
        slow.worker.wait()
    assert slow.worker.latest() == "found 1"


def test_a_wish_may_forget_what_was_found_before_it(slow: Slow) -> None:
    slow.open.set()
    slow.worker.ask(1)
    slow.worker.wait()
    slow.open.clear()
    slow.worker.ask(2)
    assert slow.worker.latest() == "found 1"
    slow.worker.ask(3, forget=True)
    assert slow.worker.latest() is None


def test_what_is_new_is_told_and_may_come_in_parts() -> None:
    seen: list[str | None] = []
    worker: Worker

    def grant(wish: int, stopped: Callable[[], bool]) -> str:
        worker.offer("a part")
        return "the whole"

    worker = Latest("parts", grant, lambda: seen.append(worker.latest()))
    worker.ask(1)
    assert worker.wait() == "the whole"
    worker.close()
    assert seen == ["a part", "the whole"]


def test_closing_stops_what_has_begun(slow: Slow) -> None:
    slow.worker.ask(1)
    slow.until(lambda: slow.begun == [1])
    slow.worker.close()
    assert slow.stopped == [1]

"""The composer in a process of its own: the same contents, and no process that stays or is missed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event

import numpy as np
import pytest

from geometry.city import City
from viewer.compose import Unfolder, content
from viewer.composer_process import ComposerProcess, begun
from viewer.errors import LimitError
from viewer.views import view

SIZE = (160, 90)
TRIANGLES = 20_000


@pytest.fixture
def composer() -> Iterator[ComposerProcess]:
    made = ComposerProcess()
    yield made
    made.close()


def until(what: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_it_answers_with_the_very_same_content(composer: ComposerProcess) -> None:
    state = view("opening")
    composer.request(state, SIZE, TRIANGLES)
    assert composer.busy
    found = composer.wait()
    assert found is not None
    assert not composer.busy
    wanted = content(Unfolder(City(state.city)), state, SIZE, TRIANGLES)
    assert found.triangles == wanted.triangles > 1_000
    for name in ("prototype", "position", "rotation", "scale", "look"):
        np.testing.assert_array_equal(getattr(found.instances, name), getattr(wanted.instances, name))
    np.testing.assert_array_equal(found.surface.points, wanted.surface.points)


def test_what_is_new_is_told_and_the_last_request_wins(composer: ComposerProcess) -> None:
    told = Event()
    composer.tell(told.set)
    state = view("opening")
    for budget in (400_000, 300_000, TRIANGLES):
        composer.request(state, SIZE, budget)
    found = composer.wait()
    assert told.is_set()
    assert found is not None
    assert found.triangles < 2 * TRIANGLES


def test_an_error_over_there_is_raised_here_once(composer: ComposerProcess) -> None:
    state = view("opening")
    composer.request(replace(state, camera=None), SIZE, TRIANGLES)  # type: ignore[arg-type]  # what no window would ask for
    until(lambda: not composer.busy)
    with pytest.raises(AttributeError):
        composer.latest()
    composer.latest()
    composer.request(state, SIZE, TRIANGLES)
    assert composer.wait() is not None


def test_a_process_that_is_killed_is_replaced(composer: ComposerProcess) -> None:
    first = composer.pid
    composer.request(view("opening"), SIZE, TRIANGLES)
    os.kill(first, signal.SIGKILL)
    until(lambda: composer.pid != first)
    assert composer.wait() is not None


def test_a_process_that_dies_of_every_try_is_reported(composer: ComposerProcess) -> None:
    composer.request(view("canyon"), (1280, 720), 1_000_000)
    for _ in range(2):
        pid = composer.pid
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: composer.pid != pid or not composer.busy)  # type: ignore[misc]
    with pytest.raises(LimitError, match="signal 9"):
        composer.latest()
    composer.request(view("opening"), SIZE, TRIANGLES)
    assert composer.wait() is not None


def test_no_process_stays(composer: ComposerProcess) -> None:
    composer.request(view("opening"), (1280, 720), 1_000_000)
    began = time.monotonic()
    composer.close()
    assert time.monotonic() - began < 2.0
    assert gone(composer.pid)


def test_one_begun_early_has_an_answer_for_whoever_comes_later() -> None:
    composer = begun(view("opening"))
    try:
        until(lambda: composer.latest() is not None)
    finally:
        composer.close()

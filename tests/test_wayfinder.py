"""The way to dive that is looked for in a process of its own. What stands for a path here is a word: to find one takes a minute."""

from __future__ import annotations

import io
import pickle
import sys
from subprocess import PIPE, Popen
from types import SimpleNamespace
from typing import Any

import pytest

from geometry.child import surroundings
from geometry.cityfile import preset
from geometry.spec import CitySpec
from viewer import apart
from viewer.camera import Camera
from viewer.errors import InputError
from viewer.journey import wayfinder
from viewer.journey.wayfinder import Start, Wayfinder

SPEC = preset("model").spec
ANSWERS = "import pickle, sys; spec = pickle.load(sys.stdin.buffer); sys.stdout.buffer.write(pickle.dumps({answer}))"


def child(monkeypatch: pytest.MonkeyPatch, program: str) -> Wayfinder:
    """A finder whose processes run a program of ours."""
    monkeypatch.setattr(apart, "command", lambda module: [sys.executable, "-c", program])
    return Wayfinder()


def test_it_is_asked_once_and_answers_as_often_as_one_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    finder = child(monkeypatch, ANSWERS.format(answer="f'a way in {spec.seed}'"))
    first = finder.expect(SPEC)
    assert finder.expect(SPEC) is first
    assert finder.path(SPEC) == finder.path(SPEC) == f"a way in {SPEC.seed}"
    assert finder.path(CitySpec(seed=SPEC.seed + 1)) == f"a way in {SPEC.seed + 1}"
    finder.close()


def test_why_there_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    finder = child(monkeypatch, "from viewer.errors import InputError; " + ANSWERS.format(answer="InputError('no hole')"))
    with pytest.raises(InputError, match="no hole"):
        finder.path(SPEC)


def test_a_process_that_is_killed_leaves_the_work_to_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wayfinder, "usual_path", lambda spec: "ours")
    finder = child(monkeypatch, "import time; time.sleep(60)")
    finder.expect(SPEC)
    assert finder._process is not None
    finder._process.kill()
    assert finder.path(SPEC) == "ours"


def test_whoever_waits_is_told_that_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    finder = child(monkeypatch, "import time; time.sleep(60)")
    left = finder.expect(SPEC)
    process = finder._process
    finder.close()
    assert left.cancelled()
    assert process is not None
    assert process.wait(10.0) != 0
    monkeypatch.setattr(finder, "expect", lambda spec: left)
    with pytest.raises(InputError, match="ended"):
        finder.path(SPEC)


@pytest.mark.parametrize("told", ["a way", InputError("no hole")])
def test_the_other_end_reads_a_city_and_writes_what_it_found(monkeypatch: pytest.MonkeyPatch, told: Any) -> None:
    def found(spec: CitySpec) -> Any:
        assert spec == SPEC
        if isinstance(told, InputError):
            raise told
        return told

    written = io.BytesIO()
    monkeypatch.setattr(wayfinder, "usual_path", found)
    monkeypatch.setattr(apart.signal, "signal", lambda *words: None)
    monkeypatch.setattr(apart.os, "nice", lambda steps: None)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(pickle.dumps(SPEC))))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=written))
    assert apart.serve(wayfinder.answer, InputError) == 0
    assert str(pickle.loads(written.getvalue())) == str(told)


def test_a_start_within_a_city_is_understood_by_the_other_end() -> None:
    finder = Wayfinder()
    with pytest.raises(InputError, match="solid here; Home shows"):
        finder.path(Start(SPEC, Camera((0.0, 0.0, 1.0), (0.0, 0.0, 0.0)), out=True))
    finder.close()


def test_one_whom_nobody_waits_for_ends_in_silence() -> None:
    program = "import sys; from viewer.apart import serve; sys.exit(serve(lambda question: 'x' * 200_000, ValueError))"
    process = Popen([sys.executable, "-c", program], stdin=PIPE, stdout=PIPE, stderr=PIPE, env=surroundings())
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stdin.write(pickle.dumps(SPEC))
    process.stdin.close()
    assert (process.stderr.read(), process.wait(60.0)) == (b"", 0)
    process.stderr.close()

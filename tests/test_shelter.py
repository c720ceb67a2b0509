"""Drawing in a child: its code comes back, and a crash of the driver is one line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from viewer.command.shelter import sheltered
from viewer.errors import DisplayError, InputError, LimitError

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks for it")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Test runners have threads of their own; none of them matters to the child."""
    monkeypatch.setattr("threading.active_count", lambda: 1)


def _raises(error: BaseException) -> Callable[[], int]:
    def work() -> int:
        raise error

    return work


def _dies(number: int) -> Callable[[], int]:
    def work() -> int:
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        return 0

    return work


@pytest.mark.parametrize(
    ("work", "code"),
    [(lambda: 0, 0), (lambda: 7, 7), (_raises(InputError("no")), 3), (_raises(SystemExit(143)), 143), (_raises(KeyboardInterrupt()), 130)],
)
def test_the_code_of_the_work_comes_back(work: Callable[[], int], code: int) -> None:
    assert sheltered(work) == code


def test_the_work_happens_elsewhere(tmp_path: Path) -> None:
    def work() -> int:
        (tmp_path / "pid").write_text(str(os.getpid()))
        return 0

    assert sheltered(work) == 0
    assert int((tmp_path / "pid").read_text()) != os.getpid()


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_is_a_display_error(number: int) -> None:
    with pytest.raises(DisplayError, match="OpenGL crashed"):
        sheltered(_dies(number))


def test_being_killed_is_a_limit() -> None:
    with pytest.raises(LimitError, match="memory"):
        sheltered(_dies(signal.SIGKILL))


PROGRAM = """
import signal, sys, time
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that runs the tests in the background has it ignored
from viewer.command import stills
from viewer.command import cli
def slow(job, advance=None):
    Path("started").touch()
    time.sleep(60)
stills.make_still = slow
sys.exit(cli.entry())
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_drawing_can_be_stopped(number: int, code: int, tmp_path: Path) -> None:
    words = [sys.executable, "-c", PROGRAM, "render", "-o", "a.png"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 30.0
        while not (tmp_path / "started").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(number)
        assert process.wait(timeout=20) == code
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["started"]

"""A question answered in another process: the answer, what it raises, and how it ends."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from viewer.apart import ask, begun
from viewer.errors import InputError, LimitError

SERVER = """
import sys, time, tempfile
from viewer.apart import serve
from viewer.errors import InputError

def answer(question):
    if question == "raise":
        raise InputError("no such thing")
    if question == "die":
        import os
        os._exit(9)
    if isinstance(question, str):
        with tempfile.TemporaryDirectory(dir=question):
            time.sleep(60)
    print("by the way")
    return question * 2

sys.exit(serve(answer, InputError))
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "a_server.py").write_text(SERVER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "a_server"


def test_a_question_is_answered(module: str) -> None:
    assert ask(module, 21, lambda: None) == 42


def test_what_it_raises_is_raised_here(module: str) -> None:
    with pytest.raises(InputError, match="no such thing"):
        ask(module, "raise", lambda: None)


def test_a_process_that_ends_is_told_of(module: str) -> None:
    with pytest.raises(LimitError, match="ended"):
        ask(module, "die", lambda: None)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_who_no_longer_asks_ends_it_and_it_sweeps_up(module: str, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    asked = 0.0

    def heard() -> None:
        nonlocal asked
        if list(folder.iterdir()):
            asked = time.monotonic()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(module, str(folder), heard)
    assert time.monotonic() - asked < 0.5
    while list(folder.iterdir()):
        assert time.monotonic() - asked < 5.0, "its temporary folder is left"
        time.sleep(0.02)


def test_it_does_not_answer_ctrl_c(module: str) -> None:
    process = begun(module)
    assert process.stdin is not None
    time.sleep(1.0)
    os.kill(process.pid, signal.SIGINT)
    time.sleep(0.2)
    assert process.poll() is None
    process.kill()
    process.communicate()

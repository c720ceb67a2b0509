"""A wish to cancel is heard while work goes on that hears nothing itself; what is written is whole or absent."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from geometry.address import parse
from geometry.city import City
from geometry.export import Cancelled
from geometry.export.behind import attended
from geometry.export.check import check_mesh
from geometry.export.report import Watch
from viewer.__main__ import main
from viewer.files import jobs
from viewer.state import ViewState


def _refuse(*_: object) -> None:
    raise Cancelled


def test_long_work_is_left_at_once() -> None:
    start = time.perf_counter()
    with pytest.raises(Cancelled):
        attended(lambda: time.sleep(3.0), _refuse)
    assert time.perf_counter() - start < 1.0


def test_what_long_work_gives_or_raises_comes_out() -> None:
    assert attended(lambda: 7, lambda: None) == 7
    with pytest.raises(ZeroDivisionError):
        attended(lambda: 1 // 0, lambda: None)


def test_who_is_told_how_far_it_is_is_asked_between_steps() -> None:
    told: list[float] = []
    watch = Watch(10, lambda part, _: told.append(part), done=5)
    watch.check()
    watch.check()
    assert told == [0.5], "now and then, not each time"
    with pytest.raises(Cancelled):
        Watch(10, _refuse).check()


class _Interrupted:
    """A finder at which somebody presses Ctrl+C."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if name == "viewer.command.cli":
            raise KeyboardInterrupt


def test_ctrl_c_while_the_program_is_loaded_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "viewer.command.cli", raising=False)
    monkeypatch.setattr(sys, "meta_path", [_Interrupted, *sys.meta_path])
    assert main() == 130


def test_who_cancels_the_check_of_a_print_keeps_the_print(tmp_path: Path) -> None:
    state, path, said = ViewState(), tmp_path / "a.stl", list[str]()
    job = jobs.Export(state, parse("seed 40 / band 7 / tile 3-02"), str(path), 3000)

    def heard(part: float) -> None:
        if path.exists():
            raise Cancelled

    (made,) = jobs.made_of(job, City(state.city), jobs.words_of(job), heard, said)
    assert check_mesh(path).triangles == made.triangles
    assert said == ["it is written; 'check FILE' tells whether it is sound"]

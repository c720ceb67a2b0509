"""What a window loads before its first picture, and that PyVista has all it needs although a part of it is put off."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from viewer.qt.embedding import Later, put_off

ROOT = Path(__file__).resolve().parent.parent
LATER = (
    "matplotlib.pyplot",
    "cyclopts",
    "geometry.pattern",
    "geometry.export.glb",
    "viewer.journey.dive",
    "viewer.journey.ride",
    "viewer.places.find",
    "viewer.vantage",
)
"""What only a chart, a command, an unfolding, an export, a journey, a search or a landmark's view needs."""
OPENED = f"""
import sys
import viewer.qt.app, viewer.drawing.renderer
early = [name for name in {LATER} if name in sys.modules]
assert not early, early
import matplotlib.pyplot
import pyvista
from viewer.qt.embedding import Later
assert not [name for name, module in sys.modules.items() if isinstance(module, Later)]
assert pyvista.plotting.colors.get_matplotlib_theme_cycler().by_key() == matplotlib.pyplot.rcParams["axes.prop_cycle"].by_key()
drawn = pyvista.plotting.charts.FigureCanvasAgg(__import__("matplotlib.figure").figure.Figure())
assert isinstance(drawn, __import__("matplotlib.backends.backend_agg").backends.backend_agg.FigureCanvasAgg)
"""


def test_a_window_that_opens_loads_no_more_than_its_first_picture_needs() -> None:
    """And a chart is drawn as ever: the stand-ins are nobody's but PyVista's, and lead to the real modules."""
    done = subprocess.run([sys.executable, "-c", OPENED], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_a_stand_in_loads_when_it_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_one.py").write_text("number = 4\ndef twice(value): return 2 * value\n")
    monkeypatch.syspath_prepend(tmp_path)
    with put_off({"slow_one": ("twice",)}):
        import slow_one  # type: ignore[import-not-found]
        from slow_one import twice

        assert isinstance(sys.modules["slow_one"], Later)
        assert not hasattr(slow_one, "__path__")
    assert "slow_one" not in sys.modules
    assert twice(3) == 6
    assert slow_one.number == 4
    assert not isinstance(sys.modules.pop("slow_one"), Later)


def test_what_is_loaded_already_is_not_stood_in_for() -> None:
    with put_off({"sys": ()}):
        import sys as again
    assert again is sys


def test_a_stand_in_asked_at_once_gives_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wanted_now.py").write_text("number = 5\n")
    monkeypatch.syspath_prepend(tmp_path)
    with put_off({"wanted_now": ()}):
        from wanted_now import number  # type: ignore[import-not-found]
    assert number == 5
    assert not isinstance(sys.modules.pop("wanted_now"), Later)

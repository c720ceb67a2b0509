"""Powers over a view: where the colours lie, what they say, and that the window shows and takes them off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from geometry.fields import FIELDS, alarm
from tests.windows import shown
from viewer.link import LinkError, link, parse
from viewer.lore import powers
from viewer.navigate import point_at
from viewer.qt.window import Window
from viewer.views import view

NEAR = view("canyon")


@pytest.fixture(name="window")
def _window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    yield from shown(qtbot, tmp_path)


def test_spots_lie_under_the_picture() -> None:
    depths = np.full((4, 6), 900.0)
    found = powers.points(NEAR.camera, depths, 1.5)
    assert found[1, 2] == pytest.approx(point_at(NEAR.camera, (2.5 / 6) * 2 - 1, (1.5 / 4) * 2 - 1, 1.5, 900.0))
    assert ((found - np.asarray(NEAR.camera.position)) @ NEAR.camera.forward) == pytest.approx(depths, rel=1e-6)


def test_values_are_those_of_the_field_and_nothing_stands_for_nothing() -> None:
    depths = np.full((4, 6), 2000.0)
    depths[0] = np.nan
    found = powers.values(NEAR, powers.BY_NAME["alarm"], depths, 1.5)
    assert np.isnan(found[0]).all()
    where = powers.points(NEAR.camera, np.where(np.isfinite(depths), depths, 1.0), 1.5)
    assert found[2, 3] == alarm(NEAR.city, where[2:3, 3], 0.0)[0]


def test_what_is_too_fine_is_not_shown() -> None:
    far = np.full((4, 6), 1e12)
    assert np.isnan(powers.values(view("opening"), powers.BY_NAME["alarm"], far, 1.5)).all()
    assert np.isnan(powers.values(view("opening"), powers.BY_NAME["builders"], far, 1.5)).all()


def test_more_is_warmer_and_covers_more() -> None:
    colours = powers.coloured(np.array([[np.nan, 0.0, 0.5, 1.0]])).astype(int)[0]
    assert colours[0, 3] == 0
    assert list(colours[1:, 3]) == sorted(colours[1:, 3])
    assert colours[1, 2] > colours[1, 0]
    assert colours[3, 0] > colours[3, 2]


def test_a_power_is_in_the_link() -> None:
    state = replace(NEAR, power="silicon")
    assert parse(link(state)) == state
    with pytest.raises(LinkError, match="give one of netsphere"):
        parse("city://1/40?power=magic")


def test_the_window_colours_what_is_drawn_and_tells_the_value(window: Window, qtbot: QtBot) -> None:
    veil = window.stage.powers
    assert not veil.isVisible()
    window.do("power.infection")
    qtbot.waitUntil(lambda: veil.isVisible() and veil.coloured, timeout=30_000)
    assert veil.field is not None
    assert veil.field.title == "Gene infection"
    spot = next(
        QPointF(x, y) for x in range(20, window.stage.width(), 20) for y in range(60, 400, 20) if window.canvas.depth(x, y) is not None
    )
    veil.point(spot)
    assert veil.under == "100%, everybody"
    window.do("view.lost")
    qtbot.waitUntil(lambda: not veil.isVisible(), timeout=30_000)
    window.do("undo")
    window.do("undo")
    qtbot.waitUntil(lambda: not veil.isVisible() and window.state.power == "", timeout=30_000)


def test_every_power_has_an_action_that_turns_it_on_and_off(window: Window) -> None:
    for field in FIELDS:
        window.do(f"power.{field.name}")
        assert window.state.power == field.name
        window.do(f"power.{field.name}")
        assert window.state.power == ""
